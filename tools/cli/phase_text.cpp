// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/phase_text.h"

#include <algorithm>

namespace tconv {

namespace {

constexpr int64_t kLandingsNamed = 8;
constexpr int64_t kTapsNamed = 4;
constexpr int64_t kOutputsNamed = 4;

std::string cells_of(int64_t count) { return std::to_string(count) + (count == 1 ? " cell" : " cells"); }

// "x = 1, 3, ..., 63"
std::string outputs_text(const Axis &axis, const Phase &phase) {
    std::string text;
    for (int64_t j = 0; j < phase.outputs; j++) {
        if (phase.outputs > kOutputsNamed && j == kOutputsNamed - 2) {
            text += ", ...";
            j = phase.outputs - 1;
        }
        text += (j == 0 ? "x = " : ", ") + std::to_string(phase.first_output + j * axis.stride);
    }
    return text;
}

// "input q - 2"
std::string input_text(int64_t offset) {
    if (offset == 0) {
        return "input q";
    }
    return std::string("input q ") + (offset < 0 ? "- " : "+ ") + std::to_string(offset < 0 ? -offset : offset);
}

}  // namespace

std::string six_integers(const Axis &axis) {
    return "input I = " + std::to_string(axis.input) + ", kernel_size K = " + std::to_string(axis.kernel) +
           ", stride S = " + std::to_string(axis.stride) + ", dilation D = " + std::to_string(axis.dilation) +
           ", output O = " + std::to_string(axis.output) + ", pad_before P = " + std::to_string(axis.pad_before);
}

std::string extents_text(const Axis &axis) {
    const int64_t full = axis.full_extent();
    const int64_t after = full - axis.pad_before - axis.output;
    std::string text = "full extent (I - 1)*S + (K - 1)*D + 1 = " + std::to_string(full) +
                       "; cropped: " + std::to_string(axis.pad_before) + " before, " +
                       std::to_string(std::max<int64_t>(0, after)) + " behind";
    if (after < 0) {
        text += "; the output goes on for " + cells_of(-after) + " beyond it";
    }
    return text;
}

const char *kind_text(CellKind kind) {
    switch (kind) {
    case CellKind::kSum: return "a sum of taps";
    case CellKind::kNoInput: return "no tap of its phase is inside the input: 0 before bias and activation";
    case CellKind::kHole: return "hole, a phase without taps: 0 before bias and activation";
    case CellKind::kBeyond: return "beyond the full extent: 0 before bias and activation";
    }
    return "";
}

std::string cell_text(const AxisCells &cells, int64_t X) {
    std::string text = "x " + std::to_string(X - cells.axis().pad_before) + ", X " + std::to_string(X) + ", phase " +
                       std::to_string(cells.phase_at(X).phase) + ": ";
    if (cells.kind(X) != CellKind::kSum) {
        return text + kind_text(cells.kind(X));
    }
    bool first = true;
    for (const Landing &landing : cells.landings(X, kLandingsNamed)) {
        text += (first ? "" : " + ") + std::string("input ") + std::to_string(landing.input) + " * filter " +
                std::to_string(landing.tap);
        first = false;
    }
    const int64_t more = cells.count_landings(X) - kLandingsNamed;
    return more > 0 ? text + " + " + std::to_string(more) + " more" : text;
}

std::string phase_text(const Axis &axis, const Phase &phase) {
    std::string text = "phase " + std::to_string(phase.phase) + ": " + cells_of(phase.outputs);
    if (phase.outputs > 0) {
        text += ", " + outputs_text(axis, phase);
    }
    if (phase.taps == 0) {
        return text + ": no tap";
    }
    for (int64_t t = 0; t < std::min(phase.taps, kTapsNamed); t++) {
        text += (t == 0 ? ": k " : ", k ") + std::to_string(phase.first_tap + t * phase.tap_step) + " of " +
                input_text(phase.input_offset - t * phase.input_step);
    }
    return phase.taps > kTapsNamed ? text + ", ... (" + std::to_string(phase.taps) + " taps)" : text;
}

}  // namespace tconv
