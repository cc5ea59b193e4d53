// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/knobs.h"

#include <algorithm>

#include "generators/epilogue.h"
#include "generators/variants/cheapest_knobs.h"
#include "generators/variants/winograd/cost.h"
#include "generators/variants/winograd/stages.h"
#include "generators/variants/winograd/toom_cook.h"
#include "runtime/base/integers.h"
#include "schedules/registry.h"

namespace tconv {

namespace {

constexpr int kPrefetch = 16;  // for filters that do not stay in the cache; it costs little where they do

std::string knob_of(int64_t taps) { return "tile_" + std::to_string(taps); }

// Phases of some axis can be lane sets of one product.
bool shareable(const Layer &layer) {
    TileSizes sizes;
    sizes.share = true;
    for (const TileChoice &choice : tile_choices(layer)) {
        sizes.outputs.emplace_back(choice.taps, choice.outputs.back());
    }
    return std::any_of(layer.axes.begin(), layer.axes.end(),
                       [&](const Axis &axis) { return axis_kinds(axis, sizes).front().shared; });
}

}  // namespace

std::vector<TileChoice> tile_choices(const Layer &layer) {
    std::vector<TileChoice> choices;
    for (const Axis &axis : layer.axes) {
        for (const AxisKind &kind : axis_kinds(axis, {})) {
            const auto same = [&](const TileChoice &choice) { return choice.taps == kind.taps; };
            if (kind.taps < 2 || std::any_of(choices.begin(), choices.end(), same)) {
                continue;
            }
            TileChoice choice{kind.taps, {1}};
            for (int64_t outputs = 2; outputs + kind.taps - 1 <= kMostPoints; outputs++) {
                if (error_growth(outputs, kind.taps) <= layer.max_error_growth) {
                    choice.outputs.push_back(static_cast<int>(outputs));
                }
            }
            if (choice.outputs.size() > 1) {
                choices.push_back(choice);
            }
        }
    }
    return choices;
}

TileSizes tile_sizes(const Layer &layer, const Knobs &knobs) {
    TileSizes sizes;
    for (const TileChoice &choice : tile_choices(layer)) {
        sizes.outputs.emplace_back(choice.taps, knobs.at(knob_of(choice.taps)));
    }
    sizes.share = knobs.at("share") == 1;
    sizes.band = knobs.at("band");
    return sizes;
}

MatrixProductTile product_tile(const Knobs &knobs) {
    MatrixProductTile tile;
    tile.vectors = knobs.at("tile_co");
    tile.rows = knobs.at("tile_rows");
    tile.prefetch = knobs.at("prefetch");
    return tile;
}

std::vector<KnobSpec> winograd_knob_space(const Layer &layer, const Machine &machine) {
    std::vector<KnobSpec> space;
    for (const TileChoice &choice : tile_choices(layer)) {
        space.push_back({knob_of(choice.taps), choice.outputs,
                         "outputs of a tile on axes with " + std::to_string(choice.taps) +
                             " taps; larger multiplies less, rounds more"});
    }
    space.push_back({"share", shareable(layer) ? std::vector<int>{0, 1} : std::vector<int>{0},
                     "1: phases with the same windows share their transform and one product"});
    space.push_back(
        {"band",
         {8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024},
         "tiles whose transformed windows and products are kept at once; larger reads the filter less often"});
    const int vectors =
        std::min<int>(family_for(machine).tiles.widest_product,
                      static_cast<int>(ceil_div(layer.out_channels, machine.lanes(layer.types.accumulate))));
    space.push_back({"tile_co", count_to(vectors),
                     "vectors of output channels summed at once; also the block of the packed filter"});
    space.push_back({"tile_rows", count_to(most_product_rows(1, machine)), "tiles summed at once, at most"});
    space.push_back({"prefetch", {0, 8, 16, 64}, "panels of input channels that the filter is fetched ahead"});
    return space;
}

std::string winograd_check_knobs(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    if (const std::string problem = space_problem("winograd", winograd_knob_space(layer, machine), knobs);
        !problem.empty()) {
        return problem;
    }
    const MatrixProductTile tile = product_tile(knobs);
    if (tile.rows > most_product_rows(tile.vectors, machine)) {
        return "tile_rows = " + std::to_string(tile.rows) + ": with tile_co = " + std::to_string(tile.vectors) +
               " registers hold " + std::to_string(most_product_rows(tile.vectors, machine));
    }
    const double growth = winograd_error_growth(layer, machine, knobs);
    if (growth > layer.max_error_growth) {
        return to_string(knobs) + ": error growth " + std::to_string(growth) + ", the layer allows " +
               std::to_string(layer.max_error_growth);
    }
    return "";
}

double winograd_error_growth(const Layer &layer, const Machine &, const Knobs &knobs) {
    const TileSizes sizes = tile_sizes(layer, knobs);
    double growth = 1;
    for (const Axis &axis : layer.axes) {
        double most = 1;
        for (const AxisKind &kind : axis_kinds(axis, sizes)) {
            most = std::max(most, error_growth(kind.outputs, kind.taps));
        }
        growth *= most;
    }
    return growth;
}

// The largest of an axis' phases, number by number. With one output or one tap nothing of a window is mixed: its cells are
// those that the taps read.
Rounding winograd_rounding(const Layer &layer, const Machine &, const Knobs &knobs) {
    const TileSizes sizes = tile_sizes(layer, knobs);
    Rounding rounding;
    for (size_t a = 3 - static_cast<size_t>(layer.spatial_rank); a < rounding.size(); a++) {
        AxisRounding &most = rounding[a];
        for (const AxisKind &kind : axis_kinds(layer.axes[a], sizes)) {
            const TransformGains gains = transform_gains(toom_cook(kind.outputs, kind.taps));
            const bool mixes = kind.outputs > 1 && kind.taps > 1;
            most.growth = std::max(most.growth, gains.growth);
            most.terms = std::max(most.terms, gains.terms);
            most.reach = std::max(most.reach, mixes ? (kind.points() - 1) * kind.step : 0);
            most.input_gain = std::max(most.input_gain, gains.input);
            most.filter_gain = std::max(most.filter_gain, gains.filter);
            most.sum_gain = std::max(most.sum_gain, gains.sum);
        }
    }
    return rounding;
}

double winograd_cycles(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    return WinogradWork(layer, tile_sizes(layer, knobs)).cycles(machine, product_tile(knobs)) +
           long_epilogue_cycles(layer, machine.lanes(layer.types.accumulate));
}

int64_t winograd_workspace(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const TileSizes sizes = tile_sizes(layer, knobs);
    const FilterLayout layout =
        winograd_filter(layer, sizes, product_tile(knobs).vectors * machine.lanes(layer.types.accumulate));
    const WinogradScratch scratch(layer, machine, winograd_jobs(layer, sizes), layout);
    return scratch.windows + scratch.products;
}

// Tiles, sharing and bands are tried in all combinations, each with the widths of the product's tile, whose rows are as many
// as registers hold: fewer are split evenly anyway.
Proposed winograd_search(const Layer &layer, const Machine &machine) {
    std::vector<KnobSpec> space = winograd_knob_space(layer, machine);
    std::vector<int> widths;
    for (KnobSpec &spec : space) {
        if (spec.name == "tile_co") {
            widths = spec.values;
        }
        if (spec.name == "tile_co" || spec.name == "tile_rows" || spec.name == "prefetch") {
            spec.values = {spec.name == "prefetch" ? kPrefetch : 1};
        }
    }
    CheapestKnobs cheapest(layer, [&](const Knobs &knobs) { return winograd_workspace(layer, machine, knobs); });
    for_each_combination(space, [&](const Knobs &candidate) {
        if (winograd_error_growth(layer, machine, candidate) > layer.max_error_growth) {
            return;
        }
        const WinogradWork work(layer, tile_sizes(layer, candidate));
        for (int vectors : widths) {
            Knobs knobs = candidate;
            knobs["tile_co"] = vectors;
            knobs["tile_rows"] = most_product_rows(vectors, machine);
            cheapest.offer(knobs, work.cycles(machine, product_tile(knobs)));
        }
    });
    return cheapest.proposed("tile");
}

}  // namespace tconv
