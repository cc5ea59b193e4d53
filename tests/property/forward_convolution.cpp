// SPDX-License-Identifier: Apache-2.0
#include "tests/property/forward_convolution.h"

#include <algorithm>

namespace tconv::test {
namespace {

// Zeros that TensorFlow puts in front of the signal: half of what the windows need beyond it, rounded down.
int64_t zeros_before(const OperatorCall &call, const Window &window) {
    if (call.crops != Crops::kByRule) return window.crop;
    if (!call.same) return 0;
    const int64_t needed = (window.input - 1) * window.stride + window.effective_kernel();
    return std::max<int64_t>(0, needed - window.output) / 2;
}

// Where window i reads the signal with tap k; -1 for a zero.
int64_t read_position(const OperatorCall &call, const Window &window, int64_t i, int64_t k) {
    const int64_t position = i * window.stride + k * window.dilation - zeros_before(call, window);
    return position < window.output ? std::max<int64_t>(position, -1) : -1;
}

// A tensor [n, c, pixel] or [n, pixel, c].
struct Cells {
    int64_t pixels, channels;
    bool channels_first;

    size_t at(int64_t n, int64_t pixel, int64_t c) const {
        const int64_t image = n * pixels * channels;
        return static_cast<size_t>(image + (channels_first ? c * pixels + pixel : pixel * channels + c));
    }
};

Cells cells_of(const OperatorCall &call, int64_t Window::*extent, int64_t channels) {
    Cells cells{1, channels, call.channels_first};
    for (const Window &window : call.windows) cells.pixels *= window.*extent;
    return cells;
}

// Where the filter has tap `tap` of all, for the first in channel, and how far apart in channels are.
struct FilterRow {
    const float *first;
    int64_t step;
};

FilterRow filter_row(const OperatorCall &call, const std::vector<float> &filter, int64_t tap, int64_t co) {
    if (!call.filter_first) return {filter.data() + (tap * call.out_channels + co) * call.in_channels, 1};
    int64_t taps = 1;
    for (const Window &window : call.windows) taps *= window.kernel;
    return {filter.data() + co * taps + tap, call.out_channels * taps};
}

// All channels of one result pixel: the sum over taps and signal channels of signal * filter.
std::vector<double> result_pixel(const OperatorCall &call, const Cells &cells, const std::vector<float> &signal,
                                 const std::vector<float> &filter, int64_t n, const std::array<int64_t, 3> &i) {
    const auto &[wz, wy, wx] = call.windows;
    std::vector<double> sums(static_cast<size_t>(call.in_channels), 0.0);
    for (int64_t kz = 0; kz < wz.kernel; kz++)
        for (int64_t ky = 0; ky < wy.kernel; ky++)
            for (int64_t kx = 0; kx < wx.kernel; kx++) {
                const int64_t z = read_position(call, wz, i[0], kz);
                const int64_t y = read_position(call, wy, i[1], ky);
                const int64_t x = read_position(call, wx, i[2], kx);
                if (z < 0 || y < 0 || x < 0) continue;
                const int64_t pixel = (z * wy.output + y) * wx.output + x;
                const int64_t tap = (kz * wy.kernel + ky) * wx.kernel + kx;
                for (int64_t co = 0; co < call.out_channels; co++) {
                    const double value = signal[cells.at(n, pixel, co)];
                    const FilterRow row = filter_row(call, filter, tap, co);
                    for (int64_t ci = 0; ci < call.in_channels; ci++)
                        sums[static_cast<size_t>(ci)] += value * static_cast<double>(row.first[ci * row.step]);
                }
            }
    return sums;
}

}  // namespace

std::vector<double> forward_convolution(const OperatorCall &call, const std::vector<float> &signal,
                                        const std::vector<float> &filter) {
    const Cells from = cells_of(call, &Window::output, call.out_channels);
    const Cells to = cells_of(call, &Window::input, call.in_channels);
    const auto &[wz, wy, wx] = call.windows;
    std::vector<double> result(static_cast<size_t>(call.batch * to.pixels * to.channels));
    for (int64_t n = 0; n < call.batch; n++)
        for (int64_t pixel = 0; pixel < to.pixels; pixel++) {
            const std::array<int64_t, 3> i = {pixel / wx.input / wy.input, pixel / wx.input % wy.input,
                                              pixel % wx.input};
            const std::vector<double> sums = result_pixel(call, from, signal, filter, n, i);
            for (int64_t ci = 0; ci < call.in_channels; ci++)
                result[to.at(n, pixel, ci)] = sums[static_cast<size_t>(ci)];
        }
    return result;
}

}  // namespace tconv::test
