// SPDX-License-Identifier: Apache-2.0
#include "tests/generators/library_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "tools/verify/verify_data.h"

namespace tconv::test {
namespace {

constexpr size_t kTensorAlignment = 4, kScratchAlignment = 64;

// A tensor's cells in memory: cell (i0, i1, ...) lies at first + i0*strides[0] + i1*strides[1] + ...
struct Placement {
    std::vector<int64_t> shape, strides;
    int64_t first = 0;
    int64_t span = 0;  // elements from the lowest cell to the highest

    // Of the cell at a flat index of the dense tensor.
    int64_t position(int64_t index) const {
        int64_t at = first;
        for (size_t d = shape.size(); d-- > 0; index /= shape[d]) at += index % shape[d] * strides[d];
        return at;
    }
};

// The dimensions from the one whose neighbours are nearest in memory to the one whose neighbours are farthest apart.
std::vector<size_t> inner_to_outer(const Layer &layer, Memory memory) {
    const auto rank = static_cast<size_t>(layer.spatial_rank) + 2;
    std::vector<size_t> order(rank);
    std::iota(order.rbegin(), order.rend(), size_t{0});
    if (memory == Memory::kTransposed) {
        const auto spatial = layer.layout == Layout::kChannelsLast ? order.begin() + 1 : order.begin();
        std::reverse(spatial, spatial + layer.spatial_rank);
    }
    return order;
}

Placement place(const Layer &layer, const std::vector<int64_t> &shape, Memory memory) {
    const bool channels_last = layer.layout == Layout::kChannelsLast;
    const size_t channel = channels_last ? shape.size() - 1 : 1;
    Placement placement{shape, std::vector<int64_t>(shape.size()), 0, 1};
    int64_t step = memory == Memory::kDense || channels_last ? 1 : 2;
    for (const size_t d : inner_to_outer(layer, memory)) {
        placement.strides[d] = step;
        const int64_t reach = step * std::max<int64_t>(shape[d] - 1, 0);
        if (memory == Memory::kReversed && d != channel) {
            placement.strides[d] = -step;
            placement.first += reach;
        }
        placement.span += reach;
        step = step * std::max<int64_t>(shape[d], 1) + (memory == Memory::kDense ? 0 : 3 + static_cast<int64_t>(d));
    }
    if (std::count(shape.begin(), shape.end(), 0) > 0) placement.span = 0;
    return placement;
}

GuardedBuffer placed_input(const Placement &placement, const std::vector<float> &cells, Guard guard) {
    GuardedBuffer buffer = GuardedBuffer::floats(placement.span, kTensorAlignment, guard);
    for (size_t i = 0; i < cells.size(); i++)
        buffer.as_floats()[placement.position(static_cast<int64_t>(i))] = cells[i];
    buffer.make_read_only();
    return buffer;
}

// Takes the cells out of the buffer and puts back what was there before them, so that any other trace shows.
std::vector<float> take_cells(const Placement &placement, GuardedBuffer &buffer, int64_t count) {
    std::vector<float> cells(static_cast<size_t>(count));
    for (size_t i = 0; i < cells.size(); i++) {
        float *cell = buffer.as_floats() + placement.position(static_cast<int64_t>(i));
        cells[i] = *cell;
        std::memset(cell, 0xff, sizeof(float));
    }
    return cells;
}

bool unwritten(const GuardedBuffer &buffer) {
    const auto *bytes = static_cast<const unsigned char *>(buffer.data());
    return std::all_of(bytes, bytes + buffer.bytes(), [](unsigned char byte) { return byte == 0xff; });
}

int call_shuffled_tasks(const CompiledLibrary &library, const LibraryArgs &args) {
    Random random(7);
    for (size_t stage = 0; stage < library.stage_tasks.size(); stage++) {
        std::vector<int> order(static_cast<size_t>(library.stage_tasks[stage]));
        std::iota(order.begin(), order.end(), 0);
        for (size_t i = order.size(); i > 1; i--)
            std::swap(order[i - 1], order[static_cast<size_t>(random.between(0, static_cast<int64_t>(i) - 1))]);
        for (const int i : order)
            if (const int status = library.task(&args, static_cast<int>(stage), i); status != 0) return status;
    }
    return 0;
}

int call(const CompiledLibrary &library, const LibraryArgs &args, Entry entry) {
    return entry == Entry::kRun ? library.run(&args) : call_shuffled_tasks(library, args);
}

}  // namespace

GuardedBuffer packed_weights(const CompiledLibrary &library, const LayerData &data, Guard guard) {
    if (!library.pack) return {0, kScratchAlignment, guard};
    GuardedBuffer filter = GuardedBuffer::floats(data.filter, kTensorAlignment, guard);
    GuardedBuffer bias = GuardedBuffer::floats(data.bias, kTensorAlignment, guard);
    filter.make_read_only();
    bias.make_read_only();
    GuardedBuffer weights(static_cast<size_t>(library.weights_bytes), kScratchAlignment, guard);
    const float *bias_or_null = data.bias.empty() ? nullptr : bias.as_floats();
    EXPECT_EQ(library.pack(filter.as_floats(), bias_or_null, weights.data()), 0);
    EXPECT_TRUE(weights.intact()) << "pack wrote beyond the weights";
    weights.make_read_only();
    return weights;
}

std::vector<float> run_library(const Layer &layer, const CompiledLibrary &library, const GuardedBuffer &weights,
                               const std::vector<float> &input, const RunOptions &options) {
    const Placement input_placement = place(layer, layer.input_shape(), options.memory);
    const Placement output_placement = place(layer, layer.output_shape(), options.memory);
    const GuardedBuffer input_cells = placed_input(input_placement, input, options.guard);
    GuardedBuffer output_cells = GuardedBuffer::floats(output_placement.span, kTensorAlignment, options.guard);
    GuardedBuffer workspace(static_cast<size_t>(library.workspace_bytes), kScratchAlignment, options.guard);

    LibraryArgs args;
    args.input = input_cells.as_floats() + input_placement.first;
    args.output = output_cells.as_floats() + output_placement.first;
    args.weights = library.pack ? weights.data() : nullptr;
    args.workspace = library.workspace_bytes > 0 ? workspace.data() : nullptr;
    if (options.memory != Memory::kDense) {
        args.input_strides = input_placement.strides.data();
        args.output_strides = output_placement.strides.data();
    }
    EXPECT_EQ(call(library, args, options.entry), 0);
    const std::vector<float> output = take_cells(output_placement, output_cells, layer.output_elements());
    EXPECT_TRUE(unwritten(output_cells)) << "written between the output's cells";
    EXPECT_TRUE(output_cells.intact()) << "written beside the output";
    EXPECT_TRUE(workspace.intact()) << "written beside the workspace";
    return output;
}

std::vector<float> run_library(const Layer &layer, const CompiledLibrary &library, const LayerData &data,
                               const RunOptions &options) {
    const GuardedBuffer weights = packed_weights(library, data, options.guard);
    return run_library(layer, library, weights, data.input, options);
}

bool same_bytes(const std::vector<float> &a, const std::vector<float> &b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

void expect_same_however_called(const Layer &layer, const CompiledLibrary &library, const LayerData &data,
                                const std::vector<float> &expected) {
    for (const Entry entry : {Entry::kRun, Entry::kShuffledTasks}) {
        for (const Memory memory : {Memory::kDense, Memory::kGaps, Memory::kTransposed, Memory::kReversed}) {
            for (const Guard guard : {Guard::kAfter, Guard::kBefore}) {
                const std::vector<float> output = run_library(layer, library, data, {entry, memory, guard});
                EXPECT_TRUE(same_bytes(output, expected))
                    << (entry == Entry::kRun ? "run" : "shuffled tasks") << ", memory " << static_cast<int>(memory)
                    << ", guard " << static_cast<int>(guard);
            }
        }
    }
}

OracleResult oracle_of(const Layer &layer, const LayerData &data) {
    return oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
}

bool exact_on_small_integers(const Layer &layer) {
    // The slopes of corner layers are quarters.
    return layer.activation == Activation::kNone || layer.activation == Activation::kRelu ||
           layer.activation == Activation::kRelu6 || layer.activation == Activation::kPrelu;
}

double expect_right_on_rough_data(const Layer &layer, const CompiledLibrary &library) {
    double largest = 0;
    for (const Roughness roughness : kEveryRoughness) {
        SCOPED_TRACE(name_of(roughness));
        const LayerData data = rough_layer_data(layer, roughness, 5);
        const std::vector<float> output = run_library(layer, library, data);
        std::vector<std::string> findings;
        const Comparison comparison = judge_any_data(layer, library.choice, {data.input, data.filter, data.bias},
                                                     oracle_of(layer, data), output.data(), findings);
        EXPECT_TRUE(comparison.pass) << comparison.message;
        EXPECT_EQ(comparison.compared, layer.output_elements());
        EXPECT_TRUE(findings.empty()) << findings.front();
        largest = std::max(largest, comparison.max_ratio);
    }
    return largest;
}

void expect_right_on_small_integers(const Layer &layer, const CompiledLibrary &library) {
    const LayerData data = small_integer_layer_data(layer, 11);
    const OracleResult reference = oracle_of(layer, data);
    for (const Guard guard : {Guard::kAfter, Guard::kBefore}) {
        const std::vector<float> output = run_library(layer, library, data, {Entry::kRun, Memory::kDense, guard});
        const Comparison comparison = exact_on_small_integers(layer)
                                          ? compare_exactly(layer, reference, output.data())
                                          : compare(layer, reference, output.data(), layer.max_error_growth);
        EXPECT_TRUE(comparison.pass) << comparison.message;
    }
}

}  // namespace tconv::test
