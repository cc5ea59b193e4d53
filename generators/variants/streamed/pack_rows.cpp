// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/pack_rows.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"
#include "schedules/streamed.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Var;

class PackRows : public Halide::Generator<PackRows> {
public:
    Input<Halide::Buffer<void, 6>> input{"input"};     // (c, x, y, z, n, origin)
    Output<Halide::Buffer<void, 7>> output{"output"};  // (k, panel, x, y, z, n, origin)

    PackRowsSpec spec;
    Machine machine;

    void configure() {
        input.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
    }

    void generate() {
        output(k, panel, x, y, z, n, origin) = input(panel * spec.panel + k, x, y, z, n, 0);
        const int channels = number(spec.in_channels);
        input.dim(0).set_bounds(0, channels).set_stride(spec.channels_last ? Expr(1) : Expr());
        output.dim(0).set_bounds(0, spec.panel).set_stride(1);
        output.dim(1).set_bounds(0, channels / spec.panel);
        output.dim(2).set_stride(spec.panel);
        for (int d = 1; d < 5; d++) {
            input.dim(d).set_min(0);
            output.dim(d + 1).set_min(0);
        }
    }

    void schedule() {
        family_for(machine).pack_rows(
            {output, k, panel, x, y, z, n, origin, spec.panel, spec.channels_last, spec.dtype}, machine);
    }

private:
    Var k{"k"}, panel{"panel"}, x{"x"}, y{"y"}, z{"z"}, n{"n"}, origin{"origin"};
};

}  // namespace

Kernel pack_rows_kernel(const std::string &name, const PackRowsSpec &spec, const Machine &machine) {
    return make_kernel<PackRows>(name, {{"input", 6}}, 7, spec, machine);
}

}  // namespace tconv
