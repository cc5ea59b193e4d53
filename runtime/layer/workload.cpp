// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/workload.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "runtime/base/text.h"
#include "runtime/layer/validate.h"

namespace tconv {

namespace {

constexpr float kSlope = 0.25f;

Error refusal(const std::string &workload) {
    return invalid_argument("workload", workload, "must be such a word as tconv explain prints");
}

bool read_number(const std::string &text, int64_t &number) {
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    return end.ec == std::errc() && end.ptr == text.data() + text.size() && number <= kLargest;
}

// "2x3", a number for each of the layer's axes.
bool read_axes(const std::string &text, Layer &layer, int64_t Axis::*field) {
    size_t begin = 0;
    for (auto a = static_cast<size_t>(3 - layer.spatial_rank); a < layer.axes.size(); a++) {
        const size_t end = std::min(text.find('x', begin), text.size());
        if (begin > end || !read_number(text.substr(begin, end - begin), layer.axes[a].*field)) return false;
        begin = end + 1;
    }
    return begin == text.size() + 1;
}

// "relu", "clip(0,1)".
bool read_activation(const std::string &text, Activation &activation) {
    const std::string name = text.substr(0, text.find('('));
    for (int kind = Activation::kNone; kind <= Activation::kSoftmax; kind++) {
        if (name == to_string(static_cast<Activation::Kind>(kind))) {
            activation = Activation(static_cast<Activation::Kind>(kind));
        }
    }
    if (name == text) return true;
    const char *end = text.data() + text.size();
    auto read = std::from_chars(text.data() + name.size() + 1, end, activation.a);
    if (read.ec == std::errc() && *read.ptr == ',') read = std::from_chars(read.ptr + 1, end, activation.b);
    return read.ec == std::errc() && read.ptr + 1 == end && *read.ptr == ')';
}

// The numbers of `text` behind each of the keys, which follow each other from its beginning, and what stands behind them.
bool read_numbers(const std::string &text, const std::vector<std::string> &keys, std::vector<std::string> &numbers,
                  std::string &rest) {
    size_t at = 0;
    for (const std::string &key : keys) {
        if (text.compare(at, key.size(), key) != 0) return false;
        at += key.size();
        const size_t end = std::min(text.find_first_not_of("0123456789x", at), text.size());
        numbers.push_back(text.substr(at, end - at));
        at = end;
    }
    rest = text.substr(at);
    return true;
}

// Whether the text begins with the word, which is taken off.
bool take(std::string &text, const std::string &word) {
    if (text.compare(0, word.size(), word) != 0) return false;
    text.erase(0, word.size());
    return true;
}

}  // namespace

Expected<Layer> layer_of_workload(const std::string &workload) {
    std::vector<std::string> numbers;
    std::string rest;
    if (!read_numbers(workload, {"n", "ci", "i", "co", "k", "s", "d", "p", "o"}, numbers, rest)) {
        return refusal(workload);
    }
    Layer layer;
    layer.name = "workload";
    layer.op = Op::kConvTranspose;
    layer.spatial_rank = 1 + static_cast<int>(std::count(numbers[2].begin(), numbers[2].end(), 'x'));
    bool good = layer.spatial_rank <= 3 && read_number(numbers[0], layer.batch) &&
                read_number(numbers[1], layer.in_channels) && read_number(numbers[3], layer.out_channels);
    good = good && read_axes(numbers[2], layer, &Axis::input) && read_axes(numbers[4], layer, &Axis::kernel) &&
           read_axes(numbers[5], layer, &Axis::stride) && read_axes(numbers[6], layer, &Axis::dilation) &&
           read_axes(numbers[7], layer, &Axis::pad_before) && read_axes(numbers[8], layer, &Axis::output);
    good = good && take(rest, ":f32");
    layer.layout = take(rest, ":last") ? Layout::kChannelsLast : Layout::kChannelsFirst;
    take(rest, ":first");
    layer.bias = take(rest, ":bias");
    good = good && (rest.empty() || (take(rest, ":") && read_activation(rest, layer.activation)));
    // What was read leniently is told by its word.
    if (!good || layer.workload() != workload) {
        return refusal(workload);
    }
    if (layer.activation == Activation::kPrelu) {
        layer.slopes.assign(static_cast<size_t>(layer.out_channels), kSlope);
    }
    if (Status status = check_window(layer); !status) {
        return status.error();
    }
    if (Status status = check_sizes(layer, kShapeKeys); !status) {
        return status.error();
    }
    return layer;
}

}  // namespace tconv
