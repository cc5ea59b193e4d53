// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/reference/gather.h"

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

// The input cell that tap k of output cell x reads, and whether there is one.
struct Source {
    Expr index;
    Expr exists;
};

Source source(const Axis &axis, const Expr &cell, const Expr &k) {
    const int stride = number(axis.stride);
    Expr distance = cell + number(axis.pad_before) - number(axis.dilation) * k;
    Expr index = distance / stride;
    const int last = number(axis.input) - 1;
    return {Halide::clamp(index, 0, last), distance >= 0 && distance % stride == 0 && index <= last};
}

class Gather : public Halide::Generator<Gather> {
public:
    Input<Halide::Buffer<void, 6>> input{"input"};     // (ci, x, y, z, n, origin)
    Input<Halide::Buffer<void, 6>> filter{"filter"};   // (co, ci, kx, ky, kz, origin)
    Input<Halide::Buffer<>> *bias = nullptr;           // (co, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // the same
    Output<Halide::Buffer<void, 6>> output{"output"};  // (co, x, y, z, n, origin)

    Layer layer;
    Machine machine;

    void configure() {
        const Halide::Type type = element_type(layer.types.accumulate);
        input.set_type(type);
        filter.set_type(type);
        output.set_type(type);
        add_bias(*this, type, 2, layer.bias);
        add_slopes(*this, type, 2, layer.activation);
        output_offset_ = device_output_offset(*this, get_target());
    }

    void generate() {
        accumulate(co, x, y, z, n) = Halide::cast(element_type(layer.types.accumulate), 0);
        if (layer.has_cells()) {
            add_taps();
        }
        Expr sum = accumulate(co, x, y, z, n);
        if (bias != nullptr) {
            sum += (*bias)(co, 0);
        }
        output(co, x, y, z, n, origin) = activate(sum, layer.activation, value_at(slopes, co, 0));
        // Any layout: only the order of dimensions is fixed, not which one is contiguous.
        input.dim(0).set_stride(Expr());
        output.dim(0).set_stride(Expr());
        if (output_offset_ != nullptr) {
            output.dim(5).set_min(-Expr(*output_offset_));
        }
    }

    void schedule() {
        family_for(machine).gather({output, accumulate, co, x, y, z, n, origin, layer.types.accumulate}, machine);
    }

private:
    void add_taps() {
        const auto &[az, ay, ax] = layer.axes;
        const Halide::Type type = element_type(layer.types.accumulate);
        RDom r(0, number(layer.in_channels), 0, number(ax.kernel), 0, number(ay.kernel), 0, number(az.kernel), "r");
        const Source sx = source(ax, x, r[1]), sy = source(ay, y, r[2]), sz = source(az, z, r[3]);
        Expr product = input(r[0], sx.index, sy.index, sz.index, n, 0) * filter(co, r[0], r[1], r[2], r[3], 0);
        accumulate(co, x, y, z, n) +=
            Halide::select(sx.exists && sy.exists && sz.exists, product, Halide::cast(type, 0));
    }

    Halide::GeneratorInput<int> *output_offset_ = nullptr;
    Func accumulate{"accumulate"};
    Var co{"co"}, x{"x"}, y{"y"}, z{"z"}, n{"n"}, origin{"origin"};
};

}  // namespace

Kernel gather_kernel(const std::string &name, const Layer &layer, const Machine &machine) {
    return make_kernel<Gather>(name,
                               with_channel_inputs(layer.bias, layer.activation, 2, {{"input", 6}, {"filter", 6}}), 6,
                               [=](Gather &kernel) {
                                   kernel.layer = layer;
                                   kernel.machine = machine;
                               });
}

}  // namespace tconv
