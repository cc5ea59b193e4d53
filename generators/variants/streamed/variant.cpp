// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/streamed/variant.h"

#include "generators/number.h"
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
    const bool channels_last = layer.layout == Layout::kChannelsLast;
    const PackRowsSpec rows{layer.in_channels, streamed.panel, channels_last, layer.types.input};
    const CellSumsSpec sums{layer.out_channels, streamed.vectors, layer.bias,
                            channels_last,      layer.activation, layer.types.accumulate};
    plan.add_stage(pack_stage(streamed, plan.add_kernel(pack_rows_kernel("pack_rows", rows, machine))));
    plan.add_stage(start_stage(streamed, plan.add_kernel(start_cells_kernel("start", sums, machine))));
    std::vector<size_t> products;
    for (const StreamedKernel &kernel : streamed.kernels.kernels) {
        const StreamedProductSpec spec{layer.in_channels,        streamed.panel, streamed.chunk,
                                       number(kernel.most_rows), kernel.shares,  layer.types.accumulate};
        const std::string name = "rows" + std::to_string(kernel.tile.rows);
        products.push_back(plan.add_kernel(streamed_product_kernel(name, spec, kernel.tile, machine)));
    }
    if (!products.empty()) {
        plan.add_stage(product_stage(streamed, products));
    }
    plan.add_stage(store_stage(streamed, plan.add_kernel(store_cells_kernel("store", sums, machine))));
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
