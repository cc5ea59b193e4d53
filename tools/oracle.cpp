// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <thread>
#include <utility>

#include "tools/oracle_activation.h"

namespace tconv {
namespace {

constexpr double kUnitRoundoff = 0x1p-24;
constexpr int64_t kMacsWorthAThread = 20'000'000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A tensor [n, z, y, x, c], and where its cells lie in the order of a layout.
struct Extents {
    int64_t n, z, y, x, c;
    Layout layout;

    int64_t elements() const { return n * z * y * x * c; }
    int64_t index(int64_t in, int64_t iz, int64_t iy, int64_t ix, int64_t ic) const {
        if (layout == Layout::kChannelsFirst) return (((in * c + ic) * z + iz) * y + iy) * x + ix;
        return (((in * z + iz) * y + iy) * x + ix) * c + ic;
    }
};

Extents input_extents(const Layer &layer) {
    const auto &[z, y, x] = layer.axes;
    return {layer.batch, z.input, y.input, x.input, layer.in_channels, layer.layout};
}

Extents output_extents(const Layer &layer) {
    const auto &[z, y, x] = layer.axes;
    return {layer.batch, z.output, y.output, x.output, layer.out_channels, layer.layout};
}

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

// Where input cell i lands through tap k; the caller drops what is outside [0, axis.output).
int64_t landing(const Axis &axis, int64_t i, int64_t k) {
    return axis.stride * i + axis.dilation * k - axis.pad_before;
}

bool inside(const Axis &axis, int64_t o) { return o >= 0 && o < axis.output; }

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
    const int64_t pixels = shape.z * shape.y * shape.x;
    const int64_t channel_step = shape.layout == Layout::kChannelsFirst ? pixels : 1;
    for (size_t cell = 0; cell < result.value.size(); cell++) {
        if (bias) {
            const double b = bias[static_cast<int64_t>(cell) / channel_step % shape.c];
            result.value[cell] += b;
            result.magnitude[cell] += std::fabs(b);
        }
        result.value[cell] = activate(layer.activation, result.value[cell]);
    }
    if (layer.activation == Activation::kSoftmax) softmax_rows(result.value, layer.output_shape().back());
}

// For each output coordinate of an axis, the number of (input cell, tap) pairs that reach it.
std::vector<int64_t> reaching_taps(const Axis &axis) {
    std::vector<int64_t> counts(static_cast<size_t>(axis.output), 0);
    for (int64_t i = 0; i < axis.input; i++)
        for (int64_t k = 0; k < axis.kernel; k++) {
            const int64_t o = landing(axis, i, k);
            if (inside(axis, o)) counts[static_cast<size_t>(o)]++;
        }
    return counts;
}

// |output - value| over its bound: at most 1 for a good cell. An Inf of float32 is everything beyond its range.
double cell_ratio(double value, double output, double bound) {
    if (std::isnan(value) || std::isnan(output)) return std::isnan(value) && std::isnan(output) ? 0.0 : kInfinity;
    if (std::isinf(output) && std::isfinite(value)) {
        output = std::copysign(std::numeric_limits<float>::max(), output);
        if (std::fabs(value) > std::fabs(output) && std::signbit(value) == std::signbit(output)) return 0.0;
    }
    if (value == output) return 0.0;
    if (std::isinf(value) || std::isinf(output)) return kInfinity;
    const double difference = std::fabs(value - output);
    return bound > 0.0 ? difference / bound : kInfinity;
}

std::string describe(const Layer &layer, const OracleResult &reference, const float *output, int64_t worst,
                     double bound, int64_t failures) {
    const std::vector<int64_t> shape = layer.output_shape();
    std::string position;
    int64_t rest = worst;
    for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
        position = std::to_string(rest % shape[axis]) + (position.empty() ? "" : ", ") + position;
    std::ostringstream text;
    text.precision(9);
    text << "output[" << position << "] = " << output[worst] << ": must be within " << bound << " of "
         << reference.value[static_cast<size_t>(worst)] << " (" << failures << " of " << reference.value.size()
         << " cells are out of bounds)";
    return text.str();
}

// For each cell, how far its sum may be off before the activation.
std::vector<double> sum_errors(const Layer &layer, const OracleResult &reference, double error_growth) {
    const Extents shape = output_extents(layer);
    const auto taps_z = reaching_taps(layer.axes[0]);
    const auto taps_y = reaching_taps(layer.axes[1]);
    const auto taps_x = reaching_taps(layer.axes[2]);
    std::vector<double> errors(reference.magnitude.size());
    const auto visit = [&](int64_t index, int64_t terms) {
        const auto cell = static_cast<size_t>(index);
        const double n = static_cast<double>(terms);
        // An infinite sum is exact, whatever a bounded activation makes of it.
        const double magnitude = std::isfinite(reference.magnitude[cell]) ? reference.magnitude[cell] : 0.0;
        errors[cell] = error_growth * kUnitRoundoff * std::min(n, 4.0 * std::sqrt(n)) * magnitude;
    };
    for (int64_t n = 0; n < shape.n; n++)
        for (int64_t z = 0; z < shape.z; z++)
            for (int64_t y = 0; y < shape.y; y++)
                for (int64_t x = 0; x < shape.x; x++) {
                    const int64_t terms = taps_z[static_cast<size_t>(z)] * taps_y[static_cast<size_t>(y)] *
                                          taps_x[static_cast<size_t>(x)] * layer.in_channels;
                    for (int64_t c = 0; c < shape.c; c++) visit(shape.index(n, z, y, x, c), terms + layer.bias);
                }
    return errors;
}

// What sums that are off by `errors` may make of the output.
std::vector<double> through_activation(const Layer &layer, const OracleResult &reference, std::vector<double> errors) {
    if (layer.activation != Activation::kSoftmax) {
        for (size_t cell = 0; cell < errors.size(); cell++)
            errors[cell] = activation_bound(layer.activation, reference.value[cell], errors[cell]);
        return errors;
    }
    const auto length = static_cast<size_t>(layer.output_shape().back());
    for (size_t row = 0; row < errors.size(); row += length) {
        const std::vector<double> bounds =
            softmax_bounds(&reference.value[row], &errors[row], static_cast<int64_t>(length));
        std::copy(bounds.begin(), bounds.end(), errors.begin() + static_cast<std::ptrdiff_t>(row));
    }
    return errors;
}

// `bounds` are the largest differences that the cells may have.
Comparison compare_cells(const Layer &layer, const OracleResult &reference, const float *output,
                         const std::vector<double> &bounds) {
    Comparison comparison;
    int64_t failures = 0;
    for (size_t cell = 0; cell < bounds.size(); cell++) {
        const double difference = std::fabs(reference.value[cell] - output[cell]);
        double &largest = comparison.max_abs_difference;
        if (std::isfinite(difference)) largest = std::max(largest, difference);
        const double ratio = cell_ratio(reference.value[cell], output[cell], bounds[cell]);
        failures += ratio > 1.0;
        if (comparison.worst >= 0 && ratio <= comparison.max_ratio) continue;
        comparison.max_ratio = ratio;
        comparison.worst = static_cast<int64_t>(cell);
    }
    comparison.pass = failures == 0;
    if (!comparison.pass) {
        const double bound = bounds[static_cast<size_t>(comparison.worst)];
        comparison.message = describe(layer, reference, output, comparison.worst, bound, failures);
    }
    return comparison;
}

}  // namespace

OracleResult oracle(const Layer &layer, const float *input, const float *filter, const float *bias) {
    const auto cells = static_cast<size_t>(layer.output_elements());
    OracleResult result{std::vector<double>(cells, 0.0), std::vector<double>(cells, 0.0)};
    if (layer.layout == Layout::kChannelsFirst) {
        scatter_on_threads(layer, channels_last(input_extents(layer), input).data(), filter, result);
    } else {
        scatter_on_threads(layer, input, filter, result);
    }
    apply_epilogue(layer, bias, result);
    return result;
}

Comparison compare(const Layer &layer, const OracleResult &reference, const float *output, double error_growth) {
    std::vector<double> errors = sum_errors(layer, reference, error_growth);
    return compare_cells(layer, reference, output, through_activation(layer, reference, std::move(errors)));
}

Comparison compare_exactly(const Layer &layer, const OracleResult &reference, const float *output) {
    return compare_cells(layer, reference, output, std::vector<double>(reference.value.size(), 0.0));
}

}  // namespace tconv
