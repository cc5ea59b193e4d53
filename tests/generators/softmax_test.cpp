// SPDX-License-Identifier: Apache-2.0
// Softmax, the one activation that is a stage of its own: over channels or the width, in place in the caller's tensor.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/generators/activation_reference.h"
#include "tests/generators/emulated.h"
#include "tests/generators/library_runs.h"
#include "tests/support/special_values.h"

namespace tconv::test {
namespace {

Layer softmax_layer(const std::string &name, int64_t batch, int64_t in_channels, int64_t out_channels,
                    const std::vector<Axis> &axes, Layout layout = Layout::kChannelsLast) {
    Layer layer;
    layer.name = name;
    layer.layout = layout;
    layer.spatial_rank = static_cast<int>(axes.size());
    layer.batch = batch;
    layer.in_channels = in_channels;
    layer.out_channels = out_channels;
    std::copy(axes.begin(), axes.end(), layer.axes.end() - layer.spatial_rank);
    layer.bias = true;
    layer.activation = Activation::kSoftmax;
    return layer;
}

// Fewer cells than a vector has lanes, and more; rows that fill vectors, and that do not; every rank.
const std::vector<Layer> &softmax_layers() {
    constexpr Layout kFirst = Layout::kChannelsFirst;
    static const std::vector<Layer> layers = {
        softmax_layer("one_cell", 1, 3, 1, {{4, 3, 2, 1, 9, 0}}),
        softmax_layer("line_2_channels", 2, 3, 2, {{9, 3, 1, 1, 11, 0}}),
        softmax_layer("line_of_many_tasks", 1, 2, 5, {{2100, 2, 1, 1, 2101, 0}}),
        softmax_layer("line_holes", 1, 3, 7, {{4, 2, 5, 1, 20, 0}}),
        softmax_layer("image_21_channels", 1, 8, 21, {{4, 4, 2, 1, 8, 1}, {5, 4, 2, 1, 10, 1}}),
        softmax_layer("image_width_1", 2, 4, 8, {{3, 3, 2, 1, 7, 0}, {1, 1, 1, 1, 1, 0}}),
        softmax_layer("image_300_channels", 1, 3, 300, {{2, 2, 2, 1, 4, 0}, {2, 2, 2, 1, 4, 0}}),
        softmax_layer("image_batch_0", 0, 3, 8, {{4, 3, 2, 1, 9, 0}, {4, 3, 2, 1, 9, 0}}),
        softmax_layer("volume", 1, 3, 4, {{2, 2, 2, 1, 4, 0}, {3, 3, 2, 1, 6, 0}, {3, 2, 2, 1, 6, 0}}),
        softmax_layer("line_over_width", 2, 3, 5, {{6, 4, 2, 1, 12, 1}}, kFirst),
        softmax_layer("image_over_width", 2, 3, 17, {{3, 3, 2, 1, 7, 0}, {6, 3, 2, 1, 13, 0}}, kFirst),
        softmax_layer("image_over_width_1", 1, 3, 9, {{3, 3, 2, 1, 7, 0}, {1, 1, 1, 1, 1, 0}}, kFirst),
        softmax_layer("volume_over_width", 1, 2, 3, {{2, 2, 2, 1, 4, 0}, {3, 3, 2, 1, 6, 0}, {3, 2, 2, 1, 6, 0}},
                      kFirst),
    };
    return layers;
}

// For builds that take seconds, and targets beside the main one.
std::vector<Layer> few_softmax_layers() {
    std::vector<Layer> few;
    for (const Layer &layer : softmax_layers())
        for (const char *name : {"line_holes", "image_21_channels", "image_over_width", "volume"})
            if (layer.name == name) few.push_back(layer);
    return few;
}

class NativeSoftmax : public testing::TestWithParam<LibraryCase> {
protected:
    void build(bool asserts) {
        BuildOptions options;
        options.variant = GetParam().variant;
        options.asserts = asserts;
        auto built = CompiledLibrary::build(layer, GetParam().target, options);
        ASSERT_TRUE(built) << built.error().message;
        library = std::make_unique<CompiledLibrary>(*built);
    }

    void expect_within_bound(const LayerData &data, const std::vector<float> &output) const {
        const Comparison comparison = compare(layer, oracle_of(layer, data), output.data(), layer.max_error_growth);
        EXPECT_TRUE(comparison.pass) << comparison.message;
    }

    const Layer &layer = GetParam().layer;
    std::unique_ptr<CompiledLibrary> library;
};

TEST_P(NativeSoftmax, SharesOutEachRow) {
    build(false);
    LayerData data = random_layer_data(layer, 3);
    const std::vector<float> dense = run_library(layer, *library, data);
    expect_within_bound(data, dense);
    for (const Entry entry : {Entry::kRun, Entry::kShuffledTasks}) {
        for (const Memory memory : {Memory::kDense, Memory::kGaps, Memory::kTransposed, Memory::kReversed}) {
            for (const Guard guard : {Guard::kAfter, Guard::kBefore}) {
                const std::vector<float> output = run_library(layer, *library, data, {entry, memory, guard});
                EXPECT_TRUE(dense.empty() || std::memcmp(output.data(), dense.data(), dense.size() * 4) == 0)
                    << "memory " << static_cast<int>(memory);
            }
        }
    }
    for (float &weight : data.filter) weight *= 40.0f;  // powers from 1 down to nothing
    expect_within_bound(data, run_library(layer, *library, data));
    if (data.input.empty() || spreads_nonfinite(GetParam())) return;
    for (const float value : {kNaN, kInf, -kInf}) {
        LayerData nonfinite = data;
        nonfinite.input[nonfinite.input.size() / 2] = value;
        expect_within_bound(nonfinite, run_library(layer, *library, nonfinite));
    }
}

INSTANTIATE_TEST_SUITE_P(Native, NativeSoftmax,
                         testing::ValuesIn(native_library_cases(softmax_layers(), few_softmax_layers())), NameOfCase());

class SoftmaxWithAsserts : public NativeSoftmax {};

TEST_P(SoftmaxWithAsserts, SharesOutEachRow) {
    build(true);
    const LayerData data = random_layer_data(layer, 3);
    expect_within_bound(data, run_library(layer, *library, data));
}

INSTANTIATE_TEST_SUITE_P(Native, SoftmaxWithAsserts,
                         testing::ValuesIn(with_every_variant(few_softmax_layers(), host_target())), NameOfCase());

class EmulatedSoftmax : public testing::TestWithParam<LibraryCase> {};

TEST_P(EmulatedSoftmax, SharesOutEachRow) { expect_verified(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Arm64Neon, EmulatedSoftmax,
                         testing::ValuesIn(with_every_variant(few_softmax_layers(), *find_target("arm64-neon"))),
                         NameOfCase());
INSTANTIATE_TEST_SUITE_P(OpenCl, EmulatedSoftmax,
                         testing::ValuesIn(with_every_variant(few_softmax_layers(), *find_target("opencl"))),
                         NameOfCase());

// Rows that are given, one for each batch entry: over the width of a channels_first layer that copies its input, no
// cell has a part of another.
class SoftmaxRows : public testing::TestWithParam<TargetInfo> {
protected:
    std::vector<float> softmax(const std::vector<std::vector<float>> &rows) {
        const auto length = static_cast<int64_t>(rows[0].size());
        Layer layer = identity_layer(Activation::kSoftmax, length, 1);
        layer.layout = Layout::kChannelsFirst;
        layer.batch = static_cast<int64_t>(rows.size());
        const auto library = CompiledLibrary::build(layer, GetParam());
        EXPECT_TRUE(library) << library.error().message;
        if (!library) return {};
        LayerData data{{}, {1.0f}, {}};
        for (const std::vector<float> &row : rows) data.input.insert(data.input.end(), row.begin(), row.end());
        return run_library(layer, *library, data);
    }
};

// A difference d of two floats is rounded, which makes a relative error of 2^-24 d of e^d.
TEST_P(SoftmaxRows, AreAccurate) {
    constexpr size_t kLength = 61;
    Random random(5);
    std::vector<std::vector<float>> rows(200, std::vector<float>(kLength));
    for (size_t i = 0; i < rows.size(); i++)
        for (float &v : rows[i]) v = random.unit() * std::exp2(static_cast<float>(i % 20) - 6) + random.unit();
    const std::vector<float> output = softmax(rows);
    ASSERT_EQ(output.size(), rows.size() * kLength);
    for (size_t i = 0; i < rows.size(); i++) {
        const long double most = *std::max_element(rows[i].begin(), rows[i].end());
        long double sum = 0;
        for (const float v : rows[i]) sum += expl(v - most);
        for (size_t j = 0; j < kLength; j++) {
            const long double depth = most - rows[i][j], expected = expl(-depth) / sum;
            const long double bound = expected * (1e-6L + depth * 0x1p-24L) + 4 * 0x1p-149L;
            ASSERT_LE(fabsl(output[i * kLength + j] - expected), bound) << "row " << i << ", cell " << j;
        }
    }
}

// What TensorFlow 2.21 gives, on a CPU and from XLA.
TEST_P(SoftmaxRows, OfNonfiniteNumbersAreThoseOfTensorFlow) {
    const std::vector<std::vector<float>> nan_rows = {{1, 2, kInf},        {kInf, kInf, 1}, {-kInf, -kInf, -kInf},
                                                      {1, kNaN, 2},        {kNaN, kInf, 1}, {2, 1, -kNaN},
                                                      {-kInf, kNaN, -kInf}};
    for (const float y : softmax(nan_rows)) EXPECT_TRUE(std::isnan(y)) << y;
    const std::vector<float> y = softmax({{1, 2, -kInf}, {3e38f, -3e38f, 0}, {-3e38f, -kInf, -3e38f}});
    ASSERT_EQ(y.size(), 9u);
    EXPECT_NEAR(y[0], 0.268941421, 1e-6);
    EXPECT_NEAR(y[1], 0.731058579, 1e-6);
    EXPECT_EQ(std::vector<float>(y.begin() + 2, y.end()), (std::vector<float>{0, 1, 0, 0, 0.5f, 0, 0.5f}));
}

INSTANTIATE_TEST_SUITE_P(Native, SoftmaxRows, testing::ValuesIn(native_targets()), NameOfCase());

}  // namespace
}  // namespace tconv::test
