// SPDX-License-Identifier: Apache-2.0
/// \file
/// The geometry of a transposed convolution: plain integers, one spatial axis at a time.
///
/// With input extent I, kernel_size K, stride S, dilation D, output extent O and pad_before P, output cell x
/// holds the sum over all (i, k) with S*i + D*k = x + P, 0 <= i < I, 0 <= k < K. A cell that no pair reaches is
/// zero before the epilogue. Every operator's padding reduces to (O, P); see layer.h.
///
/// The phase decomposition turns that scatter into gathers: X = x + P = S*q + f puts cell x into phase f, and
/// tap number t of a phase (kernel index first_tap + t*tap_step) reads input q + input_offset - t*input_step.
/// Each phase is a stride-1 correlation, and no inserted zero is ever multiplied.
///
/// All functions are pure and thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace tconv {

/// One spatial axis. 1 <= input, kernel, stride, dilation; 0 <= output, pad_before; none above 2^31 - 1.
struct Axis {
    int64_t input = 1;
    int64_t kernel = 1;
    int64_t stride = 1;
    int64_t dilation = 1;
    int64_t output = 1;
    int64_t pad_before = 0;

    int64_t effective_kernel() const { return (kernel - 1) * dilation + 1; }
    int64_t full_extent() const { return (input - 1) * stride + effective_kernel(); }
    bool operator==(const Axis &other) const;
};

/// The outputs x = first_output + j*stride, j in [0, outputs), and the taps that reach them. Output j has
/// q = first_q + j. A phase without taps (taps = 0) holds cells that are zero before the epilogue.
struct Phase {
    int64_t phase = 0;         ///< f = (x + pad_before) mod stride
    int64_t first_output = 0;  ///< smallest x of the phase
    int64_t outputs = 0;       ///< how many; may be 0
    int64_t first_q = 0;       ///< (first_output + pad_before) div stride
    int64_t first_tap = 0;     ///< k0
    int64_t taps = 0;          ///< T
    int64_t tap_step = 1;      ///< stride / gcd(stride, dilation)
    int64_t input_offset = 0;  ///< tap 0 reads input q + input_offset
    int64_t input_step = 1;    ///< dilation / gcd(stride, dilation)
};

/// Consecutive outputs of a phase for which the same taps lie inside the input.
struct TapRun {
    int64_t first = 0;      ///< j of the first output
    int64_t outputs = 0;    ///< >= 1
    int64_t tap_begin = 0;  ///< first tap t inside the input, for every output of the run
    int64_t taps = 0;       ///< number of them; 0 where no tap is inside
};

/// Indices [begin, end); empty when begin == end.
struct Range {
    int64_t begin = 0;
    int64_t end = 0;
};

/// The stride phases of an axis, in the order of f.
std::vector<Phase> phases(const Axis &axis);

/// The taps t of a phase that lie inside the input at X = S*q + f, whether that is an output or cropped.
Range taps_inside(const Axis &axis, const Phase &phase, int64_t q);

/// A phase's outputs cut into runs, in order; together they cover [0, outputs) exactly.
std::vector<TapRun> tap_runs(const Axis &axis, const Phase &phase);

/// Input indices that the phases of an axis read, were the input endless. What lies outside [0, input) has to be supplied
/// as zeros by a kernel that does not trim taps.
Range input_range(const Axis &axis);

/// Pairs (x, k) of the axis that hit an input cell: the product over the axes, times batch and channels, is the
/// number of multiply-adds that are useful.
int64_t useful_taps(const Axis &axis);

}  // namespace tconv
