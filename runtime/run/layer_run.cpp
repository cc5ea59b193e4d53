// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/layer_run.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/integers.h"
#include "runtime/run/product_calls.h"

namespace tconv {

namespace {

constexpr int64_t kMostRows = 32;              // of a task: they lie on its stack
constexpr int64_t kResidentBytes = 256 << 10;  // half of the second-level cache of most processors
constexpr double kTaskWork = 1 << 28;          // multiply-adds: milliseconds, after which callers may stop
constexpr int64_t kLeastPixels = 48;           // of a task, so that whole tiles prevail

// Of one block of output channels, at one pixel of each x phase; the taps of rows on average.
double multiply_adds_of_pixel(const Layer &layer, int block) {
    double count = static_cast<double>(layer.in_channels) * block;
    for (int axis : {kZ, kY, kX}) {
        count *= static_cast<double>(layer.axes[axis].kernel);
        if (axis != kX) count /= static_cast<double>(layer.axes[axis].stride);
    }
    return std::max(count, 1.0);
}

}  // namespace

SumActivation::SumActivation(const Layer &layer, const GeneralKernels &kernels)
    : SumActivation(layer.activation, kernels) {
    if (activation_ == Activation::kPrelu) slopes_ = layer.slopes.data();
}

SumActivation::SumActivation(const Activation &activation, const GeneralKernels &kernels)
    : kernel_(kernels.activation(activation)), activation_(activation) {}

void SumActivation::apply(float *tile, int64_t count, int64_t channels, int64_t first_channel) const {
    if (kernel_ != nullptr) {
        KernelView<1> elements(tile);
        elements.set(0, ceil_div(count, kActivationMultiple) * kActivationMultiple, 1);
        kernel_(&elements.buffer, activation_.a, activation_.b, &elements.buffer);
    } else if (slopes_ != nullptr) {
        for (float *end = tile + count; tile < end; tile += channels) {
            for (int64_t c = 0; c < channels; c++) {
                tile[c] = tile[c] < 0.0f ? slopes_[first_channel + c] * tile[c] : tile[c];
            }
        }
    }
}

LayerTasks plan_tasks(const Layer &layer, const FilterLayout &layout) {
    const Axis &x = layer.axes[kX];
    const int64_t rows = layer.axes[kZ].output * layer.axes[kY].output;
    const int64_t row_pixels = ceil_div(x.output, x.stride);  // of the longest phase
    // What a pixel of every phase reads and writes.
    const int64_t pixel_bytes = layer.in_channels * element_bytes(layer.types.input) +
                                x.stride * layer.out_channels * element_bytes(layer.types.output);
    LayerTasks tasks;
    tasks.pixels = std::max(kResidentBytes / pixel_bytes, kLeastPixels) / 12 * 12;
    tasks.pixels = std::clamp<int64_t>(tasks.pixels, 1, std::max<int64_t>(row_pixels, 1));
    tasks.rows = std::clamp<int64_t>(kResidentBytes / (tasks.pixels * pixel_bytes), 1, kMostRows);
    const double pixel_work = multiply_adds_of_pixel(layer, layout.block());
    tasks.pixels = std::clamp<int64_t>(static_cast<int64_t>(kTaskWork / pixel_work), 1, tasks.pixels);
    const auto most_rows = std::clamp<int64_t>(
        static_cast<int64_t>(kTaskWork / (pixel_work * static_cast<double>(tasks.pixels))), 1, kMostRows);
    tasks.rows = std::min(tasks.rows, most_rows);
    tasks.batch_tasks = layer.batch;
    tasks.pixel_tasks = ceil_div(row_pixels, tasks.pixels);
    tasks.row_tasks = ceil_div(rows, tasks.rows);
    tasks.blocks = layout.blocks();

    // Bytes that are read again: the filter by every task, or the input by every block for each of its phases.
    const double filter_again = static_cast<double>(layout.bytes()) * static_cast<double>(tasks.count());
    double input_again = static_cast<double>(layer.input_bytes()) * static_cast<double>(layout.blocks());
    for (const Axis &axis : layer.axes) input_again *= static_cast<double>(axis.stride);
    const bool resident = layout.bytes() <= kResidentBytes;
    tasks.order = resident || filter_again < input_again ? TaskOrder::kRowsOuter : TaskOrder::kFilterOuter;
    if (tasks.order == TaskOrder::kFilterOuter) {
        tasks.blocks = 1;
        tasks.rows = most_rows;
        tasks.row_tasks = ceil_div(rows, tasks.rows);
    }
    const double block_work = pixel_work * static_cast<double>(tasks.pixels * tasks.rows);
    tasks.blocks = std::clamp<int64_t>(static_cast<int64_t>(kTaskWork / block_work), 1, tasks.blocks);
    tasks.block_tasks = ceil_div(layout.blocks(), tasks.blocks);
    return tasks;
}

LayerRun::LayerRun(const PlanState &plan, const float *input, const Strides &input_strides, float *output,
                   const Strides &output_strides)
    : plan_(plan),
      kernels_(general_kernels(plan.isa)),
      input_(input),
      output_(output),
      input_strides_(input_strides),
      output_strides_(output_strides),
      activation_(plan.layer, kernels_) {}

// Row number `index` of z or y: by phase, so that neighbours use the same taps, or as the output has them.
LayerRun::Row LayerRun::row(int axis_index, int64_t index) const {
    const Axis &axis = plan_.layer.axes[axis_index];
    const std::vector<Phase> &phases = plan_.phases[axis_index];
    size_t f = 0;
    int64_t j = index;
    if (plan_.tasks.order == TaskOrder::kRowsOuter) {
        f = static_cast<size_t>((index + axis.pad_before) % axis.stride);
        j = (index - phases[f].first_output) / axis.stride;
    } else {
        const std::vector<int64_t> &ends = plan_.phase_ends[axis_index];
        f = static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), index) - ends.begin());
        j = index - (f > 0 ? ends[f - 1] : 0);
    }
    const Phase &phase = phases[f];
    Row row;
    row.output = phase.first_output + j * axis.stride;
    row.input_step = phase.input_step;
    const int64_t q = phase.first_q + j;
    const Range inside = taps_inside(axis, phase, q);
    row.taps = inside.end - inside.begin;
    row.first_input = q + phase.input_offset - inside.begin * phase.input_step;
    row.first_position = plan_.layout.phase_position(axis_index, phase) + inside.begin;
    return row;
}

void LayerRun::task(int64_t i) const {
    const LayerTasks &tasks = plan_.tasks;
    int64_t block_task, n, row_task, pixel_task;
    const auto next = [&i](int64_t count) {
        const int64_t index = i % count;
        i /= count;
        return index;
    };
    pixel_task = next(tasks.pixel_tasks);
    row_task = next(tasks.row_tasks);
    n = next(tasks.batch_tasks);
    block_task = next(tasks.block_tasks);

    const int64_t y_rows = plan_.layer.axes[kY].output;
    const int64_t all_rows = plan_.layer.axes[kZ].output * y_rows;
    const int64_t first_row = row_task * tasks.rows;
    const int64_t row_count = std::min(tasks.rows, all_rows - first_row);
    Rows rows[kMostRows];
    for (int64_t r = 0; r < row_count; r++) {
        rows[r] = {row(kZ, (first_row + r) / y_rows), row(kY, (first_row + r) % y_rows)};
    }
    const int64_t first_block = block_task * tasks.blocks;
    const int64_t end_block = std::min(first_block + tasks.blocks, plan_.layout.blocks());
    const int64_t first_pixel = pixel_task * tasks.pixels, end_pixel = first_pixel + tasks.pixels;
    for (int64_t block = first_block; block < end_block; block++) {
        for (const PixelRun &pixels : plan_.pixel_runs) {
            PixelRun part = pixels;
            part.run.first = std::max(pixels.run.first, first_pixel);
            part.run.outputs = std::min(pixels.run.first + pixels.run.outputs, end_pixel) - part.run.first;
            if (part.run.outputs <= 0) continue;
            for (int64_t r = 0; r < row_count; r++) product(part, rows[r], n, block);
        }
    }
}

// One run of pixels of one row for one block of output channels.
void LayerRun::product(const PixelRun &pixels, const Rows &rows, int64_t n, int64_t block) const {
    const Layer &layer = plan_.layer;
    const FilterLayout &layout = plan_.layout;
    const Phase &phase = *pixels.phase;
    const TapRun &run = pixels.run;
    const Strides &in = input_strides_, &out = output_strides_;

    const int64_t first_x = phase.first_q + run.first + phase.input_offset - run.tap_begin * phase.input_step;
    const int64_t position_x = layout.phase_position(kX, phase) + run.tap_begin;
    const bool any = run.taps > 0 && rows.y.taps > 0 && rows.z.taps > 0;
    const int64_t input_offset =
        n * in.n + rows.z.first_input * in.axis[kZ] + rows.y.first_input * in.axis[kY] + first_x * in.axis[kX];
    const int64_t filter_offset = block * layout.block_stride() + rows.z.first_position * layout.axis_stride(kZ) +
                                  rows.y.first_position * layout.axis_stride(kY) + position_x * layout.axis_stride(kX);
    KernelView<5> input(any ? input_ + input_offset : input_);
    KernelView<5> filter(plan_.packed.get() + (any ? filter_offset : 0));
    KernelView<1> bias(plan_.packed.get() + layout.bias_offset() + block * layout.block());
    input.set(0, layer.in_channels, in.c);
    input.set(1, run.outputs, in.axis[kX]);
    input.set(2, run.taps, -phase.input_step * in.axis[kX]);
    input.set(3, rows.y.taps, -rows.y.input_step * in.axis[kY]);
    input.set(4, rows.z.taps, -rows.z.input_step * in.axis[kZ]);
    filter.set(0, layout.block(), 1);
    filter.set(1, layer.in_channels, layout.block());
    filter.set(2, any ? run.taps : 0, layout.axis_stride(kX));
    filter.set(3, any ? rows.y.taps : 0, layout.axis_stride(kY));
    filter.set(4, any ? rows.z.taps : 0, layout.axis_stride(kZ));
    bias.set(0, layout.block(), 1);

    const int64_t first_output = phase.first_output + run.first * layer.axes[kX].stride;
    const int64_t first_channel = block * layout.block();
    float *output = output_ + n * out.n + rows.z.output * out.axis[kZ] + rows.y.output * out.axis[kY] +
                    first_output * out.axis[kX] + first_channel * out.c;
    store(input.buffer, filter.buffer, bias.buffer, output, run.outputs, layer.axes[kX].stride * out.axis[kX],
          first_channel);
}

// Whole blocks of neighbouring channels go straight to the output. All else passes a tile on the stack: the activation,
// channels beyond the last, and channels that are not neighbours.
void LayerRun::store(const KernelBuffer &input, const KernelBuffer &filter, const KernelBuffer &bias, float *output,
                     int64_t pixels, int64_t pixel_stride, int64_t first_channel) const {
    alignas(64) float tile[kTileElements];
    const int64_t block = plan_.layout.block();
    const int64_t channels = std::min(block, plan_.layer.out_channels - first_channel);
    const bool direct = activation_.is_none() && channels == block && output_strides_.c == 1;
    const int64_t most = direct ? pixels : kTileElements / block;
    KernelView<5> in(reinterpret_cast<const float *>(input.host));
    std::copy(input.dim, input.dim + 5, in.dims);
    for (int64_t done = 0; done < pixels;) {
        const int64_t part = std::min(most, pixels - done);
        call_products(kernels_, plan_.product, in.buffer, filter, bias, direct ? output : tile, part,
                      direct ? pixel_stride : block);
        in.buffer.host += part * in.dims[1].stride * static_cast<int64_t>(sizeof(float));
        if (!direct) {
            finish_tile(tile, output, part, pixel_stride, first_channel, channels);
        }
        output += part * pixel_stride;
        done += part;
    }
}

// Applies the activation to the sums of a tile and moves them to their places.
void LayerRun::finish_tile(float *tile, float *output, int64_t pixels, int64_t pixel_stride, int64_t first_channel,
                           int64_t channels) const {
    const int64_t block = plan_.layout.block();
    if (channels < block) {  // no arithmetic on channels that do not exist
        for (int64_t x = 1; x < pixels; x++) {
            std::memmove(tile + x * channels, tile + x * block, static_cast<size_t>(channels) * sizeof(float));
        }
    }
    activation_.apply(tile, pixels * channels, channels, first_channel);
    if (output_strides_.c == 1) {
        for (int64_t x = 0; x < pixels; x++) {
            std::memcpy(output + x * pixel_stride, tile + x * channels, static_cast<size_t>(channels) * sizeof(float));
        }
        return;
    }
    for (int64_t c = 0; c < channels; c++) {
        float *row = output + c * output_strides_.c;
        for (int64_t x = 0; x < pixels; x++) row[x * pixel_stride] = tile[x * channels + c];
    }
}

}  // namespace tconv
