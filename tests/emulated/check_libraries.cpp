// SPDX-License-Identifier: Apache-2.0
// check_libraries: every linked library against the oracle, on small integers and on random numbers, with guard pages
// around all tensors, and the same bytes on tensors with gaps. Without GoogleTest and linked statically, for processors
// that are emulated.
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/emulated/library_case.h"
#include "tests/generators/corner_layers.h"
#include "tests/support/guarded_buffer.h"
#include "tests/support/layer_data.h"
#include "tools/verify/oracle.h"

namespace tconv::test {
namespace {

constexpr size_t kTensorAlignment = 4, kScratchAlignment = 64;

// A tensor as it lies in a larger one: cells of others behind every row, pixel and entry of the batch.
struct Slice {
    std::vector<int64_t> shape, strides;
    int64_t span = 1;  // elements from the first cell to the last

    explicit Slice(const std::vector<int64_t> &shape_) : shape(shape_), strides(shape_.size()) {
        constexpr int64_t kGap = 3;
        int64_t step = 1;
        for (size_t d = shape.size(); d-- > 0; step = step * shape[d] + kGap) {
            strides[d] = step;
            span += step * (shape[d] - 1);
        }
    }

    // Of the cell at a flat index of the dense tensor.
    int64_t position(size_t index) const {
        auto rest = static_cast<int64_t>(index);
        int64_t at = 0;
        for (size_t d = shape.size(); d-- > 0; rest /= shape[d]) at += rest % shape[d] * strides[d];
        return at;
    }
};

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
    const int ran =
        library.run(input.as_floats(), output.as_floats(), weights.data(), workspace.data(), nullptr, nullptr);
    if (ran != 0) return "run returned " + std::to_string(ran);

    const Slice input_slice(layer.input_shape()), output_slice(layer.output_shape());
    GuardedBuffer sliced_input = GuardedBuffer::floats(input_slice.span, kTensorAlignment, guard);
    GuardedBuffer sliced_output = GuardedBuffer::floats(output_slice.span, kTensorAlignment, guard);
    for (size_t i = 0; i < data.input.size(); i++) sliced_input.as_floats()[input_slice.position(i)] = data.input[i];
    const int again = library.run(sliced_input.as_floats(), sliced_output.as_floats(), weights.data(), workspace.data(),
                                  input_slice.strides.data(), output_slice.strides.data());
    if (again != 0) return "run on tensors with gaps returned " + std::to_string(again);
    for (size_t i = 0; i < static_cast<size_t>(layer.output_elements()); i++)
        if (std::memcmp(output.as_floats() + i, sliced_output.as_floats() + output_slice.position(i), sizeof(float)) !=
            0)
            return "output[" + std::to_string(i) + "] differs on tensors with gaps";

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
            found =
                problem(library, layer, small_integer_layer_data(layer, 11), library.direct && whole_activation, guard);
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
