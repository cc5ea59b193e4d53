// SPDX-License-Identifier: Apache-2.0
// Layers for tests of the variant `winograd`.
#pragma once

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "tools/compiler/build_library.h"

namespace tconv::test {

struct WinogradCase {
    const char *name;
    int64_t batch, in_channels, out_channels;
    std::vector<Axis> axes;  // outermost first: {input, kernel, stride, dilation, output, pad_before}
    Knobs knobs;             // beyond the defaults
    double max_error_growth = 2;
    std::vector<std::string> refused_by = {};  // families of schedules
};

inline std::string name_of(const WinogradCase &winograd_case) { return winograd_case.name; }

inline void PrintTo(const WinogradCase &winograd_case, std::ostream *stream) { *stream << name_of(winograd_case); }

inline Layer winograd_layer(const WinogradCase &winograd_case) {
    Layer layer;
    layer.name = winograd_case.name;
    layer.spatial_rank = static_cast<int>(winograd_case.axes.size());
    layer.batch = winograd_case.batch;
    layer.in_channels = winograd_case.in_channels;
    layer.out_channels = winograd_case.out_channels;
    std::copy_backward(winograd_case.axes.begin(), winograd_case.axes.end(), layer.axes.end());
    layer.bias = true;
    layer.activation = Activation::kRelu;
    layer.max_error_growth = winograd_case.max_error_growth;
    return layer;
}

inline BuildOptions options_of(const WinogradCase &winograd_case) {
    BuildOptions options;
    options.variant = "winograd";
    if (!winograd_case.knobs.empty()) {
        options.knobs = winograd_case.knobs;
    }
    return options;
}

}  // namespace tconv::test
