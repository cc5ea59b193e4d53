// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/product.h"

#include "generators/element_type.h"
#include "generators/kernels/make_kernel.h"
#include "generators/lowering_passes_prefetch.h"
#include "generators/number.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

class StreamedProduct : public Halide::Generator<StreamedProduct> {
public:
    Input<Halide::Buffer<void, 4>> input{"input"};     // (k, row, panel, origin)
    Input<Halide::Buffer<void, 3>> filter{"filter"};   // (v, c, origin)
    Input<Halide::Buffer<void, 6>> before{"before"};   // (v, x, y, z, n, origin): the output's memory
    Output<Halide::Buffer<void, 6>> output{"output"};  // (v, x, y, z, n, origin)

    StreamedProductSpec spec;
    StreamedTile tile;
    Machine machine;

    void configure() {
        const Halide::Type type = element_type(spec.dtype);
        input.set_type(type);
        filter.set_type(type);
        before.set_type(type);
        output.set_type(type);
    }

    void generate() {
        const int channels = number(spec.in_channels), block = tile.vectors * machine.lanes(spec.dtype);
        const int panels = spec.chunk / spec.panel;
        const Expr zero = Halide::cast(element_type(spec.dtype), 0);
        RDom r(0, spec.panel, 0, panels, "r"), chunks(0, channels / spec.chunk, "chunks");
        const Expr panel = part * panels + r.y;
        sum(v, row, part) = zero;
        sum(v, row, part) += input(r.x, row, panel, 0) * filter(v, panel * spec.panel + r.x, 0);
        rows(v, row) = zero;
        rows(v, row) += sum(v, row, chunks);
        const auto extent = [&](int dim) { return output.dim(dim).extent(); };
        const Expr place = x + extent(1) * (y + extent(2) * (z + extent(3) * n));
        output(v, x, y, z, n, origin) = before(v, x, y, z, n, 0) + rows(v, place);
        funcs_ = {output, rows, sum, filter, v, x, y, z, n, origin, row, chunks, r.x, r.y, spec.most_rows, spec.dtype};

        input.dim(0).set_bounds(0, spec.panel).set_stride(1);
        input.dim(1).set_min(0).set_stride(spec.panel);
        input.dim(2).set_bounds(0, channels / spec.panel);
        filter.dim(0).set_bounds(0, block).set_stride(1);
        filter.dim(1).set_bounds(0, channels).set_stride(block);
        bound_cells(before, block);
        bound_cells(output, block);
    }

    void schedule() {
        funcs_.output = output;
        family_for(machine).streamed_product(funcs_, tile, machine);
    }

private:
    template<typename Buffer>
    static void bound_cells(Buffer &buffer, int block) {
        buffer.dim(0).set_bounds(0, block).set_stride(1);
        for (int d = 1; d < 5; d++) {
            buffer.dim(d).set_min(0);
        }
    }

    StreamedProductFuncs funcs_;
    Func rows{"rows"}, sum{"sum"};
    Var v{"v"}, x{"x"}, y{"y"}, z{"z"}, n{"n"}, origin{"origin"}, row{"row"}, part{"part"};
};

}  // namespace

Kernel streamed_product_kernel(const std::string &name, const StreamedProductSpec &spec, const StreamedTile &tile,
                               const Machine &machine) {
    Kernel kernel = make_kernel<StreamedProduct>(name, {{"input", 4}, {"filter", 3}, {"before", 6}}, 6,
                                                 [=](StreamedProduct &product) {
                                                     product.spec = spec;
                                                     product.tile = tile;
                                                     product.machine = machine;
                                                 });
    kernel.lower = [lower = kernel.lower, shares = spec.shares](const std::string &symbol,
                                                                const Halide::Target &target) {
        Halide::Module module = lower(symbol, target);
        share_prefetch(module, kStreamedTileLoop, shares);
        return module;
    };
    return kernel;
}

}  // namespace tconv
