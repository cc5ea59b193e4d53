// SPDX-License-Identifier: Apache-2.0
#include "tests/property/placement.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "tests/property/operator_call.h"

namespace tconv::test {
namespace {

int64_t cells_of(const std::vector<int64_t> &shape) {
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<int64_t>());
}

// Innermost first: C order as often as any other.
std::vector<size_t> random_order(size_t rank, Random &random) {
    std::vector<size_t> order(rank);
    std::iota(order.rbegin(), order.rend(), size_t{0});
    if (one_in(random, 2)) return order;
    for (size_t i = rank; i > 1; i--)
        std::swap(order[i - 1], order[static_cast<size_t>(random.between(0, static_cast<int64_t>(i) - 1))]);
    return order;
}

}  // namespace

int64_t Placement::position(int64_t index) const {
    int64_t at = first;
    for (size_t d = shape.size(); d-- > 0; index /= shape[d]) at += index % shape[d] * strides[d];
    return at;
}

bool Placement::is_dense() const { return strides == dense_placement(shape).strides; }

Placement dense_placement(const std::vector<int64_t> &shape) {
    Placement placement{shape, std::vector<int64_t>(shape.size()), 0, cells_of(shape)};
    int64_t step = 1;
    for (size_t d = shape.size(); d-- > 0; step *= std::max<int64_t>(shape[d], 1)) placement.strides[d] = step;
    return placement;
}

Placement random_placement(const std::vector<int64_t> &shape, Random &random) {
    Placement placement{shape, std::vector<int64_t>(shape.size()), 0, 1};
    int64_t step = one_in(random, 3) ? random.between(2, 3) : 1;
    for (const size_t d : random_order(shape.size(), random)) {
        const int64_t reach = step * std::max<int64_t>(shape[d] - 1, 0);
        placement.strides[d] = step;
        if (one_in(random, 3)) {
            placement.strides[d] = -step;
            placement.first += reach;
        }
        placement.span += reach;
        step = step * std::max<int64_t>(shape[d], 1) + (one_in(random, 2) ? random.between(1, 5) : 0);
        if (shape[d] == 1) placement.strides[d] = random.between(-1'000'000, 1'000'000);
    }
    if (cells_of(shape) == 0) placement.first = placement.span = 0;
    return placement;
}

GuardedBuffer placed(const Placement &placement, const std::vector<float> &cells, Guard guard) {
    GuardedBuffer buffer = GuardedBuffer::floats(placement.span, alignof(float), guard);
    for (size_t i = 0; i < cells.size(); i++)
        buffer.as_floats()[placement.position(static_cast<int64_t>(i))] = cells[i];
    return buffer;
}

std::vector<float> take_cells(const Placement &placement, GuardedBuffer &buffer) {
    std::vector<float> cells(static_cast<size_t>(cells_of(placement.shape)));
    for (size_t i = 0; i < cells.size(); i++) {
        float *cell = buffer.as_floats() + placement.position(static_cast<int64_t>(i));
        cells[i] = *cell;
        std::memset(cell, 0xff, sizeof(float));
    }
    return cells;
}

bool is_unwritten(const GuardedBuffer &buffer) {
    const auto *bytes = static_cast<const unsigned char *>(buffer.data());
    return std::all_of(bytes, bytes + buffer.bytes(), [](unsigned char byte) { return byte == 0xff; });
}

}  // namespace tconv::test
