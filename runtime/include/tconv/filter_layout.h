// SPDX-License-Identifier: Apache-2.0
/// \file
/// The packed filter: the one index map that the host packer, NAME_pack and the kernels' views share.
///
///   packed[cb][pz][py][px][ci][v]     (BlockOrder::kOuter)
///   packed[pz][py][px][cb][ci][v]     (BlockOrder::kInner)
///   packed bias[cb][v] follows at bias_offset_bytes
///   packed slopes[cb][v] of an activation that has one for each output channel follow at slopes_offset_bytes
///
/// The lanes cb * block + v number the output channels of one lane set after the other:
/// lane = set * out_channels + co; lanes beyond the last set hold 0.
///
/// In the plain layouts there is one set and a position stands for one kernel tap,
///   packed[..] = filter[kz][ky][kx][co][ci],   p* = position(axis, k):
/// natural order, or taps sorted by phase, so that the taps of a phase lie one after the other and a run of them is a
/// contiguous piece of memory. In the others every axis says by a FilterAxis what its positions and lane sets hold, and
/// an element is the sum over taps of the three axes, weighted by the product of their weights. Pure integers, but for
/// those.
///
/// Offsets and strides count elements unless they say bytes. Bytes follow from Layer::types: the filter has the type of
/// `filter`, the bias that of `accumulate`.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tconv/layer.h"

namespace tconv {

/// Bytes that the address of a packed filter is a multiple of, and the offset of its bias.
constexpr int64_t kPackedAlignment = 64;

enum class TapOrder { kByPhase, kNatural };
enum class BlockOrder { kOuter, kInner };

/// What one axis of a filter is packed into: at each position, for each lane set, a weighted sum of kernel taps.
struct FilterAxis {
    /// Taps first_tap, first_tap + tap_step, ...; no weights: 0.
    struct Row {
        int64_t first_tap = 0;
        std::vector<double> weights;
    };
    int64_t positions = 1;
    int64_t lane_sets = 1;
    int64_t tap_step = 1;
    std::vector<Row> rows;  ///< [position * lane_sets + set]

    const Row &row(int64_t position, int64_t set) const { return rows[position * lane_sets + set]; }
    /// The most weights of any row.
    int64_t most_taps() const;
};

class FilterLayout {
public:
    FilterLayout() = default;
    FilterLayout(const Layer &layer, int block, TapOrder order = TapOrder::kByPhase,
                 BlockOrder blocks = BlockOrder::kOuter);
    /// Axes z, y, x; their lane sets are numbered with x innermost.
    FilterLayout(const Layer &layer, int block, std::array<FilterAxis, 3> axes, BlockOrder blocks = BlockOrder::kOuter);

    int block() const { return block_; }
    int64_t blocks() const { return blocks_; }
    int64_t lanes() const { return lanes_; }  ///< that are used; blocks() * block() exist
    int64_t positions(int axis) const { return extent_[axis]; }
    int64_t block_stride() const { return block_stride_; }  ///< elements between blocks
    int64_t tap_stride() const { return tap_stride_; }      ///< between neighbouring px
    int64_t axis_stride(int axis) const;                    ///< between neighbouring p of axis 0 (z), 1, 2
    int64_t filter_elements() const { return blocks_ * block_ * in_channels_ * extent_[0] * extent_[1] * extent_[2]; }
    /// In elements of the bias.
    int64_t bias_offset() const { return bias_offset_bytes_ / element_bytes(types_.bias()); }
    /// The same of Layer::slopes, which the layout keeps: they are constants of the layer.
    bool has_slopes() const { return !slopes_.empty(); }
    const std::vector<float> &slopes() const { return slopes_; }
    int64_t slopes_offset() const { return slopes_offset_bytes_ / element_bytes(types_.bias()); }
    int64_t slopes_offset_bytes() const { return slopes_offset_bytes_; }
    int64_t elements() const;  ///< of the filter's type, that fill bytes()

    int64_t filter_bytes() const { return filter_elements() * element_bytes(types_.filter); }
    int64_t bias_offset_bytes() const { return bias_offset_bytes_; }
    int64_t bytes() const;  ///< of all that is packed

    /// Plain layouts: where kernel index k of an axis lies, a permutation of [0, kernel).
    int64_t position(int axis, int64_t k) const { return positions_[axis].empty() ? k : positions_[axis][k]; }
    /// position() of every k of an axis; empty in natural order.
    const std::vector<int64_t> &tap_positions(int axis) const { return positions_[axis]; }
    /// Where the first tap of a phase lies; its further taps follow.
    int64_t phase_position(int axis, const Phase &phase) const;

    bool plain() const { return axes_[0].rows.empty(); }
    /// Not of plain layouts.
    const FilterAxis &axis(int axis) const { return axes_[axis]; }

    /// The host packer, of float32 alone: writes elements() floats. `filter` is dense in the layer's filter_order, `bias`
    /// [out] or null without bias.
    void pack(const float *filter, const float *bias, float *packed) const;
    /// The same in pieces, each written by one task: every task of [0, pack_tasks()) once, in any order, on any thread.
    int64_t pack_tasks() const;
    void pack_task(int64_t task, const float *filter, const float *bias, float *packed) const;
    std::vector<float> pack(const float *filter, const float *bias) const;

private:
    /// One filter tap of a sum: its input channels for one output channel, source_.in_channel apart, and its weight.
    struct Term {
        const float *channels;
        double weight;
    };

    /// The input channels of one lane at one position: a piece of the filter, nothing (null) or a sum of pieces.
    struct Source {
        const float *channels = nullptr;
        bool is_sum = false;
    };
    /// One of each axis: taps, positions or strides.
    using Place = std::array<int64_t, 3>;
    /// Of the other layouts; beyond the last one set[0] is too large.
    struct Lane {
        int64_t channel = 0;
        Place set{};
    };

    void place(const Layer &layer, int64_t lane_sets, BlockOrder blocks);
    int64_t channel_values_bytes() const;  ///< of the bias, or the slopes
    /// How a task packs: some input channels of a block, or some matrices.
    bool by_channels() const { return plain() && source_.in_channel != 1; }
    int64_t channels_of_task() const;
    void pack_channels(int64_t task, const float *filter, float *packed) const;
    void pack_matrices(int64_t task, const float *filter, float *packed) const;
    /// Of a block's lanes by the input channels, one at each position.
    int64_t matrices() const;
    int64_t matrices_of_task() const;
    void pack_tap(int64_t block, const float *channels, float *packed) const;
    void pack_position(int64_t block, const Place &at, const float *filter, float *packed) const;
    void pack_sums(const float *filter, const Place &at, const Lane &lane, float *to) const;
    Source source_of(const float *filter, const Place &at, const Lane &lane) const;
    std::vector<Term> terms_of(const float *filter, const Place &at, const Lane &lane) const;
    Lane lane_at(int64_t number) const;
    void advance(Lane &lane) const;
    bool exists(const Lane &lane) const;
    int64_t tap_offset(const Place &taps) const;

    int block_ = 1;
    int64_t blocks_ = 1;
    int64_t lanes_ = 1;
    int64_t in_channels_ = 1;
    int64_t out_channels_ = 1;
    std::array<int64_t, 3> extent_{1, 1, 1};  ///< positions of each axis
    int64_t block_stride_ = 1;
    int64_t tap_stride_ = 1;
    int64_t bias_offset_bytes_ = 0, slopes_offset_bytes_ = 0;
    bool bias_ = false;
    std::vector<float> slopes_;  ///< one for each output channel, or none
    FilterStrides source_;       ///< of the filter that is packed
    ElementTypes types_;
    std::array<std::vector<int64_t>, 3> positions_;  ///< empty: natural order
    std::array<FilterAxis, 3> axes_;                 ///< rows of none: a plain layout
};

}  // namespace tconv
