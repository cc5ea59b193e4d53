// SPDX-License-Identifier: Apache-2.0
// The host packer of FilterLayout.
#include <algorithm>
#include <utility>

#include "runtime/base/integers.h"
#include "tconv/filter_layout.h"

namespace tconv {

namespace {

constexpr int64_t kTaskElements = 1 << 18;  // 1 MiB: some hundred microseconds
constexpr int64_t kRows = 32;               // lanes that are transposed together
constexpr int64_t kColumns = 64;            // input channels, so that what is written stays in the first-level cache

// Four rows by four, so that the compiler keeps them in vector registers.
void transpose_four(const float *const *rows, int64_t first, int64_t columns, float *to, int64_t step) {
    const float *a = rows[0] + first, *b = rows[1] + first, *c = rows[2] + first, *d = rows[3] + first;
    for (int64_t i = 0; i < columns; i++, to += step) {
        const float four[4] = {a[i], b[i], c[i], d[i]};
        std::copy(four, four + 4, to);
    }
}

// to[i * step + r] = rows[r][i], or 0 for a null row. A few whole cache lines of few rows at once: rows that lie a
// power of two apart share a set of the cache.
void transpose(const float *const *rows, int64_t count, int64_t columns, float *to, int64_t step) {
    for (int64_t first = 0; first < columns; first += kColumns) {
        const int64_t part = std::min(columns - first, kColumns);
        float *piece = to + first * step;
        for (int64_t r = 0; r < count;) {
            const bool four = r + 4 <= count && std::find(rows + r, rows + r + 4, nullptr) == rows + r + 4;
            if (four) {
                transpose_four(rows + r, first, part, piece + r, step);
                r += 4;
                continue;
            }
            const float *row = rows[r];
            for (int64_t i = 0; i < part; i++) piece[i * step + r] = row != nullptr ? row[first + i] : 0.0f;
            r++;
        }
    }
}

}  // namespace

void FilterLayout::pack(const float *filter, const float *bias, float *packed) const {
    for (int64_t task = 0; task < pack_tasks(); task++) pack_task(task, filter, bias, packed);
}

int64_t FilterLayout::matrices() const { return blocks_ * extent_[0] * extent_[1] * extent_[2]; }

int64_t FilterLayout::matrices_of_task() const { return std::max<int64_t>(1, kTaskElements / (in_channels_ * block_)); }

int64_t FilterLayout::channels_of_task() const {
    return std::clamp<int64_t>(kTaskElements / (extent_[0] * extent_[1] * extent_[2] * block_), 1, in_channels_);
}

int64_t FilterLayout::pack_tasks() const {
    if (by_channels()) return blocks_ * ceil_div(in_channels_, channels_of_task());
    return ceil_div(matrices(), matrices_of_task());
}

void FilterLayout::pack_task(int64_t task, const float *filter, const float *bias, float *packed) const {
    if (by_channels()) {
        pack_channels(task, filter, packed);
    } else {
        pack_matrices(task, filter, packed);
    }
    if (task > 0) return;
    std::fill(packed + filter_elements(), packed + elements(), 0.0f);
    for (int64_t lane = 0; lane < lanes_; lane++) {
        if (bias != nullptr) packed[bias_offset() + lane] = bias[lane % out_channels_];
        if (has_slopes()) packed[slopes_offset() + lane] = slopes_[static_cast<size_t>(lane % out_channels_)];
    }
}

// Where input channels are not neighbours, all taps of one after the other: what a block of output channels has there are
// few cache lines, each read once, which are many for all channels of one tap.
void FilterLayout::pack_channels(int64_t task, const float *filter, float *packed) const {
    const int64_t parts = ceil_div(in_channels_, channels_of_task());
    const int64_t block = task / parts, begin = task % parts * channels_of_task();
    const int64_t end = std::min(begin + channels_of_task(), in_channels_);
    const int64_t first = block * block_, count = std::min<int64_t>(block_, lanes_ - first);
    const Place strides = {axis_stride(0), axis_stride(1), axis_stride(2)};
    for (int64_t ci = begin; ci < end; ci++) {
        const float *channel = filter + ci * source_.in_channel + first * source_.out_channel;
        float *place = packed + block * block_stride_ + ci * block_;
        Place at;
        for (at[0] = 0; at[0] < extent_[0]; at[0]++) {
            for (at[1] = 0; at[1] < extent_[1]; at[1]++) {
                for (at[2] = 0; at[2] < extent_[2]; at[2]++) {
                    const float *from = channel + tap_offset(at);
                    float *to = place;
                    for (int axis = 0; axis < 3; axis++) to += strides[axis] * position(axis, at[axis]);
                    for (int64_t v = 0; v < count; v++) to[v] = from[v * source_.out_channel];
                    std::fill(to + count, to + block_, 0.0f);
                }
            }
        }
    }
}

void FilterLayout::pack_matrices(int64_t task, const float *filter, float *packed) const {
    const int64_t first = task * matrices_of_task(), end = std::min(first + matrices_of_task(), matrices());
    // Matrices are numbered by block, then kernel taps or positions: the order of packed elements, but for sorted taps.
    int64_t block = first;
    Place at;
    for (int axis = 2; axis >= 0; axis--) {
        at[axis] = block % extent_[axis];
        block /= extent_[axis];
    }
    const Place strides = {axis_stride(0), axis_stride(1), axis_stride(2)};
    for (int64_t matrix = first; matrix < end; matrix++) {
        float *to = packed + block * block_stride_;
        for (int axis = 0; axis < 3; axis++) to += strides[axis] * (plain() ? position(axis, at[axis]) : at[axis]);
        if (plain()) {
            pack_tap(block, filter + tap_offset(at), to);
        } else {
            pack_position(block, at, filter, to);
        }
        int axis = 2;
        while (axis >= 0 && ++at[axis] == extent_[axis]) at[axis--] = 0;
        if (axis < 0) block++;
    }
}

// One block of output channels; `channels` are those of the tap.
void FilterLayout::pack_tap(int64_t block, const float *channels, float *packed) const {
    const int64_t first = block * block_, count = std::min<int64_t>(block_, lanes_ - first);
    channels += first * source_.out_channel;
    if (in_channels_ == 1 && source_.out_channel == 1) {  // nothing to transpose
        std::fill(std::copy(channels, channels + count, packed), packed + block_, 0.0f);
        return;
    }
    for (int64_t v = 0; v < block_; v += kRows) {
        const float *rows[kRows];
        const int64_t end = std::min(block_ - v, kRows);
        for (int64_t r = 0; r < end; r++) rows[r] = v + r < count ? channels + (v + r) * source_.out_channel : nullptr;
        transpose(rows, end, in_channels_, packed + v, block_);
    }
}

void FilterLayout::pack_position(int64_t block, const Place &at, const float *filter, float *packed) const {
    Lane lane = lane_at(block * block_);
    for (int64_t v = 0; v < block_; v += kRows) {
        const int64_t count = std::min(block_ - v, kRows);
        const float *rows[kRows];
        Lane lanes[kRows];
        bool sums = false;
        for (int64_t r = 0; r < count; r++) {
            const Source source = source_of(filter, at, lane);
            rows[r] = source.channels;
            lanes[r] = lane;
            sums = sums || source.is_sum || source_.in_channel != 1;
            advance(lane);
        }
        if (sums) {
            for (int64_t r = 0; r < count; r++) pack_sums(filter, at, lanes[r], packed + v + r);
        } else {
            transpose(rows, count, in_channels_, packed + v, block_);
        }
    }
}

FilterLayout::Lane FilterLayout::lane_at(int64_t number) const {
    Lane lane;
    lane.channel = number % out_channels_;
    int64_t set = number / out_channels_;
    for (int axis = 2; axis > 0; axis--) {
        lane.set[axis] = set % axes_[axis].lane_sets;
        set /= axes_[axis].lane_sets;
    }
    lane.set[0] = set;
    return lane;
}

void FilterLayout::advance(Lane &lane) const {
    if (++lane.channel < out_channels_) return;
    lane.channel = 0;
    for (int axis = 2; axis > 0; axis--) {
        if (++lane.set[axis] < axes_[axis].lane_sets) return;
        lane.set[axis] = 0;
    }
    lane.set[0]++;
}

bool FilterLayout::exists(const Lane &lane) const { return lane.set[0] < axes_[0].lane_sets; }

// Where the input channels of one lane stand in the filter, unless they are sums.
FilterLayout::Source FilterLayout::source_of(const float *filter, const Place &at, const Lane &lane) const {
    if (!exists(lane)) return {};
    Place taps;
    bool sum = false;
    for (int axis = 0; axis < 3; axis++) {
        const FilterAxis::Row &row = axes_[axis].row(at[axis], lane.set[axis]);
        if (row.weights.empty()) return {};
        sum = sum || row.weights.size() > 1 || row.weights[0] != 1;
        taps[axis] = row.first_tap;
    }
    if (sum) return {nullptr, true};
    return {filter + tap_offset(taps) + lane.channel * source_.out_channel, false};
}

int64_t FilterLayout::tap_offset(const Place &taps) const {
    return taps[0] * source_.tap[0] + taps[1] * source_.tap[1] + taps[2] * source_.tap[2];
}

// The sums are taken in double: an element is rounded once, whatever the weights.
void FilterLayout::pack_sums(const float *filter, const Place &at, const Lane &lane, float *to) const {
    const std::vector<Term> terms = exists(lane) ? terms_of(filter, at, lane) : std::vector<Term>();
    for (int64_t ci = 0; ci < in_channels_; ci++, to += block_) {
        double sum = 0;
        for (const Term &term : terms) sum += term.weight * static_cast<double>(term.channels[ci * source_.in_channel]);
        *to = static_cast<float>(sum);
    }
}

std::vector<FilterLayout::Term> FilterLayout::terms_of(const float *filter, const Place &at, const Lane &lane) const {
    std::vector<Term> terms = {{filter + lane.channel * source_.out_channel, 1}};
    for (int axis = 2; axis >= 0; axis--) {
        const FilterAxis::Row &row = axes_[axis].row(at[axis], lane.set[axis]);
        std::vector<Term> products;
        for (size_t t = 0; t < row.weights.size(); t++) {
            const int64_t k = row.first_tap + static_cast<int64_t>(t) * axes_[axis].tap_step;
            for (const Term &term : terms) {
                products.push_back({term.channels + k * source_.tap[axis], term.weight * row.weights[t]});
            }
        }
        terms = std::move(products);
    }
    return terms;
}

std::vector<float> FilterLayout::pack(const float *filter, const float *bias) const {
    std::vector<float> packed(static_cast<size_t>(elements()));
    pack(filter, bias, packed.data());
    return packed;
}

}  // namespace tconv
