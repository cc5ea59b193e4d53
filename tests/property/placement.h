// SPDX-License-Identifier: Apache-2.0
// How the cells of a tensor lie in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/guarded_buffer.h"
#include "tests/support/layer_data.h"

namespace tconv::test {

// Cell (i0, i1, ...) lies at first + i0*strides[0] + i1*strides[1] + ..., in elements.
struct Placement {
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
    int64_t first = 0;
    int64_t span = 0;  // elements from the lowest cell to the highest

    // Of the cell at a flat index of the dense tensor.
    int64_t position(int64_t index) const;
    bool is_dense() const;
};

Placement dense_placement(const std::vector<int64_t> &shape);

// Dimensions in any order and direction, with gaps. The strides of dimensions of one cell are arbitrary.
Placement random_placement(const std::vector<int64_t> &shape, Random &random);

// The cells, in dense order, placed between guard pages; what lies between them is unwritten.
GuardedBuffer placed(const Placement &placement, const std::vector<float> &cells, Guard guard);

// The cells of a buffer in dense order. Puts back what was there before them, so that any other trace shows.
std::vector<float> take_cells(const Placement &placement, GuardedBuffer &buffer);

// Whether every byte is as a new buffer has it.
bool is_unwritten(const GuardedBuffer &buffer);

}  // namespace tconv::test
