// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/verify_data.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>

#include "tconv/weights.h"
#include "tools/verify/test_data.h"

namespace tconv {

namespace {

constexpr int kIntegerLimit = 4;

double largest_magnitude(const std::vector<float> &values) {
    double largest = 0;
    for (float value : values) {
        largest = std::max(largest, std::fabs(static_cast<double>(value)));
    }
    return largest;
}

// Cells of output channels with a weight that is NaN or Inf. Softmax mixes channels, or cells of one: then all.
std::vector<char> cells_of_nonfinite_weights(const Layer &layer, const VerifyTensors &tensors,
                                             std::vector<std::string> &findings) {
    const Nonfinite found = find_nonfinite_weights(layer, tensors.filter.data(), tensors.bias_or_null());
    if (found.count == 0) {
        return std::vector<char>(static_cast<size_t>(layer.output_elements()), 0);
    }
    std::vector<char> channels = nonfinite_channels(layer, tensors.filter.data(), tensors.bias_or_null());
    if (layer.activation == Activation::kSoftmax) {
        std::fill(channels.begin(), channels.end(), 1);
    }
    findings.push_back("weights are not finite: " + found.text() +
                       "; compared: " + std::to_string(std::count(channels.begin(), channels.end(), 0)) + " of " +
                       std::to_string(layer.out_channels) + " output channels");
    return cells_of_channels(layer, channels);
}

// Finite tensors may still make an Inf on the way to a finite output.
void find_overflow(const Layer &layer, const Choice &choice, const VerifyTensors &tensors,
                   std::vector<std::string> &findings) {
    const FiniteRange range = finite_range(layer, choice.rounding);
    const double input = largest_magnitude(tensors.input), filter = largest_magnitude(tensors.filter);
    const bool finite = std::isfinite(input) && std::isfinite(filter);
    const double bias = largest_magnitude(tensors.bias);
    if (finite &&
        (input > range.input || filter > range.filter || range.terms * input * filter + bias > kLargestFinite)) {
        std::ostringstream text;
        text.precision(3);
        text << "sums may overflow on the way: variant " << choice.variant
             << " is sure not to where |input| <= " << range.input << ", |filter| <= " << range.filter << " and "
             << range.terms << "*|input|*|filter| + |bias| <= " << kLargestFinite;
        findings.push_back(text.str());
    }
}

}  // namespace

VerifyTensors random_tensors(const Layer &layer, uint64_t seed) {
    return {random_cells(layer.input_elements(), seed), random_cells(layer.filter_elements(), seed + 1),
            random_cells(layer.bias_elements(), seed + 2)};
}

VerifyTensors integer_tensors(const Layer &layer, uint64_t seed) {
    return {random_integers(layer.input_elements(), seed, kIntegerLimit),
            random_integers(layer.filter_elements(), seed + 1, kIntegerLimit),
            random_integers(layer.bias_elements(), seed + 2, kIntegerLimit)};
}

bool exact_on_integers(const Layer &layer, const Choice &choice) {
    constexpr double most_growth_of_exact_variants = 2;
    if (choice.error_growth > most_growth_of_exact_variants) {
        return false;
    }
    const double terms = static_cast<double>(layer.filter_elements() / layer.out_channels + 1);
    const double coarsest = std::max(unit_roundoff(layer.types.accumulate), unit_roundoff(layer.types.output));
    const bool keeps_integers = layer.activation == Activation::kNone || layer.activation == Activation::kRelu ||
                                layer.activation == Activation::kRelu6;
    return keeps_integers && !layer.weights && terms * kIntegerLimit * kIntegerLimit < 1 / coarsest;
}

WindowRounding window_rounding(const Choice &choice) {
    WindowRounding window;
    for (size_t a = 0; a < choice.rounding.size(); a++) {
        window.growth *= choice.rounding[a].growth;
        window.terms += static_cast<double>(choice.rounding[a].terms);
        window.reach[a] = choice.rounding[a].reach;
    }
    return window;
}

Comparison judge_any_data(const Layer &layer, const Choice &choice, const VerifyTensors &tensors,
                          const OracleResult &reference, const float *output, std::vector<std::string> &findings) {
    std::vector<char> omitted = cells_of_nonfinite_weights(layer, tensors, findings);
    find_overflow(layer, choice, tensors, findings);
    const Nonfinite input = find_nonfinite("input", layer.input_shape(), tensors.input.data());
    Comparison comparison;
    if (choice.transforms) {
        const WindowRounding rounding = window_rounding(choice);
        const std::vector<double> windows =
            window_magnitudes(layer, tensors.input.data(), tensors.filter.data(), rounding.reach);
        comparison = compare_in_windows(layer, reference, output, windows, tensors.bias_or_null(), rounding, omitted);
    } else {
        if (input.count > 0 && choice.spreads_nonfinite) {
            // A direct sum spreads them over the cells of a stride, and no farther.
            const std::vector<char> near = cells_near_nonfinite(layer, tensors.input.data());
            std::transform(near.begin(), near.end(), omitted.begin(), omitted.begin(), std::bit_or<>());
        }
        comparison = compare(layer, reference, output, 1.0, omitted);
    }
    if (input.count > 0) {
        findings.push_back("input is not finite: " + input.text() +
                           (choice.spreads_nonfinite
                                ? "; not compared: cells near them, over which variant " + choice.variant +
                                      " may spread them (strict_nonfinite forbids it)"
                                : ""));
    }
    return comparison;
}

}  // namespace tconv
