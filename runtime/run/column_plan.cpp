// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/column_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "runtime/base/integers.h"
#include "runtime/run/column_cost.h"
#include "runtime/run/product_calls.h"

namespace tconv {

namespace {

constexpr int64_t kMostFoldedLanes = 512;      // beyond which more axes are not folded: vectors are full
constexpr int64_t kChunkBlocks = 4;            // of a chunk's taps, which then stay in the second-level cache
constexpr int64_t kProductElements = 1 << 16;  // of a filter block in one product: half of that cache
constexpr int64_t kRowWork = 1 << 22;          // multiply-adds of a task that has several rows
constexpr double kBoxWork = 1 << 28;           // and the most: milliseconds, after which callers may stop

FilterAxis taps_in_order(const Axis &axis) {
    FilterAxis taps{axis.kernel, 1, 1, {}};
    for (int64_t k = 0; k < axis.kernel; k++) taps.rows.push_back({k, {1}});
    return taps;
}

FilterAxis taps_in_lanes(const Axis &axis) {
    FilterAxis taps{1, axis.kernel, 1, {}};
    for (int64_t k = 0; k < axis.kernel; k++) taps.rows.push_back({k, {1}});
    return taps;
}

// A tap of x as a lane set: where it adds to.
struct Slot {
    int64_t cell = -1;  // none: no tap
    int64_t shift = 0;
};

class Planner {
public:
    Planner(const Layer &layer, const GeneralKernelShape &shape, int product, int folded)
        : layer_(layer), shape_(shape), block_(shape.products[product].block) {
        plan_.product = product;
        plan_.folded = folded;
    }

    std::optional<ColumnPlan> plan() {
        const Axis &x = layer_.axes[kX];
        const int64_t lanes = folded_taps() * layer_.out_channels;
        if (plan_.folded < kX && lanes > kMostFoldedLanes) return std::nullopt;
        // As many phases as have some blocks of taps.
        chunk_phases_ = x.stride;
        if (plan_.folded == kX && lanes > kChunkBlocks * block_) {
            const int64_t chunks = std::min(ceil_div(lanes, kChunkBlocks * block_), x.stride);
            chunk_phases_ = ceil_div(x.stride, chunks);
        }
        if (window() > kBoxElements) return std::nullopt;
        place_taps();
        place_segments();
        choose_channels();
        choose_box();
        return std::move(plan_);
    }

private:
    int64_t window() const { return chunk_phases_ * layer_.out_channels; }

    int64_t folded_taps() const {
        int64_t taps = 1;
        for (int axis = plan_.folded; axis <= kX; axis++) taps *= layer_.axes[axis].kernel;
        return taps;
    }

    // The most taps of z and y that one product adds up.
    int64_t summed_taps() const {
        int64_t taps = 1;
        for (int axis = 0; axis < plan_.folded; axis++) {
            const Axis &a = layer_.axes[axis];
            taps *= ceil_div(a.kernel, a.stride / std::gcd(a.stride, a.dilation));
        }
        return taps;
    }

    // The taps of each chunk of phases, by the window that they shift to, filled up to whole blocks.
    void place_taps() {
        const std::vector<Phase> all = phases(layer_.axes[kX]);
        FilterAxis taps{1, 0, 1, {}};
        const int64_t multiple = block_ / std::gcd(block_, layer_.out_channels);
        for (int64_t first = 0; first < layer_.axes[kX].stride; first += chunk_phases_) {
            PhaseChunk chunk;
            chunk.first_phase = first;
            chunk.phases = std::min(chunk_phases_, layer_.axes[kX].stride - first);
            chunk.first_block = lane_blocks();
            bool any = true;
            for (int64_t t = 0; any; t++) {
                any = false;
                for (int64_t f = first; f < first + chunk.phases; f++) {
                    const Phase &phase = all[static_cast<size_t>(f)];
                    if (t >= phase.taps) continue;
                    any = true;
                    taps.rows.push_back({phase.first_tap + t * phase.tap_step, {1}});
                    slots_.push_back({(f - first) * layer_.out_channels, t * phase.input_step - phase.input_offset});
                }
            }
            while (chunk_phases_ < layer_.axes[kX].stride && slots_.size() % static_cast<size_t>(multiple) != 0) {
                taps.rows.push_back({});
                slots_.push_back({});
            }
            chunk.end_block = lane_blocks();
            plan_.chunks.push_back(chunk);
        }
        taps.lane_sets = static_cast<int64_t>(slots_.size());
        Layer with_bias = layer_;
        with_bias.bias = true;
        std::array<FilterAxis, 3> axes;
        for (int axis = 0; axis < kX; axis++) {
            axes[axis] = axis < plan_.folded ? taps_in_order(layer_.axes[axis]) : taps_in_lanes(layer_.axes[axis]);
        }
        axes[kX] = std::move(taps);
        plan_.layout = FilterLayout(with_bias, static_cast<int>(block_), std::move(axes));
    }

    int64_t lane_blocks() const {
        int64_t lanes = static_cast<int64_t>(slots_.size()) * layer_.out_channels;
        for (int axis = plan_.folded; axis < kX; axis++) lanes *= layer_.axes[axis].kernel;
        return ceil_div(lanes, block_);
    }

    // Runs of lanes, cut where a block ends.
    void place_segments() {
        const int64_t z_taps = plan_.folded <= kZ ? layer_.axes[kZ].kernel : 1;
        const int64_t y_taps = plan_.folded <= kY ? layer_.axes[kY].kernel : 1;
        plan_.blocks.resize(static_cast<size_t>(plan_.layout.blocks()));
        int64_t lane = 0;
        for (int64_t z = 0; z < z_taps; z++) {
            for (int64_t y = 0; y < y_taps; y++) {
                for (const Slot &slot : slots_) {
                    if (slot.cell >= 0) place_slot(slot, lane, static_cast<int32_t>(z), static_cast<int32_t>(y));
                    lane += layer_.out_channels;
                }
            }
        }
    }

    void place_slot(const Slot &slot, int64_t lane, int32_t z, int32_t y) {
        int64_t cell = slot.cell;
        for (int64_t left = layer_.out_channels; left > 0;) {
            const int64_t in_block = lane % block_, count = std::min(left, block_ - in_block);
            ColumnBlock &block = plan_.blocks[static_cast<size_t>(lane / block_)];
            const bool first = block.first_segment == block.end_segment;
            ColumnSegment *last = first ? nullptr : &plan_.segments.back();
            if (last != nullptr && last->z == z && last->y == y && last->shift == slot.shift &&
                last->lane + last->lanes == in_block && last->cell + last->lanes == cell) {
                last->lanes += static_cast<int32_t>(count);
            } else {
                if (first) block = {plan_.segments.size(), plan_.segments.size(), slot.shift, slot.shift};
                plan_.segments.push_back({static_cast<int32_t>(in_block), static_cast<int32_t>(count),
                                          static_cast<int32_t>(cell), z, y, slot.shift});
                block.end_segment = plan_.segments.size();
                block.least_shift = std::min(block.least_shift, slot.shift);
                block.most_shift = std::max(block.most_shift, slot.shift);
            }
            lane += count;
            cell += count;
            left -= count;
        }
    }

    // A block of the filter should stay in the cache while columns pass: many channels are added up in parts.
    void choose_channels() {
        const int64_t most = std::max<int64_t>(kProductElements / (block_ * summed_taps()), 16);
        const int64_t parts = ceil_div(layer_.in_channels, most);
        plan_.channels = std::min(round_up(ceil_div(layer_.in_channels, parts), 16), layer_.in_channels);
    }

    // The box whose tasks visit the fewest columns: neighbouring boxes visit some of the same.
    void choose_box() {
        const auto &axes = layer_.axes;
        const double depth = static_cast<double>(layer_.in_channels * summed_taps());
        const double lanes = static_cast<double>(plan_.layout.blocks() * block_);
        const double column_work = depth * lanes / static_cast<double>(plan_.chunks.size());
        const int64_t most_z = plan_.folded <= kZ ? std::max<int64_t>(axes[kZ].output, 1) : 1;
        const int64_t most_y = plan_.folded <= kY ? std::max<int64_t>(axes[kY].output, 1) : 1;
        const int64_t most_x = std::min(kBoxElements / window(), std::max<int64_t>(windows(axes[kX]), 1));
        std::array<int64_t, 3> best{1, 1, 1};
        double least_cost = INFINITY;
        for (int64_t z = most_z; z > 0; z /= 2) {
            for (int64_t x = most_x; x > 0; x /= 2) {
                for (int64_t y = std::min(most_y, kBoxElements / (window() * x * z)); y > 0; y /= 2) {
                    const double visits = static_cast<double>(columns(kZ, z) * columns(kY, y) * columns(kX, x));
                    if (column_work * visits > kBoxWork && z * y * x > 1) continue;
                    set_tasks({z, y, x}, column_work);
                    estimate();
                    if (plan_.cost >= least_cost) continue;
                    least_cost = plan_.cost;
                    best = {z, y, x};
                }
            }
        }
        set_tasks(best, column_work);
        estimate();
    }

    // Input rows or columns that reach some outputs of an axis.
    int64_t columns(int axis, int64_t outputs) const {
        const Axis &a = layer_.axes[axis];
        if (axis < plan_.folded) return 1;
        int64_t span = ceil_div(outputs - 1 + (a.kernel - 1) * a.dilation, a.stride) + 1;
        if (axis == kX) span = outputs + ((a.kernel - 1) * a.dilation) / a.stride;
        return std::min(span, a.input);
    }

    void set_tasks(const std::array<int64_t, 3> &box, double column_work) {
        plan_.box = box;
        plan_.boxes = {1, 1, 1};
        double rows = 1, work = column_work;
        for (int axis = 0; axis < 3; axis++) {
            const Axis &a = layer_.axes[axis];
            if (axis < plan_.folded) {
                rows *= static_cast<double>(a.output);
                continue;
            }
            const int64_t extent = axis == kX ? windows(a) : a.output;
            plan_.boxes[axis] = ceil_div(extent, plan_.box[axis]);
            if (extent > 0) plan_.box[axis] = ceil_div(extent, plan_.boxes[axis]);
            work *= static_cast<double>(columns(axis, plan_.box[axis]));
        }
        plan_.rows = static_cast<int64_t>(std::clamp(kRowWork / std::max(work, 1.0), 1.0, std::max(rows, 1.0)));
        plan_.row_tasks = ceil_div(static_cast<int64_t>(rows), plan_.rows);
    }

    void estimate() {
        const double vector = shape_.products.back().block;  // the narrow shape has one
        const double parts = static_cast<double>(ceil_div(layer_.in_channels, plan_.channels));
        double rows = static_cast<double>(layer_.batch), taps = 1;
        for (int axis = 0; axis < kX; axis++) {
            const Axis &a = layer_.axes[axis];
            if (axis < plan_.folded) {
                rows *= static_cast<double>(a.output);
                taps *= static_cast<double>(useful_taps(a)) / std::max(static_cast<double>(a.output), 1.0);
            } else {
                rows *= static_cast<double>(plan_.boxes[axis] * columns(axis, plan_.box[axis]));
            }
        }
        const double block = static_cast<double>(block_), row = static_cast<double>(columns(kX, plan_.box[kX]));
        const double blocks = static_cast<double>(plan_.layout.blocks()) * rows * static_cast<double>(plan_.boxes[kX]);
        const double visits = blocks * row;
        const double product = visits * block / vector * taps * static_cast<double>(layer_.in_channels);
        const double adds = kAddCost * static_cast<double>(plan_.layout.lanes()) +
                            kSegmentCost * static_cast<double>(plan_.segments.size());
        const double calls = blocks * std::ceil(row * block / kTileElements);
        plan_.cost = product * (plan_.product > 0 ? kNarrow : 1) + calls * parts * kCall +
                     visits / static_cast<double>(plan_.layout.blocks()) * adds * parts +
                     static_cast<double>(layer_.output_elements()) * kStoreCost;
    }

    const Layer &layer_;
    const GeneralKernelShape &shape_;
    int64_t block_;
    int64_t chunk_phases_ = 1;
    std::vector<Slot> slots_;
    ColumnPlan plan_;
};

}  // namespace

int64_t first_window(const Axis &axis) { return axis.pad_before / axis.stride; }

int64_t windows(const Axis &axis) {
    return axis.output > 0 ? (axis.output - 1 + axis.pad_before) / axis.stride - first_window(axis) + 1 : 0;
}

int64_t ColumnPlan::tasks(const Layer &layer) const {
    return static_cast<int64_t>(chunks.size()) * layer.batch * row_tasks * boxes[kZ] * boxes[kY] * boxes[kX];
}

std::optional<ColumnPlan> plan_columns(const Layer &layer, const GeneralKernelShape &shape) {
    std::optional<ColumnPlan> best;
    for (int product = 0; product < kProductShapes; product++) {
        for (int folded = kX; folded >= kX - (layer.spatial_rank - 1); folded--) {
            std::optional<ColumnPlan> plan = Planner(layer, shape, product, folded).plan();
            if (plan && (!best || plan->cost < best->cost)) best = std::move(plan);
        }
    }
    return best;
}

}  // namespace tconv
