// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/repack.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::Var;

class Repack : public Halide::Generator<Repack> {
public:
    Input<Halide::Buffer<void, 6>> input{"input"};     // (c, x, y, z, n, origin)
    Output<Halide::Buffer<void, 6>> output{"output"};  // (c, x, y, z, n, origin)

    RepackSpec spec;
    Machine machine;

    void configure() {
        input.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
        output_offset_ = device_output_offset(*this, get_target());
    }

    void generate() {
        const int channels = number(spec.channels);
        const Halide::Region inside = {
            {Expr(), Expr()},
            {input.dim(1).min(), input.dim(1).extent()},
            {input.dim(2).min(), input.dim(2).extent()},
            {input.dim(3).min(), input.dim(3).extent()},
            {Expr(), Expr()},
            {Expr(), Expr()},
        };
        Func padded =
            Halide::BoundaryConditions::constant_exterior(input, Halide::cast(element_type(spec.dtype), 0), inside);
        output(c, x, y, z, n, origin) = padded(c, x, y, z, n, 0);
        input.dim(0).set_bounds(0, channels).set_stride(spec.channels_last ? Expr(1) : Expr());
        output.dim(0).set_bounds(0, channels).set_stride(1);
        output.dim(1).set_stride(channels);
        if (output_offset_ != nullptr) {
            output.dim(5).set_min(-Expr(*output_offset_));
        }
    }

    void schedule() {
        RepackFuncs funcs{output, c, x, y, z, n, origin};
        funcs.channels = number(spec.channels);
        funcs.contiguous_input = spec.channels_last;
        funcs.dtype = spec.dtype;
        family_for(machine).repack(funcs, machine);
    }

private:
    Halide::GeneratorInput<int> *output_offset_ = nullptr;
    Var c{"c"}, x{"x"}, y{"y"}, z{"z"}, n{"n"}, origin{"origin"};
};

}  // namespace

Kernel repack_kernel(const std::string &name, const RepackSpec &spec, const Machine &machine) {
    return make_kernel<Repack>(name, {{"input", 6}}, 6, spec, machine);
}

}  // namespace tconv
