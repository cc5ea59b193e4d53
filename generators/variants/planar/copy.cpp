// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/copy.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "schedules/planar.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::Var;

class PlanarCopy : public Halide::Generator<PlanarCopy> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (c, x, y, z, origin)
    Output<Halide::Buffer<void, 5>> output{"output"};  // (x, c, y, z, origin)

    PlanarCopySpec spec;
    Machine machine;

    void configure() {
        input.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
    }

    void generate() {
        const Halide::Region inside = {{Expr(), Expr()},
                                       {Expr(), Expr()},
                                       {input.dim(2).min(), input.dim(2).extent()},
                                       {Expr(), Expr()},
                                       {Expr(), Expr()}};
        const Func padded =
            Halide::BoundaryConditions::constant_exterior(input, Halide::cast(element_type(spec.dtype), 0), inside);
        block(c, x, y, z) = padded(c, x, y, z, 0);
        output(x, c, y, z, origin) = block(c, x, y, z);
        input.dim(0).set_bounds(0, spec.channels).set_stride(spec.channels_last ? Expr(1) : Expr());
        output.dim(0).set_extent(spec.columns).set_stride(1);
        output.dim(1).set_bounds(0, spec.channels);
    }

    void schedule() {
        PlanarCopyFuncs funcs{output, block, x, c, y, z, origin, input.dim(1).stride()};
        funcs.channels = spec.channels;
        funcs.columns = spec.columns;
        funcs.transposes = spec.channels_last;
        funcs.dtype = spec.dtype;
        family_for(machine).planar_copy(funcs, machine);
    }

private:
    Func block{"block"};
    Var x{"x"}, c{"c"}, y{"y"}, z{"z"}, origin{"origin"};
};

class PlanarBorder : public Halide::Generator<PlanarBorder> {
public:
    Output<Halide::Buffer<void, 5>> output{"output"};  // (x, c, y, z, origin)

    PlanarCopySpec spec;
    Machine machine;

    void configure() { output.set_type(element_type(spec.dtype)); }

    void generate() {
        output(x, c, y, z, origin) = Halide::cast(element_type(spec.dtype), 0);
        output.dim(0).set_stride(1);
        output.dim(1).set_bounds(0, spec.channels);
    }

    void schedule() { family_for(machine).planar_border({output, x, origin, spec.dtype}, machine); }

private:
    Var x{"x"}, c{"c"}, y{"y"}, z{"z"}, origin{"origin"};
};

}  // namespace

Kernel planar_copy_kernel(const std::string &name, const PlanarCopySpec &spec, const Machine &machine) {
    return make_kernel<PlanarCopy>(name, {{"input", 5}}, 5, spec, machine);
}

Kernel planar_border_kernel(const std::string &name, const PlanarCopySpec &spec, const Machine &machine) {
    return make_kernel<PlanarBorder>(name, {}, 5, spec, machine);
}

}  // namespace tconv
