// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/variant.h"

#include <algorithm>

#include "generators/variants/plan_pieces.h"
#include "generators/variants/winograd/knobs.h"
#include "generators/variants/winograd/stages.h"

namespace tconv {

namespace {

// Such a cell is its bias and nothing else, and would come out as that and what rounding leaves of its tile.
bool has_cells_without_taps(const Axis &axis) {
    for (const Phase &phase : phases(axis)) {
        for (const TapRun &run : tap_runs(axis, phase)) {
            if (run.taps == 0) {
                return true;
            }
        }
    }
    return false;
}

// Kinds of phases by their numbers of taps, over all axes.
size_t tap_combinations(const Layer &layer) {
    size_t combinations = 1;
    for (const Axis &axis : layer.axes) {
        combinations *= axis_kinds(axis, {}).size();
    }
    return combinations;
}

std::string obstacle(const Layer &layer, const Machine &machine) {
    constexpr int64_t most_phases = 512, most_rows = int64_t{1} << 18, most_elements = int64_t{1} << 30;
    if (layer.layout != Layout::kChannelsLast) return "the layer is channels_first";
    if (layer.strict_nonfinite) return "strict_nonfinite forbids it";
    // A vector is a panel of input channels in transformed windows, and one of output channels in their products. Fewer, or
    // an odd number, would be mostly transforms.
    if (layer.in_channels % 4 != 0) return "input channels are no multiple of 4";
    if (layer.out_channels < machine.lanes(layer.types.accumulate))
        return "fewer output channels than a vector has lanes";
    if (layer.output_elements() == 0) return "its output has no cells";
    // Every combination of tap counts has transforms of its own; with 16 lanes and masks those of four come to more than the
    // 32 KB of code that a library may have.
    constexpr int most_lanes_of_four = 8;
    if (machine.lanes(layer.types.accumulate) > most_lanes_of_four && tap_combinations(layer) > 2) {
        return "transforms for more than two combinations of tap counts come to more than 32 KB of code";
    }
    int64_t strides = 1, rows = layer.batch;
    for (const Axis &axis : layer.axes) {
        strides *= axis.stride;
        rows *= axis.output;
        if (strides > most_phases) return "more than 512 phases";
        if (rows > most_rows * most_phases) return "more than 134217728 cells";
        if (has_cells_without_taps(axis)) return "some cells have no tap";
    }
    if (rows / layer.axes[2].output > most_rows) return "more than 262144 rows of output";
    if (tile_choices(layer).empty()) return "no tile saves multiplications within max_error_growth";
    return 8 * layer.filter_elements() < most_elements && layer.input_elements() < most_elements
               ? ""
               : "its tensors have more than 1073741823 elements";
}

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const TileSizes sizes = tile_sizes(layer, knobs);
    const MatrixProductTile tile = product_tile(knobs);
    LayerPlan plan;
    plan.filter_layout = winograd_filter(layer, sizes, tile.vectors * machine.lanes(layer.types.accumulate));
    const std::vector<WinogradJob> jobs = winograd_jobs(layer, sizes);
    WinogradContext context{layer, machine, plan.filter_layout, tile};
    const WinogradScratch scratch(layer, machine, jobs, plan.filter_layout);
    context.products_offset = scratch.windows;
    plan.workspace_elements = scratch.windows + scratch.products;
    for (size_t j = 0; j < jobs.size(); j++) {
        append_winograd_job(plan, context, jobs[j], std::to_string(j));
    }
    finish_plan(plan, layer, machine);
    return plan;
}

// A transformed value is a sum of several cells of its window.
bool spreads_nonfinite(const Layer &, const Machine &, const Knobs &) { return true; }

}  // namespace

Variant winograd_variant() {
    return {"winograd",
            "fewer multiplications: tiles of each phase through Toom-Cook matrices",
            obstacle,
            winograd_knob_space,
            winograd_search,
            winograd_check_knobs,
            plan,
            winograd_cycles,
            winograd_workspace,
            winograd_error_growth,
            spreads_nonfinite,
            winograd_rounding};
}

}  // namespace tconv
