// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/cell_sums.h"

#include "generators/element_type.h"
#include "generators/epilogue.h"
#include "generators/kernels/make_kernel.h"
#include "schedules/registry.h"
#include "schedules/streamed.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Var;

class StartCells : public Halide::Generator<StartCells> {
public:
    Input<Halide::Buffer<>> *bias = nullptr;           // (v, origin)
    Output<Halide::Buffer<void, 3>> output{"output"};  // (v, cell, origin)

    CellSumsSpec spec;
    Machine machine;

    void configure() {
        output.set_type(element_type(spec.dtype));
        add_bias(*this, element_type(spec.dtype), 2, spec.bias);
    }

    void generate() {
        const int block = spec.vectors * machine.lanes(spec.dtype);
        output(v, cell, origin) = bias != nullptr ? (*bias)(v, 0) : Halide::cast(element_type(spec.dtype), 0);
        output.dim(0).set_bounds(0, block).set_stride(1);
        output.dim(1).set_min(0).set_stride(block);
        if (bias != nullptr) {
            bias->dim(0).set_bounds(0, block).set_stride(1);
        }
    }

    void schedule() { family_for(machine).start_cells({output, v, cell, origin, spec.vectors, spec.dtype}, machine); }

private:
    Var v{"v"}, cell{"cell"}, origin{"origin"};
};

class StoreCells : public Halide::Generator<StoreCells> {
public:
    Input<Halide::Buffer<void, 6>> cells{"cells"};     // (v, x, y, z, n, origin)
    Input<Halide::Buffer<>> *slopes = nullptr;         // (v, origin)
    Output<Halide::Buffer<void, 6>> output{"output"};  // (co, x, y, z, n, origin)

    CellSumsSpec spec;
    Machine machine;

    void configure() {
        cells.set_type(element_type(spec.dtype));
        output.set_type(element_type(spec.dtype));
        add_slopes(*this, element_type(spec.dtype), 2, spec.activation);
    }

    void generate() {
        output(co, x, y, z, n, origin) = activate(cells(co, x, y, z, n, 0), spec.activation, value_at(slopes, co, 0));
        const int block = spec.vectors * machine.lanes(spec.dtype);
        if (slopes != nullptr) {
            slopes->dim(0).set_bounds(0, block).set_stride(1);
        }
        cells.dim(0).set_bounds(0, block).set_stride(1);
        cells.dim(1).set_stride(block);
        output.dim(0).set_min(0).set_stride(spec.channels_last ? Expr(1) : Expr());
        for (int d = 1; d < 5; d++) {
            cells.dim(d).set_min(0);
            output.dim(d).set_min(0);
        }
    }

    void schedule() {
        const bool whole_blocks = spec.out_channels % (spec.vectors * machine.lanes(spec.dtype)) == 0;
        family_for(machine).store_cells({output, co, x, y, z, n, origin, whole_blocks, spec.channels_last, spec.dtype},
                                        machine);
    }

private:
    Var co{"co"}, x{"x"}, y{"y"}, z{"z"}, n{"n"}, origin{"origin"};
};

}  // namespace

Kernel start_cells_kernel(const std::string &name, const CellSumsSpec &spec, const Machine &machine) {
    return make_kernel<StartCells>(name, with_channel_inputs(spec.bias, {}, 2, {}), 3, spec, machine);
}

Kernel store_cells_kernel(const std::string &name, const CellSumsSpec &spec, const Machine &machine) {
    return make_kernel<StoreCells>(name, with_channel_inputs(false, spec.activation, 2, {{"cells", 6}}), 6, spec,
                                   machine);
}

}  // namespace tconv
