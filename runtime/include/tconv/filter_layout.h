// SPDX-License-Identifier: Apache-2.0
/// \file
/// The packed filter: the one index map that the host packer, NAME_pack and the kernels' views share.
///
///   packed[cb][pz][py][px][ci][v] = filter[kz][ky][kx][cb * block + v][ci], 0 for channels beyond the last
///   packed bias[cb][v] follows at bias_offset
///
/// p* = position(axis, k): kernel taps sorted by phase, so that the taps of a phase lie one after the other and a run of
/// them is a contiguous piece of memory. Pure integers.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tconv/layer.h"

namespace tconv {

enum class TapOrder { kByPhase, kNatural };

class FilterLayout {
public:
    FilterLayout() = default;
    FilterLayout(const Layer &layer, int block, TapOrder order = TapOrder::kByPhase);

    int block() const { return block_; }
    int64_t blocks() const { return blocks_; }
    int64_t block_stride() const { return kernel_volume_ * tap_stride(); }  // elements between blocks
    int64_t tap_stride() const { return in_channels_ * block_; }            // between neighbouring px
    int64_t axis_stride(int axis) const;                                    // between neighbouring p of axis 0 (z), 1, 2
    int64_t bias_offset() const { return bias_offset_; }
    int64_t elements() const { return elements_; }

    /// Where kernel index k of an axis lies: a permutation of [0, kernel).
    int64_t position(int axis, int64_t k) const { return positions_[axis].empty() ? k : positions_[axis][k]; }
    /// position() of every k of an axis; empty in natural order.
    const std::vector<int64_t> &positions(int axis) const { return positions_[axis]; }
    /// Where the first tap of a phase lies; its further taps follow.
    int64_t phase_position(int axis, const Phase &phase) const;

    /// The host packer: writes elements() floats. `filter` is [kz][ky][kx][out][in], `bias` [out] or null without bias.
    void pack(const float *filter, const float *bias, float *packed) const;
    std::vector<float> pack(const float *filter, const float *bias) const;

private:
    void pack_block(const float *rows, int64_t channels, float *packed) const;

    int block_ = 1;
    int64_t blocks_ = 1;
    int64_t in_channels_ = 1;
    int64_t out_channels_ = 1;
    std::array<int64_t, 3> kernel_{1, 1, 1};
    int64_t kernel_volume_ = 1;
    int64_t bias_offset_ = 0;
    int64_t elements_ = 0;
    std::array<std::vector<int64_t>, 3> positions_;  ///< empty: natural order
};

}  // namespace tconv
