// SPDX-License-Identifier: Apache-2.0
#include "tconv/filter_layout.h"

#include <algorithm>
#include <utility>

#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Every tap belongs to exactly one phase.
std::vector<int64_t> positions_by_phase(const Axis &axis) {
    std::vector<int64_t> positions(axis.kernel);
    int64_t next = 0;
    for (const Phase &phase : phases(axis)) {
        for (int64_t t = 0; t < phase.taps; t++) {
            positions[phase.first_tap + t * phase.tap_step] = next++;
        }
    }
    return positions;
}

}  // namespace

int64_t FilterAxis::most_taps() const {
    size_t most = 0;
    for (const Row &row : rows) {
        most = std::max(most, row.weights.size());
    }
    return static_cast<int64_t>(most);
}

FilterLayout::FilterLayout(const Layer &layer, int block, TapOrder order, BlockOrder blocks) : block_(block) {
    for (int axis = 0; axis < 3; axis++) {
        extent_[axis] = layer.axes[axis].kernel;
        if (order == TapOrder::kByPhase) {
            positions_[axis] = positions_by_phase(layer.axes[axis]);
        }
    }
    place(layer, 1, blocks);
}

FilterLayout::FilterLayout(const Layer &layer, int block, std::array<FilterAxis, 3> axes, BlockOrder blocks)
    : block_(block), axes_(std::move(axes)) {
    int64_t lane_sets = 1;
    for (int axis = 0; axis < 3; axis++) {
        extent_[axis] = axes_[axis].positions;
        lane_sets *= axes_[axis].lane_sets;
    }
    place(layer, lane_sets, blocks);
}

void FilterLayout::place(const Layer &layer, int64_t lane_sets, BlockOrder blocks) {
    in_channels_ = layer.in_channels;
    out_channels_ = layer.out_channels;
    lanes_ = lane_sets * out_channels_;
    blocks_ = ceil_div(lanes_, int64_t{block_});
    const int64_t matrix = in_channels_ * block_;
    block_stride_ = blocks == BlockOrder::kInner ? matrix : matrix * extent_[0] * extent_[1] * extent_[2];
    tap_stride_ = blocks == BlockOrder::kInner ? matrix * blocks_ : matrix;
    types_ = layer.types;
    source_ = layer.filter_strides();
    bias_ = layer.bias;
    bias_offset_bytes_ = round_up(filter_bytes(), kPackedAlignment);
    if (layer.activation == Activation::kPrelu) {
        slopes_ = layer.slopes;
    }
    slopes_offset_bytes_ =
        bias_ ? round_up(bias_offset_bytes_ + channel_values_bytes(), kPackedAlignment) : bias_offset_bytes_;
}

int64_t FilterLayout::channel_values_bytes() const { return blocks_ * block_ * element_bytes(types_.bias()); }

int64_t FilterLayout::bytes() const {
    if (has_slopes()) return slopes_offset_bytes_ + channel_values_bytes();
    return bias_ ? bias_offset_bytes_ + channel_values_bytes() : filter_bytes();
}

int64_t FilterLayout::elements() const { return ceil_div(bytes(), element_bytes(types_.filter)); }

int64_t FilterLayout::axis_stride(int axis) const {
    int64_t stride = tap_stride();
    for (int inner = axis + 1; inner < 3; inner++) {
        stride *= extent_[inner];
    }
    return stride;
}

int64_t FilterLayout::phase_position(int axis, const Phase &phase) const {
    return phase.taps > 0 ? position(axis, phase.first_tap) : 0;
}

}  // namespace tconv
