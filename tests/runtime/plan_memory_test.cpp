// SPDX-License-Identifier: Apache-2.0
// What plans take from the heap: every allocation of this program is counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "tconv/layer_file.h"
#include "tconv/plan.h"

namespace {

std::atomic<int64_t> live_bytes{0}, peak_bytes{0};

// The size stands in front of the block, as far from it as the alignment asks for.
void *allocate(size_t bytes, size_t alignment) {
    const size_t front = std::max(alignment, alignof(std::max_align_t));
    void *block = std::aligned_alloc(front, (bytes + 2 * front - 1) / front * front);
    if (block == nullptr) return nullptr;
    *static_cast<size_t *>(block) = bytes;
    const int64_t live = live_bytes += static_cast<int64_t>(bytes);
    if (live > peak_bytes) peak_bytes = live;
    return static_cast<char *>(block) + front;
}

void release(void *memory, size_t alignment) {
    if (memory == nullptr) return;
    char *block = static_cast<char *>(memory) - std::max(alignment, alignof(std::max_align_t));
    live_bytes -= static_cast<int64_t>(*reinterpret_cast<size_t *>(block));
    std::free(block);
}

void *allocate_or_throw(size_t bytes, size_t alignment) {
    if (void *memory = allocate(bytes, alignment)) return memory;
    throw std::bad_alloc();
}

}  // namespace

// The array forms and those with a size end in these.
void *operator new(size_t bytes) { return allocate_or_throw(bytes, 1); }
void *operator new(size_t bytes, std::align_val_t alignment) {
    return allocate_or_throw(bytes, static_cast<size_t>(alignment));
}
void operator delete(void *memory) noexcept { release(memory, 1); }
void operator delete(void *memory, size_t) noexcept { release(memory, 1); }
void operator delete(void *memory, std::align_val_t alignment) noexcept {
    release(memory, static_cast<size_t>(alignment));
}
void operator delete(void *memory, size_t, std::align_val_t alignment) noexcept {
    release(memory, static_cast<size_t>(alignment));
}

namespace tconv::test {
namespace {

int64_t padded_input_bytes(const Layer &layer) {
    int64_t elements = layer.batch * layer.in_channels;
    for (const Axis &axis : layer.axes) {
        const Range range = input_range(axis);
        elements *= std::max(range.end, axis.input) - std::min<int64_t>(range.begin, 0);
    }
    return elements * static_cast<int64_t>(sizeof(float));
}

TEST(PlanMemory, IsBelowThePackedFilterAndOnePaddedInput) {
    const auto layers = read_layer_file(TCONV_SOURCE_DIR "/benchmarks/layers.json");
    ASSERT_TRUE(layers) << layers.error().message;
    ASSERT_FALSE(built_isas().empty());  // a list that is made once
    for (const Layer &layer : *layers) {
        const std::vector<float> input(static_cast<size_t>(layer.input_elements()), 1.0f);
        const std::vector<float> filter(static_cast<size_t>(layer.filter_elements()), 1.0f);
        std::vector<float> output(static_cast<size_t>(layer.output_elements()));
        const TensorView from{input.data(), layer.input_shape(), {}};
        const MutableTensorView to{output.data(), layer.output_shape(), {}};
        const int64_t before = live_bytes;
        peak_bytes = before;
        {
            const auto plan = Plan::create(layer, filter.data(), nullptr);
            ASSERT_TRUE(plan) << plan.error().message;
            ASSERT_TRUE(plan->run(from, to));
            EXPECT_EQ(plan->packed_bytes(), Plan::packed_bytes(layer, plan->isa()));
            EXPECT_GE(peak_bytes - before, plan->packed_bytes()) << "allocations are not counted";
            EXPECT_LT(peak_bytes - before, plan->packed_bytes() + padded_input_bytes(layer)) << layer.name;
        }
        EXPECT_EQ(live_bytes, before) << layer.name;
    }
}

}  // namespace
}  // namespace tconv::test
