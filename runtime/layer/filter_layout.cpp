// SPDX-License-Identifier: Apache-2.0
#include "tconv/filter_layout.h"

#include <algorithm>
#include <utility>

#include "runtime/base/integers.h"

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
    for (int axis = 0; axis < 3; axis++) {
        kernel_[axis] = layer.axes[axis].kernel;
    }
    lanes_ = lane_sets * out_channels_;
    blocks_ = ceil_div(lanes_, int64_t{block_});
    const int64_t matrix = in_channels_ * block_;
    block_stride_ = blocks == BlockOrder::kInner ? matrix : matrix * extent_[0] * extent_[1] * extent_[2];
    tap_stride_ = blocks == BlockOrder::kInner ? matrix * blocks_ : matrix;
    types_ = layer.types;
    bias_ = layer.bias;
    bias_offset_bytes_ = round_up(filter_bytes(), kPackedAlignment);
}

int64_t FilterLayout::bytes() const {
    return bias_ ? bias_offset_bytes_ + blocks_ * block_ * element_bytes(types_.bias()) : filter_bytes();
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

void FilterLayout::pack(const float *filter, const float *bias, float *packed) const {
    for (int64_t task = 0; task < pack_tasks(); task++) pack_task(task, filter, bias, packed);
}

int64_t FilterLayout::matrices() const { return blocks_ * extent_[0] * extent_[1] * extent_[2]; }

int64_t FilterLayout::matrices_of_task() const { return std::max<int64_t>(1, kTaskElements / (in_channels_ * block_)); }

int64_t FilterLayout::pack_tasks() const { return ceil_div(matrices(), matrices_of_task()); }

void FilterLayout::pack_task(int64_t task, const float *filter, const float *bias, float *packed) const {
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
            pack_tap(block, filter + tap_number(at) * out_channels_ * in_channels_, to);
        } else {
            pack_position(block, at, filter, to);
        }
        int axis = 2;
        while (axis >= 0 && ++at[axis] == extent_[axis]) at[axis--] = 0;
        if (axis < 0) block++;
    }
    if (task > 0) return;
    std::fill(packed + filter_elements(), packed + elements(), 0.0f);
    if (bias != nullptr) {
        for (int64_t lane = 0; lane < lanes_; lane++) {
            packed[bias_offset() + lane] = bias[lane % out_channels_];
        }
    }
}

// One block of output channels; `channels` are those of the tap.
void FilterLayout::pack_tap(int64_t block, const float *channels, float *packed) const {
    const int64_t first = block * block_, count = std::min<int64_t>(block_, lanes_ - first);
    channels += first * in_channels_;
    if (in_channels_ == 1) {  // nothing to transpose
        std::fill(std::copy(channels, channels + count, packed), packed + block_, 0.0f);
        return;
    }
    for (int64_t v = 0; v < block_; v += kRows) {
        const float *rows[kRows];
        const int64_t end = std::min(block_ - v, kRows);
        for (int64_t r = 0; r < end; r++) rows[r] = v + r < count ? channels + (v + r) * in_channels_ : nullptr;
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
            sums = sums || source.is_sum;
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
    return {filter + (tap_number(taps) * out_channels_ + lane.channel) * in_channels_, false};
}

int64_t FilterLayout::tap_number(const Place &taps) const {
    return (taps[0] * kernel_[1] + taps[1]) * kernel_[2] + taps[2];
}

// The sums are taken in double: an element is rounded once, whatever the weights.
void FilterLayout::pack_sums(const float *filter, const Place &at, const Lane &lane, float *to) const {
    const std::vector<Term> terms = exists(lane) ? terms_of(filter, at, lane) : std::vector<Term>();
    for (int64_t ci = 0; ci < in_channels_; ci++, to += block_) {
        double sum = 0;
        for (const Term &term : terms) sum += term.weight * static_cast<double>(term.channels[ci]);
        *to = static_cast<float>(sum);
    }
}

std::vector<FilterLayout::Term> FilterLayout::terms_of(const float *filter, const Place &at, const Lane &lane) const {
    std::vector<Term> terms = {{filter + lane.channel * in_channels_, 1}};
    int64_t taps = out_channels_ * in_channels_;
    for (int axis = 2; axis >= 0; axis--) {
        const FilterAxis::Row &row = axes_[axis].row(at[axis], lane.set[axis]);
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
    std::vector<float> packed(static_cast<size_t>(elements()));
    pack(filter, bias, packed.data());
    return packed;
}

}  // namespace tconv
