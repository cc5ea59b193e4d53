// SPDX-License-Identifier: Apache-2.0
// A sample of the golden data through compiled libraries: layer file in, library out, and its output against what
// TensorFlow and Keras computed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <set>

#include "tconv/layer_file.h"
#include "tests/generators/test_targets.h"
#include "tests/golden/golden_cases.h"
#include "tests/support/compiled_library.h"

namespace tconv::test {
namespace {

struct FreeDeleter {
    void operator()(void *memory) const { std::free(memory); }
};

// What NAME_WEIGHTS_ALIGNMENT and NAME_WORKSPACE_ALIGNMENT ask for.
std::unique_ptr<void, FreeDeleter> aligned_bytes(int64_t bytes) {
    constexpr size_t kAlignment = 64;
    return std::unique_ptr<void, FreeDeleter>(
        std::aligned_alloc(kAlignment, (static_cast<size_t>(bytes) / kAlignment + 1) * kAlignment));
}

Expected<std::vector<float>> run_compiled(const Layer &layer, const GoldenCase &golden) {
    const auto library = CompiledLibrary::build(layer, common_target());
    if (!library) return library.error();
    const auto weights = aligned_bytes(library->weights_bytes), workspace = aligned_bytes(library->workspace_bytes);
    const int packed = library->pack(golden.filter.data(), golden.bias_or_null(), weights.get());
    if (packed != 0) return Error{StatusCode::kFailed, "pack returned " + std::to_string(packed)};

    // Libraries take no null pointer for an empty batch.
    std::vector<float> input = golden.input, output(static_cast<size_t>(layer.output_elements()));
    input.reserve(1);
    output.reserve(1);
    LibraryArgs args;
    args.input = input.data();
    args.output = output.data();
    args.weights = weights.get();
    args.workspace = workspace.get();
    const int status = library->run(&args);
    if (status != 0) return Error{StatusCode::kFailed, "run returned " + std::to_string(status)};
    return output;
}

class GoldenLibrary : public testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenLibrary, GivesWhatTheFrameworkGives) {
    const Status status = check_golden_case(GetParam(), run_compiled);
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
}

// FNV-1a: the same on every machine.
uint32_t hash_of(const std::string &text) {
    uint32_t hash = 2166136261u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

// A library depends on nothing but the layer that a file reduces to: of files that agree in it one is enough. Of those
// a third, a sixth of PyTorch's and ONNX', keeps the time bounded. A hash chooses it, so that no pattern of the tables is
// met, and so that a case stays in or out whatever is added.
std::vector<GoldenCase> sample_of_cases() {
    std::set<std::string> workloads;
    std::vector<GoldenCase> sample;
    for (const GoldenCase &golden : golden_cases_or_none()) {
        const auto layers = parse_layer_text(golden.layer_text, ".");
        if (!layers) continue;  // which GoldenData.LoadsWhole reports
        const Layer &layer = layers->front();
        const std::string workload = layer.workload() + layer.filter_order;
        const uint32_t one_of = layer.op == Op::kConvTranspose ? 6 : 3;
        if (workloads.insert(workload).second && (hash_of(workload) >> 16) % one_of == 0) sample.push_back(golden);
    }
    return sample;
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenLibrary, testing::ValuesIn(sample_of_cases()),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
