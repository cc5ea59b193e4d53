// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/variant.h"

#include "generators/variants/plan_pieces.h"
#include "generators/variants/streamed/cell_sums.h"
#include "generators/variants/streamed/knobs.h"
#include "generators/variants/streamed/pack_rows.h"
#include "generators/variants/streamed/product.h"
#include "generators/variants/streamed/stages.h"

namespace tconv {

namespace {

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const StreamedPlan streamed(layer, machine, knobs);
    LayerPlan plan;
    plan.filter_layout = streamed.layout;
    plan.workspace_elements = streamed.workspace_elements();
    const auto add_kernel = [&](const std::string &name, auto lower) {
        plan.kernels.push_back({name, lower});
        return plan.kernels.size() - 1;
    };
    using Halide::Module;
    using Halide::Target;
    const PackRowsSpec rows{layer.in_channels, streamed.group, layer.layout == Layout::kChannelsLast,
                            layer.types.input};
    const CellSumsSpec sums{layer.out_channels, streamed.vectors,
                            layer.bias,         layer.layout == Layout::kChannelsLast,
                            layer.activation,   layer.types.accumulate};
    plan.add_stage(pack_stage(streamed, add_kernel("pack_rows", [=](const std::string &symbol, const Target &target) {
                                  return pack_rows_module(symbol, rows, machine, target);
                              })));
    plan.add_stage(start_stage(streamed, add_kernel("start", [=](const std::string &symbol, const Target &target) {
                                   return start_cells_module(symbol, sums, machine, target);
                               })));
    std::vector<size_t> products;
    for (const StreamedKernel &kernel : streamed.kernels.kernels) {
        const StreamedProductSpec spec{layer.in_channels, streamed.group,
                                       streamed.chunk,    static_cast<int>(kernel.most_rows),
                                       kernel.shares,     layer.types.accumulate};
        products.push_back(
            add_kernel("rows" + std::to_string(kernel.tile.rows), [=](const std::string &symbol, const Target &target) {
                return streamed_product_module(symbol, spec, kernel.tile, machine, target);
            }));
    }
    if (!products.empty()) {
        plan.add_stage(product_stage(streamed, products));
    }
    plan.add_stage(store_stage(streamed, add_kernel("store", [=](const std::string &symbol, const Target &target) {
                                   return store_cells_module(symbol, sums, machine, target);
                               })));
    finish_plan(plan, layer, machine);
    return plan;
}

}  // namespace

Variant streamed_variant() {
    return {"streamed",
            "the filter read once, tap by tap, for few pixels and filters beyond the cache",
            streamed_obstacle,
            streamed_knob_space,
            streamed_search,
            streamed_check_knobs,
            plan,
            streamed_cycles,
            streamed_workspace};
}

}  // namespace tconv
