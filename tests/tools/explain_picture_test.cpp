// SPDX-License-Identifier: Apache-2.0
// What a picture of a layer says, against the definition: every pair (i, k) of an axis, tried one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "axis_definition.h"
#include "small_xml.h"
#include "tconv/layer_file.h"
#include "tools/cli/axis_cells.h"
#include "tools/cli/layer_picture.h"

namespace tconv::test {
namespace {

Layer layer_of(const std::string &arguments) {
    const Expected<std::vector<Layer>> layers =
        parse_layer_text(R"({"name": "l", "op": "keras.ops.conv_transpose", )" + arguments + "}", "");
    if (!layers) {
        throw std::runtime_error(layers.error().message);
    }
    return layers->front();
}

// The titles of the groups of a class, in order.
std::vector<std::string> titles(const XmlElement &svg, const std::string &class_name) {
    std::vector<std::string> result;
    for (const XmlElement *group : svg.all("g")) {
        if (group->attribute("class") == class_name) {
            result.push_back(group->children.at(0).text);
        }
    }
    return result;
}

int64_t number(const XmlElement &element, const std::string &attribute) {
    return std::stoll(element.attribute(attribute));
}

// What holds for every picture: SVG 1.1 of few elements, nothing outside it, no two output cells on one place.
XmlElement checked_picture(const Layer &layer) {
    const std::string text = layer_picture(layer, "");
    EXPECT_EQ(text, layer_picture(layer, ""));
    const XmlElement svg = parse_xml(text);
    EXPECT_EQ(svg.name, "svg");
    EXPECT_EQ(svg.attribute("xmlns"), "http://www.w3.org/2000/svg");
    EXPECT_EQ(svg.attribute("version"), "1.1");
    const std::set<std::string> known = {"svg", "title", "desc", "g", "rect", "line", "text"};
    for (const XmlElement *element : svg.all("")) {
        EXPECT_EQ(known.count(element->name), 1u) << element->name;
    }
    const int64_t width = number(svg, "width"), height = number(svg, "height");
    const XmlElement &background = *svg.all("rect").at(0);
    EXPECT_EQ(background.attribute("fill"), "#ffffff");
    EXPECT_EQ(number(background, "width"), width);
    EXPECT_EQ(number(background, "height"), height);
    for (const XmlElement *rectangle : svg.all("rect")) {
        EXPECT_GE(number(*rectangle, "x"), 0);
        EXPECT_LE(number(*rectangle, "x") + number(*rectangle, "width"), width);
        EXPECT_LE(number(*rectangle, "y") + number(*rectangle, "height"), height);
    }
    std::map<int64_t, int64_t> end_of_row;
    for (const XmlElement *group : svg.all("g")) {
        if (group->attribute("class") == "output") {
            const XmlElement &box = *group->all("rect").at(0);
            int64_t &end = end_of_row[number(box, "y")];
            EXPECT_GT(number(box, "x"), end);
            end = number(box, "x") + number(box, "width");
        }
    }
    return svg;
}

// Every output cell of every axis is drawn, and says what the definition says.
void expect_whole(const Layer &layer, const std::vector<Axis> &axes) {
    std::vector<std::string> cells;
    size_t phase_count = 0;
    for (const Axis &axis : axes) {
        for (int64_t x = 0; x < axis.output; x++) {
            cells.push_back(described(axis, x + axis.pad_before));
        }
        phase_count += static_cast<size_t>(std::min<int64_t>(axis.stride, 12));
    }
    const XmlElement svg = checked_picture(layer);
    EXPECT_EQ(titles(svg, "output"), cells);
    EXPECT_EQ(titles(svg, "phase").size(), phase_count);
}

bool says(const XmlElement &svg, const std::string &part) {
    const std::vector<const XmlElement *> texts = svg.all("text");
    return std::any_of(texts.begin(), texts.end(),
                       [&](const XmlElement *text) { return text->text.find(part) != std::string::npos; });
}

TEST(AxisCells, AreThoseOfTheDefinition) {
    std::mt19937 random(7);
    const auto pick = [&](int64_t low, int64_t high) {
        return std::uniform_int_distribution<int64_t>(low, high)(random);
    };
    for (int trial = 0; trial < 2000; trial++) {
        Axis axis{pick(1, 9), pick(1, 7), pick(1, 6), pick(1, 6), pick(0, 40), pick(0, 12)};
        const AxisCells cells(axis, pick(4, 14));
        for (int64_t X = 0; X < axis.full_extent() + 8; X++) {
            const std::vector<Landing> expected = all_landings(axis, X);
            const std::vector<Landing> found = cells.landings(X, 100);
            ASSERT_EQ(found.size(), expected.size()) << "X " << X;
            ASSERT_EQ(cells.count_landings(X), static_cast<int64_t>(expected.size()));
            for (size_t n = 0; n < found.size(); n++) {
                ASSERT_EQ(found[n].tap, expected[n].tap);
                ASSERT_EQ(found[n].input, expected[n].input);
            }
            const CellKind kind = X >= axis.full_extent() ? CellKind::kBeyond
                                  : !expected.empty()     ? CellKind::kSum
                                  : is_hole(axis, X)      ? CellKind::kHole
                                                          : CellKind::kNoInput;
            ASSERT_EQ(cells.kind(X), kind) << "X " << X;
        }
    }
}

TEST(AxisCells, ColumnsAndRowsAreInOrderAndShowTheEnds) {
    std::mt19937 random(8);
    const auto pick = [&](int64_t low, int64_t high) {
        return std::uniform_int_distribution<int64_t>(low, high)(random);
    };
    for (int trial = 0; trial < 2000; trial++) {
        const Axis axis{pick(1, 5000), pick(1, 80), pick(1, 40), pick(1, 9), pick(0, 9000), pick(0, 100)};
        const AxisCells cells(axis, 14);
        const int64_t all = std::max(axis.full_extent(), axis.pad_before + axis.output);
        ASSERT_EQ(cells.columns().front().begin, 0);
        ASSERT_EQ(cells.columns().back().end, all);
        int64_t shown = 0;
        std::set<int64_t> columns;
        for (size_t n = 0; n < cells.columns().size(); n++) {
            const Range &range = cells.columns()[n];
            ASSERT_LT(range.begin, range.end);
            ASSERT_TRUE(n == 0 || range.begin > cells.columns()[n - 1].end + 1);
            shown += range.end - range.begin;
            for (int64_t X = range.begin; X < range.end; X++) {
                columns.insert(X);
            }
        }
        ASSERT_LE(shown, 60);
        if (axis.output > 0) {
            ASSERT_EQ(columns.count(axis.pad_before), 1u);
            ASSERT_EQ(columns.count(axis.pad_before + axis.output - 1), 1u);
        }
        int64_t rows = 0;
        for (size_t n = 0; n < cells.rows().size(); n++) {
            ASSERT_TRUE(n == 0 || cells.rows()[n].begin > cells.rows()[n - 1].end + 1);
            ASSERT_LE(cells.rows()[n].end, axis.input);
            rows += cells.rows()[n].end - cells.rows()[n].begin;
        }
        ASSERT_LE(rows, 60);
    }
}

TEST(Picture, ShowsEachOutputCellWithItsTaps) {
    const char *layers[] = {
        R"("input_shape": [1, 5, 1], "filter_shape": [4, 1, 1], "strides": 2, "padding": "same")",
        R"("input_shape": [1, 5, 3], "filter_shape": [3, 2, 3], "strides": 2, "padding": "same", "output_padding": 0)",
        R"("input_shape": [1, 4, 1], "filter_shape": [2, 1, 1], "strides": 5)",
        R"("input_shape": [2, 4, 1], "filter_shape": [2, 1, 1], "strides": 3, "padding": "same")",
        R"("input_shape": [1, 5, 1], "filter_shape": [3, 1, 1], "strides": 4, "dilation_rate": 6)",
        R"("input_shape": [1, 2, 1], "filter_shape": [3, 1, 1], "dilation_rate": 4)",
        R"("input_shape": [1, 8, 1], "filter_shape": [12, 1, 1], "padding": "same")",
        R"("input_shape": [1, 1, 1], "filter_shape": [1, 1, 1])",
        R"("input_shape": [1, 1, 1], "filter_shape": [1, 1, 1], "strides": 14, "padding": "same")",
        R"("input_shape": [0, 3, 1], "filter_shape": [3, 1, 1], "strides": 2, "padding": "same")",
        R"("input_shape": [1, 1, 1], "filter_shape": [2, 1, 1], "strides": 2, "padding": "same", "output_padding": 0)",
    };
    for (const char *arguments : layers) {
        SCOPED_TRACE(arguments);
        const Layer layer = layer_of(arguments);
        expect_whole(layer, {layer.axes[2]});
    }
}

TEST(Picture, DrawsAxesThatAreAlikeOnce) {
    Layer layer = layer_of(R"("input_shape": [1, 5, 5, 1], "filter_shape": [3, 3, 1, 1], "strides": 2)");
    expect_whole(layer, {layer.axes[2]});
    EXPECT_TRUE(says(checked_picture(layer), "axes y and x"));
    layer = layer_of(R"("input_shape": [1, 5, 4, 1], "filter_shape": [3, 3, 1, 1], "strides": 2)");
    expect_whole(layer, {layer.axes[2], layer.axes[1]});
    layer = layer_of(R"("input_shape": [1, 4, 5, 4, 1], "filter_shape": [3, 3, 3, 1, 1], "strides": 2)");
    expect_whole(layer, {layer.axes[2], layer.axes[1]});
    EXPECT_TRUE(says(checked_picture(layer), "axes z and x"));
    layer = layer_of(R"("input_shape": [1, 5, 5, 5, 1], "filter_shape": [3, 3, 3, 1, 1], "strides": 2)");
    expect_whole(layer, {layer.axes[2]});
    EXPECT_TRUE(says(checked_picture(layer), "axes z, y and x"));
    layer = layer_of(R"("input_shape": [1, 5, 5, 5, 1], "filter_shape": [3, 3, 3, 1, 1], "strides": [1, 2, 3])");
    expect_whole(layer, {layer.axes[2], layer.axes[1], layer.axes[0]});
}

TEST(Picture, NamesTheIntegersTheOperatorAndTheArguments) {
    Layer layer = layer_of(R"("input_shape": [1, 5, 1], "filter_shape": [3, 1, 1], "strides": 4, "dilation_rate": 2)");
    layer.name = "a<b>&\"c\"";
    const XmlElement svg = parse_xml(layer_picture(layer, "padding = \"valid\" & more"));
    EXPECT_TRUE(says(svg, "a<b>&\"c\""));
    EXPECT_TRUE(says(svg, "keras.ops.conv_transpose: padding = \"valid\" & more"));
    EXPECT_TRUE(
        says(svg, "input I = 5, kernel_size K = 3, stride S = 4, dilation D = 2, output O = 21, pad_before P = 0"));
    EXPECT_TRUE(says(svg, "+ 1 = 21; cropped: 0 before, 0 behind"));
    EXPECT_EQ(titles(svg, "phase"),
              (std::vector<std::string>{"phase 0: 6 cells, x = 0, 4, ..., 20: k 0 of input q, k 2 of input q - 1",
                                        "phase 1: 5 cells, x = 1, 5, ..., 17: no tap",
                                        "phase 2: 5 cells, x = 2, 6, ..., 18: k 1 of input q",
                                        "phase 3: 5 cells, x = 3, 7, ..., 19: no tap"}));
}

// Only the marks that occur are explained.
TEST(Picture, ExplainsItsMarks) {
    const XmlElement plain =
        checked_picture(layer_of(R"("input_shape": [1, 5, 1], "filter_shape": [2, 1, 1], "strides": 2)"));
    for (const char *mark : {"cropped: not", "hole,", "beyond the full extent:", "no tap of its phase"}) {
        EXPECT_FALSE(says(plain, mark)) << mark;
    }
    EXPECT_TRUE(
        says(checked_picture(layer_of(R"("input_shape": [1, 5, 1], "filter_shape": [3, 1, 1], "padding": "same")")),
             "cropped: not"));
    const XmlElement sparse =
        checked_picture(layer_of(R"("input_shape": [1, 5, 1], "filter_shape": [2, 1, 1], "strides": 3)"));
    EXPECT_TRUE(says(sparse, "hole,"));
    EXPECT_TRUE(says(sparse, "beyond the full extent:"));
    EXPECT_TRUE(
        says(checked_picture(layer_of(R"("input_shape": [1, 2, 1], "filter_shape": [2, 1, 1], "dilation_rate": 4)")),
             "no tap of its phase"));
    EXPECT_TRUE(
        says(checked_picture(layer_of(R"("input_shape": [0, 2, 1], "filter_shape": [2, 1, 1])")), "no elements"));
}

// Both ends of a large axis are drawn, in a picture that is no larger for it.
TEST(Picture, ShortensLargeAxes) {
    const char *layers[] = {
        R"("input_shape": [1, 100, 7], "filter_shape": [1024, 1, 7], "strides": 256)",
        R"("input_shape": [1, 1000, 1], "filter_shape": [201, 1, 1], "padding": "same")",
        R"("input_shape": [1, 1000000000, 1], "filter_shape": [4, 1, 1], "strides": 2, "padding": "same")",
        R"("input_shape": [1, 30000, 1], "filter_shape": [65536, 1, 1], "strides": 65536, "padding": "same")",
        R"("input_shape": [1, 30000, 1], "filter_shape": [1, 1, 1], "strides": 65536, "padding": "same")",
        R"("input_shape": [1, 65536, 1], "filter_shape": [65536, 1, 1], "dilation_rate": 30000, "padding": "same")",
    };
    for (const char *arguments : layers) {
        SCOPED_TRACE(arguments);
        const Layer layer = layer_of(arguments);
        const XmlElement svg = checked_picture(layer);
        const std::vector<std::string> cells = titles(svg, "output");
        EXPECT_LT(cells.size(), 60u);
        EXPECT_EQ(cells.front().rfind("x 0, ", 0), 0u) << cells.front();
        EXPECT_EQ(cells.back().rfind("x " + std::to_string(layer.axes[2].output - 1) + ", ", 0), 0u) << cells.back();
        EXPECT_TRUE(says(svg, "\u2026"));
        EXPECT_LT(number(svg, "width"), 2000);
        EXPECT_LT(number(svg, "height"), 2000);
    }
    // Where the definition can still be tried pair by pair, the cells that are left say what it says.
    const Layer layer =
        layer_of(R"("input_shape": [1, 90, 1], "filter_shape": [30, 1, 1], "strides": 7, "padding": "same")");
    for (const std::string &cell : titles(checked_picture(layer), "output")) {
        const size_t X = cell.find(", X ");
        ASSERT_NE(X, std::string::npos) << cell;
        EXPECT_EQ(cell, described(layer.axes[2], std::stoll(cell.substr(X + 4))));
    }
}

}  // namespace
}  // namespace tconv::test
