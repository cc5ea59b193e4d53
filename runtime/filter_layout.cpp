// SPDX-License-Identifier: Apache-2.0
#include "tconv/filter_layout.h"

#include <algorithm>
#include <utility>

#include "integers.h"

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
    int64_t groups = 1;
    for (int axis = 0; axis < 3; axis++) {
        extent_[axis] = axes_[axis].positions;
        groups *= axes_[axis].groups;
    }
    place(layer, groups, blocks);
}

void FilterLayout::place(const Layer &layer, int64_t groups, BlockOrder blocks) {
    in_channels_ = layer.in_channels;
    out_channels_ = layer.out_channels;
    for (int axis = 0; axis < 3; axis++) {
        kernel_[axis] = layer.axes[axis].kernel;
    }
    lanes_ = groups * out_channels_;
    blocks_ = ceil_div(lanes_, int64_t{block_});
    const int64_t matrix = in_channels_ * block_;
    block_stride_ = blocks == BlockOrder::kInner ? matrix : matrix * extent_[0] * extent_[1] * extent_[2];
    tap_stride_ = blocks == BlockOrder::kInner ? matrix * blocks_ : matrix;
    bias_offset_ = round_up(filter_elements(), kAlignmentElements);
    elements_ = layer.bias ? bias_offset_ + blocks_ * block_ : filter_elements();
}

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

void FilterLayout::pack(const float *filter, const float *bias, float *packed) const {
    if (plain()) {
        pack_taps(filter, packed);
    } else {
        pack_sums(filter, packed);
    }
    std::fill(packed + filter_elements(), packed + elements_, 0.0f);
    if (bias != nullptr) {
        for (int64_t lane = 0; lane < lanes_; lane++) {
            packed[bias_offset_ + lane] = bias[lane % out_channels_];
        }
    }
}

void FilterLayout::pack_taps(const float *filter, float *packed) const {
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
}

// Some output channels of one tap, transposed: written front to back, and read in as many streams as there are channels.
void FilterLayout::pack_block(const float *rows, int64_t channels, float *packed) const {
    for (int64_t ci = 0; ci < in_channels_; ci++, packed += block_) {
        for (int64_t v = 0; v < channels; v++) packed[v] = rows[v * in_channels_ + ci];
        std::fill(packed + channels, packed + block_, 0.0f);
    }
}

// The sums are taken in double: an element is rounded once, whatever the weights.
void FilterLayout::pack_sums(const float *filter, float *packed) const {
    for (int64_t pz = 0; pz < extent_[0]; pz++) {
        for (int64_t py = 0; py < extent_[1]; py++) {
            for (int64_t px = 0; px < extent_[2]; px++) {
                float *position = packed + pz * axis_stride(0) + py * axis_stride(1) + px * axis_stride(2);
                for (int64_t lane = 0; lane < blocks_ * block_; lane++) {
                    const std::vector<Term> terms = lane < lanes_ ? terms_of(filter, {pz, py, px}, lane) : std::vector<Term>();
                    float *to = position + lane / block_ * block_stride() + lane % block_;
                    for (int64_t ci = 0; ci < in_channels_; ci++, to += block_) {
                        double sum = 0;
                        for (const Term &term : terms) sum += term.weight * static_cast<double>(term.channels[ci]);
                        *to = static_cast<float>(sum);
                    }
                }
            }
        }
    }
}

std::vector<FilterLayout::Term> FilterLayout::terms_of(const float *filter, const std::array<int64_t, 3> &position,
                                                       int64_t lane) const {
    const float *channel = filter + lane % out_channels_ * in_channels_;
    std::vector<Term> terms = {{channel, 1}};
    int64_t group = lane / out_channels_, taps = out_channels_ * in_channels_;
    for (int axis = 2; axis >= 0; axis--) {
        const FilterAxis::Row &row = axes_[axis].row(position[axis], group % axes_[axis].groups);
        group /= axes_[axis].groups;
        std::vector<Term> products;
        for (size_t t = 0; t < row.weights.size(); t++) {
            const int64_t k = row.first_tap + static_cast<int64_t>(t) * axes_[axis].tap_step;
            for (const Term &term : terms) products.push_back({term.channels + k * taps, term.weight * row.weights[t]});
        }
        terms = std::move(products);
        taps *= kernel_[axis];
    }
    return terms;
}

std::vector<float> FilterLayout::pack(const float *filter, const float *bias) const {
    std::vector<float> packed(static_cast<size_t>(elements_));
    pack(filter, bias, packed.data());
    return packed;
}

}  // namespace tconv
