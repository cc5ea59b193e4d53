// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/folded/variant.h"

#include "generators/variants/taps/knobs.h"
#include "generators/variants/taps/plan.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

constexpr int64_t kMostStackBytes = 8 * 1024;  // sums of a column that pass the stack where cells lie apart

// Cell x = S*q + j is lane set j of column q. It takes from input q + d the tap k = j + P - S*d, where there is one: a
// stride-1 axis whose tap t reads input q + last - t, for `last`, the largest d.
int64_t last_offset(const Axis &x) { return floor_div(x.pad_before + x.stride - 1, x.stride); }
int64_t offsets(const Axis &x) { return last_offset(x) - ceil_div(x.pad_before - x.kernel + 1, x.stride) + 1; }

TapLayer folded_layer(const Layer &layer) {
    const Axis &x = layer.axes[kX];
    TapLayer folded{layer, x.stride, x.output - (ceil_div(x.output, x.stride) - 1) * x.stride};
    folded.layer.out_channels = layer.out_channels * x.stride;
    folded.layer.max_workspace_bytes = layer.workspace_limit();
    folded.layer.axes[kX] = {x.input, offsets(x), 1, 1, ceil_div(x.output, x.stride), last_offset(x)};
    return folded;
}

FilterAxis offset_axis(const Axis &x) {
    FilterAxis axis{offsets(x), x.stride, 1, {}};
    for (int64_t t = 0; t < axis.positions; t++) {
        for (int64_t j = 0; j < x.stride; j++) {
            const int64_t k = j + x.pad_before - x.stride * (last_offset(x) - t);
            const bool exists = k >= 0 && k < x.kernel;
            axis.rows.push_back(exists ? FilterAxis::Row{k, {1.0}} : FilterAxis::Row{});
        }
    }
    return axis;
}

// Single taps, sorted by phase.
FilterAxis tap_axis(const Axis &axis) {
    FilterAxis taps{axis.kernel, 1, 1, {}};
    for (const Phase &phase : phases(axis)) {
        for (int64_t t = 0; t < phase.taps; t++) {
            taps.rows.push_back({phase.first_tap + t * phase.tap_step, {1.0}});
        }
    }
    return taps;
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const auto &[z, y, x] = layer.axes;
    const FilterLayout layout(layer, knobs.at("tile_co") * machine.lanes(layer.types.accumulate),
                              {tap_axis(z), tap_axis(y), offset_axis(x)});
    const TapLayer folded = folded_layer(layer);
    return tap_plan(layer, folded, layout, tap_stages(folded, machine, knobs), machine, knobs);
}

// A lane without a tap at some offset multiplies what it reads there by zero, which keeps a NaN.
bool spreads_nonfinite(const Layer &layer, const Machine &, const Knobs &) {
    const Axis &x = layer.axes[kX];
    return offsets(x) * x.stride != x.kernel;
}

std::string obstacle(const Layer &layer, const Machine &machine) {
    const Axis &x = layer.axes[kX];
    if (layer.layout != Layout::kChannelsLast) return "the layer is channels_first";
    if (x.stride < 2) return "x has no stride to fold";
    if (x.dilation > 1) return "x is dilated";
    if (x.output == 0) return "its output has no cells";
    const int64_t most_lanes = kMostStackBytes / element_bytes(layer.types.accumulate);
    if (layer.out_channels * x.stride > most_lanes) {
        return "a column has more than " + std::to_string(most_lanes) + " lanes";
    }
    if (layer.strict_nonfinite && spreads_nonfinite(layer, machine, {})) return "strict_nonfinite forbids it";
    return tap_obstacle(folded_layer(layer).layer, machine);
}

std::vector<KnobSpec> knob_space(const Layer &layer, const Machine &machine) {
    return tap_knob_space(folded_layer(layer), machine);
}
Proposed search(const Layer &layer, const Machine &machine) { return tap_search(folded_layer(layer), machine); }
double cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_cycles(folded_layer(layer), machine, knobs);
}
int64_t workspace(const Layer &layer, const Machine &, const Knobs &knobs) {
    return tap_workspace(folded_layer(layer).layer, knobs);
}
std::string check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return tap_check_knobs("folded", folded_layer(layer), machine, knobs);
}

}  // namespace

Variant folded_variant() {
    return {"folded",
            "the cells of a stride as channels of one column, in one stride-1 correlation along x",
            obstacle,
            knob_space,
            search,
            check_knobs,
            plan,
            cycles,
            workspace,
            nullptr,
            spreads_nonfinite};
}

}  // namespace tconv
