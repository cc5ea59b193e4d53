// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/tap_product.h"

#include "generators/element_type.h"
#include "generators/epilogue.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

class TapProduct : public Halide::Generator<TapProduct> {
public:
    Input<Halide::Buffer<void, 6>> input{"input"};     // (ci, x, y, z, n, origin)
    Input<Halide::Buffer<void, 7>> filter{"filter"};   // (v, ci, tx, ty, tz, cb, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (v, cb, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 6>> output{"output"};  // (co, x, y, z, n, origin)

    TapProductSpec spec;
    Knobs knobs;
    Machine machine;

    void configure() {
        configure_sums(*this, 3);
        output_offset_ = device_output_offset(*this, get_target());
    }

    void generate() {
        const int block = spec.block;
        const int channels = number(spec.in_channels);
        const int taps_x = number(spec.taps_x);
        RDom r(0, channels, 0, taps_x, 0, filter.dim(3).extent(), 0, filter.dim(4).extent(), "r");
        accumulate(v, cb, x, y, z, n) = Halide::cast(element_type(spec.dtype), 0);
        accumulate(v, cb, x, y, z, n) += input(r[0], x - number(spec.step_x) * r[1], y - number(spec.step_y) * r[2],
                                               z - number(spec.step_z) * r[3], n, 0) *
                                         filter(v, r[0], r[1], r[2], r[3], cb, 0);
        const int cells = number(spec.cells), cell_channels = number(spec.out_channels / spec.cells);
        const Expr channel = spec.cells > 1 ? x % cells * cell_channels + co : Expr(co);
        // In one block there is nothing to divide, and bounds inference sees which channel a thread needs.
        const bool one_block = spec.cells == 1;
        const Expr lane = one_block ? channel : channel % block, block_index = one_block ? Expr(0) : channel / block;
        Expr sum = accumulate(lane, block_index, one_block ? Expr(x) : x / cells, y, z, n);
        if (bias != nullptr) {
            sum += (*bias)(lane, block_index, 0);
        }
        output(co, x, y, z, n, origin) = activate(sum, spec.activation, value_at(slopes, lane, block_index, 0));

        filter.dim(0).set_bounds(0, block).set_stride(1);
        filter.dim(1).set_bounds(0, channels).set_stride(block);
        filter.dim(2).set_min(0).set_stride(block * channels);
        filter.dim(3).set_min(0);
        filter.dim(4).set_min(0);
        filter.dim(5).set_min(0);
        input.dim(0).set_bounds(0, channels).set_stride(1);
        output.dim(0).set_min(0).set_stride(spec.channels_last ? Expr(1) : Expr());
        if (spec.call_channels > 0) {
            output.dim(0).set_extent(number(spec.call_channels));
        }
        for (int d = 1; d < 5; d++) {
            output.dim(d).set_min(0);
        }
        for (auto *values : {bias, slopes}) {
            if (values == nullptr) continue;
            values->dim(0).set_bounds(0, block).set_stride(1);
            values->dim(1).set_min(0).set_stride(block);
        }
        r_ = r;
        if (output_offset_ != nullptr) {
            output.dim(5).set_min(-Expr(*output_offset_));
        }
    }

    void schedule() {
        TapProductFuncs funcs{output, accumulate, filter, co, v, cb, x, y, z, n, origin, r_[0], r_[1], r_[2], r_[3]};
        funcs.block = spec.block;
        funcs.channels = number(spec.call_channels > 0 ? spec.call_channels : spec.out_channels);
        funcs.cells = number(spec.cells);
        funcs.whole_blocks = spec.call_channels == spec.block;
        funcs.contiguous_output = spec.channels_last;
        funcs.long_epilogue = is_long(spec.activation);
        funcs.dtype = spec.dtype;
        family_for(machine).tap_product(funcs, knobs, machine);
    }

private:
    Halide::GeneratorInput<int> *output_offset_ = nullptr;
    Func accumulate{"accumulate"};
    Var co{"co"}, v{"v"}, cb{"cb"}, x{"x"}, y{"y"}, z{"z"}, n{"n"}, origin{"origin"};
    RDom r_;
};

}  // namespace

Kernel tap_product_kernel(const std::string &name, const TapProductSpec &spec, const Knobs &knobs,
                          const Machine &machine) {
    return make_kernel<TapProduct>(name,
                                   with_channel_inputs(spec.bias, spec.activation, 3, {{"input", 6}, {"filter", 7}}), 6,
                                   [=](TapProduct &kernel) {
                                       kernel.spec = spec;
                                       kernel.knobs = knobs;
                                       kernel.machine = machine;
                                   });
}

}  // namespace tconv
