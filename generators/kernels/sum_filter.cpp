// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/sum_filter.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Float;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

class SumFilter : public Halide::Generator<SumFilter> {
public:
    using Rows = Input<Halide::Buffer<int32_t, 2>>;
    using Weights = Input<Halide::Buffer<double, 2>>;

    Input<Halide::Buffer<void, 6>> filter{"filter"};  // (ci, co, kx, ky, kz, origin)
    Rows rows_x{"rows_x"}, rows_y{"rows_y"}, rows_z{"rows_z"};
    Weights weights_x{"weights_x"}, weights_y{"weights_y"}, weights_z{"weights_z"};
    Output<Halide::Buffer<void, 4>> output{"output"};  // (v, ci, cb, origin)

    SumFilterSpec spec;
    Machine machine;

    void configure() {
        filter.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
    }

    void generate() {
        const int channels = number(spec.out_channels);
        const auto &[sets_z, sets_y, sets_x] = spec.lane_sets;
        const Expr lane = cb * spec.block + v, set = lane / channels;
        const Expr set_x = set % number(sets_x), set_y = set / number(sets_x) % number(sets_y);
        const Expr set_z = Halide::min(set / number(sets_x * sets_y), number(sets_z) - 1);
        RDom r(0, number(spec.most_taps[2]), 0, number(spec.most_taps[1]), 0, number(spec.most_taps[0]), "r");
        r.where(r.x < rows_x(1, set_x));
        r.where(r.y < rows_y(1, set_y));
        r.where(r.z < rows_z(1, set_z));
        const Expr weight = weights_z(r.z, set_z) * weights_y(r.y, set_y) * weights_x(r.x, set_x);
        // The rows name taps of the kernel, which bounds inference cannot know.
        const auto index = [&](const Expr &first, int axis, const Expr &t) {
            const auto dim = filter.dim(4 - axis);
            return Halide::unsafe_promise_clamped(first + number(spec.tap_step[axis]) * t, dim.min(), dim.max());
        };
        const Expr tap = filter(ci, lane % channels, index(rows_x(0, set_x), 2, r.x), index(rows_y(0, set_y), 1, r.y),
                                index(rows_z(0, set_z), 0, r.z), 0);
        sum(v, ci, cb) = Halide::cast(Float(64), 0);
        sum(v, ci, cb) += weight * Halide::cast(Float(64), tap);
        const Halide::Type type = element_type(spec.dtype);
        output(v, ci, cb, origin) = Halide::select(lane < channels * number(sets_x * sets_y * sets_z),
                                                   Halide::cast(type, sum(v, ci, cb)), Halide::cast(type, 0));
        filter.dim(0).set_min(0).set_stride(spec.neighbours ? Expr(1) : Expr());
        filter.dim(1).set_bounds(0, channels);
        output.dim(0).set_bounds(0, spec.block).set_stride(1);
        output.dim(1).set_min(0).set_stride(spec.block);
        output.dim(2).set_min(0);
    }

    void schedule() {
        SumFilterFuncs funcs{output, sum, v, ci, cb, origin};
        family_for(machine).sum_filter(funcs, machine);
    }

private:
    Func sum{"sum"};
    Var v{"v"}, ci{"ci"}, cb{"cb"}, origin{"origin"};
};

}  // namespace

SumFilterSpec sum_filter_spec(const Layer &layer, const FilterLayout &layout) {
    SumFilterSpec spec{
        layer.out_channels, layout.block(), {}, {}, {}, layer.types.filter, layer.filter_strides().in_channel == 1};
    for (int axis = 0; axis < 3; axis++) {
        spec.lane_sets[axis] = layout.axis(axis).lane_sets;
        spec.tap_step[axis] = layout.axis(axis).tap_step;
        spec.most_taps[axis] = std::max<int64_t>(layout.axis(axis).most_taps(), 1);
    }
    return spec;
}

Kernel sum_filter_kernel(const std::string &name, const SumFilterSpec &spec, const Machine &machine) {
    return make_kernel<SumFilter>(name,
                                  {{"filter", 6},
                                   {"rows_x", 2},
                                   {"rows_y", 2},
                                   {"rows_z", 2},
                                   {"weights_x", 2},
                                   {"weights_y", 2},
                                   {"weights_z", 2}},
                                  4, spec, machine);
}

}  // namespace tconv
