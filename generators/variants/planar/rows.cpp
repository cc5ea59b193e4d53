// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/rows.h"

#include "generators/element_type.h"
#include "generators/epilogue.h"
#include "generators/kernels/make_kernel.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

class PlanarRows : public Halide::Generator<PlanarRows> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (x, ci, y, z, origin)
    Input<Halide::Buffer<void, 6>> filter{"filter"};   // (lane, ci, tx, ty, tz, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (lane, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 4>> output{"output"};  // (e, c, y, origin) or (co, x, y, origin)

    PlanarRowsSpec spec;
    PlanarTile tile;
    Machine machine;

    void configure() { configure_sums(*this, 2); }

    void generate() {
        row(i, x, c, y) = Halide::undef(element_type(spec.dtype));
        int first_phase = 0;
        for (const PlanarRowsSpec::PhaseRun &run : spec.runs) {
            add_run(run, first_phase);
            first_phase += run.phases;
        }
        const int cells = spec.interleaved();
        const Activation last = slopes != nullptr ? Activation() : spec.activation;
        if (spec.pixels_apart) {
            const Expr cell = x * spec.out_channels + c;
            output(c, x, y, origin) = activate(row(cell % cells, cell / cells, 0, y), last);
            output.dim(0).set_bounds(0, spec.out_channels);
        } else {
            output(e, c, y, origin) = activate(row(e % cells, e / cells, c, y), last);
            output.dim(0).set_stride(Expr());
        }
        input.dim(0).set_stride(1);
        input.dim(1).set_bounds(0, spec.in_channels);
        filter.dim(0).set_min(0).set_stride(1);
        filter.dim(1).set_bounds(0, spec.in_channels).set_stride(spec.phases() * spec.out_channels);
        filter.dim(2).set_min(0).set_stride(spec.phases() * spec.out_channels * spec.in_channels);
        filter.dim(3).set_min(0);
        filter.dim(4).set_min(0);
        for (auto *values : {bias, slopes}) {
            if (values != nullptr) values->dim(0).set_min(0).set_stride(1);
        }
    }

    void schedule() {
        funcs_.output = output;
        funcs_.row = row;
        funcs_.e = e;
        funcs_.i = i;
        funcs_.x = x;
        funcs_.c = c;
        funcs_.y = y;
        funcs_.origin = origin;
        funcs_.pixels_apart = spec.pixels_apart;
        funcs_.interleaved = spec.interleaved();
        funcs_.planes = spec.planes;
        funcs_.columns = spec.columns;
        funcs_.dtype = spec.dtype;
        family_for(machine).planar_rows(funcs_, tile, machine);
    }

private:
    void add_run(const PlanarRowsSpec::PhaseRun &spec_run, int first_phase) {
        const int per_phase = spec.channels_last ? spec.out_channels : 1;
        const int first = first_phase * per_phase, lanes = spec_run.phases * per_phase;
        // The lane of cell i of a column, for the channel c of this call.
        const auto lane_of = [&](const Expr &cell) {
            return spec.channels_last ? first + cell : (first + cell) * spec.out_channels + c;
        };
        const std::string id = std::to_string(funcs_.runs.size());
        PlanarRowsFuncs::PhaseRun run;
        run.lanes = lanes;
        run.taps = spec_run.taps;
        RDom cells(0, lanes, "cells" + id);
        run.lane = cells.x;
        Expr value = Halide::cast(element_type(spec.dtype), 0);
        if (spec_run.taps > 0) {
            RDom r(0, spec.in_channels, 0, spec_run.taps, 0, filter.dim(3).extent(), 0, filter.dim(4).extent(),
                   "r" + id);
            Func sum("sum" + id);
            sum(x, i, c, y) = value;
            sum(x, i, c, y) += input(x - spec.step_x * r[1], r[0], y - spec.step_y * r[2], -spec.step_z * r[3], 0) *
                               filter(lane_of(i), r[0], r[1], r[2], r[3], 0);
            run.sum = sum;
            run.ci = r[0];
            run.tx = r[1];
            run.ty = r[2];
            run.tz = r[3];
            value = sum(x, cells.x, c, y);
        }
        if (bias != nullptr) {
            value += (*bias)(lane_of(cells.x), 0);
        }
        if (slopes != nullptr) {  // here, where a cell's lane is known
            value = activate(value, spec.activation, (*slopes)(lane_of(cells.x), 0));
        }
        row(first + cells.x, x, c, y) = value;
        funcs_.runs.push_back(run);
    }

    PlanarRowsFuncs funcs_;
    Func row{"row"};
    Var e{"e"}, i{"i"}, x{"x"}, c{"c"}, y{"y"}, origin{"origin"};
};

}  // namespace

int PlanarRowsSpec::phases() const {
    int count = 0;
    for (const PhaseRun &run : runs) {
        count += run.phases;
    }
    return count;
}

Kernel planar_rows_kernel(const std::string &name, const PlanarRowsSpec &spec, const PlanarTile &tile,
                          const Machine &machine) {
    return make_kernel<PlanarRows>(name,
                                   with_channel_inputs(spec.bias, spec.activation, 2, {{"input", 5}, {"filter", 6}}), 4,
                                   [=](PlanarRows &kernel) {
                                       kernel.spec = spec;
                                       kernel.tile = tile;
                                       kernel.machine = machine;
                                   });
}

}  // namespace tconv
