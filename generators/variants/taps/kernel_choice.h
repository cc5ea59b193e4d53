// SPDX-License-Identifier: Apache-2.0
// The tap products that a layer is computed with, and which of them a task calls.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "generators/variants/plan_pieces.h"
#include "generators/variants/taps/layer.h"

namespace tconv {

// A tap product as it is compiled.
struct TapKernel {
    int64_t taps_x = 1;
    int pixels = 1, rows = 1;
    int64_t channels = 0;  // of every call; 0: as its view says
    bool cells_apart = false;

    bool operator==(const TapKernel &other) const {
        return taps_x == other.taps_x && pixels == other.pixels && rows == other.rows && channels == other.channels &&
               cells_apart == other.cells_apart;
    }
    std::string name() const;
};

// A row for each piece of a row of the output.
struct TapColumns {
    SpanTable spans;
    Column live;                                  // 0 for a phase without taps, else 1
    Column cells;                                 // ColumnPiece::cells
    std::array<std::array<Column, 2>, 2> kernel;  // for flat or tall rows, and a whole block or the rest
    Column apart;                                 // kernel for cells that lie apart, where the layer is folded
};

// A row for some rows, or planes, of the output.
struct TapRows {
    SpanTable spans;
    Column tall;  // 1 where a tile takes several rows at once
};

TapRows tap_rows(const std::vector<TapSpan> &spans, int64_t origin);

// What has a kernel of its own is decided while the table of pieces is made.
class KernelChoice {
public:
    KernelChoice(const TapLayer &tap_layer, const FilterLayout &layout, const TapTiling &tiling);

    TapColumns columns(int64_t origin);

    // Of all pieces, by the numbers in the table.
    const std::vector<TapKernel> &kernels() const { return kernels_; }

    // `dense`: whether the cells of a row lie side by side.
    Index kernel(const TapColumns &columns, const TapRows &rows, const BlockTable &blocks, const Index &dense) const;

private:
    int64_t taps(const ColumnPiece &piece) const { return piece.span.taps > 0 ? piece.span.taps : most_taps_; }
    int64_t kernel_of(const ColumnPiece &piece, bool tall, bool rest);
    int64_t number_of(const TapKernel &kernel);

    int64_t all_cells_;  // of a column
    std::vector<ColumnPiece> pieces_;
    int64_t whole_, rest_;                         // channels of a block, and of the last one where that is not whole
    std::array<bool, 2> any_row_{}, any_block_{};  // whether there are flat and tall rows, whole blocks and a rest
    int64_t most_taps_ = 1;
    std::vector<TapKernel> kernels_;
};

}  // namespace tconv
