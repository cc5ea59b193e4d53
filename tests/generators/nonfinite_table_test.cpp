// SPDX-License-Identifier: Apache-2.0
// What docs/semantics.md says of NaN and Inf for each variant, against what the code says of itself and against what
// libraries do: every pixel and every tap of small layers is made NaN or Inf in turn.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tconv/plan.h"
#include "tests/generators/corner_layers.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/support/special_values.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

// A row of the table: its cells are these words, or begin with them.
struct Claim {
    bool input_spreads = false;   // "spreads", else "exact"
    bool filter_spreads = false;  // the same of the filter
    bool refused = false;         // with strict_nonfinite: "refused", else "accepted"
};

std::vector<std::string> cells_of_row(const std::string &line) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    std::string cell;
    while (std::getline(text, cell, '|')) {
        const size_t begin = cell.find_first_not_of(' '), end = cell.find_last_not_of(' ');
        cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    return cells;
}

bool says(const std::string &cell, const std::string &yes, const std::string &no) {
    EXPECT_TRUE(cell.rfind(yes, 0) == 0 || cell.rfind(no, 0) == 0)
        << "\"" << cell << "\" says neither " << yes << " nor " << no;
    return cell.rfind(yes, 0) == 0;
}

std::map<std::string, Claim> claims() {
    std::ifstream file(TCONV_SEMANTICS);
    std::map<std::string, Claim> table;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        const std::vector<std::string> cells = cells_of_row(line);
        if (cells.size() == 5 && cells[4] == "with `strict_nonfinite`") {
            inside = true;
        } else if (inside && cells.size() < 5) {
            inside = false;
        } else if (inside && cells[1].rfind("---", 0) != 0) {
            std::istringstream names(cells[1]);  // "`streamed`, `reference`"
            for (std::string name; std::getline(names, name, ',');) {
                name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return c == '`' || c == ' '; }),
                           name.end());
                table[name] = {says(cells[2], "spreads", "exact"), says(cells[3], "spreads", "exact"),
                               says(cells[4], "refused", "accepted")};
            }
        }
    }
    return table;
}

std::vector<Layer> probe_layers() {
    std::vector<Layer> layers = {corner_layer("image_one_output_channel"), corner_layer("image_unlike_axes"),
                                 corner_layer("line_stride_above_kernel_cropped")};
    Layer layer;
    layer.spatial_rank = 2;
    layer.in_channels = 16;
    for (const int64_t channels : {2, 16}) {
        layer.out_channels = channels;
        for (const int64_t kernel : {3, 4}) {
            layer.name = "k" + std::to_string(kernel) + "_s2_channels_" + std::to_string(channels);
            layer.axes = {Axis{}, Axis{4, kernel, 2, 1, 8, 1}, Axis{5, kernel, 2, 1, 10, 1}};
            layers.push_back(layer);
        }
    }
    for (Layer &each : layers) each.activation = Activation::kNone;
    return layers;
}

using RunLayer = std::function<std::vector<float>(const LayerData &)>;

// Output cells that are NaN although the definition gives a number.
int64_t spoilt(const OracleResult &reference, const std::vector<float> &output) {
    int64_t count = 0;
    for (size_t i = 0; i < output.size(); i++) count += std::isnan(output[i]) && !std::isnan(reference.value[i]);
    return count;
}

void expect_missing_nowhere(const OracleResult &reference, const std::vector<float> &output) {
    for (size_t i = 0; i < output.size(); i++) {
        if (std::isfinite(reference.value[i])) continue;
        ASSERT_FALSE(std::isfinite(output[i])) << "output[" << i << "]";
    }
}

// Cells that a NaN or Inf of the input spoils beyond its taps, over all pixels. None is farther away than `reach` says.
void count_spoilt_by_input(const Layer &layer, const RunLayer &run, const std::array<int64_t, 3> &reach,
                           int64_t &count) {
    count = 0;
    LayerData data = random_layer_data(layer, 3);
    for (size_t cell = 0; cell < data.input.size();
         cell += layer.layout == Layout::kChannelsLast ? layer.in_channels : 1) {
        const float kept = data.input[cell];
        for (const float value : {kNaN, kInf}) {
            data.input[cell] = value;
            const OracleResult reference = oracle_of(layer, data);
            const std::vector<float> output = run(data);
            expect_missing_nowhere(reference, output);
            count += spoilt(reference, output);
            const std::vector<char> near = cells_near_nonfinite(layer, data.input.data(), reach);
            for (size_t i = 0; i < output.size(); i++)
                ASSERT_TRUE(near[i] || std::isfinite(output[i])) << "output[" << i << "]";
        }
        data.input[cell] = kept;
    }
}

// The same for every tap of the filter; other output channels stay as they were.
int64_t spoilt_by_filter(const Layer &layer, const RunLayer &run) {
    int64_t count = 0;
    LayerData data = random_layer_data(layer, 4);
    const int64_t channel = layer.out_channels - 1;
    std::vector<char> others(static_cast<size_t>(layer.out_channels), 1);
    others[static_cast<size_t>(channel)] = 0;
    const std::vector<char> of_another = cells_of_channels(layer, others);
    for (int64_t tap = 0; tap < layer.filter_elements() / (layer.out_channels * layer.in_channels); tap++) {
        float &element = data.filter[static_cast<size_t>((tap * layer.out_channels + channel) * layer.in_channels)];
        const float kept = element;
        for (const float value : {kNaN, kInf}) {
            element = value;
            const OracleResult reference = oracle_of(layer, data);
            const std::vector<float> output = run(data);
            expect_missing_nowhere(reference, output);
            count += spoilt(reference, output);
            for (size_t i = 0; i < output.size(); i++) {
                EXPECT_TRUE(!of_another[i] || std::isfinite(output[i])) << "output[" << i << "] of another channel";
            }
        }
        element = kept;
    }
    return count;
}

TEST(NonfiniteTable, NamesEveryVariant) {
    std::map<std::string, Claim> table = claims();
    EXPECT_EQ(table.erase("generalkernels"), 1u);
    for (const Variant &variant : variants())
        EXPECT_EQ(table.erase(variant.id), 1u) << variant.id << " is not in the table";
    for (const auto &[name, claim] : table) ADD_FAILURE() << name << " is no variant";
}

// A device need not be here: of a GPU's variants the table is compared with the code alone.
TEST(NonfiniteTable, SaysOfGpusWhatTheCodeSays) {
    for (const Variant &variant : variants()) {
        if (!variant.for_gpu) continue;
        EXPECT_FALSE(claims().at(variant.id).input_spreads || claims().at(variant.id).refused) << variant.id;
        EXPECT_EQ(variant.spreads_nonfinite, nullptr) << variant.id;
    }
}

class NonfiniteClaims : public testing::TestWithParam<std::string> {
protected:
    // What the code says of itself, for a layer.
    static bool says_that_it_spreads(const Variant &variant, const Layer &layer, const Machine &machine) {
        return variant.spreads_nonfinite != nullptr &&
               variant.spreads_nonfinite(layer, machine, proposed_knobs(variant, layer, machine));
    }
};

TEST_P(NonfiniteClaims, HoldForLibraries) {
    const Variant &variant = *find_variant(GetParam());
    const Claim claim = claims().at(variant.id);
    const Machine machine = host_target().machine();
    int64_t layers = 0, by_input = 0, by_filter = 0, refused = 0;
    for (Layer layer : probe_layers()) {
        if (!takes(variant, layer, machine)) continue;
        SCOPED_TRACE(layer.name);
        layers++;
        BuildOptions options;
        options.variant = variant.id;
        for (const KnobSpec &knob : variant.knob_space(layer, machine)) {
            if (knob.name == "trim_x" && knob.values.front() == 0) options.knobs = {{"trim_x", 0}};  // a padded copy
        }
        const auto library = CompiledLibrary::build(layer, host_target(), options);
        ASSERT_TRUE(library) << library.error().message;
        const RunLayer run = [&](const LayerData &data) { return run_library(layer, *library, data); };
        std::array<int64_t, 3> reach;
        for (size_t a = 0; a < reach.size(); a++) reach[a] = library->choice.rounding[a].reach;
        int64_t spoilt_cells = 0;
        count_spoilt_by_input(layer, run, reach, spoilt_cells);
        const bool spreads = says_that_it_spreads(variant, layer, machine);
        EXPECT_EQ(library->choice.spreads_nonfinite, spreads);
        EXPECT_TRUE(spreads || spoilt_cells == 0) << "the code says that it does not spread";
        by_input += spoilt_cells;
        by_filter += spoilt_by_filter(layer, run);
        layer.strict_nonfinite = true;
        EXPECT_EQ(takes(variant, layer, machine), !spreads);
        refused += spreads;
    }
    ASSERT_GE(layers, 1);
    // A claim that is never seen to be true would be wrong as well.
    EXPECT_EQ(by_input > 0, claim.input_spreads);
    EXPECT_EQ(by_filter > 0, claim.filter_spreads);
    EXPECT_EQ(refused > 0, claim.refused);
}

std::vector<std::string> variant_names() {
    std::vector<std::string> names;
    for (const Variant &variant : variants())
        if (!variant.for_gpu) names.push_back(variant.id);
    return names;
}

INSTANTIATE_TEST_SUITE_P(Host, NonfiniteClaims, testing::ValuesIn(variant_names()),
                         [](const testing::TestParamInfo<std::string> &instance) { return instance.param; });

TEST(NonfiniteTable, HoldsForGeneralKernels) {
    const Claim claim = claims().at("generalkernels");
    EXPECT_FALSE(claim.input_spreads || claim.filter_spreads || claim.refused);
    for (const Layer &layer : probe_layers()) {
        SCOPED_TRACE(layer.name);
        const RunLayer run = [&](const LayerData &data) {
            std::vector<float> output(static_cast<size_t>(layer.output_elements()));
            const auto plan = Plan::create(layer, data.filter.data(), data.bias_or_null());
            EXPECT_TRUE(plan && plan->run({data.input.data(), layer.input_shape(), {}},
                                          {output.data(), layer.output_shape(), {}}));
            return output;
        };
        int64_t spoilt_cells = 0;
        count_spoilt_by_input(layer, run, {0, 0, 0}, spoilt_cells);
        EXPECT_EQ(spoilt_cells, 0);
        EXPECT_EQ(spoilt_by_filter(layer, run), 0);
    }
}

}  // namespace
}  // namespace tconv::test
