// SPDX-License-Identifier: Apache-2.0
#include "tconv/filter_layout.h"

#include <algorithm>

namespace tconv {

namespace {

constexpr int64_t kAlignmentElements = 16;  // 64 bytes of float32: weights pointers have that alignment

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

FilterLayout::FilterLayout(const Layer &layer, int block, TapOrder order)
    : block_(block), blocks_((layer.out_channels + block - 1) / block), in_channels_(layer.in_channels),
      out_channels_(layer.out_channels) {
    for (int axis = 0; axis < 3; axis++) {
        kernel_[axis] = layer.axes[axis].kernel;
        kernel_volume_ *= kernel_[axis];
        if (order == TapOrder::kByPhase) {
            positions_[axis] = positions_by_phase(layer.axes[axis]);
        }
    }
    const int64_t filter_elements = blocks_ * block_stride();
    bias_offset_ = (filter_elements + kAlignmentElements - 1) / kAlignmentElements * kAlignmentElements;
    elements_ = layer.bias ? bias_offset_ + blocks_ * block_ : filter_elements;
}

int64_t FilterLayout::axis_stride(int axis) const {
    int64_t stride = tap_stride();
    for (int inner = axis + 1; inner < 3; inner++) {
        stride *= kernel_[inner];
    }
    return stride;
}

int64_t FilterLayout::phase_position(int axis, const Phase &phase) const {
    return phase.taps > 0 ? position(axis, phase.first_tap) : 0;
}

void FilterLayout::pack(const float *filter, const float *bias, float *packed) const {
    std::fill(packed + blocks_ * block_stride(), packed + elements_, 0.0f);
    const int64_t tap_elements = out_channels_ * in_channels_;
    for (int64_t kz = 0; kz < kernel_[0]; kz++) {
        for (int64_t ky = 0; ky < kernel_[1]; ky++) {
            for (int64_t kx = 0; kx < kernel_[2]; kx++, filter += tap_elements) {
                const int64_t tap = (position(0, kz) * kernel_[1] + position(1, ky)) * kernel_[2] + position(2, kx);
                for (int64_t cb = 0; cb < blocks_; cb++) {
                    pack_block(filter + cb * block_ * in_channels_, std::min(out_channels_ - cb * block_, int64_t{block_}),
                               packed + cb * block_stride() + tap * tap_stride());
                }
            }
        }
    }
    if (bias != nullptr) {
        std::copy(bias, bias + out_channels_, packed + bias_offset_);
    }
}

// Some output channels of one tap, transposed: written front to back, and read in as many streams as there are channels.
void FilterLayout::pack_block(const float *rows, int64_t channels, float *packed) const {
    for (int64_t ci = 0; ci < in_channels_; ci++, packed += block_) {
        for (int64_t v = 0; v < channels; v++) packed[v] = rows[v * in_channels_ + ci];
        std::fill(packed + channels, packed + block_, 0.0f);
    }
}

std::vector<float> FilterLayout::pack(const float *filter, const float *bias) const {
    std::vector<float> packed(static_cast<size_t>(elements_));
    pack(filter, bias, packed.data());
    return packed;
}

}  // namespace tconv
