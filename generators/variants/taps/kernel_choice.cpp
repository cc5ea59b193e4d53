// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/kernel_choice.h"

#include <algorithm>

#include "generators/number.h"

namespace tconv {

std::string TapKernel::name() const {
    const std::string tile = cells_apart ? "apart" : std::to_string(pixels) + "x" + std::to_string(rows);
    return "taps" + std::to_string(taps_x) + "_" + tile + (channels > 0 ? "_" + std::to_string(channels) : "");
}

TapRows tap_rows(const std::vector<TapSpan> &spans, int64_t origin) {
    SpanTable table = span_table(spans, origin);
    const Column tall = table.table.add("tall", spans, [](const TapSpan &span) { return span.rows > 1 ? 1 : 0; });
    return {table, tall};
}

KernelChoice::KernelChoice(const TapLayer &tap_layer, const FilterLayout &layout, const TapTiling &tiling)
    : all_cells_(tap_layer.cells),
      pieces_(tiling.columns),
      whole_(layout.block()),
      rest_(layout.lanes() % layout.block()) {
    for (const ColumnPiece &piece : pieces_) {
        most_taps_ = std::max(most_taps_, piece.span.taps);
    }
    for (const TapSpan &span : tiling.rows) {
        any_row_[span.rows > 1 ? 1 : 0] = true;
    }
    any_block_[0] = layout.lanes() >= whole_;
    any_block_[1] = rest_ > 0;
}

// A phase without taps goes through a kernel with empty sums: `live` is 0, and its view is as wide as the kernel expects.
TapColumns KernelChoice::columns(int64_t origin) {
    std::vector<TapSpan> spans;
    for (const ColumnPiece &piece : pieces_) {
        spans.push_back(piece.span);
    }
    TapColumns columns{span_table(spans, origin, most_taps_), {}, {}, {}, {}};
    Table &table = columns.spans.table;
    columns.live = table.add("live", pieces_, [](const ColumnPiece &piece) { return piece.span.taps > 0 ? 1 : 0; });
    columns.cells = table.add("cells", pieces_, [](const ColumnPiece &piece) { return piece.cells; });
    constexpr const char *names[2][2] = {{"flat", "flat_rest"}, {"tall", "tall_rest"}};
    for (bool tall : {false, true}) {
        for (bool rest : {false, true}) {
            columns.kernel[tall][rest] = table.add(
                names[tall][rest], pieces_, [&](const ColumnPiece &piece) { return kernel_of(piece, tall, rest); });
        }
    }
    if (all_cells_ > 1) {
        columns.apart = table.add("apart", pieces_,
                                  [&](const ColumnPiece &piece) { return number_of({taps(piece), 1, 1, 0, true}); });
    }
    return columns;
}

Index KernelChoice::kernel(const TapColumns &columns, const TapRows &rows, const BlockTable &blocks,
                           const Index &dense) const {
    const Index tall = rows.tall != 0, rest = blocks.count < number(whole_);
    const auto &[flat_kernels, tall_kernels] = columns.kernel;
    const Index kernel =
        select(tall, select(rest, tall_kernels[1], tall_kernels[0]), select(rest, flat_kernels[1], flat_kernels[0]));
    return all_cells_ > 1 ? select(dense, kernel, columns.apart) : kernel;
}

int64_t KernelChoice::kernel_of(const ColumnPiece &piece, bool tall, bool rest) {
    const int64_t channels = piece.cells < all_cells_ ? 0 : rest ? rest_ : whole_;
    const bool used = any_row_[tall] && any_block_[rest];
    return used ? number_of({taps(piece), piece.pixels, tall ? piece.rows : 1, channels, false}) : 0;
}

int64_t KernelChoice::number_of(const TapKernel &kernel) {
    const auto found = std::find(kernels_.begin(), kernels_.end(), kernel);
    const int64_t number = found - kernels_.begin();
    if (found == kernels_.end()) {
        kernels_.push_back(kernel);
    }
    return number;
}

}  // namespace tconv
