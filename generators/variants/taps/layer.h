// SPDX-License-Identifier: Apache-2.0
// The layers of the variants `phases` and `folded`, as tap products see them, and how their outputs are cut into tiles.
#pragma once

#include <optional>
#include <string>

#include "generators/layer_plan.h"
#include "generators/variants/phase_tables.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

// Values of the knob `order`: what stays in the cache while the rest streams by.
constexpr int kFilterOuter = 0;  // a block of the filter, all rows of the image pass
constexpr int kInputOuter = 1;   // some rows of the input, all blocks of the filter pass

// A layer as its kernels see it. Folded, a column of x stands for `cells` neighbouring cells of the output, whose channels
// are the output channels of that column.
struct TapLayer {
    Layer layer;
    int64_t cells = 1;
    int64_t last_cells = 1;  // of the last column
};

// Where a copy of the input has zeros for taps beside the image: where products are not cut to the taps inside it.
enum class Margin { kNone, kColumns, kAround };

// Where the tap product reads such zeros, or another order of dimensions: a copy of the input, channels innermost.
struct PaddedInput {
    std::array<Range, 3> range;  // z, y, x of the input that it holds
    int64_t channels = 1;

    int64_t extent(int axis) const { return range[axis].end - range[axis].begin; }
    // In floating point, which does not overflow.
    double elements(int64_t batch) const;
    int64_t stride(CanonicalDim dim) const;
};

std::optional<PaddedInput> padded_input(const Layer &layer, Margin margin);

// By the knob `trim_x`.
Margin tap_margin(const Knobs &knobs);

// Elements of that copy, for the whole batch; 0 without one.
int64_t tap_workspace(const Layer &layer, const Knobs &knobs);

// Tables of phases and rows are written into the library, and kernels count in 32 bits: why they cannot, as
// Variant::obstacle_of. Nobody has met a layer where they cannot.
std::string tap_tables_obstacle(const Layer &layer, int64_t packed_elements, Margin margin);

// How the outputs are cut: rows of the tables of x, y and z.
struct TapTiling {
    std::vector<ColumnPiece> columns;
    std::vector<TapSpan> rows, planes;
};

TapTiling tap_tiling(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs);

}  // namespace tconv
