// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "tools/verify/oracle.h"
#include "tools/verify/oracle_activation.h"
#include "tools/verify/oracle_cells.h"

namespace tconv {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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
    const double u = unit_roundoff(layer.types.accumulate);
    std::vector<double> errors(reference.magnitude.size());
    const auto visit = [&](int64_t index, int64_t terms) {
        const auto cell = static_cast<size_t>(index);
        const double n = static_cast<double>(terms);
        // An infinite sum is exact, whatever a bounded activation makes of it.
        const double magnitude = std::isfinite(reference.magnitude[cell]) ? reference.magnitude[cell] : 0.0;
        errors[cell] = error_growth * u * std::min(n, 4.0 * std::sqrt(n)) * magnitude;
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
        const Extents shape = output_extents(layer);
        for (size_t cell = 0; cell < errors.size(); cell++) {
            const Activation activation = layer.activation_of(channel_of(shape, cell));
            errors[cell] = activation_bound(activation, reference.value[cell], errors[cell]);
        }
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
                         const std::vector<double> &bounds, const std::vector<char> &omitted) {
    Comparison comparison;
    int64_t failures = 0;
    for (size_t cell = 0; cell < bounds.size(); cell++) {
        if (!omitted.empty() && omitted[cell]) continue;
        comparison.compared++;
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

// NaN, too, is larger than any number.
float magnitude_of(float value) {
    return std::isnan(value) ? std::numeric_limits<float>::infinity() : std::fabs(value);
}

// `cells` is [outer][count][inner]; each becomes the largest within `reach` along the middle.
void slide_maximum(std::vector<float> &cells, int64_t count, int64_t inner, int64_t reach) {
    if (reach == 0 || cells.empty()) return;
    const std::vector<float> from = cells;
    for (size_t cell = 0; cell < cells.size(); cell++) {
        const int64_t at = static_cast<int64_t>(cell) / inner % count;
        const int64_t first = std::max<int64_t>(-reach, -at), last = std::min(reach, count - 1 - at);
        for (int64_t step = first; step <= last; step++)
            cells[cell] = std::max(cells[cell], from[static_cast<size_t>(static_cast<int64_t>(cell) + step * inner)]);
    }
}

// |input| on the axes of `wider`, which begin and end `reach` cells beyond those of the layer.
std::vector<float> largest_in_reach(const Layer &layer, const Layer &wider, const float *input,
                                    const std::array<int64_t, 3> &reach) {
    const Extents from = input_extents(layer), to = input_extents(wider);
    std::vector<float> cells(static_cast<size_t>(to.elements()), 0.0f);
    for (int64_t n = 0; n < from.n; n++)
        for (int64_t z = 0; z < from.z; z++)
            for (int64_t y = 0; y < from.y; y++)
                for (int64_t x = 0; x < from.x; x++)
                    for (int64_t c = 0; c < from.c; c++)
                        cells[static_cast<size_t>(to.index(n, z + reach[0], y + reach[1], x + reach[2], c))] =
                            magnitude_of(input[from.index(n, z, y, x, c)]);
    const int64_t inner = to.layout == Layout::kChannelsFirst ? 1 : to.c;
    slide_maximum(cells, to.x, inner, reach[2]);
    slide_maximum(cells, to.y, inner * to.x, reach[1]);
    slide_maximum(cells, to.z, inner * to.x * to.y, reach[0]);
    return cells;
}

// One cell of a row of softmax that is not compared makes the others worth nothing.
void omit_whole_rows(const Layer &layer, std::vector<char> &omitted) {
    const auto length = static_cast<std::ptrdiff_t>(layer.output_shape().back());
    for (auto row = omitted.begin(); row != omitted.end(); row += length)
        if (std::count(row, row + length, 0) < length) std::fill(row, row + length, 1);
}

}  // namespace

Comparison compare(const Layer &layer, const OracleResult &reference, const float *output, double error_growth,
                   const std::vector<char> &omitted) {
    return compare_cells(layer, reference, output, cell_bounds(layer, reference, error_growth), omitted);
}

std::vector<double> cell_bounds(const Layer &layer, const OracleResult &reference, double error_growth) {
    return through_activation(layer, reference, sum_errors(layer, reference, error_growth));
}

Comparison compare_exactly(const Layer &layer, const OracleResult &reference, const float *output) {
    return compare_cells(layer, reference, output, std::vector<double>(reference.value.size(), 0.0), {});
}

std::vector<double> window_magnitudes(const Layer &layer, const float *input, const float *filter,
                                      const std::array<int64_t, 3> &reach) {
    Layer wider = layer;
    wider.bias = false;
    wider.activation = Activation::kNone;
    for (size_t a = 0; a < reach.size(); a++) {
        wider.axes[a].input += 2 * reach[a];
        wider.axes[a].pad_before += layer.axes[a].stride * reach[a];
    }
    std::vector<float> magnitudes(filter, filter + layer.filter_elements());
    for (float &tap : magnitudes) tap = magnitude_of(tap);
    const std::vector<float> largest = largest_in_reach(layer, wider, input, reach);
    return oracle(wider, largest.data(), magnitudes.data(), nullptr).value;
}

Comparison compare_in_windows(const Layer &layer, const OracleResult &reference, const float *output,
                              const std::vector<double> &window_magnitude, const float *bias,
                              const WindowRounding &rounding, std::vector<char> omitted) {
    const Extents shape = output_extents(layer);
    const auto channels = static_cast<double>(layer.in_channels);
    const double factor = (std::min(channels, 4.0 * std::sqrt(channels)) + 2.0 + rounding.terms) * rounding.growth;
    const double u = unit_roundoff(layer.types.accumulate);
    std::vector<double> errors(window_magnitude.size());
    omitted.resize(errors.size());
    for (size_t cell = 0; cell < errors.size(); cell++) {
        omitted[cell] |= !std::isfinite(window_magnitude[cell]);
        if (omitted[cell]) continue;
        const double b = bias ? std::fabs(bias[channel_of(shape, cell)]) : 0.0;
        errors[cell] = u * (factor * window_magnitude[cell] + b);
    }
    if (layer.activation == Activation::kSoftmax) omit_whole_rows(layer, omitted);
    return compare_cells(layer, reference, output, through_activation(layer, reference, std::move(errors)), omitted);
}

// A layer of one channel whose kernel has a tap everywhere, from -(S - 1) - S * reach to (K - 1) * D + S - 1 + S *
// reach.
std::vector<char> cells_near_nonfinite(const Layer &layer, const float *input, const std::array<int64_t, 3> &reach) {
    Layer dense = layer;
    dense.in_channels = dense.out_channels = 1;
    dense.bias = false;
    dense.activation = Activation::kNone;
    for (size_t a = 0; a < reach.size(); a++) {
        Axis &axis = dense.axes[a];
        const int64_t before = axis.stride - 1 + axis.stride * reach[a];
        axis.kernel = (axis.kernel - 1) * axis.dilation + 1 + 2 * before;
        axis.dilation = 1;
        axis.pad_before += before;
    }
    const Extents from = input_extents(layer), to = output_extents(layer);
    std::vector<float> marks(static_cast<size_t>(dense.input_elements()), 0.0f);
    for (int64_t i = 0; i < layer.input_elements(); i++) {
        if (std::isfinite(input[i])) continue;
        const int64_t pixels = from.z * from.y * from.x;
        const bool first = layer.layout == Layout::kChannelsFirst;
        marks[static_cast<size_t>(first ? i / (pixels * from.c) * pixels + i % pixels : i / from.c)] = 1.0f;
    }
    const std::vector<float> ones(static_cast<size_t>(dense.filter_elements()), 1.0f);
    const std::vector<double> reached = oracle(dense, marks.data(), ones.data(), nullptr).value;
    std::vector<char> cells(static_cast<size_t>(layer.output_elements()));
    const int64_t pixels = to.z * to.y * to.x;
    for (int64_t i = 0; i < layer.output_elements(); i++) {
        const bool first = layer.layout == Layout::kChannelsFirst;
        const int64_t pixel = first ? i / (pixels * to.c) * pixels + i % pixels : i / to.c;
        cells[static_cast<size_t>(i)] = reached[static_cast<size_t>(pixel)] > 0.0;
    }
    return cells;
}

std::vector<char> cells_of_channels(const Layer &layer, const std::vector<char> &channels) {
    const Extents shape = output_extents(layer);
    std::vector<char> cells(static_cast<size_t>(layer.output_elements()));
    for (size_t cell = 0; cell < cells.size(); cell++)
        cells[cell] = channels[static_cast<size_t>(channel_of(shape, cell))];
    return cells;
}

}  // namespace tconv
