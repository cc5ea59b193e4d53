// SPDX-License-Identifier: Apache-2.0
// The golden data through compiled libraries: layer file in, library out, and its output against what TensorFlow and
// Keras computed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

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
    const auto target = find_target("host");
    if (!target) return target.error();
    const auto library = CompiledLibrary::build(layer, *target);
    if (!library) return library.error();
    const auto weights = aligned_bytes(library->weights_bytes), workspace = aligned_bytes(library->workspace_bytes);
    const int packed = library->pack(golden.filter.data(), golden.bias_or_null(), weights.get());
    if (packed != 0) return Error{StatusCode::kFailed, "pack returned " + std::to_string(packed)};

    std::vector<float> output(static_cast<size_t>(layer.output_elements()));
    LibraryArgs args;
    args.input = golden.input.data();
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

std::vector<GoldenCase> cases_or_none() {
    auto cases = load_golden_cases(TCONV_GOLDEN_DIR);
    return cases ? *cases : std::vector<GoldenCase>{};
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenLibrary, testing::ValuesIn(cases_or_none()),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
