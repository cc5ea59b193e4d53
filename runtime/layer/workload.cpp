// SPDX-License-Identifier: Apache-2.0
#include "runtime/layer/workload.h"

#include <algorithm>
#include <charconv>
#include <regex>

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

}  // namespace

Expected<Layer> layer_of_workload(const std::string &workload) {
    static const std::regex form(
        "n([0-9]+)ci([0-9]+)i([0-9x]+)co([0-9]+)k([0-9x]+)s([0-9x]+)d([0-9x]+)p([0-9x]+)o([0-9x]+)"
        ":f32:(last|first)(:bias)?(:.+)?");
    std::smatch part;
    if (!std::regex_match(workload, part, form)) {
        return refusal(workload);
    }
    Layer layer;
    layer.name = "workload";
    layer.op = Op::kConvTranspose;
    const std::string input = part[3];
    layer.spatial_rank = 1 + static_cast<int>(std::count(input.begin(), input.end(), 'x'));
    layer.layout = part[10] == "last" ? Layout::kChannelsLast : Layout::kChannelsFirst;
    layer.bias = part[11].matched;
    const bool good = layer.spatial_rank <= 3 && read_number(part[1], layer.batch) &&
                      read_number(part[2], layer.in_channels) && read_number(part[4], layer.out_channels) &&
                      read_axes(input, layer, &Axis::input) && read_axes(part[5], layer, &Axis::kernel) &&
                      read_axes(part[6], layer, &Axis::stride) && read_axes(part[7], layer, &Axis::dilation) &&
                      read_axes(part[8], layer, &Axis::pad_before) && read_axes(part[9], layer, &Axis::output) &&
                      (!part[12].matched || read_activation(part[12].str().substr(1), layer.activation));
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
