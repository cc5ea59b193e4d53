// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/matrix_product.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Func;
using Halide::RDom;
using Halide::Var;

class MatrixProduct : public Halide::Generator<MatrixProduct> {
public:
    Input<Halide::Buffer<void, 5>> input{"input"};     // (k, row, panel, tile, origin)
    Input<Halide::Buffer<void, 4>> filter{"filter"};   // (v, c, cb, origin)
    Output<Halide::Buffer<void, 5>> output{"output"};  // (v, row, tile, cb, origin)

    MatrixProductSpec spec;
    MatrixProductTile tile_size;
    Machine machine;

    void configure() {
        const Halide::Type type = element_type(spec.dtype);
        input.set_type(type);
        filter.set_type(type);
        output.set_type(type);
    }

    void generate() {
        const int channels = number(spec.in_channels), panels = channels / spec.panel;
        RDom r(0, spec.panel, 0, panels, "r");
        sum(v, row, tile, cb) = Halide::cast(element_type(spec.dtype), 0);
        sum(v, row, tile, cb) += input(r.x, row, r.y, tile, 0) * filter(v, r.y * spec.panel + r.x, cb, 0);
        funcs_ = {output, sum, filter, v, row, tile, cb, origin, r.x, r.y, {}, channels % spec.panel != 0, spec.dtype};
        if (funcs_.has_rest) {
            RDom rest(0, channels % spec.panel, "rest");
            sum(v, row, tile, cb) += input(rest, row, panels, tile, 0) * filter(v, panels * spec.panel + rest, cb, 0);
            funcs_.rest = rest;
        }
        output(v, row, tile, cb, origin) = sum(v, row, tile, cb);

        const int block = tile_size.vectors * machine.lanes(spec.dtype);
        input.dim(0).set_bounds(0, spec.panel).set_stride(1);
        input.dim(1).set_bounds(0, tile_size.rows).set_stride(spec.panel);
        input.dim(2).set_min(0);
        input.dim(3).set_min(0);
        filter.dim(0).set_bounds(0, block).set_stride(1);
        filter.dim(1).set_min(0).set_stride(block);
        filter.dim(2).set_min(0);
        output.dim(0).set_bounds(0, block).set_stride(1);
        output.dim(1).set_bounds(0, tile_size.rows);
        output.dim(2).set_min(0);
        output.dim(3).set_min(0);
    }

    void schedule() {
        funcs_.output = output;
        family_for(machine).matrix_product(funcs_, tile_size, machine);
    }

private:
    MatrixProductFuncs funcs_;
    Func sum{"sum"};
    Var v{"v"}, row{"row"}, tile{"tile"}, cb{"cb"}, origin{"origin"};
};

}  // namespace

Kernel matrix_product_kernel(const std::string &name, const MatrixProductSpec &spec, const MatrixProductTile &tile,
                             const Machine &machine) {
    std::vector<BufferDeclaration> inputs = {{"input", 5}, {"filter", 4}};
    return make_kernel<MatrixProduct>(name, inputs, 5, [=](MatrixProduct &kernel) {
        kernel.spec = spec;
        kernel.tile_size = tile;
        kernel.machine = machine;
    });
}

}  // namespace tconv
