// SPDX-License-Identifier: Apache-2.0
// check_libraries: every linked library against the oracle, on small integers and on random numbers, with guard pages
// around all tensors. Without GoogleTest and linked statically, for processors that are emulated.
#include <cstdio>
#include <string>

#include "tests/emulated/library_case.h"
#include "tests/generators/corner_layers.h"
#include "tests/support/guarded_buffer.h"
#include "tests/support/layer_data.h"
#include "tools/oracle.h"

namespace tconv::test {
namespace {

constexpr size_t kTensorAlignment = 4, kScratchAlignment = 64;

// What is wrong; empty if nothing is.
std::string problem(const LinkedLibrary &library, const Layer &layer, const LayerData &data, bool exact, Guard guard) {
    GuardedBuffer weights(static_cast<size_t>(library.weights_bytes), kScratchAlignment, guard);
    GuardedBuffer workspace(static_cast<size_t>(library.workspace_bytes), kScratchAlignment, guard);
    GuardedBuffer output = GuardedBuffer::floats(layer.output_elements(), kTensorAlignment, guard);
    GuardedBuffer input = GuardedBuffer::floats(data.input, kTensorAlignment, guard);
    input.make_read_only();
    const int packed = library.pack(data.filter.data(), data.bias_or_null(), weights.data());
    if (packed != 0) return "pack returned " + std::to_string(packed);
    weights.make_read_only();
    const int ran = library.run(input.as_floats(), output.as_floats(), weights.data(), workspace.data());
    if (ran != 0) return "run returned " + std::to_string(ran);
    const OracleResult reference = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
    const Comparison comparison = exact ? compare_exactly(layer, reference, output.as_floats())
                                        : compare(layer, reference, output.as_floats(), layer.max_error_growth);
    return comparison.message;
}

bool right(const LinkedLibrary &library) {
    const Layer &layer = corner_layer(library.corner);
    const bool whole_activation = layer.activation == Activation::kNone || layer.activation == Activation::kRelu ||
                                  layer.activation == Activation::kRelu6;
    std::string found;
    for (const Guard guard : {Guard::kAfter, Guard::kBefore}) {
        if (found.empty())
            found = problem(library, layer, small_integer_layer_data(layer, 11), library.direct && whole_activation, guard);
        if (found.empty()) found = problem(library, layer, random_layer_data(layer, 12), false, guard);
    }
    std::printf("%s %s %s%s%s\n", found.empty() ? "right" : "WRONG", library.corner, library.variant,
                found.empty() ? "" : ": ", found.c_str());
    return found.empty();
}

}  // namespace
}  // namespace tconv::test

int main() {
    size_t wrong = 0;
    for (const auto &library : tconv::test::kLinkedLibraries) wrong += tconv::test::right(library) ? 0 : 1;
    std::printf("%zu libraries, %zu wrong\n", tconv::test::kLinkedLibraries.size(), wrong);
    return wrong == 0 ? 0 : 1;
}
