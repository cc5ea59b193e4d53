// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/run_memory.h"

#include <algorithm>
#include <cstdint>

#include "runtime/base/text.h"
#include "tconv/plan.h"
#include "tools/cli/available_memory.h"

namespace tconv {

namespace {

// The most that is held at one time; the filter goes once it is packed.
int64_t peak_bytes(const Layer &layer, const TensorFiles &files, Isa isa) {
    const int64_t packed = Plan::packed_bytes(layer, isa);
    const int64_t output = layer.output_bytes();
    return std::max({files.filter.bytes_while_reading(), files.filter.bytes() + packed,
                     packed + files.input.bytes_while_reading(), packed + files.input.bytes() + output});
}

}  // namespace

// Names the largest tensor.
Error no_memory(const Layer &layer, const TensorFiles &files, Isa isa, const std::string &available) {
    const int64_t output = layer.output_bytes();
    std::string what = "output shape", value = to_text(layer.output_shape());
    const TensorFile &larger = files.input.bytes() > files.filter.bytes() ? files.input : files.filter;
    if (larger.bytes() > output) {
        what = larger.argument;
        value = printable(larger.path);
    }
    return Error{StatusCode::kFailed, what + " = " + value + ": the call needs " +
                                          std::to_string(peak_bytes(layer, files, isa)) + " bytes of memory, " +
                                          available};
}

Status check_memory(const Layer &layer, const TensorFiles &files, Isa isa) {
    const AvailableMemory available = available_memory();
    if (peak_bytes(layer, files, isa) > available.bytes) {
        return no_memory(layer, files, isa,
                         "of which " + std::to_string(available.bytes) + " are available (" + available.source + ")");
    }
    return Success{};
}

}  // namespace tconv
