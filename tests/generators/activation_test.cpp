// SPDX-License-Identifier: Apache-2.0
// The epilogue at the edges of float, and how accurate its transcendental functions are. The layers are the identity:
// one 1x1 tap of weight 1, so that the activation sees every value as it was given.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <ostream>

#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tools/measure/layer_program.h"

namespace tconv::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kTiny = std::numeric_limits<float>::min();

// `pixels` copies of the identity, each of them in `channels` output channels.
Layer identity_layer(Activation activation, int64_t pixels, int64_t channels) {
    Layer layer;
    layer.name = "identity";
    layer.spatial_rank = 1;
    layer.out_channels = channels;
    layer.axes[2] = {pixels, 1, 1, 1, pixels, 0};
    layer.activation = activation;
    return layer;
}

// What the definition of the activation gives, in long double.
long double exact(Activation activation, float v) {
    const auto x = static_cast<long double>(v);
    switch (activation) {
        case Activation::kNone:
            return x;
        case Activation::kRelu:
            return v < 0 ? 0 : x;
        case Activation::kRelu6:
            return v < 0 ? 0 : v > 6 ? 6 : x;
        case Activation::kLeakyRelu:
            return v < 0 ? 0.2L * x : x;
        case Activation::kSigmoid:
            return v < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x));
        case Activation::kTanh:
            return tanhl(x);
    }
    return x;
}

const std::vector<float> kEdges = {kNaN,     -kNaN,     kInf,  -kInf,  0.0f,  -0.0f,  100.0f, -100.0f,
                                   kLargest, -kLargest, kTiny, -kTiny, 88.8f, -88.8f, 6.0f,   -6.0f};

long double ulp_of(long double value) {
    const float magnitude = std::min(static_cast<float>(fabsl(value)), kLargest);
    return std::nextafter(magnitude, kInf) - magnitude;
}

long double bound_of(long double expected) { return std::max(4 * ulp_of(expected), fabsl(expected) * 1e-6L); }

// `output` holds each of the edges in `channels` neighbouring cells.
void expect_activated_edges(Activation activation, const std::vector<float> &output, int64_t channels) {
    ASSERT_EQ(output.size(), kEdges.size() * static_cast<size_t>(channels));
    for (size_t i = 0; i < output.size(); i++) {
        const float value = kEdges[i / static_cast<size_t>(channels)];
        const long double expected = exact(activation, value);
        if (std::isnan(value)) {
            EXPECT_TRUE(std::isnan(output[i])) << "activation(NaN) is " << output[i];
        } else if (std::isinf(expected)) {
            EXPECT_EQ(output[i], static_cast<float>(expected));
        } else {
            EXPECT_LE(fabsl(output[i] - expected), bound_of(expected))
                << "activation(" << value << ") is " << output[i];
        }
    }
}

struct ActivationCase {
    Activation activation;
    TargetInfo target;
    std::string variant;
    int64_t channels;
};

std::string name_of(const ActivationCase &c) {
    return std::string(to_string(c.activation)) + "_" +
           name_of(LibraryCase{identity_layer(c.activation, 1, c.channels), c.target, c.variant}) + "_channels_" +
           std::to_string(c.channels);
}

void PrintTo(const ActivationCase &activation_case, std::ostream *stream) { *stream << name_of(activation_case); }

std::vector<ActivationCase> activation_cases(const std::vector<Activation> &activations) {
    std::vector<ActivationCase> cases;
    for (const Activation activation : activations) {
        for (const TargetInfo &target : named_targets()) {
            if (target.is_gpu() || !runs_natively(target)) continue;
            // One channel leaves all but one lane of a vector unused.
            cases.push_back({activation, target, "phases", 1});
            cases.push_back({activation, target, "phases", 16});
            cases.push_back({activation, target, "reference", 1});
        }
    }
    return cases;
}

class ActivationTest : public testing::TestWithParam<ActivationCase> {
protected:
    // Activates the values, in as many calls as they need.
    void compile(int64_t pixels) {
        layer = identity_layer(GetParam().activation, pixels, GetParam().channels);
        BuildOptions options;
        options.variant = GetParam().variant;
        auto built = CompiledLibrary::build(layer, GetParam().target, options);
        ASSERT_TRUE(built) << built.error().message;
        library = std::make_unique<CompiledLibrary>(*built);
    }

    std::vector<float> activate(const std::vector<float> &values) const {
        const LayerData data{values, std::vector<float>(static_cast<size_t>(layer.out_channels), 1.0f), {}};
        return run_library(layer, *library, data);
    }

    Layer layer;
    std::unique_ptr<CompiledLibrary> library;
};

class ActivationAtTheEdges : public ActivationTest {};

TEST_P(ActivationAtTheEdges, KeepsNanAndMakesNone) {
    compile(static_cast<int64_t>(kEdges.size()));
    expect_activated_edges(GetParam().activation, activate(kEdges), layer.out_channels);
}

const std::vector<Activation> kActivations = {Activation::kNone,      Activation::kRelu,    Activation::kRelu6,
                                              Activation::kLeakyRelu, Activation::kSigmoid, Activation::kTanh};

INSTANTIATE_TEST_SUITE_P(Native, ActivationAtTheEdges, testing::ValuesIn(activation_cases(kActivations)), NameOfCase());

// The same on a target that needs an emulator or a device.
class EmulatedActivation : public testing::TestWithParam<ActivationCase> {
protected:
    Expected<std::vector<float>> run(const Layer &layer, const Toolchain &toolchain) {
        const auto folder = WorkFolder::create();
        if (!folder) return folder.error();
        BuildOptions options;
        options.variant = GetParam().variant;
        const auto library = build_library(layer, GetParam().target, folder->path(), options);
        if (!library) return library.error();
        const auto program = link_layer_program("layer_verify", layer, GetParam().target, *library, toolchain, *folder);
        if (!program) return program.error();
        const std::vector<float> ones(static_cast<size_t>(layer.out_channels), 1.0f);
        write(folder->path("input"), kEdges);
        write(folder->path("filter"), ones);
        write(folder->path("bias"), {});
        const auto ran = run_on_target(
            toolchain, *program,
            {folder->path("input"), folder->path("filter"), folder->path("bias"), folder->path("output"), "1", "all"});
        if (!ran) return ran.error();
        return read(folder->path("output"), layer.output_elements());
    }

private:
    static void write(const std::string &path, const std::vector<float> &values) {
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char *>(values.data()),
                   static_cast<std::streamsize>(values.size() * sizeof(float)));
    }

    static std::vector<float> read(const std::string &path, int64_t count) {
        std::vector<float> values(static_cast<size_t>(count));
        std::ifstream(path, std::ios::binary)
            .read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
        return values;
    }
};

TEST_P(EmulatedActivation, KeepsNanAndMakesNone) {
    const auto toolchain = find_toolchain(GetParam().target, {});
    if (!toolchain) GTEST_SKIP() << toolchain.error().message;
    const Layer layer = identity_layer(GetParam().activation, static_cast<int64_t>(kEdges.size()), GetParam().channels);
    const auto output = run(layer, *toolchain);
    if (!output && lacks_device(output.error().message)) GTEST_SKIP() << output.error().message;
    ASSERT_TRUE(output) << output.error().message;
    expect_activated_edges(GetParam().activation, *output, layer.out_channels);
}

std::vector<ActivationCase> emulated_activation_cases() {
    std::vector<ActivationCase> cases;
    for (const Activation activation : kActivations)
        for (const char *target : {"arm64-neon", "opencl"})
            cases.push_back({activation, *find_target(target), "phases", 5});
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Emulated, EmulatedActivation, testing::ValuesIn(emulated_activation_cases()), NameOfCase());

class TranscendentalActivation : public ActivationTest {};

// Every 4093rd float between the infinities.
TEST_P(TranscendentalActivation, IsAccurateOverTheWholeRange) {
    constexpr uint32_t kStep = 4093;
    constexpr uint32_t kPositiveFloats = 0x7f800000u;
    constexpr size_t kPixels = 1 << 14;
    compile(kPixels);
    std::vector<float> values;
    long double worst = 0;
    float worst_value = 0;
    const auto check = [&] {
        values.resize(kPixels, 0.0f);
        const std::vector<float> output = activate(values);
        for (size_t i = 0; i < output.size(); i += static_cast<size_t>(layer.out_channels)) {
            const float value = values[i / static_cast<size_t>(layer.out_channels)];
            const long double expected = exact(GetParam().activation, value);
            const long double ratio = fabsl(output[i] - expected) / bound_of(expected);
            if (!(ratio <= worst)) {
                worst = ratio;
                worst_value = value;
            }
        }
        values.clear();
    };
    for (const uint32_t sign : {0u, 0x80000000u}) {
        for (uint32_t bits = 0; bits < kPositiveFloats; bits += kStep) {
            const uint32_t pattern = bits | sign;
            float value;
            std::memcpy(&value, &pattern, sizeof(value));
            values.push_back(value);
            if (values.size() == kPixels) check();
        }
    }
    check();
    EXPECT_LE(worst, 1) << "times 4 ulp or 1e-6, at " << std::hexfloat << worst_value;
    RecordProperty("worst_ratio", std::to_string(static_cast<double>(worst)));
}

INSTANTIATE_TEST_SUITE_P(Native, TranscendentalActivation,
                         testing::ValuesIn(activation_cases({Activation::kSigmoid, Activation::kTanh})), NameOfCase());

}  // namespace
}  // namespace tconv::test
