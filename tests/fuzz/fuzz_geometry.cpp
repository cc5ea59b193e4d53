// SPDX-License-Identifier: Apache-2.0
// geometry.h on any axis. An input is text: the fields of an Axis in their order, in decimal, with anything between
// them. They are brought into the ranges that geometry.h and validate.h state, to both ends of them, so that arithmetic
// that overflows is met. Every axis is checked against the definition in a form whose cost does not grow with the
// extents, and small ones also cell by cell.
#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include "check.h"
#include "tconv/geometry.h"

namespace tconv {
namespace {

constexpr int64_t kLargest = 2147483647;
constexpr int64_t kLargestWindow = 65536;  // kernel and stride: tables have that many entries
constexpr int64_t kUsualWindow = 128;      // what most inputs are kept below, for the sake of speed
constexpr int64_t kMostCells = 4096;       // of an axis that is checked cell by cell

// A kernel or stride: the largest one by its own number, others folded into the usual ones.
int64_t window_of(int64_t value) {
    if (value == kLargestWindow) return value;
    return value == 0 ? 1 : (value - 1) % kUsualWindow + 1;
}

Axis axis_of(const uint8_t *data, size_t size) {
    std::array<int64_t, 6> values = {1, 1, 1, 1, 1, 0};
    size_t position = 0;
    for (int64_t &value : values) {
        while (position < size && (data[position] < '0' || data[position] > '9')) position++;
        if (position == size) break;
        value = 0;
        for (; position < size && data[position] >= '0' && data[position] <= '9'; position++) {
            value = std::min(kLargest, value * 10 + (data[position] - '0'));
        }
    }
    Axis axis;
    axis.input = values[0];
    axis.kernel = window_of(values[1]);
    axis.stride = window_of(values[2]);
    axis.dilation = std::max<int64_t>(1, values[3]);
    axis.output = values[4];
    axis.pad_before = values[5];
    return axis;
}

// The outputs of phase f are all x in [0, output) with (x + pad_before) mod stride = f.
void check_outputs(const Axis &axis, const Phase &phase) {
    FUZZ_CHECK(phase.first_output >= 0 && phase.first_output < axis.stride);
    FUZZ_CHECK(phase.first_output + axis.pad_before == axis.stride * phase.first_q + phase.phase);
    if (phase.outputs == 0) {
        FUZZ_CHECK(phase.first_output >= axis.output);
        return;
    }
    const int64_t last = phase.first_output + (phase.outputs - 1) * axis.stride;
    FUZZ_CHECK(phase.outputs > 0);
    FUZZ_CHECK(last < axis.output && last + axis.stride >= axis.output);
}

// Each tap t has kernel index k in [0, kernel) and reads an i with stride*i + dilation*k = stride*q + f. Both are
// linear in t, so the first and the last tap stand for all.
void check_taps(const Axis &axis, const Phase &phase) {
    FUZZ_CHECK(phase.taps >= 0);
    FUZZ_CHECK(phase.tap_step * axis.dilation == phase.input_step * axis.stride);
    FUZZ_CHECK(std::gcd(phase.tap_step, phase.input_step) == 1);
    if (phase.taps == 0) return;
    const int64_t last_tap = phase.first_tap + (phase.taps - 1) * phase.tap_step;
    FUZZ_CHECK(phase.first_tap >= 0 && phase.first_tap < phase.tap_step);
    FUZZ_CHECK(last_tap < axis.kernel && last_tap + phase.tap_step >= axis.kernel);
    FUZZ_CHECK(axis.stride * phase.input_offset + axis.dilation * phase.first_tap == phase.phase);
}

// A run holds exactly the taps that are inside the input, for each of its outputs. Inputs rise with j and fall with t,
// so that it is enough to look at the two outputs and at the taps at both ends.
void check_run(const Axis &axis, const Phase &phase, const TapRun &run) {
    const int64_t end = run.tap_begin + run.taps;
    FUZZ_CHECK(run.tap_begin >= 0 && run.taps >= 0 && end <= phase.taps);
    const auto input = [&](int64_t j, int64_t t) {
        return phase.first_q + j + phase.input_offset - t * phase.input_step;
    };
    const int64_t first = run.first, last = run.first + run.outputs - 1;
    if (run.taps > 0) {
        FUZZ_CHECK(input(last, run.tap_begin) < axis.input);
        FUZZ_CHECK(input(first, end - 1) >= 0);
        FUZZ_CHECK(run.tap_begin == 0 || input(first, run.tap_begin - 1) >= axis.input);
        FUZZ_CHECK(end == phase.taps || input(last, end) < 0);
        return;
    }
    // No tap is inside: the first `beyond` of them read at or beyond the end of the input, the others before its
    // beginning. Were that number another at the last output, a tap would have come through the input in between.
    FUZZ_CHECK(run.tap_begin == 0);
    if (phase.taps == 0) return;
    const auto beyond = [&](int64_t j) {
        return input(j, 0) < 0 ? 0 : std::min(phase.taps, input(j, 0) / phase.input_step + 1);
    };
    FUZZ_CHECK(axis.input == 0 || beyond(first) == beyond(last));
    FUZZ_CHECK(beyond(first) == 0 || input(first, beyond(first) - 1) >= axis.input);
}

// What the runs of a phase add to the totals of the axis.
struct Totals {
    int64_t outputs = 0;
    int64_t taps = 0;    // of the kernel
    int64_t useful = 0;  // pairs (x, k) that hit an input
    Range read = {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()};
};

void check_runs(const Axis &axis, const Phase &phase, const std::vector<TapRun> &runs, Totals &totals) {
    int64_t next = 0;
    const TapRun *previous = nullptr;
    for (const TapRun &run : runs) {
        FUZZ_CHECK(run.first == next && run.outputs >= 1);
        FUZZ_CHECK(!previous || previous->tap_begin != run.tap_begin || previous->taps != run.taps);
        check_run(axis, phase, run);
        next += run.outputs;
        totals.useful += run.outputs * run.taps;
        previous = &run;
    }
    FUZZ_CHECK(next == phase.outputs);
}

void add_phase(const Phase &phase, Totals &totals) {
    totals.outputs += phase.outputs;
    totals.taps += phase.taps;
    if (phase.outputs == 0 || phase.taps == 0) return;
    const int64_t first = phase.first_q + phase.input_offset;
    totals.read.begin = std::min(totals.read.begin, first - (phase.taps - 1) * phase.input_step);
    totals.read.end = std::max(totals.read.end, first + phase.outputs);
}

// A pair (k, i) as one number.
using Pairs = std::vector<int64_t>;

// The definition: for each output x, the pairs with stride*i + dilation*k = x + pad_before, in the order of k.
std::vector<Pairs> scatter(const Axis &axis) {
    std::vector<Pairs> outputs(static_cast<size_t>(axis.output));
    for (int64_t k = 0; k < axis.kernel; k++) {
        for (int64_t i = 0; i < axis.input; i++) {
            const int64_t x = axis.stride * i + axis.dilation * k - axis.pad_before;
            if (x >= 0 && x < axis.output) outputs[static_cast<size_t>(x)].push_back(k * axis.input + i);
        }
    }
    return outputs;
}

// The same from phases and runs; k rises with t.
std::vector<Pairs> gather(const Axis &axis) {
    std::vector<Pairs> outputs(static_cast<size_t>(axis.output));
    for (const Phase &phase : phases(axis)) {
        for (const TapRun &run : tap_runs(axis, phase)) {
            for (int64_t j = run.first; j < run.first + run.outputs; j++) {
                Pairs &pairs = outputs.at(static_cast<size_t>(phase.first_output + j * axis.stride));
                for (int64_t t = run.tap_begin; t < run.tap_begin + run.taps; t++) {
                    const int64_t i = phase.first_q + j + phase.input_offset - t * phase.input_step;
                    pairs.push_back((phase.first_tap + t * phase.tap_step) * axis.input + i);
                }
            }
        }
    }
    return outputs;
}

void check_axis(const Axis &axis) {
    const std::vector<Phase> all = phases(axis);
    FUZZ_CHECK(static_cast<int64_t>(all.size()) == axis.stride);
    Totals totals;
    for (size_t f = 0; f < all.size(); f++) {
        const Phase &phase = all[f];
        FUZZ_CHECK(phase.phase == static_cast<int64_t>(f));
        check_outputs(axis, phase);
        check_taps(axis, phase);
        check_runs(axis, phase, tap_runs(axis, phase), totals);
        add_phase(phase, totals);
    }
    // Phases are disjoint in x, and in k, so counts prove that nothing is left out.
    FUZZ_CHECK(totals.outputs == axis.output);
    FUZZ_CHECK(totals.taps == axis.kernel);
    FUZZ_CHECK(useful_taps(axis) == totals.useful);
    const Range range = input_range(axis);
    if (totals.read.begin > totals.read.end) {
        FUZZ_CHECK(range.begin == range.end);
    } else {
        FUZZ_CHECK(range.begin == totals.read.begin && range.end == totals.read.end);
    }
    if (axis.input * axis.kernel <= kMostCells && axis.output <= kMostCells) {
        FUZZ_CHECK(scatter(axis) == gather(axis));
    }
}

}  // namespace
}  // namespace tconv

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    tconv::check_axis(tconv::axis_of(data, size));
    return 0;
}
