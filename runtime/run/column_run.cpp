// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/column_run.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/integers.h"
#include "runtime/run/product_calls.h"

namespace tconv {

namespace {

alignas(64) constexpr float kNoBias[32] = {};  // of the widest block

// Adds `count` columns of kLanes lanes: they touch no cell twice.
template<int kLanes>
void add_lanes(float *__restrict to, int64_t to_step, const float *__restrict from, int64_t from_step, int64_t count) {
    for (int64_t i = 0; i < count; i++, to += to_step, from += from_step) {
        for (int v = 0; v < kLanes; v++) to[v] += from[v];
    }
}

void add(float *to, int64_t to_step, const float *from, int64_t from_step, int64_t count, int64_t lanes) {
    for (; lanes >= 8; lanes -= 8, to += 8, from += 8) add_lanes<8>(to, to_step, from, from_step, count);
    switch (lanes) {
    case 1: return add_lanes<1>(to, to_step, from, from_step, count);
    case 2: return add_lanes<2>(to, to_step, from, from_step, count);
    case 3: return add_lanes<3>(to, to_step, from, from_step, count);
    case 4: return add_lanes<4>(to, to_step, from, from_step, count);
    case 5: return add_lanes<5>(to, to_step, from, from_step, count);
    case 6: return add_lanes<6>(to, to_step, from, from_step, count);
    case 7: return add_lanes<7>(to, to_step, from, from_step, count);
    default: return;
    }
}

Range intersection(const Range &a, const Range &b) { return {std::max(a.begin, b.begin), std::min(a.end, b.end)}; }

}  // namespace

ColumnRun::ColumnRun(const PlanState &plan, const float *input, const Strides &input_strides, float *output,
                     const Strides &output_strides)
    : plan_(plan),
      columns_(*plan.columns),
      kernels_(general_kernels(plan.isa)),
      input_(input),
      output_(output),
      input_strides_(input_strides),
      output_strides_(output_strides),
      activation_(plan.layer, kernels_),
      window_(plan.columns->chunks.front().phases * plan.layer.out_channels) {}

void ColumnRun::task(int64_t i) const {
    const auto next = [&i](int64_t count) {
        const int64_t index = i % count;
        i /= count;
        return index;
    };
    alignas(64) float cells[kBoxElements];
    const std::array<int64_t, 3> &boxes = columns_.boxes;
    Box box;
    box.cells = cells;
    box.parts[kX] = box_part(kX, next(boxes[kX]));
    const int64_t y = next(boxes[kY]), z = next(boxes[kZ]), row_task = next(columns_.row_tasks);
    box.n = next(plan_.layer.batch);
    box.chunk = &columns_.chunks[static_cast<size_t>(i)];
    if (columns_.folded <= kY) box.parts[kY] = box_part(kY, y);
    if (columns_.folded <= kZ) box.parts[kZ] = box_part(kZ, z);
    const int64_t y_rows = columns_.folded > kY ? plan_.layer.axes[kY].output : 1;
    const int64_t z_rows = columns_.folded > kZ ? plan_.layer.axes[kZ].output : 1;
    const int64_t end_row = std::min((row_task + 1) * columns_.rows, z_rows * y_rows);
    for (int64_t row = row_task * columns_.rows; row < end_row; row++) {
        if (columns_.folded > kY) box.parts[kY] = row_part(kY, row % y_rows);
        if (columns_.folded > kZ) box.parts[kZ] = row_part(kZ, row / y_rows);
        fill(box);
        compute(box);
        activation_.apply(cells, used_cells(box), plan_.layer.out_channels, 0);
        store(box);
    }
}

// The outputs of one box along a folded axis, or the windows of x.
ColumnRun::Part ColumnRun::box_part(int axis, int64_t index) const {
    const Axis &a = plan_.layer.axes[axis];
    const int64_t extent = axis == kX ? windows(a) : a.output;
    Part part;
    part.first = index * columns_.box[axis];
    part.outputs = std::min(columns_.box[axis], extent - part.first);
    if (axis == kX) {
        part.first += first_window(a);
        part.inputs = {0, a.input};
        return part;
    }
    const int64_t first = part.first + a.pad_before;  // in full coordinates: S*i + D*k
    part.inputs.begin = ceil_div(first - (a.kernel - 1) * a.dilation, a.stride);
    part.inputs.end = floor_div(first + part.outputs - 1, a.stride) + 1;
    part.inputs = intersection(part.inputs, {0, a.input});
    return part;
}

// One output of an axis whose taps the kernels sum; its first input alone stands for those that the taps read.
ColumnRun::Part ColumnRun::row_part(int axis, int64_t output) const {
    const Axis &a = plan_.layer.axes[axis];
    const int64_t q = (output + a.pad_before) / a.stride;
    const Phase &phase = plan_.phases[axis][static_cast<size_t>((output + a.pad_before) % a.stride)];
    const Range inside = taps_inside(a, phase, q);
    Part part;
    part.first = output;
    part.taps = inside.end - inside.begin;
    part.first_tap = phase.first_tap + inside.begin * phase.tap_step;
    part.tap_step = phase.tap_step;
    part.input_step = phase.input_step;
    part.inputs.begin = q + phase.input_offset - inside.begin * phase.input_step;
    part.inputs.end = part.inputs.begin + (part.taps > 0 ? 1 : 0);
    return part;
}

int64_t ColumnRun::used_cells(const Box &box) const {
    return box.parts[kZ].outputs * box.parts[kY].outputs * box.parts[kX].outputs * window_;
}

// Bias, or 0, in every cell.
void ColumnRun::fill(const Box &box) const {
    const int64_t count = used_cells(box);
    if (!plan_.layer.bias) {
        std::fill(box.cells, box.cells + count, 0.0f);
        return;
    }
    const int64_t channels = plan_.layer.out_channels;
    const float *bias = plan_.packed.get() + plan_.layout.bias_offset();
    for (int64_t cell = 0; cell < count; cell += channels) std::copy(bias, bias + channels, box.cells + cell);
}

void ColumnRun::compute(const Box &box) const {
    const int64_t all = plan_.layer.in_channels;
    for (int64_t c = 0; c < all; c += columns_.channels) {
        const Range channels{c, std::min(c + columns_.channels, all)};
        const Range &z_rows = box.parts[kZ].inputs, &y_rows = box.parts[kY].inputs;
        for (int64_t z = z_rows.begin; z < z_rows.end; z++) {
            for (int64_t y = y_rows.begin; y < y_rows.end; y++) add_row(box, z, y, channels);
        }
    }
}

// One row of input: a few columns, whose input then is in the cache, with each block of taps.
void ColumnRun::add_row(const Box &box, int64_t z, int64_t y, Range channels) const {
    alignas(64) float tile[kTileElements];
    const Part &x = box.parts[kX];
    const int64_t step = kTileElements / plan_.layout.block();
    Range all{x.inputs.end, x.inputs.begin};
    const auto columns_of = [&](const ColumnBlock &block) {
        return intersection({x.first - block.most_shift, x.first + x.outputs - block.least_shift}, x.inputs);
    };
    for (int64_t b = box.chunk->first_block; b < box.chunk->end_block; b++) {
        const Range columns = columns_of(columns_.blocks[static_cast<size_t>(b)]);
        all = {std::min(all.begin, columns.begin), std::max(all.end, columns.end)};
    }
    for (int64_t first = all.begin; first < all.end; first += step) {
        for (int64_t b = box.chunk->first_block; b < box.chunk->end_block; b++) {
            const ColumnBlock &block = columns_.blocks[static_cast<size_t>(b)];
            const Range columns = intersection(columns_of(block), {first, first + step});
            if (columns.begin >= columns.end) continue;
            product(box, b, z, y, channels, columns, tile);
            add_block(box, tile, block, z, y, columns);
        }
    }
}

void ColumnRun::product(const Box &box, int64_t block, int64_t z, int64_t y, Range channels, Range columns,
                        float *tile) const {
    const FilterLayout &layout = plan_.layout;
    const Strides &in = input_strides_;
    const Part &z_part = box.parts[kZ], &y_part = box.parts[kY];
    const int64_t count = columns.end - columns.begin, depth = channels.end - channels.begin;
    KernelView<5> input(input_ + box.n * in.n + z * in.axis[kZ] + y * in.axis[kY] + columns.begin * in.axis[kX] +
                        channels.begin * in.c);
    KernelView<5> filter(plan_.packed.get() + block * layout.block_stride() +
                         z_part.first_tap * layout.axis_stride(kZ) + y_part.first_tap * layout.axis_stride(kY) +
                         channels.begin * layout.block());
    KernelView<1> bias(kNoBias);
    input.set(0, depth, in.c);
    input.set(1, count, in.axis[kX]);
    input.set(2, 1, 0);
    input.set(3, y_part.taps, -y_part.input_step * in.axis[kY]);
    input.set(4, z_part.taps, -z_part.input_step * in.axis[kZ]);
    filter.set(0, layout.block(), 1);
    filter.set(1, depth, layout.block());
    filter.set(2, 1, 0);
    filter.set(3, y_part.taps, y_part.tap_step * layout.axis_stride(kY));
    filter.set(4, z_part.taps, z_part.tap_step * layout.axis_stride(kZ));
    bias.set(0, layout.block(), 1);
    call_products(kernels_, columns_.product, input.buffer, filter.buffer, bias.buffer, tile, count, layout.block());
}

// Adds the columns of a block to what they reach of the box.
void ColumnRun::add_block(const Box &box, const float *tile, const ColumnBlock &block, int64_t z, int64_t y,
                          Range columns) const {
    const Part &z_part = box.parts[kZ], &y_part = box.parts[kY], &x = box.parts[kX];
    const auto output_of = [&](int axis, int64_t input, int64_t tap) {
        if (axis < columns_.folded) return int64_t{0};
        const Axis &a = plan_.layer.axes[axis];
        return a.stride * input + a.dilation * tap - a.pad_before - box.parts[axis].first;
    };
    const int64_t tile_step = plan_.layout.block();
    for (size_t s = block.first_segment; s < block.end_segment; s++) {
        const ColumnSegment &segment = columns_.segments[s];
        const int64_t to_z = output_of(kZ, z, segment.z), to_y = output_of(kY, y, segment.y);
        if (to_z < 0 || to_z >= z_part.outputs || to_y < 0 || to_y >= y_part.outputs) continue;
        const Range reach = intersection({x.first - segment.shift, x.first + x.outputs - segment.shift}, columns);
        if (reach.begin >= reach.end) continue;
        const int64_t window = (to_z * y_part.outputs + to_y) * x.outputs + reach.begin + segment.shift - x.first;
        add(box.cells + window * window_ + segment.cell, window_,
            tile + (reach.begin - columns.begin) * tile_step + segment.lane, tile_step, reach.end - reach.begin,
            segment.lanes);
    }
}

void ColumnRun::store(const Box &box) const {
    const Part &z = box.parts[kZ], &y = box.parts[kY];
    const Strides &out = output_strides_;
    const float *cells = box.cells;
    for (int64_t to_z = z.first; to_z < z.first + z.outputs; to_z++) {
        for (int64_t to_y = y.first; to_y < y.first + y.outputs; to_y++) {
            store_row(box, cells, output_ + box.n * out.n + to_z * out.axis[kZ] + to_y * out.axis[kY]);
            cells += box.parts[kX].outputs * window_;
        }
    }
}

// The cells of a row that are outputs of the tensor: in runs of neighbouring phases.
void ColumnRun::store_row(const Box &box, const float *cells, float *output) const {
    const Axis &axis = plan_.layer.axes[kX];
    const Part &x = box.parts[kX];
    const int64_t channels = plan_.layer.out_channels, pixel = output_strides_.axis[kX], channel = output_strides_.c;
    const bool dense = channel == 1 && pixel == channels;
    // With all phases the windows are neighbours too.
    const bool whole = box.chunk->phases == axis.stride;
    const int64_t runs = whole ? 1 : x.outputs;
    const int64_t run_outputs = whole ? x.outputs * axis.stride : box.chunk->phases;
    for (int64_t run = 0; run < runs; run++) {
        const int64_t first = (x.first + run) * axis.stride + box.chunk->first_phase - axis.pad_before;
        const int64_t begin = std::max<int64_t>(first, 0), end = std::min(first + run_outputs, axis.output);
        if (begin >= end) continue;
        const float *from = cells + run * window_ + (begin - first) * channels;
        if (dense) {
            std::memcpy(output + begin * channels, from, static_cast<size_t>((end - begin) * channels) * sizeof(float));
            continue;
        }
        for (int64_t c = 0; c < channels; c++) {
            for (int64_t to = begin; to < end; to++) {
                output[to * pixel + c * channel] = from[(to - begin) * channels + c];
            }
        }
    }
}

}  // namespace tconv
