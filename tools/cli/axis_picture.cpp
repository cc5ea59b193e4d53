// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/axis_picture.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include "tools/cli/axis_cells.h"
#include "tools/cli/phase_text.h"

namespace tconv {

namespace {

constexpr int64_t kRow = 22;   // height of a row of cells
constexpr int64_t kLine = 18;  // of a line of text
constexpr int64_t kGap = 20;   // width of an ellipsis
constexpr int64_t kLabels = 66;
constexpr size_t kPhasesListed = 12;

// Light enough for black numbers. Phases repeat them; their numbers tell them apart.
constexpr const char *kPhaseColours[] = {"#a6cee3", "#fdbf6f", "#b2df8a", "#cab2d6",
                                         "#fb9a99", "#f2e68c", "#99d8c9", "#d9b99b"};
constexpr const char *kEdgeColour = "#5f5f5f";
constexpr const char *kFaint = "#8a8a8a";
constexpr const char *kCropColour = "#ececec";
constexpr const char *kDashed = " stroke-dasharray=\"3 2\"";
const std::string kNone = "none";
const std::string kEllipsis = "\u2026", kCross = "\u00d7";

const char *colour_of(int64_t phase) { return kPhaseColours[phase % static_cast<int64_t>(std::size(kPhaseColours))]; }

// Wide enough for the largest number that a cell may hold.
int64_t cell_width(const Axis &axis) {
    const int64_t largest = std::max({axis.full_extent(), axis.pad_before + axis.output, axis.kernel, axis.input});
    return std::max<int64_t>(26, text_width(std::to_string(largest), 11) + 7);
}

// How many columns beside an end of the output make a picture that fits a page.
int64_t widest(const Axis &axis) { return std::clamp<int64_t>(390 / cell_width(axis), 4, 14); }

class AxisPicture {
public:
    AxisPicture(Svg &svg, const Axis &axis) : svg_(svg), cells_(axis, widest(axis)), width_(cell_width(axis)) {
        grid_left_ = kPictureLeft + std::max(kLabels, width_) + 12;
        int64_t left = grid_left_;
        for (const Range &range : cells_.columns()) {
            if (range.begin > 0) {
                gaps_.push_back(left + kGap / 2);
                left += kGap;
            }
            for (int64_t X = range.begin; X < range.end; X++, left += width_) {
                columns_.push_back({X, left});
            }
        }
    }

    int64_t draw(int64_t top, const std::string &axes);

private:
    struct Column {
        int64_t X, left;
    };

    int64_t draw_heading(int64_t y, const std::string &axes);
    int64_t draw_taps(int64_t y);
    void draw_input_row(int64_t y, int64_t input);
    int64_t draw_full_row(int64_t y);
    int64_t draw_output_row(int64_t y);
    int64_t draw_numbers_row(int64_t y, const std::string &label, int64_t (*number)(const AxisCells &, int64_t X));
    int64_t draw_phases(int64_t y);
    int64_t draw_marks(int64_t y);

    Svg::Box cell(int64_t left, int64_t y) const { return {left + 1, y + 1, width_ - 2, kRow - 2}; }
    void number(int64_t left, int64_t y, int64_t value, const std::string &extra = "") {
        svg_.text(left + width_ / 2, y + 15, std::to_string(value), Svg::Anchor::kMiddle, 11, extra);
    }
    void label(int64_t y, const std::string &text) { svg_.text(grid_left_ - 12, y + 15, text, Svg::Anchor::kEnd, 11); }
    void ellipses(int64_t y) {
        for (int64_t x : gaps_) {
            svg_.text(x, y + 15, kEllipsis, Svg::Anchor::kMiddle, 12);
        }
    }
    void output_cell(const Svg::Box &box, CellKind kind, int64_t phase);

    Svg &svg_;
    AxisCells cells_;
    int64_t width_, grid_left_;
    std::vector<Column> columns_;
    std::vector<int64_t> gaps_;  // their middles
};

int64_t AxisPicture::draw(int64_t top, const std::string &axes) {
    int64_t y = draw_heading(top, axes);
    const int64_t grid_top = y;
    int64_t rows = 0;
    for (const Range &range : cells_.rows()) {
        rows += range.end - range.begin + (range.begin > 0 && rows > 0 ? 1 : 0);
    }
    const int64_t grid_bottom = grid_top + (rows + 2) * kRow + 6;
    for (const Column &column : columns_) {  // behind everything else
        if (!cells_.is_output(column.X)) {
            svg_.rectangle({column.left, grid_top, width_, grid_bottom - grid_top}, kCropColour, kNone);
        }
    }
    y = draw_taps(y) + 6;
    y = draw_full_row(y);
    y = draw_output_row(y);
    y = draw_numbers_row(y, "phase f", [](const AxisCells &cells, int64_t X) { return cells.phase_at(X).phase; });
    y = draw_numbers_row(y, "taps", [](const AxisCells &cells, int64_t X) { return cells.count_landings(X); });
    return draw_marks(draw_phases(y + 10));
}

int64_t AxisPicture::draw_heading(int64_t y, const std::string &axes) {
    svg_.text(kPictureLeft, y + 14, axes, Svg::Anchor::kStart, 13, " font-weight=\"bold\"");
    svg_.text(kPictureLeft, y + 14 + kLine, six_integers(cells_.axis()));
    svg_.text(kPictureLeft, y + 14 + 2 * kLine, extents_text(cells_.axis()));
    y += 14 + 2 * kLine + kLine / 2;
    svg_.text(grid_left_ - 12, y + 12, "input i", Svg::Anchor::kEnd, 11);
    svg_.text(grid_left_, y + 12, "kernel index k of the tap that takes input i to X = S*i + D*k", Svg::Anchor::kStart,
              11);
    return y + kLine;
}

int64_t AxisPicture::draw_taps(int64_t y) {
    bool first = true;
    for (const Range &range : cells_.rows()) {
        if (!first) {
            svg_.text(grid_left_ - 12 - width_ / 2, y + 13, kEllipsis, Svg::Anchor::kMiddle, 12);
            y += kRow;
        }
        first = false;
        for (int64_t input = range.begin; input < range.end; input++, y += kRow) {
            draw_input_row(y, input);
        }
    }
    return y;
}

void AxisPicture::draw_input_row(int64_t y, int64_t input) {
    svg_.rectangle(cell(grid_left_ - 12 - width_, y), "#ffffff", kEdgeColour);
    number(grid_left_ - 12 - width_, y, input);
    const Axis &axis = cells_.axis();
    for (const Column &column : columns_) {
        const int64_t distance = column.X - axis.stride * input;
        const int64_t tap = distance / axis.dilation;
        if (distance < 0 || distance % axis.dilation != 0 || tap >= axis.kernel) {
            continue;
        }
        const bool kept = cells_.is_output(column.X);
        svg_.rectangle(cell(column.left, y), kept ? colour_of(column.X % axis.stride) : kNone,
                       kept ? kEdgeColour : kFaint, kept ? "" : kDashed);
        number(column.left, y, tap, kept ? "" : std::string(" fill=\"") + kEdgeColour + "\"");
    }
    ellipses(y);
}

int64_t AxisPicture::draw_full_row(int64_t y) {
    label(y, "full X");
    for (const Column &column : columns_) {
        if (column.X < cells_.axis().full_extent()) {
            svg_.rectangle(cell(column.left, y), "#ffffff", kFaint);
            number(column.left, y, column.X);
        }
    }
    ellipses(y);
    return y + kRow;
}

// The look of an output cell, which the list of marks explains.
void AxisPicture::output_cell(const Svg::Box &box, CellKind kind, int64_t phase) {
    if (kind == CellKind::kSum) {
        svg_.rectangle(box, colour_of(phase), "#1a1a1a");
        return;
    }
    const char *fill = kind == CellKind::kBeyond ? "#d0d0d0" : kind == CellKind::kHole ? "#ffffff" : colour_of(phase);
    svg_.rectangle(box, fill, "#1a1a1a", kDashed);
    if (kind == CellKind::kHole) {
        svg_.line(box.x, box.y + box.height, box.x + box.width, box.y, kFaint);
    }
}

int64_t AxisPicture::draw_output_row(int64_t y) {
    label(y, "output x");
    for (const Column &column : columns_) {
        if (!cells_.is_output(column.X)) {
            svg_.text(column.left + width_ / 2, y + 15, kCross, Svg::Anchor::kMiddle, 12);
            continue;
        }
        svg_.begin_group("output", cell_text(cells_, column.X));
        output_cell(cell(column.left, y), cells_.kind(column.X), cells_.phase_at(column.X).phase);
        number(column.left, y, column.X - cells_.axis().pad_before);
        svg_.end_group();
    }
    ellipses(y);
    return y + kRow;
}

int64_t AxisPicture::draw_numbers_row(int64_t y, const std::string &name,
                                      int64_t (*value)(const AxisCells &, int64_t X)) {
    label(y, name);
    for (const Column &column : columns_) {
        if (cells_.is_output(column.X)) {
            number(column.left, y, value(cells_, column.X));
        }
    }
    return y + kLine;
}

int64_t AxisPicture::draw_phases(int64_t y) {
    svg_.text(kPictureLeft, y + 12, "phase f = (x + P) mod S, q = (x + P) div S; taps outside the input are left out");
    y += kLine;
    const std::vector<Phase> &phases = cells_.phases();
    for (size_t f = 0; f < std::min(phases.size(), kPhasesListed); f++, y += kLine) {
        const Phase &phase = phases[f];
        svg_.begin_group("phase", phase_text(cells_.axis(), phase));
        output_cell({kPictureLeft, y + 1, 20, kLine - 4}, phase.taps == 0 ? CellKind::kHole : CellKind::kSum,
                    phase.phase);
        svg_.text(kPictureLeft + 28, y + 12, phase_text(cells_.axis(), phase));
        svg_.end_group();
    }
    if (phases.size() > kPhasesListed) {
        svg_.text(kPictureLeft + 28, y + 12, kEllipsis + " " + std::to_string(phases.size()) + " phases in all");
        y += kLine;
    }
    return y;
}

// Only what the picture has.
int64_t AxisPicture::draw_marks(int64_t y) {
    std::set<CellKind> kinds;
    bool crops = false;
    for (const Column &column : columns_) {
        if (cells_.is_output(column.X)) {
            kinds.insert(cells_.kind(column.X));
        } else {
            crops = true;
        }
    }
    for (CellKind kind : {CellKind::kHole, CellKind::kNoInput, CellKind::kBeyond}) {
        if (kinds.count(kind) == 0) {
            continue;
        }
        output_cell({kPictureLeft, y + 1, 20, kLine - 4}, kind, 0);
        svg_.text(kPictureLeft + 28, y + 12, kind_text(kind));
        y += kLine;
    }
    if (crops) {
        svg_.rectangle({kPictureLeft, y + 1, 20, kLine - 4}, kCropColour, kNone);
        svg_.text(kPictureLeft + 10, y + 12, kCross, Svg::Anchor::kMiddle, 12);
        svg_.text(kPictureLeft + 28, y + 12, "cropped: not part of the output");
        y += kLine;
    }
    return y;
}

}  // namespace

int64_t draw_axis(Svg &svg, int64_t top, const std::string &axes, const Axis &axis) {
    return AxisPicture(svg, axis).draw(top, axes);
}

}  // namespace tconv
