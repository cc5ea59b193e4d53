// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/layer_picture.h"

#include <utility>
#include <vector>

#include "tools/cli/axis_picture.h"
#include "tools/cli/svg.h"

namespace tconv {

namespace {

constexpr int64_t kLine = 18;
constexpr int64_t kBetweenAxes = 24;

// The axes that differ, x first, each with the names of all that are like it: "x", "y and x", "z, y and x".
std::vector<std::pair<std::string, Axis>> different_axes(const Layer &layer) {
    const char *names[] = {"z", "y", "x"};
    std::vector<std::pair<std::string, Axis>> result;
    for (int a = 2; a >= 3 - layer.spatial_rank; a--) {
        const Axis &axis = layer.axes[static_cast<size_t>(a)];
        bool known = false;
        for (auto &[name, other] : result) {
            if (other == axis) {
                name = std::string(names[a]) + (name.size() == 1 ? " and " : ", ") + name;
                known = true;
            }
        }
        if (!known) {
            result.push_back({names[a], axis});
        }
    }
    return result;
}

std::string shape_text(const std::vector<int64_t> &shape) {
    std::string text;
    for (int64_t extent : shape) {
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    }
    return text;
}

// What is true of the layer as a whole.
std::vector<std::string> layer_lines(const Layer &layer, const std::string &arguments) {
    std::vector<std::string> lines = {std::string(to_string(layer.op)) + (arguments.empty() ? "" : ": " + arguments)};
    lines.push_back("input " + shape_text(layer.input_shape()) + ", filter " + shape_text(layer.filter_shape()) +
                    ", output " + shape_text(layer.output_shape()) + " (" + to_string(layer.layout) + ")");
    if (layer.output_elements() == 0) {
        lines.push_back("The output has no elements; this is its geometry all the same.");
    }
    lines.push_back("Output x is the sum of input i * filter k over all pairs with S*i + D*k = X = x + P.");
    return lines;
}

}  // namespace

std::string layer_picture(const Layer &layer, const std::string &arguments) {
    Svg svg;
    int64_t y = 16;
    svg.text(kPictureLeft, y + 14, layer.name, Svg::Anchor::kStart, 16, " font-weight=\"bold\"");
    y += 14;
    for (const std::string &line : layer_lines(layer, arguments)) {
        y += kLine;
        svg.text(kPictureLeft, y, line);
    }
    y += 4;
    for (const auto &[name, axis] : different_axes(layer)) {
        y = draw_axis(svg, y + kBetweenAxes / 2, (name.size() == 1 ? "axis " : "axes ") + name, axis) +
            kBetweenAxes / 2;
    }
    return svg.file(layer.name, "Geometry of the transposed convolution " + layer.name + ", " + to_string(layer.op) +
                                    ": which taps of the filter take which input cells to which output cells.");
}

}  // namespace tconv
