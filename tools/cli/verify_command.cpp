// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/verify_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "tools/cli/given_tensors.h"
#include "tools/cli/layer_arguments.h"
#include "tools/cli/progress.h"
#include "tools/cli/report.h"
#include "tools/verify/verify_layer.h"

namespace tconv {

namespace {

struct VerifyArguments {
    LayerArguments layers;
    ChoiceArguments choice;
    std::string target;
    ToolArguments tools;
    uint64_t seed = 1;
    GivenTensors tensors;
};

// On the caller's own tensors. Nothing is said of a library that did not run.
void print_errors(const Accuracy &accuracy) {
    if (accuracy.compared > 0) {
        const double largest = accuracy.largest_output;
        std::printf(
            "      largest error %.3g, %.3g of the largest output (%.6g), %.3g of its bound; %lld cells compared\n",
            accuracy.largest_difference, largest > 0 ? accuracy.largest_difference / largest : 0.0, largest,
            accuracy.bound_ratio, static_cast<long long>(accuracy.compared));
    }
}

// `given`: on the caller's own tensors. Of several failures the first one's reason is the command's error; the others'
// stand here.
void print_line(const Layer &layer, const TargetInfo &target, const Verification &result, size_t name_width, bool given,
                bool with_reason) {
    const char *verdict = !result.pass ? "FAIL" : result.accuracy || target.is_cuda() ? "PASS" : "ok";
    std::printf("%-4s  %-*s  %s  variant %s  %s", verdict, static_cast<int>(name_width), layer.name.c_str(),
                target.name.c_str(), result.choice.variant.c_str(), result.how.c_str());
    if (result.pass && result.accuracy && result.accuracy->compared == 0) {
        std::printf("  nothing compared");
    } else if (result.pass && result.accuracy && !given) {
        std::printf("  largest difference %.2g (%.2f of its bound)%s", result.accuracy->largest_difference,
                    result.accuracy->bound_ratio, result.accuracy->integers_checked ? "  integers exact" : "");
    }
    std::printf("\n");
    if (result.accuracy && given) {
        print_errors(*result.accuracy);
    }
    for (const std::string &finding : result.findings) {
        std::printf("      %s\n", finding.c_str());
    }
    if (!result.pass && with_reason) {
        std::printf("      %s\n", result.reason.c_str());
    }
    std::fflush(stdout);
}

int run_verify(const VerifyArguments &arguments) {
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
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers);
    if (!layers) {
        return fail(layers.error());
    }
    const Expected<std::optional<VerifyTensors>> tensors =
        read_given_tensors(arguments.tensors, *layers, *target, *toolchain);
    if (!tensors) {
        return fail(tensors.error());
    }
    size_t name_width = 0;
    for (const Layer &layer : *layers) {
        name_width = std::max(name_width, layer.name.size());
    }
    Progress progress;
    size_t failures = 0;
    Error first_failure;
    for (size_t i = 0; i < layers->size(); i++) {
        const Layer &layer = (*layers)[i];
        progress.show("[" + std::to_string(i + 1) + "/" + std::to_string(layers->size()) + "] " + layer.name);
        const Expected<Verification> result =
            verify_layer(layer, *target, *toolchain, {*build, arguments.seed, *tensors});
        progress.clear();
        if (!result) {
            return fail(of_layer(layer.name, result.error()));
        }
        print_line(layer, *target, *result, name_width, tensors->has_value(), failures > 0);
        if (!result->pass && failures++ == 0) {
            first_failure = {StatusCode::kFailed, layer.name + " on " + target->name + ": " + result->reason};
        }
    }
    if (failures > 1) {
        first_failure.message +=
            " (and " + std::to_string(failures - 1) + " more of " + std::to_string(layers->size()) + ")";
    }
    if (failures > 0) {
        return fail(first_failure);  // and one line is all that a failure prints
    }
    warn_without_schedules(*target);
    return 0;
}

}  // namespace

void add_verify_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<VerifyArguments>();
    CLI::App *verb = app.add_subcommand("verify", "Build layers, run them and compare with a double-precision oracle");
    add_layer_arguments(*verb, arguments->layers);
    verb->add_option("--target", arguments->target, "What to compile for; see `tconv targets`")->required();
    verb->add_option("--cc", arguments->tools.cc, "C compiler (GCC or Clang) that links programs for the target");
    verb->add_option("--emulator", arguments->tools.emulator,
                     "Command that runs the target's programs, such as \"qemu-aarch64 -L /usr/aarch64-linux-gnu\"");
    add_choice_arguments(*verb, arguments->choice);
    verb->add_option("--input", arguments->tensors.input,
                     "Input tensor (.npy) to verify one layer on, in place of random data");
    verb->add_option("--filter", arguments->tensors.filter,
                     "Filter for --input (.npy), where the layer file names no weights");
    verb->add_option("--bias", arguments->tensors.bias, "Bias for --input (.npy), where the layer has one");
    verb->add_option("--seed", arguments->seed, "Seed of the random data")->capture_default_str();
    verb->footer(
        "A library runs on this machine or under an emulator: with NAME_run, and again by single tasks in a\n"
        "shuffled order, through NAME_run_parallel and with strides, which must give the same bytes. Large\n"
        "layers run once where that is slow. Tensors lie between guard pages. Kernels of cuda targets go\n"
        "through ptxas instead. Where nothing runs x86-64-avx512, its inner loops' assembly is checked.\n"
        "On tensors given with --input it prints the largest error of any cell: absolute, relative to the largest\n"
        "output, and in units of the bound that docs/semantics.md derives for that cell.\n"
        "Example:\n  tconv verify decoder_up1.json --target arm64-neon\n"
        "  tconv verify decoder_up1.json --target host --input x.npy --filter w.npy --bias b.npy");
    verb->callback([arguments, &exit_code] { exit_code = run_verify(*arguments); });
}

}  // namespace tconv
