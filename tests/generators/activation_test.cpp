// SPDX-License-Identifier: Apache-2.0
// Every activation in a compiled library: how accurate it is over the whole range of float, and at its edges. NaN and
// Inf are judged like all other values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <limits>
#include <ostream>

#include "tests/generators/activation_reference.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tools/verify/layer_program.h"

namespace tconv::test {
namespace {

constexpr uint32_t kCoarse = 1 << 20, kFine = 6007;  // 6,000 and 1.07 million values
constexpr int kSpread = 64;
constexpr int64_t kPixels = 1 << 13;

// The judge itself: it lets nothing pass that is wrong.
TEST(ActivationJudge, SeesWhatIsWrong) {
    constexpr float kInf = std::numeric_limits<float>::infinity(), kNaN = std::numeric_limits<float>::quiet_NaN();
    const auto passes = [](Activation activation, float argument, float output) {
        ActivationJudge judge(activation);
        judge.see(argument, output);
        return judge.pass();
    };
    const Activation e = Activation::kExponential, silu = Activation::kSilu;
    EXPECT_TRUE(passes(e, 1, 2.7182817f) && passes(e, 1, 2.7182827f));
    EXPECT_FALSE(passes(e, 1, 2.7182856f) || passes(e, 1, -2.7182817f));
    EXPECT_TRUE(passes(e, -100, 3.8e-44f) && passes(e, -110, 0.0f));
    EXPECT_FALSE(passes(e, -100, 0.0f));
    EXPECT_TRUE(passes(e, 89, kInf) && passes(e, kInf, kInf) && passes(e, -kInf, 0) && passes(e, kNaN, kNaN));
    EXPECT_FALSE(passes(e, 88, kInf) || passes(e, 1, kNaN) || passes(e, kNaN, 1) || passes(e, kInf, -kInf));
    EXPECT_TRUE(passes(silu, -kInf, kNaN) && passes(silu, kInf, kInf));
    EXPECT_FALSE(passes(silu, -kInf, 0.0f));
}

struct ActivationCase {
    Activation activation;
    TargetInfo target;
    std::string variant;
    int64_t channels;
    uint32_t step;
};

std::string name_of(const ActivationCase &c) {
    std::string activation = to_text(c.activation);
    std::replace_if(
        activation.begin(), activation.end(), [](unsigned char letter) { return !std::isalnum(letter); }, '_');
    return activation + "_" + name_of(LibraryCase{identity_layer(c.activation, 1, c.channels), c.target, c.variant}) +
           "_channels_" + std::to_string(c.channels);
}

void PrintTo(const ActivationCase &activation_case, std::ostream *stream) { *stream << name_of(activation_case); }

std::vector<ActivationCase> native_cases() {
    std::vector<ActivationCase> cases;
    for (const Activation activation : elementwise_activations()) {
        for (const TargetInfo &target : native_targets()) {
            // With one channel vectors run along pixels, and with 16 along channels.
            cases.push_back({activation, target, "phases", 1, kFine});
            cases.push_back({activation, target, "phases", 16, kCoarse});
        }
        cases.push_back({activation, common_target(), "reference", 1, kCoarse});
    }
    return cases;
}

class NativeActivation : public testing::TestWithParam<ActivationCase> {};

TEST_P(NativeActivation, IsRightOverTheWholeRange) {
    const auto &[activation, target, variant, channels, step] = GetParam();
    const Layer layer = identity_layer(activation, kPixels, channels);
    BuildOptions options;
    options.variant = variant;
    const auto library = CompiledLibrary::build(layer, target, options);
    ASSERT_TRUE(library) << library.error().message;
    const std::vector<float> ones(static_cast<size_t>(channels), 1.0f);
    const GuardedBuffer weights = packed_weights(*library, {{}, ones, {}}, Guard::kAfter);

    ActivationJudge judge(activation);
    std::vector<float> values = activation_sweep(step, kSpread);
    values.resize((values.size() + kPixels - 1) / kPixels * kPixels);
    for (auto first = values.begin(); first != values.end(); first += kPixels) {
        const std::vector<float> input(first, first + kPixels);
        const std::vector<float> output = run_library(layer, *library, weights, input);
        for (size_t i = 0; i < output.size(); i++) judge.see(input[i / static_cast<size_t>(channels)], output[i]);
        if (HasFailure()) return;
    }
    EXPECT_TRUE(judge.pass()) << judge.message();
    EXPECT_GE(judge.seen(), static_cast<int64_t>(3 * (0x7f800000u / step)));
    RecordProperty("worst_ratio", std::to_string(judge.worst()));
}

INSTANTIATE_TEST_SUITE_P(Native, NativeActivation, testing::ValuesIn(native_cases()), NameOfCase());

// The same on a target that needs an emulator or a device.
class EmulatedActivation : public testing::TestWithParam<ActivationCase> {
protected:
    Expected<std::vector<float>> run(const Layer &layer, const Toolchain &toolchain, const std::vector<float> &input) {
        const auto folder = WorkFolder::create();
        if (!folder) return folder.error();
        BuildOptions options;
        options.variant = GetParam().variant;
        options.stack = false;
        const auto library = build_library(layer, GetParam().target, folder->path(), options);
        if (!library) return library.error();
        const auto program = link_layer_program("layer_verify", layer, GetParam().target, *library, toolchain, *folder);
        if (!program) return program.error();
        write(folder->path("input"), input);
        write(folder->path("filter"), std::vector<float>(static_cast<size_t>(layer.out_channels), 1.0f));
        write(folder->path("bias"), {});
        const auto ran = run_on_target(
            toolchain, *program,
            {folder->path("input"), folder->path("filter"), folder->path("bias"), folder->path("output"), "1", "once"});
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

TEST_P(EmulatedActivation, IsRightOverTheWholeRange) {
    const auto &[activation, target, variant, channels, step] = GetParam();
    const auto toolchain = find_toolchain(target, {});
    if (!toolchain) GTEST_SKIP() << toolchain.error().message;
    const std::vector<float> values = activation_sweep(step, kSpread);
    const Layer layer = identity_layer(activation, static_cast<int64_t>(values.size()), channels);
    const auto output = run(layer, *toolchain, values);
    if (!output && lacks_device(output.error().message)) GTEST_SKIP() << output.error().message;
    ASSERT_TRUE(output) << output.error().message;
    ActivationJudge judge(activation);
    for (size_t i = 0; i < output->size(); i++) judge.see(values[i / static_cast<size_t>(channels)], (*output)[i]);
    EXPECT_TRUE(judge.pass()) << judge.message();
    RecordProperty("worst_ratio", std::to_string(judge.worst()));
}

// On a device, where a build takes seconds, those that the others are pieces of.
std::vector<ActivationCase> emulated_cases() {
    std::vector<ActivationCase> cases;
    for (const Activation activation : elementwise_activations())
        cases.push_back({activation, *find_target("arm64-neon"), "phases", 5, kCoarse});
    for (const Activation activation :
         {Activation::kRelu6, Activation::kLeakyRelu, Activation::kSelu, Activation::kGelu, Activation::kSoftplus,
          Activation::kSoftsign, Activation::kSilu, Activation::kMish, Activation::kSigmoid, Activation::kTanh,
          Activation::kExponential, Activation::kHardSilu})
        cases.push_back({activation, *find_target("opencl"), "gpu_phases", 5, kCoarse});
    return cases;
}

INSTANTIATE_TEST_SUITE_P(Emulated, EmulatedActivation, testing::ValuesIn(emulated_cases()), NameOfCase());

}  // namespace
}  // namespace tconv::test
