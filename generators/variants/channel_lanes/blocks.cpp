// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/channel_lanes/blocks.h"

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

class ChannelBlocks : public Halide::Generator<ChannelBlocks> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (ci, x, q, z, origin)
    Input<Halide::Buffer<void, 6>> filter{"filter"};   // (ci, tx, f, tz, co, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (co, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 5>> output{"output"};  // (e, 0, f, q, origin) or (co, x, f, q, origin)

    ChannelBlocksSpec spec;
    ChannelLanesTile tile;
    Machine machine;

    void configure() { configure_sums(*this, 2); }

    void generate() {
        const int cells = spec.cells(), row_cells = spec.pixels * cells;
        const int vectors = spec.in_channels / tile.lanes, rest = spec.in_channels % tile.lanes;
        // Nothing is added to -0: the lanes' sums, which begin at 0, are not -0.
        total(e, f, q) = Halide::cast(element_type(spec.dtype), -0.0f);
        add_lanes("", 0, vectors, tile.lanes);
        if (rest > 0) {
            add_lanes("rest", vectors * tile.lanes, 1, rest);
        }
        Expr value = total(e, f, q);
        if (bias != nullptr) {
            value += (*bias)(e % spec.out_channels, 0);
        }
        row(e, f, q) = value;
        if (spec.pixels_apart) {
            output(co, x, f, q, origin) =
                activate(row(x * spec.out_channels + co, f, q), spec.activation, value_at(slopes, co, 0));
            output.dim(0).set_bounds(0, spec.out_channels);
            output.dim(1).set_bounds(0, spec.pixels * spec.phases_x);
        } else {
            output(e, x, f, q, origin) =
                activate(row(e, f, q), spec.activation, value_at(slopes, e % spec.out_channels, 0));
            output.dim(0).set_bounds(0, row_cells).set_stride(Expr());
            output.dim(1).set_bounds(0, 1);
        }
        output.dim(2).set_bounds(0, spec.phases_y);
        output.dim(3).set_min(0);
        input.dim(0).set_bounds(0, spec.in_channels).set_stride(1);
        input.dim(1).set_bounds(0, spec.pixels);
        input.dim(2).set_min(0);
        filter.dim(0).set_bounds(0, spec.in_channels).set_stride(1);
        filter.dim(1).set_bounds(0, spec.phases_x).set_stride(spec.in_channels);
        filter.dim(2).set_bounds(0, spec.phases_y).set_stride(spec.in_channels * spec.phases_x);
        filter.dim(3).set_min(0);
        filter.dim(4).set_bounds(0, spec.out_channels);
        for (auto *values : {bias, slopes}) {
            if (values != nullptr) values->dim(0).set_bounds(0, spec.out_channels).set_stride(1);
        }
    }

    void schedule() {
        funcs_.output = output;
        funcs_.row = row;
        funcs_.total = total;
        funcs_.input = input;
        funcs_.e = e;
        funcs_.co = co;
        funcs_.x = x;
        funcs_.f = f;
        funcs_.q = q;
        funcs_.v = v;
        funcs_.origin = origin;
        funcs_.dense = input.dim(1).stride() == spec.in_channels;
        if (!spec.pixels_apart) {
            funcs_.dense = funcs_.dense && output.dim(0).stride() == 1;
        }
        funcs_.pixels_apart = spec.pixels_apart;
        funcs_.cells = spec.cells();
        funcs_.phases_x = spec.phases_x;
        funcs_.dtype = spec.dtype;
        family_for(machine).channel_blocks(funcs_, tile, machine);
    }

private:
    Expr product(const Expr &ci, const Expr &tz) {
        const int channels = spec.out_channels;
        return input(ci, e / spec.cells(), q, -spec.step_z * tz, 0) *
               filter(ci, e / channels % spec.phases_x, f, tz, e % channels, 0);
    }

    void add_lanes(const std::string &id, int first_channel, int vectors, int lanes) {
        Func lane_sums("sum" + id);
        lane_sums(v, e, f, q) = Halide::cast(element_type(spec.dtype), 0);
        RDom r(0, vectors, 0, filter.dim(3).extent(), "r" + id);
        lane_sums(v, e, f, q) += product(first_channel + r[0] * tile.lanes + v, r[1]);
        RDom lane(0, lanes, "lanes" + id);
        total(e, f, q) += lane_sums(lane, e, f, q);
        funcs_.sums.push_back({lane_sums, r[0], r[1], lane.x, lanes, vectors});
    }

    ChannelBlocksFuncs funcs_;
    Func total{"total"}, row{"row"};
    Var e{"e"}, co{"co"}, x{"x"}, f{"f"}, q{"q"}, v{"v"}, origin{"origin"};
};

}  // namespace

Kernel channel_blocks_kernel(const std::string &name, const ChannelBlocksSpec &spec, const ChannelLanesTile &tile,
                             const Machine &machine) {
    return make_kernel<ChannelBlocks>(name,
                                      with_channel_inputs(spec.bias, spec.activation, 2, {{"input", 5}, {"filter", 6}}),
                                      5, [=](ChannelBlocks &kernel) {
                                          kernel.spec = spec;
                                          kernel.tile = tile;
                                          kernel.machine = machine;
                                      });
}

}  // namespace tconv
