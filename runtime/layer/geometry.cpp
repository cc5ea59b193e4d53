// SPDX-License-Identifier: Apache-2.0
#include "tconv/geometry.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/base/integers.h"

namespace tconv {

namespace {

// The x in [0, modulus) with a*x = 1 (mod modulus), for coprime a and modulus; 0 for modulus 1.
int64_t inverse(int64_t a, int64_t modulus) {
    int64_t remainder = modulus, next_remainder = a % modulus;
    int64_t x = 0, next_x = 1;
    while (next_remainder != 0) {
        const int64_t quotient = remainder / next_remainder;
        remainder = std::exchange(next_remainder, remainder - quotient * next_remainder);
        x = std::exchange(next_x, x - quotient * next_x);
    }
    return modulus == 1 ? 0 : (x % modulus + modulus) % modulus;
}

// Sets the outputs of a phase: those x in [0, output) with (x + pad_before) mod stride = phase.
void set_outputs(const Axis &axis, Phase &phase) {
    const int64_t start = axis.pad_before % axis.stride;
    phase.first_output = phase.phase - start + (phase.phase < start ? axis.stride : 0);
    phase.outputs = std::max<int64_t>(0, ceil_div(axis.output - phase.first_output, axis.stride));
    phase.first_q = (phase.first_output + axis.pad_before) / axis.stride;
}

// The smallest index above `read` at which a tap enters or leaves the input, or `limit` if that comes first.
int64_t next_change(const Axis &axis, const Phase &phase, int64_t read, int64_t limit) {
    if (axis.input == 0) return limit;  // nothing to enter
    const int64_t entering = std::max<int64_t>(0, floor_div(read, phase.input_step) + 1);
    const int64_t leaving = std::max<int64_t>(0, ceil_div(read - axis.input + 1, phase.input_step));
    int64_t next = limit;
    if (entering < phase.taps) next = std::min(next, entering * phase.input_step);
    if (leaving < phase.taps) next = std::min(next, leaving * phase.input_step + axis.input);
    return next;
}

}  // namespace

bool Axis::operator==(const Axis &other) const {
    return input == other.input && kernel == other.kernel && stride == other.stride && dilation == other.dilation &&
           output == other.output && pad_before == other.pad_before;
}

std::vector<Phase> phases(const Axis &axis) {
    const int64_t common = std::gcd(axis.stride, axis.dilation);
    const int64_t tap_step = axis.stride / common;
    const int64_t dilation_inverse = inverse(axis.dilation / common, tap_step);
    std::vector<Phase> result(static_cast<size_t>(axis.stride));
    for (int64_t f = 0; f < axis.stride; f++) {
        Phase &phase = result[static_cast<size_t>(f)];
        phase.phase = f;
        phase.tap_step = tap_step;
        phase.input_step = axis.dilation / common;
        set_outputs(axis, phase);
        if (f % common != 0) continue;
        const int64_t first_tap = (f / common) * dilation_inverse % tap_step;
        if (first_tap >= axis.kernel) continue;
        phase.first_tap = first_tap;
        phase.taps = ceil_div(axis.kernel - first_tap, tap_step);
        phase.input_offset = (f - axis.dilation * first_tap) / axis.stride;
    }
    return result;
}

Range taps_inside(const Axis &axis, const Phase &phase, int64_t q) {
    const int64_t read = q + phase.input_offset;  // by tap 0
    const int64_t begin = std::max<int64_t>(0, ceil_div(read - axis.input + 1, phase.input_step));
    const int64_t end = std::min(phase.taps, floor_div(read, phase.input_step) + 1);
    return begin < end ? Range{begin, end} : Range{};
}

std::vector<TapRun> tap_runs(const Axis &axis, const Phase &phase) {
    std::vector<TapRun> runs;
    const int64_t first_read = phase.first_q + phase.input_offset;
    const int64_t end_read = first_read + phase.outputs;
    for (int64_t read = first_read; read < end_read;) {
        const Range inside = taps_inside(axis, phase, read - phase.input_offset);
        const int64_t next = next_change(axis, phase, read, end_read);
        // Never the taps of the run before: a tap leaves only after it came in, so that from one change to the next
        // either the first or the last of those inside is another.
        runs.push_back({read - first_read, next - read, inside.begin, inside.end - inside.begin});
        read = next;
    }
    return runs;
}

Range input_range(const Axis &axis) {
    Range range;
    bool empty = true;
    for (const Phase &phase : phases(axis)) {
        if (phase.taps == 0 || phase.outputs == 0) continue;
        const int64_t first_read = phase.first_q + phase.input_offset;
        const int64_t begin = first_read - (phase.taps - 1) * phase.input_step;
        const int64_t end = first_read + phase.outputs;
        range.begin = empty ? begin : std::min(range.begin, begin);
        range.end = empty ? end : std::max(range.end, end);
        empty = false;
    }
    return range;
}

int64_t useful_taps(const Axis &axis) {
    int64_t count = 0;
    for (int64_t k = 0; k < axis.kernel; k++) {
        // Tap k sends input i to output stride*i + shift; count the i that land inside.
        const int64_t shift = axis.dilation * k - axis.pad_before;
        const int64_t begin = std::max<int64_t>(0, ceil_div(-shift, axis.stride));
        const int64_t end = std::min(axis.input, floor_div(axis.output - 1 - shift, axis.stride) + 1);
        count += std::max<int64_t>(0, end - begin);
    }
    return count;
}

}  // namespace tconv
