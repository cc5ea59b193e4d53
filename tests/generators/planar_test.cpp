// SPDX-License-Identifier: Apache-2.0
// The planar variant: its geometry covers every cell once, and libraries of shapes that its borders, bands, chunks and
// row sets cut in every way are right. (library_test and knobs_test take it through the corner layers.)
#include "generators/variants/planar/variant.h"

#include <gtest/gtest.h>

#include "generators/variants/planar/geometry.h"
#include "runtime/base/files.h"
#include "schedules/machine.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/support/variant_calls.h"
#include "tools/verify/assembly_check.h"

namespace tconv::test {
namespace {

Layer layer_of(int64_t in, int64_t out, std::vector<Axis> axes, Layout layout = Layout::kChannelsLast) {
    Layer layer;
    layer.name = "planar_layer";
    layer.layout = layout;
    layer.spatial_rank = static_cast<int>(axes.size());
    layer.in_channels = in;
    layer.out_channels = out;
    std::copy_backward(axes.begin(), axes.end(), layer.axes.end());
    layer.bias = true;
    return layer;
}

// Rows, columns and channels that are no multiple of anything, crops on both sides, phases with unlike taps.
std::vector<Layer> awkward_layers() {
    const Layout first = Layout::kChannelsFirst;
    std::vector<Layer> layers = {
        layer_of(9, 1, {{13, 9, 3, 1, 39, 3}, {21, 9, 3, 1, 61, 4}}),
        layer_of(7, 3, {{11, 5, 2, 1, 22, 1}, {19, 5, 2, 1, 38, 1}}),
        layer_of(5, 2, {{6, 3, 4, 1, 22, 1}, {70, 3, 4, 1, 277, 1}}),
        layer_of(4, 1, {{1500, 16, 4, 1, 6000, 6}}),
        layer_of(8, 5, {{9, 4, 2, 1, 18, 1}, {33, 4, 2, 1, 66, 1}}, first),
        layer_of(6, 7, {{5, 3, 1, 2, 9, 0}, {12, 3, 1, 3, 18, 0}}, first),
        layer_of(3, 2, {{4, 4, 2, 3, 16, 0}, {3, 2, 3, 1, 9, 0}, {17, 4, 2, 1, 34, 1}}),
        layer_of(12, 1, {{8, 3, 2, 1, 4, 8}, {9, 3, 2, 1, 5, 9}}),
    };
    for (size_t i = 0; i < layers.size(); i++) {
        layers[i].name = "layer_" + std::to_string(i);
        layers[i].batch = 1 + static_cast<int64_t>(i % 3);
    }
    return layers;
}

BuildOptions planar_options() {
    BuildOptions options;
    options.variant = "planar";
    return options;
}

TEST(PlanarGeometry, ChunksCoverARowOnce) {
    const Machine machine = machine_for("x86_avx2");
    for (const Layer &layer : awkward_layers()) {
        ASSERT_TRUE(takes(planar_variant(), layer, machine));
        const PlanarGeometry geometry(layer, machine, proposed_knobs(planar_variant(), layer, machine));
        const PlanarChunkTable chunks = planar_chunk_table(geometry);
        const int64_t rows = chunks.table.rows();
        int64_t covered = 0;
        for (int64_t row = 0; row < rows; row++) {
            EXPECT_EQ(chunks.first_cell.at(row), covered);
            EXPECT_LE(chunks.min.at(row) + chunks.count.at(row), geometry.chunk * geometry.interleaved);
            covered += chunks.count.at(row);
        }
        EXPECT_EQ(covered, geometry.cells);
        EXPECT_EQ(geometry.chunk % (geometry.tile.vectors * machine.lanes(layer.types.accumulate)), 0);
        EXPECT_GE(geometry.pitch, geometry.halo + rows * geometry.chunk - geometry.chunk);
        EXPECT_EQ(geometry.band % geometry.tile.rows, 0);
    }
}

TEST(PlanarGeometry, RefusesWhatItCannotCompute) {
    const Machine machine = machine_for("x86_avx2");
    const auto accepts = [&](const Layer &layer) { return takes(planar_variant(), layer, machine); };
    EXPECT_FALSE(accepts(layer_of(4, 1, {{9, 3, 2, 2, 21, 0}})));    // phases that are not side by side
    EXPECT_FALSE(accepts(layer_of(4, 512, {{9, 3, 2, 1, 19, 0}})));  // the row of a tile beyond the stack
    EXPECT_FALSE(accepts(layer_of(4, 1, {{1, 2, 2, 1, 0, 1}})));     // nothing to compute
    EXPECT_TRUE(accepts(layer_of(4, 1, {{9, 3, 1, 2, 13, 0}})));
    EXPECT_FALSE(takes(planar_variant(), layer_of(4, 1, {{9, 3, 1, 2, 13, 0}}), machine_for("gpu")));
}

class PlanarLibrary : public testing::TestWithParam<LibraryCase> {};

TEST_P(PlanarLibrary, IsRightHoweverItIsCalled) {
    const auto &[layer, target, variant] = GetParam();
    const auto library = CompiledLibrary::build(layer, target, planar_options());
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(layer, *library);
    const LayerData data = random_layer_data(layer, 11);
    expect_same_however_called(layer, *library, data, run_library(layer, *library, data));
}

INSTANTIATE_TEST_SUITE_P(Awkward, PlanarLibrary, testing::ValuesIn(with_variant("planar", awkward_layers())),
                         NameOfCase());

// Twelve sums, three scalars and one vector are sixteen registers: the order of two unrolled loops decides whether they
// stay in them.
TEST(PlanarCode, KeepsItsTileInRegisters) {
    const auto avx2 = find_target("x86-64-avx2");
    ASSERT_TRUE(avx2);
    const TemporaryFolder folder;
    BuildOptions options = planar_options();
    options.assembly = true;
    options.knobs = Knobs{{"tile_x", 2}, {"tile_rows", 2}, {"tile_lanes", 3}, {"band", 4}};
    const Layer layer = layer_of(56, 1, {{80, 9, 3, 1, 240, 3}, {80, 9, 3, 1, 240, 3}});
    const auto built = build_library(layer, *avx2, folder.path(), options);
    ASSERT_TRUE(built) << built.error().message;
    const auto text = read_file(folder.file("planar_layer.rows.s"));
    ASSERT_TRUE(text);
    const std::vector<MultiplyAddLoop> loops = multiply_add_loops(*text);
    ASSERT_FALSE(loops.empty());
    for (const MultiplyAddLoop &loop : loops) {
        EXPECT_EQ(loop.ymm, loop.multiply_adds) << loop.label;
        EXPECT_EQ(loop.multiply_adds % 36, 0) << loop.label << ": twelve sums for each of three taps";
        EXPECT_EQ(loop.vector_spills, 0) << loop.label;
        EXPECT_EQ(loop.gathers, 0) << loop.label;
    }
}

}  // namespace
}  // namespace tconv::test
