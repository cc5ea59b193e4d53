// SPDX-License-Identifier: Apache-2.0
// Times one layer's library.
#pragma once

#include <vector>

#include "tconv/layer.h"
#include "tools/compiler/build_library.h"
#include "tools/tune/machine_peak.h"
#include "tools/verify/toolchain.h"

namespace tconv {

struct BenchOptions {
    BuildOptions build;
    int threads = 1;
    int repeats = 10;
};

struct LayerTime {
    double ms = 0;         // least mean of a repeat
    double median_ms = 0;  // median of the means
    double gflops = 0;     // operations of the scatter form over ms, as the lists of layers count them
    Choice choice;
};

Expected<LayerTime> bench_layer(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                                const BenchOptions &options);

// The figures of a layer from the repeats' times in milliseconds, at least one.
LayerTime summarize(const Layer &layer, std::vector<double> times);

// The larger of useful multiply-adds at the measured peak and every tensor once at the measured memory bandwidth. A small
// layer whose tensors stay in the caches can be quicker than that.
double limit_ms(const Layer &layer, const MachinePeak &peak);

}  // namespace tconv
