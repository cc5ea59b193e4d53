// SPDX-License-Identifier: Apache-2.0
// Column rows in the shapes that its tables and windows make different: folded row phases, some of the x phases, rows in
// pieces, windows of less and more than a vector, incomplete last windows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "generators/variants/column_rows/geometry.h"
#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

struct Row {
    const char *name;
    int64_t batch, in_channels, out_channels;
    std::vector<Axis> axes;  // outermost first: {input, kernel, stride, dilation, output, pad_before}
    Knobs knobs;             // the rest are defaults
    Activation activation = Activation::kNone;
};

std::string name_of(const Row &row) { return row.name; }

constexpr Activation kRelu = Activation::kRelu;

const std::vector<Row> &rows() {
    static const std::vector<Row> table = {
        {"rows_one_by_one", 1, 8, 3, {{6, 5, 2, 1, 12, 1}, {9, 5, 2, 1, 18, 1}}, {{"fold", 0}}, kRelu},
        {"rows_folded", 1, 6, 3, {{5, 4, 2, 1, 10, 1}, {11, 4, 2, 1, 22, 1}}, {{"fold", 1}}, kRelu},
        {"rows_folded_in_pieces", 2, 5, 3, {{5, 4, 2, 1, 9, 2}, {23, 4, 2, 1, 45, 1}}, {{"fold", 1}, {"pieces_x", 4}}},
        {"planes_folded", 1, 4, 1, {{3, 4, 2, 1, 6, 1}, {4, 4, 2, 1, 8, 1}, {6, 4, 2, 1, 12, 1}}, {{"fold", 2}}, kRelu},
        {"planes_one_by_one", 1, 3, 2, {{3, 3, 2, 1, 7, 0}, {4, 5, 3, 1, 12, 1}, {6, 4, 2, 1, 12, 1}}, {{"fold", 0}}},
        {"last_window_incomplete", 1, 7, 5, {{4, 2, 2, 1, 8, 0}, {10, 5, 3, 1, 30, 1}}, {{"fold", 1}}, kRelu},
        {"last_window_incomplete_in_pieces", 1, 7, 3, {{40, 7, 3, 1, 124, 0}}, {{"pieces_x", 5}}, Activation::kGelu},
        {"some_phases", 1, 10, 1, {{21, 16, 8, 1, 160, 4}}, {{"phases_x", 2}}, kRelu},
        {"one_phase_in_pieces",
         2,
         3,
         3,
         {{21, 12, 4, 1, 92, 0}},
         {{"phases_x", 1}, {"pieces_x", 3}},
         Activation::kTanh},
        {"some_phases_of_a_vector", 1, 4, 2, {{30, 32, 16, 1, 496, 0}}, {{"phases_x", 8}, {"pieces_x", 2}}},
        {"window_above_a_vector", 1, 4, 9, {{3, 4, 2, 1, 8, 0}, {8, 4, 2, 1, 18, 0}}, {}, kRelu},
        {"window_of_a_vector", 1, 4, 4, {{3, 3, 1, 1, 5, 0}, {8, 4, 2, 1, 17, 0}}, {}, Activation::kSilu},
        {"dilated_columns", 1, 4, 3, {{4, 3, 1, 2, 4, 2}, {19, 3, 1, 3, 19, 3}}, {{"pieces_x", 2}}, kRelu},
        {"dilated_rows", 1, 4, 2, {{6, 3, 2, 3, 17, 0}, {7, 4, 2, 1, 14, 1}}, {}},
        {"rows_without_taps", 1, 4, 2, {{3, 2, 4, 1, 12, 0}, {7, 4, 2, 1, 14, 1}}, {}, kRelu},
        {"output_beyond_full", 1, 3, 2, {{3, 4, 2, 1, 12, 0}, {4, 4, 2, 1, 31, 0}}, {{"pieces_x", 3}}, kRelu},
        {"crop_beyond_first_inputs", 1, 3, 3, {{9, 3, 2, 1, 5, 8}, {9, 3, 2, 1, 5, 8}}, {}, kRelu},
        {"width_1", 1, 3, 3, {{5, 3, 2, 1, 11, 0}, {1, 3, 2, 1, 3, 0}}, {}, kRelu},
        {"single_output", 1, 3, 1, {{5, 4, 2, 1, 1, 4}}, {}, Activation::kSigmoid},
        {"blocks_outermost", 1, 6, 9, {{4, 4, 2, 1, 8, 1}, {13, 4, 2, 1, 26, 1}}, {{"order", 1}, {"tile_lanes", 1}}},
        {"fetched_ahead", 1, 16, 3, {{4, 4, 2, 1, 8, 1}, {13, 4, 2, 1, 26, 1}}, {{"prefetch", 2}, {"unroll_ci", 4}}},
        {"tiles_overlap", 1, 4, 3, {{3, 4, 2, 1, 6, 1}, {7, 4, 2, 1, 14, 1}}, {{"tile_lanes", 1}, {"tile_x", 5}}},
        {"batch_and_softmax", 3, 4, 5, {{3, 4, 2, 1, 6, 1}, {5, 4, 2, 1, 10, 1}}, {}, Activation::kSoftmax},
        {"no_batch", 0, 4, 3, {{5, 4, 2, 1, 10, 1}}, {}, kRelu},
        {"no_output", 1, 4, 3, {{5, 4, 2, 1, 0, 1}}, {}, kRelu},
    };
    return table;
}

Layer row_layer(const Row &row) {
    Layer layer;
    layer.name = row.name;
    layer.spatial_rank = static_cast<int>(row.axes.size());
    layer.batch = row.batch;
    layer.in_channels = row.in_channels;
    layer.out_channels = row.out_channels;
    std::copy_backward(row.axes.begin(), row.axes.end(), layer.axes.end());
    layer.bias = true;
    layer.activation = row.activation;
    return layer;
}

BuildOptions options_of(const Row &row) {
    BuildOptions options;
    options.variant = "column_rows";
    options.knobs = row.knobs;
    return options;
}

class ColumnRows : public testing::TestWithParam<OnTarget<Row>> {};

// The dense kernel and the one for any strides, whole layers and single tasks, the same bytes from all; and nothing read or
// written beside the tensors.
TEST_P(ColumnRows, ComputesItsLayerHoweverCalled) {
    const auto &[row, target] = GetParam();
    const Layer layer = row_layer(row);
    const auto library = CompiledLibrary::build(layer, target, options_of(row));
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(layer, *library);
    const LayerData data = random_layer_data(layer, 3);
    const std::vector<float> dense = run_library(layer, *library, data);
    const Comparison comparison = compare(layer, oracle_of(layer, data), dense.data(), layer.max_error_growth);
    EXPECT_TRUE(comparison.pass) << comparison.message;
    for (const Entry entry : {Entry::kRun, Entry::kShuffledTasks}) {
        for (const Memory memory : {Memory::kDense, Memory::kGaps, Memory::kTransposed, Memory::kReversed}) {
            const std::vector<float> output = run_library(layer, *library, data, {entry, memory, Guard::kBefore});
            ASSERT_EQ(output.size(), dense.size());
            EXPECT_TRUE(output.empty() || std::memcmp(output.data(), dense.data(), dense.size() * sizeof(float)) == 0)
                << "memory " << static_cast<int>(memory);
        }
    }
}

class ColumnRowsWithAsserts : public ColumnRows {};

TEST_P(ColumnRowsWithAsserts, ComputesItsLayer) {
    const auto &[row, target] = GetParam();
    const Layer layer = row_layer(row);
    BuildOptions options = options_of(row);
    options.asserts = true;
    const auto library = CompiledLibrary::build(layer, target, options);
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(layer, *library);
}

INSTANTIATE_TEST_SUITE_P(Native, ColumnRows, testing::ValuesIn(on_each(variant_targets(), rows())), NameOfCase());
INSTANTIATE_TEST_SUITE_P(Native, ColumnRowsWithAsserts, testing::ValuesIn(on_each({host_target()}, rows())),
                         NameOfCase());

// How often the tasks along x write each output.
std::vector<int> written_columns(const Axis &axis, int64_t phases, const ColumnTaskTable &tasks) {
    std::vector<int> written(axis.output, 0);
    for (int64_t row = 0; row < tasks.table.rows(); row++) {
        const int64_t first_cell = tasks.first_cell.at(row), cells = tasks.cells.at(row);
        for (int64_t window = 0; window < tasks.windows.at(row); window++) {
            for (int64_t i = 0; i < cells; i++) {
                const int64_t x = tasks.first_output.at(row) + window * axis.stride + i;
                EXPECT_TRUE(x >= 0 && x < axis.output) << "output " << x;
                if (x >= 0 && x < axis.output) written[x]++;
            }
        }
        EXPECT_GE(tasks.first_input.at(row), 0);
        EXPECT_LE(tasks.first_input.at(row) + tasks.columns.at(row), axis.input);
        EXPECT_LE(first_cell + cells, phases < axis.stride ? phases : first_cell + axis.output);
    }
    return written;
}

TEST(ColumnRowsGeometry, WritesEveryOutputOnceAndReadsInsideTheImage) {
    int layers = 0;
    for (int64_t kernel = 1; kernel <= 8; kernel++) {
        for (int64_t stride = 1; stride <= kernel; stride++) {
            for (const int64_t pad : {0, 1, 3}) {
                for (const int64_t output : {1, 7, 12, 30}) {
                    Layer layer;
                    layer.axes[1] = layer.axes[2] = {6, kernel, stride, 1, output, pad};
                    for (int phases = 1; phases <= stride; phases++) {
                        if (!divides_phases(layer.axes[2], phases)) continue;
                        for (const int pieces : {1, 3}) {
                            const ColumnRowsGeometry geometry(layer, {folds(layer.axes[1]) ? 1 : 0, phases, pieces}, 8,
                                                              3);
                            const std::vector<int> once(static_cast<size_t>(output), 1);
                            EXPECT_EQ(written_columns(layer.axes[2], phases, geometry.column_table()), once);
                            const RowTaskTable rows = geometry.row_table(kY);
                            std::vector<int> written(static_cast<size_t>(output), 0);
                            for (int64_t row = 0; row < rows.table.rows(); row++) {
                                for (int64_t g = 0; g < rows.phases.at(row); g++) {
                                    written[rows.first_output.at(row) + g]++;
                                }
                            }
                            EXPECT_EQ(written, once);
                            layers++;
                        }
                    }
                }
            }
        }
    }
    EXPECT_GT(layers, 500);
}

TEST(ColumnRowsVariant, RefusesWhatItCannotCompute) {
    const Machine machine = machine_for("x86_avx2");
    const Variant *variant = find_variant("column_rows");
    ASSERT_NE(variant, nullptr);
    Layer layer;
    layer.out_channels = 2;
    layer.axes[2] = {9, 4, 2, 1, 18, 1};
    EXPECT_TRUE(takes(*variant, layer, machine));
    EXPECT_FALSE(takes(*variant, layer, machine_for("gpu")));
    EXPECT_FALSE(takes(*variant, layer, machine_for("reference")));
    Layer wide_stride = layer, dilated = layer, first = layer, long_taps = layer;
    wide_stride.axes[2].stride = 5;
    dilated.axes[2].dilation = 2;
    first.layout = Layout::kChannelsFirst;
    long_taps.axes[2].kernel = 100;
    for (const Layer &refused : {wide_stride, dilated, first, long_taps})
        EXPECT_FALSE(takes(*variant, refused, machine));
}

}  // namespace
}  // namespace tconv::test
