// SPDX-License-Identifier: Apache-2.0
// The views of a stage of tap products: what a task reads and writes, in terms of the rows of its tables.
#pragma once

#include <optional>

#include "generators/variants/plan_pieces.h"
#include "generators/variants/taps/kernel_choice.h"
#include "generators/variants/taps/layer.h"

namespace tconv {

struct ProductViews {
    TapLayer tap_layer;
    FilterLayout layout;
    std::optional<PaddedInput> padded;
    std::array<int64_t, 3> step{};  // input_steps()
    TapColumns x;
    TapRows y, z;
    BlockTable co;
    RangeTable n;

    const Layer &layer() const { return tap_layer.layer; }
    bool folded() const { return tap_layer.cells > 1; }
    // Whether the cells of a row lie side by side, as a folded column is stored.
    Index dense() const;

    View input() const;
    View filter() const;
    View bias() const;
    View output() const;

private:
    int64_t cell_channels() const { return layer().out_channels / tap_layer.cells; }
    const SpanTable &spans(int axis) const { return axis == kX ? x.spans : axis == kY ? y.spans : z.spans; }
    Index input_stride(CanonicalDim dim) const;
    Index first_block() const;
    Index blocks() const;
    View folded_output(View view) const;
};

}  // namespace tconv
