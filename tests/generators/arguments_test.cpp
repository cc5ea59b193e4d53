// SPDX-License-Identifier: Apache-2.0
// Arguments that the C header forbids: each is refused with its status, before anything is written.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "generators/layer_program.h"
#include "tests/generators/corner_layers.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"

namespace tconv::test {
namespace {

constexpr int64_t kHuge = int64_t{1} << 31;

bool unwritten(const GuardedBuffer &buffer) {
    const auto *bytes = static_cast<const unsigned char *>(buffer.data());
    return buffer.intact() &&
           std::all_of(bytes, bytes + buffer.bytes(), [](unsigned char byte) { return byte == 0xff; });
}

template<typename Pointer>
void move_by(Pointer &pointer, int bytes) {
    pointer = reinterpret_cast<Pointer>(reinterpret_cast<uintptr_t>(pointer) + static_cast<uintptr_t>(bytes));
}

std::vector<int64_t> dense_strides(const std::vector<int64_t> &shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t d = shape.size() - 1; d-- > 0;) strides[d] = strides[d + 1] * shape[d + 1];
    return strides;
}

// One library and good arguments for it, which tests spoil. The layer needs a workspace and has a bias.
class Arguments : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        BuildOptions copies;
        copies.variant = "phases";
        copies.knobs = Knobs{{"trim_x", 0}};
        auto built = CompiledLibrary::build(layer, common_target(), copies);
        ASSERT_TRUE(built) << built.error().message;
        library = std::make_unique<CompiledLibrary>(*built);
        ASSERT_GT(library->workspace_bytes, 0);
        weights = packed_weights(*library, data, Guard::kAfter);
        workspace = GuardedBuffer(static_cast<size_t>(library->workspace_bytes), 64, Guard::kAfter);
        good.input = input.as_floats();
        good.output = output.as_floats();
        good.weights = weights.data();
        good.workspace = workspace.data();
    }

    // Neither NAME_run nor any first task of a stage gets past the check.
    void expect_refused(const LibraryArgs &args, int status) {
        EXPECT_EQ(library->run(&args), status);
        for (size_t stage = 0; stage < library->stage_tasks.size(); stage++)
            EXPECT_EQ(library->task(&args, static_cast<int>(stage), 0), status);
        EXPECT_TRUE(unwritten(output) && unwritten(workspace));
    }

    template<typename Spoil>
    void expect_refused_after(Spoil spoil, int status) {
        LibraryArgs args = good;
        spoil(args);
        expect_refused(args, status);
    }

    void expect_input_strides(const std::vector<int64_t> &strides, int status) {
        SCOPED_TRACE("input strides " + testing::PrintToString(strides));
        expect_refused_after([&](LibraryArgs &args) { args.input_strides = strides.data(); }, status);
    }

    void expect_output_strides(const std::vector<int64_t> &strides, int status) {
        SCOPED_TRACE("output strides " + testing::PrintToString(strides));
        expect_refused_after([&](LibraryArgs &args) { args.output_strides = strides.data(); }, status);
    }

    const Layer layer = corner_layer(GetParam());
    const LayerData data = random_layer_data(layer, 1);
    std::unique_ptr<CompiledLibrary> library;
    GuardedBuffer input = GuardedBuffer::floats(data.input, 4, Guard::kAfter);
    GuardedBuffer output = GuardedBuffer::floats(layer.output_elements(), 4, Guard::kAfter);
    GuardedBuffer weights{0, 64, Guard::kAfter}, workspace{0, 64, Guard::kAfter};
    LibraryArgs good;
};

TEST_P(Arguments, GoodOnesAreAccepted) {
    EXPECT_EQ(library->run(&good), kLibraryOk);
    EXPECT_FALSE(unwritten(output));
}

TEST_P(Arguments, NullPointersAreRefused) {
    EXPECT_EQ(library->run(nullptr), kLibraryErrorNull);
    EXPECT_EQ(library->task(nullptr, 0, 0), kLibraryErrorNull);
    expect_refused_after([](LibraryArgs &args) { args.input = nullptr; }, kLibraryErrorNull);
    expect_refused_after([](LibraryArgs &args) { args.output = nullptr; }, kLibraryErrorNull);
    expect_refused_after([](LibraryArgs &args) { args.weights = nullptr; }, kLibraryErrorNull);
    expect_refused_after([](LibraryArgs &args) { args.workspace = nullptr; }, kLibraryErrorNull);
}

TEST_P(Arguments, MisalignedPointersAreRefused) {
    for (const int bytes : {1, 2, 3}) {
        expect_refused_after([=](LibraryArgs &args) { move_by(args.input, bytes); }, kLibraryErrorAlignment);
        expect_refused_after([=](LibraryArgs &args) { move_by(args.output, bytes); }, kLibraryErrorAlignment);
    }
    for (const int bytes : {1, 4, 32}) {
        expect_refused_after([=](LibraryArgs &args) { move_by(args.weights, bytes); }, kLibraryErrorAlignment);
        expect_refused_after([=](LibraryArgs &args) { move_by(args.workspace, bytes); }, kLibraryErrorAlignment);
    }
}

TEST_P(Arguments, ExtentsAreRefused) {
    const std::vector<int64_t> extents = layer.input_shape();
    expect_refused_after([&](LibraryArgs &args) { args.extents = extents.data(); }, kLibraryErrorExtents);
}

TEST_P(Arguments, StridesBeyondTheirRangeAreRefused) {
    const std::vector<int64_t> in = dense_strides(layer.input_shape()), out = dense_strides(layer.output_shape());
    for (size_t d = 0; d < out.size(); d++) {
        for (const int64_t stride :
             {kHuge, -kHuge, std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
            std::vector<int64_t> strides = in;
            strides[d] = stride;
            if (layer.input_shape()[d] > 1) expect_input_strides(strides, kLibraryErrorStrides);
            strides = out;
            strides[d] = stride;
            if (layer.output_shape()[d] > 1) expect_output_strides(strides, kLibraryErrorStrides);
        }
    }
}

TEST_P(Arguments, TensorsThatSpanTooMuchAreRefused) {
    std::vector<int64_t> strides = dense_strides(layer.output_shape());
    for (size_t d = 0; d < strides.size(); d++) {
        if (layer.output_shape()[d] > 1 && strides[d] > 1) strides[d] = (kHuge - 1) / (layer.output_shape()[d] - 1);
    }
    expect_output_strides(strides, kLibraryErrorStrides);
}

TEST_P(Arguments, OutputCellsOnTopOfEachOtherAreRefused) {
    const std::vector<int64_t> dense = dense_strides(layer.output_shape());
    for (size_t d = 0; d < dense.size(); d++) {
        if (layer.output_shape()[d] == 1) continue;
        std::vector<int64_t> strides = dense;
        strides[d] = 0;
        expect_output_strides(strides, kLibraryErrorStrides);
    }
}

TEST_P(Arguments, ChannelsSideBySideInChannelsLast) {
    if (layer.layout != Layout::kChannelsLast) GTEST_SKIP() << "channels_first takes any channel stride";
    std::vector<int64_t> strides = dense_strides(layer.output_shape());
    for (int64_t &stride : strides) stride *= 2;
    expect_output_strides(strides, kLibraryErrorStrides);
    strides = dense_strides(layer.input_shape());
    strides.back() = -1;
    expect_input_strides(strides, kLibraryErrorStrides);
}

TEST_P(Arguments, TasksThatDoNotExistAreRefused) {
    constexpr int kLeast = std::numeric_limits<int>::min(), kMost = std::numeric_limits<int>::max();
    const int stages = static_cast<int>(library->stage_tasks.size());
    for (const int stage : {kLeast, -1, stages, kMost}) EXPECT_EQ(library->task(&good, stage, 0), kLibraryErrorTask);
    for (int stage = 0; stage < stages; stage++) {
        const int tasks = library->stage_tasks[static_cast<size_t>(stage)];
        for (const int i : {kLeast, -1, tasks, kMost}) EXPECT_EQ(library->task(&good, stage, i), kLibraryErrorTask);
    }
    EXPECT_TRUE(unwritten(output) && unwritten(workspace));
}

TEST_P(Arguments, BadPointersToPackAreRefused) {
    GuardedBuffer packed(static_cast<size_t>(library->weights_bytes), 64, Guard::kAfter);
    const float *filter = data.filter.data(), *bias = data.bias.data();
    EXPECT_EQ(library->pack(nullptr, bias, packed.data()), kLibraryErrorNull);
    EXPECT_EQ(library->pack(filter, nullptr, packed.data()), kLibraryErrorNull);
    EXPECT_EQ(library->pack(filter, bias, nullptr), kLibraryErrorNull);
    const float *odd_filter = filter, *odd_bias = bias;
    void *odd_weights = packed.data();
    move_by(odd_filter, 2);
    move_by(odd_bias, 1);
    move_by(odd_weights, 32);
    EXPECT_EQ(library->pack(odd_filter, bias, packed.data()), kLibraryErrorAlignment);
    EXPECT_EQ(library->pack(filter, odd_bias, packed.data()), kLibraryErrorAlignment);
    EXPECT_EQ(library->pack(filter, bias, odd_weights), kLibraryErrorAlignment);
    EXPECT_TRUE(unwritten(packed));
}

// An input may have cells on top of each other: a row of equal pixels is one pixel with stride 0.
TEST_P(Arguments, InputStrideZeroRepeatsCells) {
    const auto x =
        static_cast<size_t>(layer.layout == Layout::kChannelsLast ? layer.spatial_rank : layer.spatial_rank + 1);
    const std::vector<int64_t> shape = layer.input_shape(), dense = dense_strides(shape);
    LayerData repeated = data;
    for (size_t i = 0; i < repeated.input.size(); i++) {
        const int64_t column = static_cast<int64_t>(i) / dense[x] % shape[x];
        repeated.input[i] = data.input[i - static_cast<size_t>(column * dense[x])];
    }
    const std::vector<float> expected = run_library(layer, *library, repeated);

    std::vector<int64_t> strides = dense;
    strides[x] = 0;
    good.input_strides = strides.data();
    ASSERT_EQ(library->run(&good), kLibraryOk);
    EXPECT_EQ(std::memcmp(output.data(), expected.data(), output.bytes()), 0);
}

// What has no elements needs no memory; an output beside it does.
TEST(ArgumentsOfEmptyTensors, MayBeNull) {
    const Layer &layer = corner_layer("image_no_rows");
    const auto library = CompiledLibrary::build(layer, common_target());
    ASSERT_TRUE(library) << library.error().message;
    const LayerData data = random_layer_data(layer, 1);
    ASSERT_TRUE(data.input.empty());
    const GuardedBuffer weights = packed_weights(*library, data, Guard::kAfter);
    GuardedBuffer output = GuardedBuffer::floats(layer.output_elements(), 4, Guard::kAfter);
    LibraryArgs args;
    args.weights = weights.data();
    EXPECT_EQ(library->run(&args), 1);  // NAME_ERROR_NULL: no output
    args.output = output.as_floats();
    EXPECT_EQ(library->run(&args), 0);
    EXPECT_EQ(output.as_floats()[0], run_library(layer, *library, data)[0]);
}

INSTANTIATE_TEST_SUITE_P(Native, Arguments, testing::Values("image_k4_s2", "image_channels_first", "volume_k4_s2"),
                         [](const auto &instance) { return instance.param; });

}  // namespace
}  // namespace tconv::test
