// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/general_product.h"

#include "generators/epilogue.h"
#include "generators/kernels/build_kernel.h"
#include "schedules/general_tile.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

constexpr DataType kType = DataType::kFloat32;  // of these kernels alone: a general library has no other

class GeneralProduct : public Halide::Generator<GeneralProduct> {
public:
    Input<Halide::Buffer<float, 5>> input{"input"};     // (ci, x, tx, ty, tz)
    Input<Halide::Buffer<float, 5>> filter{"filter"};   // (v, ci, tx, ty, tz)
    Input<Halide::Buffer<float, 1>> bias{"bias"};       // (v)
    Output<Halide::Buffer<float, 2>> output{"output"};  // (v, x)

    GeneralProductSpec spec;
    Machine machine;

    void generate() {
        tile_ = general_tile(spec.block / machine.lanes(kType), spec.pixels, machine);
        const int sums = tile_.partial_sums;
        const Expr channels = input.dim(0).extent();
        const Expr tx = filter.dim(2).extent(), ty = filter.dim(3).extent(), tz = filter.dim(4).extent();
        RDom r(0, channels / sums, 0, tx, 0, ty, 0, tz, "r");
        accumulate(v, x, s) = 0.0f;
        const Expr channel = r[0] * sums + s;
        accumulate(v, x, s) += input(channel, x, r[1], r[2], r[3]) * filter(v, channel, r[1], r[2], r[3]);
        funcs_ = {output, accumulate, v, x, s, r[0], r[1], r[2], r[3], {}, {}, {}, {}, kType};
        if (sums > 1) {
            RDom rest(channels / sums * sums, channels % sums, 0, tx, 0, ty, 0, tz, "rest");
            accumulate(v, x, 0) +=
                input(rest[0], x, rest[1], rest[2], rest[3]) * filter(v, rest[0], rest[1], rest[2], rest[3]);
            funcs_.rest_ci = rest[0];
            funcs_.rest_tx = rest[1];
            funcs_.rest_ty = rest[2];
            funcs_.rest_tz = rest[3];
        }
        Expr sum = accumulate(v, x, 0);
        for (int i = 1; i < sums; i++) {
            sum += accumulate(v, x, i);
        }
        output(v, x) = sum + bias(v);

        filter.dim(0).set_bounds(0, spec.block).set_stride(1);
        filter.dim(1).set_min(0).set_stride(spec.block);
        bias.dim(0).set_bounds(0, spec.block).set_stride(1);
        output.dim(0).set_bounds(0, spec.block).set_stride(1);
        output.dim(1).set_min(0);
        input.dim(0).set_stride(Expr());
        for (int d = 0; d < 5; d++) {
            input.dim(d).set_min(0);
            if (d > 1) {
                filter.dim(d).set_min(0);
            }
        }
    }

    void schedule() {
        funcs_.output = output;
        family_for(machine).general_product(funcs_, tile_, machine);
    }

private:
    GeneralTile tile_;
    GeneralProductFuncs funcs_;
    Func accumulate{"accumulate"};
    Var v{"v"}, x{"x"}, s{"s"};
};

class GeneralActivation : public Halide::Generator<GeneralActivation> {
public:
    Input<Halide::Buffer<float, 1>> input{"input"};
    Input<float> a{"a"}, b{"b"};
    Output<Halide::Buffer<float, 1>> output{"output"};

    Activation::Kind activation = Activation::kNone;
    Machine machine;

    void generate() {
        output(x) = activate(input(x), activation, a, b);
        input.dim(0).set_min(0);
        output.dim(0).set_min(0);
    }

    void schedule() { family_for(machine).general_map({output, x, kType}, machine); }

private:
    Var x{"x"};
};

}  // namespace

Halide::Module general_product_module(const std::string &name, const GeneralProductSpec &spec, const Machine &machine,
                                      const Halide::Target &target) {
    return build_kernel<GeneralProduct>(name, target, [&](GeneralProduct &kernel) {
        kernel.spec = spec;
        kernel.machine = machine;
    });
}

Halide::Module general_activation_module(const std::string &name, Activation::Kind activation, const Machine &machine,
                                         const Halide::Target &target) {
    return build_kernel<GeneralActivation>(name, target, [&](GeneralActivation &kernel) {
        kernel.activation = activation;
        kernel.machine = machine;
    });
}

}  // namespace tconv
