// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/gpu_phases/variant.h"

#include <algorithm>

#include "generators/epilogue.h"
#include "generators/variants/taps/plan.h"

namespace tconv {

namespace {

constexpr int64_t kMostPixels = 8;  // of a thread
constexpr int kDefaultPixels = 4;
constexpr int kMostUnrolled = 8;

// One block of all channels: neighbouring threads read neighbouring elements.
int block_of(const Layer &layer) { return static_cast<int>(layer.out_channels); }

// A piece for each phase, with all of its taps wherever they lie.
TapTiling whole_phases(const Layer &layer, int pixels) {
    const auto &[z, y, x] = layer.axes;
    TapTiling tiling{{}, tap_spans(y, false), tap_spans(z, false)};
    for (const TapSpan &span : tap_spans(x, false)) {
        tiling.columns.push_back({span, 1, pixels, 1});
    }
    return tiling;
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const TapStages stages{whole_phases(layer, knobs.at("tile_x")), padded_input(layer, Margin::kAround), kFilterOuter,
                           Cut::kWhole};
    return tap_plan(layer, {layer}, FilterLayout(layer, block_of(layer)), stages, machine, knobs);
}

std::string obstacle(const Layer &layer, const Machine &) {
    return tap_tables_obstacle(layer, layer.filter_elements(), Margin::kAround);
}

std::vector<KnobSpec> knob_space(const Layer &layer, const Machine &) {
    // A thread moves the last tile of a row back inside it: a row shorter than a tile would be overrun.
    int64_t pixels = kMostPixels;
    for (const TapSpan &span : tap_spans(layer.axes[kX], false)) {
        pixels = std::min(pixels, span.outputs);
    }
    return {
        {"tile_x", count_to(pixels), "outputs of a thread; larger reuses the filter more, smaller fills the device"},
        {"unroll_ci", divisors_to(layer.in_channels, kMostUnrolled),
         "input channels a loop iteration; larger saves loop control, costs code"}};
}

Proposed search(const Layer &layer, const Machine &machine) {
    const int most = values_of(knob_space(layer, machine), "tile_x").back();
    return Proposal{{{"tile_x", std::min(kDefaultPixels, most)}, {"unroll_ci", 1}}, "the tile of every layer"};
}

std::string check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return space_problem("gpu_phases", knob_space(layer, machine), knobs);
}

// Of one unit of the device.
double cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const TapTiling tiling = whole_phases(layer, knobs.at("tile_x"));
    const double launches = 1 + static_cast<double>(tiling.columns.size() * tiling.rows.size() * tiling.planes.size());
    return machine.call_cycles * launches +
           static_cast<double>(layer.useful_macs()) / (machine.fma_per_cycle * machine.lanes(layer.types.accumulate)) +
           long_epilogue_cycles(layer, machine.lanes(layer.types.accumulate));
}

}  // namespace

Variant gpu_phases_variant() {
    Variant variant{"gpu_phases", "for each stride phase a launch, a thread for some outputs of a channel",
                    obstacle,     knob_space,
                    search,       check_knobs,
                    plan,         cycles};
    variant.for_gpu = true;
    return variant;
}

}  // namespace tconv
