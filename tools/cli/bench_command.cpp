// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/bench_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "runtime/base/output_file.h"
#include "tconv/isa.h"
#include "tools/cli/layer_arguments.h"
#include "tools/cli/progress.h"
#include "tools/cli/report.h"
#include "tools/tune/bench_general.h"
#include "tools/tune/bench_layer.h"
#include "tools/tune/provenance.h"

namespace tconv {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kSpecialised[] = "specialised", kGeneral[] = "general";
constexpr int kMaxRepeats = 10000;

struct BenchArguments {
    LayerArguments layers;
    ChoiceArguments choice;
    std::string target = "host";
    std::string kernels = kSpecialised;
    ToolArguments tools;
    int repeats = 10;
    std::string json;
};

// The limits of a GPU are not those that the processor was measured to have.
Json machine_json(const TargetInfo &target, const Toolchain &toolchain, const std::optional<MachinePeak> &peak) {
    Json machine = {{"cpu", processor_name()},    {"cores", std::thread::hardware_concurrency()},
                    {"target", target.name},      {"processor", target.cpu},
                    {"runs", toolchain.how()},    {"peak_gflops", nullptr},
                    {"bandwidth_gbps", nullptr},  {"tconv", TCONV_VERSION},
                    {"halide", halide_version()}, {"date", today()}};
    if (peak) {
        machine["peak_gflops"] = peak->gflops;
        machine["bandwidth_gbps"] = peak->gigabytes_per_second;
    }
    return machine;
}

Json layer_json(const LayerTime &time, double limit) {
    return {{"ms", time.ms},
            {"median_ms", time.median_ms},
            {"gflops", time.gflops},
            {"limit_ms", limit > 0 ? Json(limit) : Json()},
            {"variant", time.choice.variant},
            {"knobs_from", time.choice.knobs_from},
            {"knobs", time.choice.knobs}};
}

void print_machine(const BenchArguments &arguments, const TargetInfo &target, const Toolchain &toolchain,
                   const std::optional<MachinePeak> &peak) {
    std::printf("%s, %s, %s, %d thread%s", processor_name().c_str(), target.name.c_str(), toolchain.how().c_str(),
                arguments.choice.threads, arguments.choice.threads == 1 ? "" : "s");
    if (peak) {
        std::printf(": multiply-adds %.1f GFLOP/s, memory %.1f GB/s", peak->gflops, peak->gigabytes_per_second);
    }
    std::printf("\n");
}

void print_row(const std::string &name, size_t name_width, const LayerTime &time, double limit) {
    std::printf("%-*s  %-10s  %-11s  %10.4f  %10.4f  %8.1f", static_cast<int>(name_width), name.c_str(),
                time.choice.variant.c_str(), time.choice.knobs_from.c_str(), time.ms, time.median_ms, time.gflops);
    if (limit > 0) {
        std::printf("  %9.1f%%", 100 * limit / time.ms);
    }
    std::printf("\n");
    std::fflush(stdout);
}

Expected<std::optional<MachinePeak>> peak_of(const TargetInfo &target, const Toolchain &toolchain, int threads) {
    if (target.is_gpu()) {
        return std::optional<MachinePeak>();
    }
    const Expected<MachinePeak> peak = measure_peak(toolchain, threads);
    return peak ? Expected<std::optional<MachinePeak>>(*peak) : peak.error();
}

// Measures and prints; the file's contents on success. `isa`: general kernels of that instruction set.
Expected<Json> bench_layers(const BenchArguments &arguments, const TargetInfo &target, const Toolchain &toolchain,
                            const BuildOptions &build, std::optional<Isa> isa, const std::vector<Layer> &layers) {
    Progress progress;
    progress.show("measuring the machine");
    const Expected<std::optional<MachinePeak>> peak = peak_of(target, toolchain, arguments.choice.threads);
    progress.clear();
    if (!peak) {
        return peak.error();
    }
    print_machine(arguments, target, toolchain, *peak);
    size_t width = 5;
    for (const Layer &layer : layers) {
        width = std::max(width, layer.name.size());
    }
    std::printf("%-*s  %-10s  %-11s  %10s  %10s  %8s%s\n", static_cast<int>(width), "layer", "variant", "knobs from",
                "ms", "median ms", "GFLOP/s", *peak ? "  % of limit" : "");
    Json results = Json::object();
    for (size_t i = 0; i < layers.size(); i++) {
        const Layer &layer = layers[i];
        progress.show("[" + std::to_string(i + 1) + "/" + std::to_string(layers.size()) + "] " + layer.name);
        const Expected<LayerTime> time =
            isa ? bench_general(layer, *isa, arguments.choice.threads, arguments.repeats)
                : bench_layer(layer, target, toolchain, {build, arguments.choice.threads, arguments.repeats});
        progress.clear();
        if (!time) {
            return of_layer(layer.name, time.error());
        }
        const double limit = *peak ? limit_ms(layer, **peak) : 0;  // 0: unknown
        print_row(layer.name, width, *time, limit);
        results[layer.name] = layer_json(*time, limit);
    }
    return Json{{"machine", machine_json(target, toolchain, *peak)},
                {"threads", arguments.choice.threads},
                {"results", results}};
}

int run_bench(const BenchArguments &arguments) {
    const Expected<TargetInfo> target = chosen_target(arguments.target, arguments.choice);
    if (!target) {
        return fail(target.error());
    }
    const Expected<BuildOptions> build = build_options(arguments.choice);
    if (!build) {
        return fail(build.error());
    }
    const Expected<Toolchain> toolchain = find_toolchain(*target, arguments.tools);
    if (!toolchain) {
        return fail(toolchain.error());
    }
    if (!toolchain->can_run) {
        return fail(
            unsupported("--target", target->name, "programs for it run neither here nor under a known --emulator"));
    }
    std::optional<Isa> isa;
    if (arguments.kernels == kGeneral) {
        const Expected<Isa> found = find_isa(target->name);
        if (!found) {
            return fail(unsupported("--target", arguments.target,
                                    "general kernels do not run for it here; `tconv targets` "
                                    "lists those that do"));
        }
        if (!arguments.choice.variant.empty() || !arguments.choice.knobs.empty()) {
            return fail(invalid_argument("--kernels", kGeneral, "takes neither --variant nor --knobs"));
        }
        isa = *found;
    }
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers);
    if (!layers) {
        return fail(layers.error());
    }
    if (Status status = keep_layer_files(arguments.layers, "--json", arguments.json); !status) {
        return fail(status.error());
    }
    // Before the measurement, which takes minutes.
    Expected<OutputFile> file = OutputFile::create("--json", arguments.json);
    if (!file) {
        return fail(file.error());
    }
    const Expected<Json> result = bench_layers(arguments, *target, *toolchain, *build, isa, *layers);
    if (!result) {
        return fail(result.error());
    }
    if (Status status = file->publish({result->dump(2), "\n"}); !status) {
        return fail(status.error());
    }
    warn_without_schedules(*target);
    return 0;
}

}  // namespace

void add_bench_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<BenchArguments>();
    CLI::App *verb = app.add_subcommand("bench", "Time layers' libraries, beside what the machine can do at best");
    add_layer_arguments(*verb, arguments->layers);
    verb->add_option("--target", arguments->target, "What to compile for; see `tconv targets`")->capture_default_str();
    verb->add_option("--kernels", arguments->kernels,
                     "A library made for each layer, or the runtime's general kernels for the target")
        ->check(CLI::IsMember({kSpecialised, kGeneral}))
        ->capture_default_str();
    verb->add_option("--repeats", arguments->repeats, "Measurements of at least 50 ms for each layer")
        ->check(CLI::Range(1, kMaxRepeats))
        ->capture_default_str();
    verb->add_option("--json", arguments->json, "File for the results");
    verb->add_option("--cc", arguments->tools.cc, "C compiler (GCC or Clang) that links programs for the target");
    verb->add_option("--emulator", arguments->tools.emulator, "Command that runs the target's programs");
    add_choice_arguments(*verb, arguments->choice,
                         "Threads that run the tasks of a layer; tuned records for as many go first");
    verb->footer(
        "ms is the least of the repeats' means. GFLOP/s counts the operations of the scatter form, as lists\n"
        "of layers do. The limit is the larger of the layer's multiply-adds at the measured peak and its\n"
        "tensors at the measured bandwidth.\n"
        "Example:\n  tconv bench layers.json --layers dcgan_g3,unet_up1 --json times.json");
    verb->callback([arguments, &exit_code] { exit_code = run_bench(*arguments); });
}

}  // namespace tconv
