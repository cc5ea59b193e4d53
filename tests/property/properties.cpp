// SPDX-License-Identifier: Apache-2.0
#include "tests/property/properties.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "tests/property/forward_convolution.h"
#include "tests/property/plan_runs.h"
#include "tools/verify/oracle.h"

namespace tconv::test {
namespace {

// General kernels sum directly, so their rounding is that of direct summation.
constexpr double kErrorGrowth = 1.0;

using Cells = std::vector<float>;

std::string text_of(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

OracleResult oracle_of(const Layer &layer, const LayerData &data) {
    return oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
}

// Cells of the same bytes, or the first that differs. All data are finite here, so a NaN is a cell that nobody wrote.
std::string difference(const Cells &cells, const Cells &expected) {
    for (size_t i = 0; i < cells.size(); i++)
        if (std::isnan(cells[i]) || std::memcmp(&cells[i], &expected[i], sizeof(float)) != 0)
            return "cell " + std::to_string(i) + " is " + text_of(cells[i]) + ", not " + text_of(expected[i]);
    return cells.size() == expected.size() ? "" : "the number of cells differs";
}

std::string in_context(const std::string &where, const std::string &finding) {
    return finding.empty() ? "" : where + ": " + finding;
}

std::string first_finding(std::initializer_list<std::string> findings) {
    for (const std::string &finding : findings)
        if (!finding.empty()) return finding;
    return "";
}

Cells combined(int a, const Cells &x, int b, const Cells &y) {
    Cells sum(x.size());
    for (size_t i = 0; i < x.size(); i++) sum[i] = static_cast<float>(a) * x[i] + static_cast<float>(b) * y[i];
    return sum;
}

// The three outputs, of x, y and a x + b y.
std::string is_linear(const Layer &layer, const LayerData &x, const LayerData &y, const LayerData &both, int a, int b,
                      Kernels kernels) {
    const auto of_x = run_dense(layer, x, kernels), of_y = run_dense(layer, y, kernels),
               of_both = run_dense(layer, both, kernels);
    for (const auto *output : {&of_x, &of_y, &of_both})
        if (!*output) return output->error().message;
    return difference(*of_both, combined(a, *of_x, b, *of_y));
}

double inner_product(const std::vector<double> &a, const Cells &b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::string describe(const char *what, const std::vector<int64_t> &values) {
    std::string text = what;
    for (const int64_t value : values) text += " " + std::to_string(value);
    return text;
}

// channels_last to channels_first, or back.
Cells in_other_layout(const Cells &cells, Layout from, int64_t batch, int64_t channels) {
    Cells moved(cells.size());
    if (cells.empty()) return moved;
    const int64_t pixels = static_cast<int64_t>(cells.size()) / batch / channels;
    const int64_t inner = from == Layout::kChannelsLast ? channels : pixels;
    const int64_t outer = from == Layout::kChannelsLast ? pixels : channels;
    for (int64_t n = 0; n < batch; n++)
        for (int64_t i = 0; i < outer; i++)
            for (int64_t j = 0; j < inner; j++)
                moved[static_cast<size_t>((n * inner + j) * outer + i)] =
                    cells[static_cast<size_t>((n * outer + i) * inner + j)];
    return moved;
}

std::string placed_run_finding(const Plan &plan, const Cells &input, const PlacedRun &run, const Cells &expected) {
    const auto output = run_placed(plan, input, run);
    return in_context(run.state_strides ? "strided views" : "dense views",
                      output ? difference(*output, expected) : output.error().message);
}

std::string oracle_finding(const Layer &layer, const LayerData &data, Kernels kernels) {
    const auto output = run_dense(layer, data, kernels);
    if (!output) return output.error().message;
    return compare(layer, oracle_of(layer, data), output->data(), kErrorGrowth).message;
}

// `cells` with one of its values replaced; unchanged where there is none.
Cells with_value(Cells cells, Random &random, float value) {
    if (cells.empty()) return cells;
    const auto last = static_cast<int64_t>(cells.size()) - 1;
    const int64_t choices[] = {0, last, random.between(0, last)};
    cells[static_cast<size_t>(choices[random.between(0, 2)])] = value;
    return cells;
}

}  // namespace

std::string is_read_as_meant(const RandomLayer &random) {
    const OperatorCall &call = random.call;
    const Layer &layer = random.layer;
    if (layer.op != call.op || layer.spatial_rank != call.rank) return "another operator or rank";
    if (layer.input_shape() != call.input_shape()) return describe("input shape", layer.input_shape());
    if (layer.filter_shape() != call.filter_shape()) return describe("filter shape", layer.filter_shape());
    if (layer.output_shape() != call.output_shape()) return describe("output shape", layer.output_shape());
    for (size_t a = 0; a < layer.axes.size(); a++) {
        const Axis &axis = layer.axes[a];
        if (axis.stride != call.windows[a].stride) return describe("stride", {axis.stride});
        if (axis.dilation != call.windows[a].dilation) return describe("dilation", {axis.dilation});
        if (call.crops != Crops::kByRule && axis.pad_before != call.windows[a].crop)
            return describe("crop", {axis.pad_before});
    }
    if ((layer.layout == Layout::kChannelsFirst) != call.channels_first) return "the other layout";
    if (layer.bias != call.bias) return "bias where there is none, or none";
    if (layer.activation == Activation::kPrelu && layer.slopes != call.slopes) return "other slopes";
    return layer.activation == call.activation ? "" : "activation " + to_text(layer.activation);
}

std::string matches_oracle(const Layer &layer, uint64_t seed, Kernels kernels) {
    const Layer exact = with_exact_activation(layer);
    const LayerData integers = small_integer_layer_data(layer, seed);
    const auto output = run_dense(exact, integers, kernels);
    if (!output) return output.error().message;
    const Comparison comparison = compare_exactly(exact, oracle_of(exact, integers), output->data());
    return first_finding(
        {in_context("small integers", comparison.message),
         in_context("random numbers", oracle_finding(layer, random_layer_data(layer, seed), kernels))});
}

std::string is_adjoint_of_convolution(const RandomLayer &random, Kernels kernels) {
    const Layer layer = without_epilogue(random.layer);
    const LayerData data = small_integer_layer_data(layer, random.seed);
    Cells y(static_cast<size_t>(layer.output_elements()));
    fill_small_integers(y.data(), layer.output_elements(), random.seed + 1);
    const auto output = run_dense(layer, data, kernels);
    if (!output) return output.error().message;
    const double left = inner_product({output->begin(), output->end()}, y);
    const double right = inner_product(forward_convolution(random.call, y, data.filter), data.input);
    if (left == right) return "";
    return "<conv_transpose(x), y> = " + text_of(left) + ", <x, conv(y)> = " + text_of(right);
}

std::string is_linear_in_input(const Layer &layer, uint64_t seed, Kernels kernels) {
    const Layer sums = without_epilogue(layer);
    const LayerData x = small_integer_layer_data(sums, seed);
    LayerData y = x, both = x;
    fill_small_integers(y.input.data(), sums.input_elements(), seed + 1);
    both.input = combined(2, x.input, -3, y.input);
    return is_linear(sums, x, y, both, 2, -3, kernels);
}

std::string is_linear_in_filter(const Layer &layer, uint64_t seed, Kernels kernels) {
    const Layer sums = without_epilogue(layer);
    const LayerData x = small_integer_layer_data(sums, seed);
    LayerData y = x, both = x;
    fill_small_integers(y.filter.data(), sums.filter_elements(), seed + 1);
    both.filter = combined(-1, x.filter, 3, y.filter);
    return is_linear(sums, x, y, both, -1, 3, kernels);
}

std::string ignores_layout(const Layer &layer, uint64_t seed, Kernels kernels) {
    Layer one = layer;
    if (one.activation == Activation::kSoftmax) one.activation = Activation::kNone;
    Layer other = one;
    other.layout = one.layout == Layout::kChannelsLast ? Layout::kChannelsFirst : Layout::kChannelsLast;
    const LayerData data = random_layer_data(one, seed);
    LayerData moved = data;
    moved.input = in_other_layout(data.input, one.layout, one.batch, one.in_channels);
    const auto output = run_dense(one, data, kernels), moved_output = run_dense(other, moved, kernels);
    if (!output) return output.error().message;
    if (!moved_output) return moved_output.error().message;
    return difference(in_other_layout(*moved_output, other.layout, one.batch, one.out_channels), *output);
}

std::string stays_inside_its_tensors(const Layer &layer, uint64_t seed, Kernels kernels) {
    const LayerData data = random_layer_data(layer, seed);
    const auto expected = run_dense(layer, data, kernels);
    if (!expected) return expected.error().message;
    Random random(seed);
    for (const Guard guard : {Guard::kAfter, Guard::kBefore}) {
        const auto plan = make_plan_between_guards(layer, data, kernels, guard);
        if (!plan) return plan.error().message;
        const PlacedRun dense{dense_placement(layer.input_shape()), dense_placement(layer.output_shape()), guard,
                              false};
        const PlacedRun strided{random_placement(layer.input_shape(), random),
                                random_placement(layer.output_shape(), random), guard, true};
        for (const PlacedRun &run : {dense, strided})
            if (const std::string found = placed_run_finding(*plan, data.input, run, *expected); !found.empty())
                return found;
    }
    return "";
}

std::string ignores_task_order(const Layer &layer, uint64_t seed, Kernels kernels, int64_t *largest_count) {
    const LayerData data = random_layer_data(layer, seed);
    const auto plan = make_plan(layer, data, kernels);
    if (!plan) return plan.error().message;
    const auto expected = run_dense(*plan, data.input);
    if (!expected) return expected.error().message;
    std::optional<Expected<Cells>> beside;
    std::thread other([&] { beside = run_dense(*plan, data.input, shuffled(seed + 1)); });
    const auto shuffled_output = run_dense(*plan, data.input, shuffled(seed));
    const auto threaded_output = run_dense(*plan, data.input, on_threads(3, largest_count));
    other.join();
    for (const Expected<Cells> *output : {&shuffled_output, &threaded_output, &std::as_const(*beside)})
        if (!*output) return output->error().message;
    return first_finding({in_context("shuffled tasks", difference(*shuffled_output, *expected)),
                          in_context("tasks on threads", difference(*threaded_output, *expected)),
                          in_context("a run beside another", difference(**beside, *expected))});
}

std::string ignores_isa(const Layer &layer, uint64_t seed) {
    const Layer exact = with_exact_activation(layer);
    const LayerData data = small_integer_layer_data(exact, seed);
    std::optional<Cells> first;
    for (const Kernels &kernels : available_kernels()) {
        const auto output = run_dense(exact, data, kernels);
        if (!output) return output.error().message;
        if (!first) first = *output;
        if (const std::string found = difference(*output, *first); !found.empty())
            return in_context(to_text(kernels), found);
    }
    return "";
}

std::string keeps_nonfinite_with_its_taps(const Layer &layer, uint64_t seed, Kernels kernels) {
    constexpr float kInf = std::numeric_limits<float>::infinity();
    static constexpr float kValues[] = {std::numeric_limits<float>::quiet_NaN(), kInf, -kInf};
    const LayerData finite = random_layer_data(layer, seed);
    Random random(seed);
    for (Cells LayerData::*tensor : {&LayerData::input, &LayerData::filter, &LayerData::bias}) {
        const float value = kValues[random.between(0, 2)];
        LayerData data = finite;
        data.*tensor = with_value(finite.*tensor, random, value);
        const char *name = tensor == &LayerData::input ? "input" : tensor == &LayerData::filter ? "filter" : "bias";
        const std::string found = oracle_finding(layer, data, kernels);
        if (!found.empty()) return in_context(text_of(value) + " in the " + name, found);
    }
    return "";
}

}  // namespace tconv::test
