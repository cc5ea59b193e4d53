// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/plan_pieces.h"

#include "generators/kernels/pack_filter.h"
#include "generators/kernels/sum_filter.h"
#include "generators/variants/softmax_stage.h"

namespace tconv {

using Halide::cast;
using Halide::Expr;
using Halide::Int;

namespace {

// Neither is called "pack": a layer named up_ exports up__pack, which would be that kernel of a layer named up.
Kernel pack_kernel(const Layer &layer, const FilterLayout &layout, const Machine &machine) {
    if (!layout.plain()) {
        const SumFilterSpec spec = sum_filter_spec(layer, layout);
        return {"sum_filter", [=](const std::string &symbol, const Halide::Target &target) {
                    return sum_filter_module(symbol, spec, machine, target);
                }};
    }
    const PackFilterSpec spec{layer.out_channels, layout.block(), layer.types.filter};
    return {"pack_filter", [=](const std::string &symbol, const Halide::Target &target) {
                return pack_filter_module(symbol, spec, machine, target);
            }};
}

}  // namespace

Expr int64_constant(int64_t value) { return Expr(value); }

Expr elements(const Expr &index, int64_t stride) { return cast(Int(64), index) * int64_constant(stride); }

ViewDim constant_dim(int64_t extent, int64_t stride) { return {0, static_cast<int>(extent), static_cast<int>(stride)}; }

Table counting_table(int64_t extent) {
    Table table;
    table.rows = extent;
    table.add_progression("first", 0, 1);
    table.add_progression("count", 1, 0);
    return table;
}

Table single_row(int64_t extent) {
    Table table;
    table.rows = 1;
    table.add_progression("first", 0, 0);
    table.add_progression("count", extent, 0);
    return table;
}

Table cut_table(int64_t extent, Cut cut) { return cut == Cut::kWhole ? single_row(extent) : counting_table(extent); }

Table batch_table(const Layer &layer, Cut cut) {
    return layer.batch > 0 ? cut_table(layer.batch, cut) : counting_table(0);
}

View whole_image_view(TensorId tensor, const Layer &layer, const TaskSymbols &task) {
    const bool input = tensor == TensorId::kInput;
    View view{tensor, cast(Int(64), task.at("n", "first")) * task.stride(tensor, kDimN), {}};
    const auto dim = [&](int64_t extent, CanonicalDim d) {
        view.dims.push_back({0, static_cast<int>(extent), task.stride(tensor, d)});
    };
    dim(input ? layer.in_channels : layer.out_channels, kDimC);
    for (int axis : {2, 1, 0}) {
        dim(input ? layer.axes[axis].input : layer.axes[axis].output, static_cast<CanonicalDim>(kDimX + 2 - axis));
    }
    view.dims.push_back({0, task.at("n", "count"), task.stride(tensor, kDimN)});
    return view;
}

void finish_plan(LayerPlan &plan, const Layer &layer, const Machine &machine, Cut cut) {
    append_softmax(plan, layer, machine, cut);
    plan.pack_kernel = plan.kernels.size();
    plan.kernels.push_back(pack_kernel(layer, plan.filter_layout, machine));
}

}  // namespace tconv
