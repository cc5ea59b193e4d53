// SPDX-License-Identifier: Apache-2.0
// The channel_lanes variant: its pieces hold every output once with the taps that are inside the input, and libraries of
// awkward channels, borders and tiles are right. (library_test and knobs_test take it through the corner layers.)
#include "generators/variants/channel_lanes/variant.h"

#include <gtest/gtest.h>

#include <regex>

#include "generators/variants/channel_lanes/knobs.h"
#include "generators/variants/channel_lanes/lanes.h"
#include "runtime/base/files.h"
#include "schedules/machine.h"
#include "tests/generators/emulated.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/support/variant_calls.h"
#include "tools/verify/assembly_check.h"

namespace tconv::test {
namespace {

Layer lanes_layer(int64_t in, int64_t out, std::vector<Axis> axes) {
    Layer layer;
    layer.name = "lanes_layer";
    layer.spatial_rank = static_cast<int>(axes.size());
    layer.in_channels = in;
    layer.out_channels = out;
    std::copy_backward(axes.begin(), axes.end(), layer.axes.end());
    layer.bias = true;
    return layer;
}

// The last four make blocks: kernel = stride, nothing cropped.
std::vector<Layer> awkward_layers() {
    std::vector<Layer> layers = {
        lanes_layer(32, 1, {{28, 3, 1, 1, 28, 1}, {28, 3, 1, 1, 28, 1}}),
        lanes_layer(13, 3, {{6, 5, 2, 1, 12, 1}, {23, 5, 2, 1, 46, 1}}),
        lanes_layer(20, 2, {{5, 3, 4, 2, 20, 0}, {9, 4, 6, 4, 61, 0}}),
        lanes_layer(8, 4, {{3, 9, 1, 1, 3, 4}, {4, 7, 1, 1, 4, 3}}),
        lanes_layer(9, 1, {{3, 3, 2, 1, 6, 0}, {4, 2, 3, 1, 12, 0}, {11, 4, 2, 1, 22, 1}}),
        lanes_layer(24, 1, {{5, 2, 2, 1, 10, 0}, {37, 2, 2, 1, 74, 0}}),
        lanes_layer(11, 3, {{4, 3, 3, 1, 12, 0}, {17, 3, 3, 1, 51, 0}}),
        lanes_layer(16, 2, {{40, 4, 4, 1, 160, 0}}),
        lanes_layer(5, 1, {{3, 3, 2, 1, 6, 0}, {2, 2, 2, 1, 4, 0}, {9, 2, 2, 1, 18, 0}}),
    };
    for (size_t i = 0; i < layers.size(); i++) {
        layers[i].name = "layer_" + std::to_string(i);
        layers[i].batch = 1 + static_cast<int64_t>(i % 2);
    }
    return layers;
}

BuildOptions lanes_options() {
    BuildOptions options;
    options.variant = "channel_lanes";
    return options;
}

TEST(ChannelLanesPieces, HoldEveryOutput) {
    const std::vector<Axis> axes = {{28, 3, 1, 1, 28, 1}, {23, 5, 2, 1, 46, 1}, {9, 4, 6, 4, 61, 0},
                                    {4, 7, 1, 1, 4, 3},   {1, 1, 1, 1, 1, 0},   {8, 3, 2, 1, 4, 8}};
    for (const Axis &axis : axes) {
        for (const int64_t pixels : {1, 3, 8, 14}) {
            std::vector<int> times(static_cast<size_t>(axis.output), 0);
            for (const ChannelLanesPiece &piece : channel_lanes_pieces(axis, pixels)) {
                for (int64_t j = piece.first; j < piece.first + piece.tiles * piece.pixels; j++) {
                    ASSERT_LT(j, piece.phase.outputs);
                    times.at(static_cast<size_t>(piece.phase.first_output + axis.stride * j))++;
                    if (!piece.at_border) {
                        const Range inside = taps_inside(axis, piece.phase, piece.phase.first_q + j);
                        EXPECT_EQ(inside.end - inside.begin, piece.phase.taps);
                    }
                }
            }
            for (const int count : times) EXPECT_GE(count, 1);
        }
    }
}

TEST(ChannelLanesAccepts, WhatItComputes) {
    const Machine machine = machine_for("x86_avx2");
    const auto accepts = [&](const Layer &layer) { return takes(channel_lanes_variant(), layer, machine); };
    for (const Layer &layer : awkward_layers()) EXPECT_TRUE(accepts(layer));
    EXPECT_FALSE(accepts(lanes_layer(3, 1, {{9, 3, 1, 1, 9, 1}})));  // less than any vector
    EXPECT_FALSE(accepts(lanes_layer(8, 5, {{9, 3, 1, 1, 9, 1}})));
    EXPECT_FALSE(accepts(lanes_layer(8, 1, {{9999, 3, 1, 1, 9999, 1}})));  // a row beyond the stack
    Layer planes = lanes_layer(8, 1, {{9, 3, 1, 1, 9, 1}});
    planes.layout = Layout::kChannelsFirst;
    EXPECT_FALSE(accepts(planes));
    EXPECT_TRUE(makes_blocks(awkward_layers()[5], machine));
    EXPECT_FALSE(makes_blocks(awkward_layers()[0], machine));
}

class ChannelLanesLibrary : public testing::TestWithParam<LibraryCase> {};

TEST_P(ChannelLanesLibrary, IsRightHoweverItIsCalled) {
    const auto &[layer, target, variant] = GetParam();
    const auto library = CompiledLibrary::build(layer, target, lanes_options());
    ASSERT_TRUE(library) << library.error().message;
    expect_right_on_small_integers(layer, *library);
    const LayerData data = random_layer_data(layer, 12);
    expect_same_however_called(layer, *library, data, run_library(layer, *library, data));
}

INSTANTIATE_TEST_SUITE_P(Awkward, ChannelLanesLibrary,
                         testing::ValuesIn(with_variant("channel_lanes", awkward_layers())), NameOfCase());

// On dense and strided tensors the same bytes, from every instruction set: its vectors, and whether it multiplies and adds
// at once, decide what a compiler may do with the order of a sum.
class ChannelLanesStrides : public testing::TestWithParam<std::string> {};

TEST_P(ChannelLanesStrides, ChangeNoByte) {
    const auto target = find_target(GetParam());
    ASSERT_TRUE(target) << target.error().message;
    if (target->emulator.empty() && !runs_natively(*target)) GTEST_SKIP() << "this processor lacks it";
    for (const int64_t out_channels : {1, 3}) {
        const Layer layer = lanes_layer(12, out_channels, {{9, 3, 2, 1, 18, 0}, {9, 3, 2, 1, 17, 1}});
        expect_verified({layer, *target, "channel_lanes"});
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, ChannelLanesStrides,
                         testing::Values("x86-64", "x86-64-avx2", "x86-64-avx512", "arm64-neon"),
                         [](const auto &instance) { return std::regex_replace(instance.param, std::regex("-"), "_"); });

// What dense tensors run through: the loops of the specialised half of the kernel, which stand first.
TEST(ChannelLanesCode, KeepsItsSumsInRegisters) {
    const auto avx2 = find_target("x86-64-avx2");
    ASSERT_TRUE(avx2);
    for (const size_t number : {size_t{0}, size_t{5}}) {
        const TemporaryFolder folder;
        BuildOptions options = lanes_options();
        options.assembly = true;
        const Layer layer = awkward_layers()[number];
        const auto built = build_library(layer, *avx2, folder.path(), options);
        ASSERT_TRUE(built) << built.error().message;
        const auto text = read_file(folder.file(layer.name + ".rows.s"));
        ASSERT_TRUE(text);
        const std::vector<MultiplyAddLoop> loops = multiply_add_loops(*text);
        ASSERT_FALSE(loops.empty());
        EXPECT_EQ(loops[0].ymm, loops[0].multiply_adds);
        EXPECT_EQ(loops[0].vector_spills, 0) << loops[0].label;
        EXPECT_EQ(loops[0].gathers, 0) << loops[0].label;
    }
}

}  // namespace
}  // namespace tconv::test
