// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/explain_command.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "generators/plan_text.h"
#include "generators/variants/variant.h"
#include "schedules/machine.h"
#include "tools/cli/explain_picture.h"
#include "tools/cli/layer_arguments.h"
#include "tools/cli/layout_cost.h"
#include "tools/cli/machine_text.h"
#include "tools/cli/report.h"
#include "tools/compiler/build_library.h"

namespace tconv {

namespace {

constexpr size_t kPhasesShown = 16;
constexpr int64_t kMostPhasesListed = 1 << 16;

struct ExplainArguments {
    LayerArguments layers;
    ChoiceArguments choice;
    std::string target = "host";
    std::optional<std::string> svg;
    bool plan = false;
};

std::string shape_text(const std::vector<int64_t> &shape) {
    std::string text;
    for (int64_t extent : shape) {
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    }
    return text;
}

void print_geometry(const Layer &layer) {
    std::printf("%s: %s, %s, %s\n", layer.name.c_str(), to_string(layer.op), to_string(layer.layout),
                layer.dtype().c_str());
    std::printf("  input  %s\n  filter %s (%s)\n  output %s\n", shape_text(layer.input_shape()).c_str(),
                shape_text(layer.filter_shape()).c_str(), layer.filter_axes().c_str(),
                shape_text(layer.output_shape()).c_str());
    std::printf("  bias %s, activation %s\n", layer.bias ? "yes" : "no", to_text(layer.activation).c_str());
    std::printf("\n  axis  input  kernel  stride  dilation  output  pad_before  full extent\n");
    for (int a = 3 - layer.spatial_rank; a < 3; a++) {
        const Axis &axis = layer.axes[a];
        std::printf("  %-4s %6lld %7lld %7lld %9lld %7lld %11lld %12lld\n", kAxisNames[a], (long long)axis.input,
                    (long long)axis.kernel, (long long)axis.stride, (long long)axis.dilation, (long long)axis.output,
                    (long long)axis.pad_before, (long long)axis.full_extent());
    }
}

void print_phases(const Layer &layer) {
    std::printf("\n  phases: output x = first + stride*j reads, for tap t, input q + offset - step*t\n");
    for (int a = 3 - layer.spatial_rank; a < 3; a++) {
        if (layer.axes[a].stride > kMostPhasesListed) {
            std::printf("  %s: %lld phases\n", kAxisNames[a], (long long)layer.axes[a].stride);
            continue;
        }
        const std::vector<Phase> all = phases(layer.axes[a]);
        for (size_t p = 0; p < all.size() && p < kPhasesShown; p++) {
            const Phase &phase = all[p];
            std::printf("  %s phase %lld: %lld outputs from %lld, ", kAxisNames[a], (long long)phase.phase,
                        (long long)phase.outputs, (long long)phase.first_output);
            if (phase.taps == 0) {
                std::printf("no tap (bias and activation only)\n");
                continue;
            }
            std::printf("%lld tap%s k =", (long long)phase.taps, phase.taps == 1 ? "" : "s");
            for (int64_t t = 0; t < phase.taps && t < 8; t++) {
                std::printf(" %lld", (long long)(phase.first_tap + t * phase.tap_step));
            }
            std::printf("%s, offset %lld, step %lld\n", phase.taps > 8 ? " ..." : "", (long long)phase.input_offset,
                        (long long)phase.input_step);
        }
        if (all.size() > kPhasesShown) {
            std::printf("  %s ... %zu phases in all\n", kAxisNames[a], all.size());
        }
    }
}

// What zero insertion followed by a convolution would multiply: every tap at every output cell.
double zero_insertion_macs(const Layer &layer) {
    double macs = static_cast<double>(layer.output_elements()) * static_cast<double>(layer.in_channels);
    for (const Axis &axis : layer.axes) {
        macs *= static_cast<double>(axis.kernel);
    }
    return macs;
}

void print_work(const Layer &layer) {
    const double useful = static_cast<double>(layer.useful_macs()), inserted = zero_insertion_macs(layer);
    std::printf("\n  multiply-adds: %.6g; zero insertion would take %.6g", useful, inserted);
    if (useful > 0) {
        std::printf(" (%.3g times as many)", inserted / useful);
    }
    std::printf("\n");
    for (int a = 3 - layer.spatial_rank; a < 3; a++) {
        const Axis &axis = layer.axes[a];
        if (axis.kernel % axis.stride != 0) {
            std::printf(
                "  checkerboard: kernel %lld is not a multiple of stride %lld on %s: output cells are sums of unequal "
                "numbers of taps, a known cause of checkerboard patterns\n",
                (long long)axis.kernel, (long long)axis.stride, kAxisNames[a]);
        }
    }
}

void print_rounding(const Layer &layer, const Choice &choice) {
    if (choice.transforms) {
        std::printf(
            "  error %.3g times that of a direct sum in float32, as a root mean square on flat data (max_error_growth "
            "%.3g);\n"
            "  that of a cell follows the largest inputs in the window of its tile:\n",
            choice.error_growth, layer.max_error_growth);
        for (int a = 3 - layer.spatial_rank; a < 3; a++) {
            const AxisRounding &axis = choice.rounding[a];
            std::printf("    %s: c %.4g, e %lld, E %lld of its bound (docs/semantics.md, section 10)\n", kAxisNames[a],
                        axis.growth, (long long)axis.terms, (long long)axis.reach);
        }
    }
    if (!choice.transforms) {
        std::printf("  error of a cell's sum at most 2^-24 * min(n, 4 sqrt(n)) of the magnitudes in it, n = %lld\n",
                    (long long)direct_terms(layer));
    }
    const FiniteRange range = finite_range(layer, choice.rounding);
    std::printf(
        "  finite data stay finite while |input| <= %.2g, |filter| <= %.2g and %.4g*|input|*|filter| + |bias| <= "
        "3.4e+38\n",
        range.input, range.filter, range.terms);
    if (choice.spreads_nonfinite) {
        std::printf(
            "  a NaN or Inf of the input may reach cells that none of its taps reaches; strict_nonfinite forbids it\n");
    }
}

void print_choice(const Layer &layer, const TargetInfo &target, const Choice &choice, const LayerPlan &plan) {
    std::printf("\n  variant %s for %s: %s\n", choice.variant.c_str(), target.name.c_str(), choice.reason.c_str());
    std::printf("  knobs %s (%s)\n", choice.knobs.empty() ? "none" : to_string(choice.knobs).c_str(),
                choice.knobs_from.c_str());
    for (const KnobSpec &spec : find_variant(choice.variant)->knob_space(layer, target.machine())) {
        std::printf("    %-10s %4d of %d..%d: %s\n", spec.name.c_str(), choice.knobs.at(spec.name), spec.values.front(),
                    spec.values.back(), spec.meaning.c_str());
    }
    if (!choice.passed_over.empty()) {
        std::printf("  passed over: %s\n", choice.passed_over.c_str());
    }
    std::printf("  packed weights %s\n", bytes_text(plan.filter_layout.bytes()).c_str());
    if (target.is_gpu()) {
        std::printf("  workspace 0 bytes: what it needs it allocates on the device\n");
    } else {
        std::printf("  workspace %s of at most %s (%s)\n", bytes_text(choice.workspace_bytes).c_str(),
                    bytes_text(layer.workspace_limit()).c_str(),
                    layer.max_workspace_bytes ? "max_workspace_bytes" : "the default of max_workspace_bytes");
    }
    print_rounding(layer, choice);
}

// Estimated cycles are of use beside the least that the arithmetic needs, and beside each other.
void print_ranking(const Layer &layer, const TargetInfo &target, const Choice &choice) {
    const Machine machine = target.machine();
    const double lanes = machine.lanes(layer.types.accumulate) * machine.fma_per_cycle;
    const double least = static_cast<double>(layer.useful_macs()) / lanes;
    std::printf("\n  estimated cycles on one core, cheapest first; the multiply-adds of a direct sum take %.3g\n",
                least);
    for (const auto &[variant, proposal] : choice.ranking->proposals) {
        std::printf("  %c %-14s %9.3g  %5.2f  %s\n", variant->id == choice.variant ? '*' : ' ', variant->id.c_str(),
                    proposal.cycles, least > 0 ? proposal.cycles / least : 0.0, variant->summary.c_str());
        if (!proposal.knobs.empty()) {
            std::printf("      %s; %s\n", to_string(proposal.knobs).c_str(), proposal.why.c_str());
        }
    }
    for (const auto &[variant, declined] : choice.ranking->declines) {
        if (variant->for_gpu != machine.is_gpu) continue;
        std::printf("    %-14s not for this layer: %s\n", variant->id.c_str(), declined.why.c_str());
    }
}

void print_plan(const Choice &choice, const LayerPlan &plan) {
    std::printf("\n  plan of variant %s; a dimension of a view is its minimum, extent and stride\n%s",
                choice.variant.c_str(), plan_text(plan).c_str());
}

int run_explain(const ExplainArguments &arguments) {
    const Expected<TargetInfo> target = chosen_target(arguments.target, arguments.choice);
    if (!target) {
        return fail(target.error());
    }
    Expected<BuildOptions> options = build_options(arguments.choice);
    if (!options) {
        return fail(options.error());
    }
    options->rank = true;
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers);
    if (!layers) {
        return fail(layers.error());
    }
    std::vector<Choice> choices;
    for (const Layer &layer : *layers) {
        const Expected<Choice> choice = choose(layer, *target, *options);
        if (!choice) {
            return fail(choice.error());
        }
        choices.push_back(*choice);
    }
    if (const Status picture = write_picture(arguments.svg, arguments.layers, *layers); !picture) {
        return fail(picture.error());
    }
    for (size_t n = 0; n < layers->size(); n++) {
        const Layer &layer = (*layers)[n];
        const Choice &choice = choices[n];
        const LayerPlan plan = find_variant(choice.variant)->plan(layer, target->machine(), choice.knobs);
        print_geometry(layer);
        print_phases(layer);
        print_work(layer);
        print_choice(layer, *target, choice, plan);
        print_ranking(layer, *target, choice);
        if (const std::string cost = channels_first_cost(layer, target->machine(), choice.ranking); !cost.empty()) {
            std::printf("  %s\n", cost.c_str());
        }
        std::printf("\n%s", machine_text(*target, layer.types.accumulate).c_str());
        if (arguments.plan) {
            print_plan(choice, plan);
        }
        std::printf("\n");
    }
    warn_without_schedules(*target);
    return 0;
}

}  // namespace

void add_explain_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<ExplainArguments>();
    CLI::App *verb =
        app.add_subcommand("explain", "Print geometry, phases and taps, the chosen variant and knobs, and why");
    add_layer_arguments(*verb, arguments->layers);
    verb->add_option("--target", arguments->target, "What to explain the choice for; see `tconv targets`")
        ->capture_default_str();
    add_choice_arguments(*verb, arguments->choice);
    verb->add_option("--svg", arguments->svg,
                     "File for a picture of the geometry: input, taps, crop and output of each axis");
    verb->add_flag("--plan", arguments->plan,
                   "Print what the library does as well: kernels, stages with their grids and views, workspace");
    verb->footer(
        "Example:\n  tconv explain decoder_up1.json --target arm64-neon\n"
        "  tconv explain decoder_up1.json --svg decoder_up1.svg\n"
        "  tconv explain decoder_up1.json --variant phases --plan");
    verb->callback([arguments, &exit_code] { exit_code = run_explain(*arguments); });
}

}  // namespace tconv
