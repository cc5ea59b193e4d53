// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/softmax.h"

#include "generators/element_type.h"
#include "generators/elementary.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Float;
using Halide::Func;
using Halide::RDom;
using Halide::reinterpret;
using Halide::select;
using Halide::strict_float;
using Halide::Var;

class Softmax : public Halide::Generator<Softmax> {
public:
    Input<Halide::Buffer<void, 6>> input{"input"};     // (cell, row, b, c, d, origin)
    Output<Halide::Buffer<void, 6>> output{"output"};  // (cell, row, b, c, d, origin)

    SoftmaxSpec spec;
    Machine machine;

    void configure() {
        input.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
        output_offset_ = device_output_offset(*this, get_target());
    }

    void generate() {
        const int length = number(spec.length);
        const RDom k(0, length, "k");
        // Vectors run along rows, and the lanes beyond the last one read it again.
        const Expr last_row = input.dim(1).extent() - 1;
        const auto at = [&](const Expr &i) { return input(i, Halide::likely(Halide::min(row, last_row)), b, c, d, 0); };

        most(row, b, c, d) = at(0);
        most(row, b, c, d) = strict_float(Halide::max(most(row, b, c, d), at(k)));
        const auto below_most = [&](const Expr &i) { return strict_float(at(i) - most(row, b, c, d)); };
        // The largest term is 1, so that others need no more than stand beside it.
        const auto power = [&](const Expr &difference) {
            return exponential_of(strict_float(Halide::max(difference, -120.0f)));
        };
        const Expr difference = below_most(k);
        const Expr is_nan = (bits_of(difference) & 0x7fffffff) > kInfinityBits;
        total(row, b, c, d) = 0.0f;
        total(row, b, c, d) =
            strict_float(total(row, b, c, d) + select(is_nan, difference, power(difference).beside_one()));

        const Expr sum = bits_of(total(row, b, c, d));
        const Expr is_number = sum >= bits_of(1.0f) && sum < kInfinityBits;
        const Expr reciprocal = bits_of(strict_float(1.0f / total(row, b, c, d)));
        scale(row, b, c, d) = reinterpret(Float(32), select(is_number, reciprocal, 0x7fc00000));

        const Expr factor = scale(row, b, c, d);
        const ScaledExponential e = power(below_most(cell));
        const Expr quotient = times_power_of_two(strict_float(e.significand * factor), e.exponent);
        const Expr row_is_nan = bits_of(factor) > kInfinityBits;
        output(cell, row, b, c, d, origin) = select(row_is_nan, factor, quotient);

        for (auto dim : {input.dim(0), output.dim(0)}) {
            dim.set_bounds(0, length).set_stride(spec.contiguous ? Expr(1) : Expr());
        }
        for (int i = 1; i < 5; i++) {
            input.dim(i).set_min(0);
            output.dim(i).set_min(0);
        }
        if (output_offset_ != nullptr) {
            output.dim(5).set_min(-Expr(*output_offset_));
        }
        k_ = k;
    }

    void schedule() {
        family_for(machine).softmax({output, most, total, scale, cell, row, b, c, d, origin, k_, spec.dtype}, machine);
    }

private:
    Halide::GeneratorInput<int> *output_offset_ = nullptr;
    Func most{"most"}, total{"total"}, scale{"scale"};
    Var cell{"cell"}, row{"row"}, b{"b"}, c{"c"}, d{"d"}, origin{"origin"};
    RDom k_;
};

}  // namespace

Kernel softmax_kernel(const std::string &name, const SoftmaxSpec &spec, const Machine &machine) {
    return make_kernel<Softmax>(name, {{"input", 6}}, 6, spec, machine);
}

}  // namespace tconv
