// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/reference/variant.h"

#include "generators/number.h"
#include "generators/variants/plan_pieces.h"
#include "generators/variants/reference/gather.h"

namespace tconv {

namespace {

std::string obstacle(const Layer &, const Machine &) { return ""; }

std::vector<KnobSpec> knob_space(const Layer &, const Machine &) { return {}; }

Proposed search(const Layer &, const Machine &) { return Proposal{{}, "it takes every layer"}; }

std::string check_knobs(const Layer &, const Machine &, const Knobs &knobs) {
    return knobs.empty() ? "" : to_string(knobs) + ": variant reference has no knobs";
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &) {
    return gather_plan(layer, machine, Cut::kRows);
}

double cycles(const Layer &layer, const Machine &, const Knobs &) { return gather_cycles(layer); }

}  // namespace

LayerPlan gather_plan(const Layer &layer, const Machine &machine, Cut cut) {
    LayerPlan plan;
    const int block = number(layer.out_channels);
    const FilterLayout layout = plan.filter_layout = FilterLayout(layer, block, TapOrder::kNatural);
    View filter{TensorId::kFilter, wide(0), {}};
    filter.dims = {constant_dim(layer.out_channels, 1), constant_dim(layer.in_channels, block)};
    for (int axis : {kX, kY, kZ}) {
        filter.dims.push_back(constant_dim(layer.axes[axis].kernel, layout.axis_stride(axis)));
    }
    const RangeTable n = batch_table(layer, cut);

    Stage stage;
    stage.name = "gather";
    stage.grid = {{"n", n.table}};
    stage.kernels = {plan.add_kernel(gather_kernel("gather", layer, machine))};
    stage.call = {0,
                  {{"input", whole_image_view(TensorId::kInput, layer, n)},
                   {"filter", filter},
                   {"output", whole_image_view(TensorId::kOutput, layer, n)}}};
    bind_channel_values(stage.call, layer, bias_view(0, layer.out_channels));
    plan.add_stage(stage);
    finish_plan(plan, layer, machine, cut);
    return plan;
}

double gather_cycles(const Layer &layer) {
    // Every tap of every output cell is visited, whether it exists or not: an index, two comparisons and a sum.
    constexpr double cycles_per_tap = 4;
    double taps = 1;
    for (const Axis &axis : layer.axes) {
        taps *= static_cast<double>(axis.kernel);
    }
    return cycles_per_tap * static_cast<double>(layer.output_elements()) * static_cast<double>(layer.in_channels) *
           taps;
}

Variant reference_variant() {
    Variant variant{"reference", "the definition, cell by cell; slow and plainly right",
                    obstacle,    knob_space,
                    search,      check_knobs,
                    plan,        cycles};
    variant.is_reference = true;
    return variant;
}

}  // namespace tconv
