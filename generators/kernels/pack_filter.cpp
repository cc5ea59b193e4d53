// SPDX-License-Identifier: Apache-2.0
#include "generators/kernels/pack_filter.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Var;

class PackFilter : public Halide::Generator<PackFilter> {
public:
    Input<Halide::Buffer<void, 3>> filter{"filter"};   // (ci, co, origin)
    Output<Halide::Buffer<void, 4>> output{"output"};  // (v, ci, cb, origin)

    PackFilterSpec spec;
    Machine machine;

    void configure() {
        filter.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
    }

    void generate() {
        const int last = number(spec.out_channels) - 1;
        Expr channel = cb * spec.block + v;
        output(v, ci, cb, origin) = Halide::select(channel <= last, filter(ci, Halide::clamp(channel, 0, last), 0),
                                                   Halide::cast(element_type(spec.dtype), 0));
        filter.dim(0).set_min(0).set_stride(spec.neighbours ? Expr(1) : Expr());
        filter.dim(1).set_bounds(0, last + 1);
        output.dim(0).set_bounds(0, spec.block).set_stride(1);
        output.dim(1).set_min(0).set_stride(spec.block);
        output.dim(2).set_min(0);
    }

    void schedule() {
        PackFilterFuncs funcs{output, v, ci, cb, origin};
        funcs.block = spec.block;
        family_for(machine).pack_filter(funcs, machine);
    }

private:
    Var v{"v"}, ci{"ci"}, cb{"cb"}, origin{"origin"};
};

}  // namespace

Kernel pack_filter_kernel(const std::string &name, const PackFilterSpec &spec, const Machine &machine) {
    return make_kernel<PackFilter>(name, {{"filter", 3}}, 4, spec, machine);
}

}  // namespace tconv
