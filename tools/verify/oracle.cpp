// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/oracle.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "tools/verify/oracle_activation.h"
#include "tools/verify/oracle_cells.h"

namespace tconv {
namespace {

constexpr int64_t kMacsWorthAThread = 20'000'000;

// The input as [n, z, y, x, ci], so that the channels of a cell are contiguous.
std::vector<float> channels_last(const Extents &shape, const float *input) {
    std::vector<float> moved;
    moved.reserve(static_cast<size_t>(shape.elements()));
    for (int64_t n = 0; n < shape.n; n++)
        for (int64_t z = 0; z < shape.z; z++)
            for (int64_t y = 0; y < shape.y; y++)
                for (int64_t x = 0; x < shape.x; x++)
                    for (int64_t c = 0; c < shape.c; c++) moved.push_back(input[shape.index(n, z, y, x, c)]);
    return moved;
}

struct Sum {
    double value = 0.0;
    double magnitude = 0.0;
};

// Products of floats are exact in double. Eight partial sums let the additions overlap.
Sum dot(const float *a, const float *b, int64_t count) {
    constexpr int kLanes = 8;
    double value[kLanes] = {};
    double magnitude[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (int lane = 0; lane < kLanes; lane++) {
            const double product = static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
            value[lane] += product;
            magnitude[lane] += std::fabs(product);
        }
    }
    Sum sum;
    for (; i < count; i++) {
        const double product = static_cast<double>(a[i]) * static_cast<double>(b[i]);
        sum.value += product;
        sum.magnitude += std::fabs(product);
    }
    for (int lane = 0; lane < kLanes; lane++) {
        sum.value += value[lane];
        sum.magnitude += magnitude[lane];
    }
    return sum;
}

// One tap and one row of input cells, scattered into the output channels [co_begin, co_end). `row` is the first input
// cell of the row, `tap_filter` the tap's [co][ci].
void scatter_row(const Layer &layer, const float *row, const float *tap_filter, int64_t n, int64_t oz, int64_t oy,
                 int64_t kx, int64_t co_begin, int64_t co_end, OracleResult &result) {
    const Axis &axis = layer.axes[2];
    const Extents output = output_extents(layer);
    for (int64_t co = co_begin; co < co_end; co++) {
        for (int64_t ix = 0; ix < axis.input; ix++) {
            const int64_t ox = landing(axis, ix, kx);
            if (!inside(axis, ox)) continue;
            const Sum sum = dot(row + ix * layer.in_channels, tap_filter + co * layer.in_channels, layer.in_channels);
            const auto cell = static_cast<size_t>(output.index(n, oz, oy, ox, co));
            result.value[cell] += sum.value;
            result.magnitude[cell] += sum.magnitude;
        }
    }
}

// The filter as [kz, ky, kx, co, ci].
std::vector<float> input_channels_innermost(const Layer &layer, const float *filter) {
    const auto &[z, y, x] = layer.axes;
    const FilterStrides strides = layer.filter_strides();
    std::vector<float> moved;
    moved.reserve(static_cast<size_t>(layer.filter_elements()));
    for (int64_t kz = 0; kz < z.kernel; kz++)
        for (int64_t ky = 0; ky < y.kernel; ky++)
            for (int64_t kx = 0; kx < x.kernel; kx++)
                for (int64_t co = 0; co < layer.out_channels; co++)
                    for (int64_t ci = 0; ci < layer.in_channels; ci++)
                        moved.push_back(filter[kz * strides.tap[0] + ky * strides.tap[1] + kx * strides.tap[2] +
                                               co * strides.out_channel + ci * strides.in_channel]);
    return moved;
}

// Everything that reaches the output channels [co_begin, co_end). `input` is [n, z, y, x, ci].
void scatter(const Layer &layer, const float *input, const float *filter, int64_t co_begin, int64_t co_end,
             OracleResult &result) {
    const auto &[az, ay, ax] = layer.axes;
    for (int64_t n = 0; n < layer.batch; n++)
        for (int64_t kz = 0; kz < az.kernel; kz++)
            for (int64_t ky = 0; ky < ay.kernel; ky++)
                for (int64_t kx = 0; kx < ax.kernel; kx++)
                    for (int64_t iz = 0; iz < az.input; iz++)
                        for (int64_t iy = 0; iy < ay.input; iy++) {
                            const int64_t oz = landing(az, iz, kz);
                            const int64_t oy = landing(ay, iy, ky);
                            if (!inside(az, oz) || !inside(ay, oy)) continue;
                            const int64_t row = ((n * az.input + iz) * ay.input + iy) * ax.input;
                            const int64_t tap = (kz * ay.kernel + ky) * ax.kernel + kx;
                            scatter_row(layer, input + row * layer.in_channels,
                                        filter + tap * layer.out_channels * layer.in_channels, n, oz, oy, kx, co_begin,
                                        co_end, result);
                        }
}

// Threads own disjoint output channels, so the result does not depend on how many there are.
void scatter_on_threads(const Layer &layer, const float *input, const float *filter, OracleResult &result) {
    const auto cells = static_cast<double>(layer.input_elements() / layer.in_channels);
    const double macs = cells * static_cast<double>(layer.filter_elements());
    const int64_t useful = macs < kMacsWorthAThread ? 1 : std::thread::hardware_concurrency();
    const int64_t count = std::clamp<int64_t>(useful, 1, layer.out_channels);
    std::vector<std::thread> threads;
    for (int64_t t = 0; t < count; t++) {
        const int64_t begin = layer.out_channels * t / count;
        const int64_t end = layer.out_channels * (t + 1) / count;
        threads.emplace_back([=, &layer, &result] { scatter(layer, input, filter, begin, end, result); });
    }
    for (std::thread &thread : threads) thread.join();
}

void apply_epilogue(const Layer &layer, const float *bias, OracleResult &result) {
    const Extents shape = output_extents(layer);
    for (size_t cell = 0; cell < result.value.size(); cell++) {
        if (bias) {
            const double b = bias[channel_of(shape, cell)];
            result.value[cell] += b;
            result.magnitude[cell] += std::fabs(b);
        }
        result.value[cell] = activate(layer.activation_of(channel_of(shape, cell)), result.value[cell]);
    }
    if (layer.activation == Activation::kSoftmax) softmax_rows(result.value, layer.output_shape().back());
}

}  // namespace

OracleResult oracle(const Layer &layer, const float *input, const float *filter, const float *bias) {
    const auto cells = static_cast<size_t>(layer.output_elements());
    OracleResult result{std::vector<double>(cells, 0.0), std::vector<double>(cells, 0.0)};
    std::vector<float> moved_input, moved_filter;
    if (layer.layout == Layout::kChannelsFirst) {
        moved_input = channels_last(input_extents(layer), input);
        input = moved_input.data();
    }
    if (!layer.filter_order.empty()) {
        moved_filter = input_channels_innermost(layer, filter);
        filter = moved_filter.data();
    }
    scatter_on_threads(layer, input, filter, result);
    apply_epilogue(layer, bias, result);
    return result;
}

}  // namespace tconv
