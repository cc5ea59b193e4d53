// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/bench_layer.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "tools/tune/paired_comparison.h"
#include "tools/verify/layer_program.h"
#include "tools/verify/work_folder.h"

namespace tconv {

namespace {

// Two operations for every pair of an input cell and a tap, whether it lands inside the output or not.
double scatter_flops(const Layer &layer) {
    if (layer.flops) {
        return static_cast<double>(*layer.flops);
    }
    const double cells = static_cast<double>(layer.input_elements()) / static_cast<double>(layer.in_channels);
    return 2.0 * cells * static_cast<double>(layer.filter_elements());
}

Expected<std::vector<double>> run_repeats(const std::string &program, const Toolchain &toolchain,
                                          const BenchOptions &options) {
    const Expected<std::string> output =
        run_on_target(toolchain, program, {std::to_string(options.repeats), std::to_string(options.threads)});
    if (!output) {
        return output.error();
    }
    std::vector<double> times;
    std::istringstream lines(*output);
    for (std::string line; std::getline(lines, line);) {
        // Other lines name the device, or are what its driver has to say.
        double ms = 0;
        std::string key;
        if (std::istringstream(line) >> key >> ms && key == "ms") {
            times.push_back(ms);
        }
    }
    if (times.empty()) {
        return Error{StatusCode::kFailed, program + ": printed no time"};
    }
    return times;
}

}  // namespace

Expected<LayerTime> bench_layer(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                                const BenchOptions &options) {
    const Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        return folder.error();
    }
    BuildOptions build = options.build;
    build.stack = false;
    const Expected<BuiltLibrary> library = build_library(layer, target, folder->path(), build);
    if (!library) {
        return library.error();
    }
    const Expected<std::string> program = link_layer_program("layer_time", layer, target, *library, toolchain, *folder);
    if (!program) {
        return program.error();
    }
    const Expected<std::vector<double>> times = run_repeats(*program, toolchain, options);
    if (!times) {
        return times.error();
    }
    LayerTime result = summarize(layer, *times);
    result.choice = library->choice;
    return result;
}

LayerTime summarize(const Layer &layer, std::vector<double> times) {
    LayerTime result;
    result.ms = *std::min_element(times.begin(), times.end());
    result.median_ms = median(std::move(times));
    result.gflops = 1e-6 * scatter_flops(layer) / result.ms;
    return result;
}

double limit_ms(const Layer &layer, const MachinePeak &peak) {
    const auto bytes =
        static_cast<double>(layer.input_bytes() + layer.output_bytes() + layer.filter_bytes() + layer.bias_bytes());
    const double arithmetic = 2e-6 * static_cast<double>(layer.useful_macs()) / peak.gflops;
    const double memory = 1e-6 * bytes / peak.gigabytes_per_second;
    return std::max(arithmetic, memory);
}

}  // namespace tconv
