// SPDX-License-Identifier: Apache-2.0
// The streamed variant: which pixels its taps take, layers and knobs that the corner layers leave out, and that memory is
// asked for the filter once.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "generators/variants/streamed/knobs.h"
#include "generators/variants/variant.h"
#include "runtime/base/child_process.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {
namespace {

Layer layer_of(const std::string &name, int64_t batch, int64_t in_channels, int64_t out_channels,
               const std::vector<Axis> &axes) {
    Layer layer;
    layer.name = name;
    layer.spatial_rank = static_cast<int>(axes.size());
    layer.batch = batch;
    layer.in_channels = in_channels;
    layer.out_channels = out_channels;
    std::copy_backward(axes.begin(), axes.end(), layer.axes.end());
    layer.bias = true;
    layer.activation = Activation::kRelu;
    return layer;
}

Axis random_axis(Random &random) {
    return {random.between(1, 6), random.between(1, 6),  random.between(1, 4),
            random.between(1, 4), random.between(1, 20), random.between(0, 9)};
}

TEST(LiveInputs, AreThoseWhoseTargetLiesInside) {
    Random random(1);
    for (int i = 0; i < 2000; i++) {
        const Axis axis = random_axis(random);
        for (int64_t tap = 0; tap < axis.kernel; tap++) {
            const Range live = live_inputs(axis, tap);
            for (int64_t in = 0; in < axis.input; in++) {
                const int64_t target = axis.stride * in + axis.dilation * tap - axis.pad_before;
                ASSERT_EQ(live.begin <= in && in < live.end, 0 <= target && target < axis.output)
                    << "input " << in << ", tap " << tap << " of " << axis.input << " " << axis.kernel << " "
                    << axis.stride << " " << axis.dilation << " " << axis.output << " " << axis.pad_before;
            }
        }
    }
}

TEST(StreamedTables, HoldEveryUsefulProductOnce) {
    Random random(2);
    for (int i = 0; i < 300; i++) {
        const Layer layer = layer_of("any", 1, 1, 1, {random_axis(random), random_axis(random), random_axis(random)});
        const StreamedTables tables(layer);
        int64_t products = 0, last = -1;
        for (const LiveTap &tap : tables.taps) {
            products += tap.pixels.pixels();
            EXPECT_GT(tap.position, last) << "the filter is not read front to back";
            last = tap.position;
        }
        EXPECT_EQ(products, layer.useful_macs());
    }
}

TEST(StreamedTables, SuitTheTilesOfTheirKernels) {
    const Machine machine = machine_for("x86_avx2");
    const Layer layer = layer_of("dcgan", 1, 1024, 512, {{4, 5, 2, 1, 8, 1}, {4, 5, 2, 1, 8, 1}});
    ASSERT_TRUE(streamed_obstacle(layer, machine).empty());
    const StreamedTables tables(layer);
    const StreamedKernels kernels = streamed_kernels(layer, tables, machine, streamed_search(layer, machine)->knobs);
    ASSERT_EQ(kernels.of_tap.size(), tables.taps.size());
    for (size_t tap = 0; tap < tables.taps.size(); tap++) {
        const StreamedKernel &kernel = kernels.kernels.at(kernels.of_tap[tap]);
        const int64_t tiles = (tables.taps[tap].pixels.pixels() + kernel.tile.rows - 1) / kernel.tile.rows;
        EXPECT_LE(tiles * kernel.tile.rows, kernel.most_rows);
        EXPECT_LE(kernel.shares, tiles) << "tiles would leave a part of the filter to no one";
    }
}

// Ranges of the outer axis are parts of one packing: three ranges of x remain of nine rectangles.
TEST(StreamedTables, PackTheOuterAxisOnce) {
    EXPECT_EQ(StreamedTables(layer_of("image", 1, 8, 8, {{4, 5, 2, 1, 8, 1}, {4, 5, 2, 1, 8, 1}})).packings.size(), 3u);
    EXPECT_EQ(StreamedTables(layer_of("line", 1, 8, 8, {{16, 25, 4, 1, 64, 10}})).packings.size(), 1u);
}

// Layers of more than one batch entry a call and more than one call, of a single pixel, and of odd numbers of channels.
std::vector<Layer> streamed_layers() {
    return {
        layer_of("many_entries", 70, 16, 20, {{2, 3, 2, 1, 4, 0}, {2, 3, 2, 1, 4, 0}}),
        layer_of("one_pixel", 1, 40, 24, {{1, 4, 1, 1, 4, 0}, {1, 4, 1, 1, 4, 0}}),
        layer_of("no_panel", 2, 13, 33, {{5, 7, 3, 1, 15, 2}}),
        layer_of("small_panel", 1, 12, 16, {{2, 2, 1, 2, 4, 0}, {3, 3, 2, 3, 9, 1}, {2, 4, 4, 1, 8, 0}}),
        layer_of("nothing_reached", 1, 8, 8, {{3, 2, 1, 1, 2, 7}}),
    };
}

class StreamedLibrary : public testing::TestWithParam<LibraryCase> {};

// The least, a middle and the largest value of every knob, the others at their defaults.
std::set<Knobs> knobs_to_try(const Layer &layer, const Machine &machine) {
    const Knobs defaults = streamed_search(layer, machine)->knobs;
    std::set<Knobs> tried = {defaults};
    for (const KnobSpec &spec : streamed_knob_space(layer, machine)) {
        for (const int value : {spec.values.front(), spec.values[spec.values.size() / 2], spec.values.back()}) {
            Knobs knobs = defaults;
            knobs[spec.name] = value;
            if (streamed_check_knobs(layer, machine, knobs).empty()) tried.insert(knobs);
        }
    }
    return tried;
}

TEST_P(StreamedLibrary, IsRightWithAnyKnobs) {
    const auto &[layer, target, variant] = GetParam();
    const Machine machine = target.machine();
    ASSERT_TRUE(streamed_obstacle(layer, machine).empty());
    for (const Knobs &knobs : knobs_to_try(layer, machine)) {
        SCOPED_TRACE(to_string(knobs));
        BuildOptions options;
        options.variant = variant;
        options.knobs = knobs;
        const auto library = CompiledLibrary::build(layer, target, options);
        ASSERT_TRUE(library) << library.error().message;
        expect_right_on_small_integers(layer, *library);
    }
}

INSTANTIATE_TEST_SUITE_P(Native, StreamedLibrary, testing::ValuesIn(with_variant("streamed", streamed_layers())),
                         NameOfCase());

TEST(StreamedKnobs, RefuseWhatTheRegistersDoNotHold) {
    const Layer layer = layer_of("any", 1, 64, 64, {{4, 5, 2, 1, 8, 1}});
    const Machine machine = machine_for("x86_avx2");
    Knobs knobs = streamed_search(layer, machine)->knobs;
    EXPECT_EQ(streamed_check_knobs(layer, machine, knobs), "");
    knobs["tile_rows"] = 7;
    EXPECT_EQ(streamed_check_knobs(layer, machine, knobs),
              "tile_co = 2, tile_rows = 7: need 17 vector registers, x86_avx2 has 16");
    knobs = streamed_search(layer, machine)->knobs;
    knobs["chunk"] = 24;
    EXPECT_EQ(streamed_check_knobs(layer, machine, knobs), "chunk = 24: must be one of 8, 16, 32, 64 for this layer");
}

// Prefetches in the loops of a kernel's assembly.
int64_t prefetches(const Layer &layer, int distance, const std::string &kernel) {
    const TemporaryFolder folder;
    const auto target = find_target("x86-64-avx2");
    BuildOptions options;
    options.variant = "streamed";
    options.knobs = Knobs{{"prefetch", distance}};
    options.assembly = true;
    const auto built = build_library(layer, *target, folder.path(), options);
    if (!built) {
        ADD_FAILURE() << built.error().message;
        return -1;
    }
    const auto found = run_program({"grep", "-c", "prefetch", folder.file(layer.name + "." + kernel + ".s")});
    return found ? std::stoll(found->output) : -1;
}

// A panel of 8 channels is 8 lines of filter. Two tiles of six rows fetch half of them each.
TEST(StreamedProduct, SharesThePrefetchesAmongTiles) {
    const Layer layer = layer_of("shared", 1, 64, 32, {{3, 2, 2, 1, 6, 0}, {4, 2, 2, 1, 8, 0}});
    EXPECT_EQ(prefetches(layer, 16, "rows6"), 4);
    EXPECT_EQ(prefetches(layer, 0, "rows6"), 0);
}

}  // namespace
}  // namespace tconv::test
