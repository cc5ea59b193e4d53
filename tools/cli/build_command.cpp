// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/build_command.h"

#include <cstdio>
#include <filesystem>
#include <memory>

#include "tools/cli/layer_arguments.h"
#include "tools/cli/layout_cost.h"
#include "tools/cli/progress.h"
#include "tools/cli/report.h"
#include "tools/compiler/build_library.h"

namespace tconv {

namespace {

struct BuildArguments {
    LayerArguments layers;
    ChoiceArguments choice;
    std::vector<std::string> targets;
    std::string directory;
    bool asserts = false;
    bool assembly = false;
};

// The sidecar of a layer is called NAME.json, which may be what its layer file is called as well.
Status keep_layer_files(const BuildArguments &arguments, const std::vector<Layer> &layers) {
    for (const Layer &layer : layers) {
        const std::string sidecar = (std::filesystem::path(arguments.directory) / (layer.name + ".json")).string();
        for (const std::string &file : arguments.layers.files) {
            std::error_code error;
            if (std::filesystem::equivalent(sidecar, file, error)) {
                return invalid_argument("-o", arguments.directory,
                                        "must be another folder: " + sidecar + " would replace the layer file");
            }
        }
    }
    return Success{};
}

int run_build(const BuildArguments &arguments) {
    if (arguments.targets.size() > 1) {
        std::string all;
        for (const std::string &target : arguments.targets) {
            all += (all.empty() ? "" : ",") + target;
        }
        return fail(unsupported("--target", all, "several targets in one library are not supported yet; name one"));
    }
    const Expected<TargetInfo> target = chosen_target(arguments.targets.front(), arguments.choice);
    if (!target) {
        return fail(target.error());
    }
    Expected<BuildOptions> options = build_options(arguments.choice);
    if (!options) {
        return fail(options.error());
    }
    options->asserts = arguments.asserts;
    options->assembly = arguments.assembly;
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers);
    if (!layers) {
        return fail(layers.error());
    }
    if (Status status = keep_layer_files(arguments, *layers); !status) {
        return fail(status.error());
    }
    Progress progress;
    options->on_layer = [&](const Layer &layer) { progress.show("compiling " + layer.name); };
    Expected<std::vector<BuiltLibrary>> built = build_libraries(*layers, *target, arguments.directory, *options);
    progress.clear();
    if (!built) {
        return fail(built.error());
    }
    for (size_t i = 0; i < built->size(); i++) {
        if (const std::string &found = (*built)[i].nonfinite_weights; !found.empty()) {
            warn((*layers)[i].name + ": weights are not finite: " + found);
        }
    }
    for (size_t i = 0; i < built->size(); i++) {
        const BuiltLibrary &library = (*built)[i];
        const std::string passed_over =
            library.choice.passed_over.empty() ? "" : "; passed over: " + library.choice.passed_over;
        std::printf("%s: %s, variant %s, knobs %s (%s%s), packed weights %s, workspace %s\n", library.archive.c_str(),
                    target->name.c_str(), library.choice.variant.c_str(),
                    library.choice.knobs.empty() ? "none" : to_string(library.choice.knobs).c_str(),
                    library.choice.knobs_from.c_str(), passed_over.c_str(), bytes_text(library.weights_bytes).c_str(),
                    bytes_text(library.workspace_bytes).c_str());
        if (const std::string cost = channels_first_cost((*layers)[i], target->machine(), library.choice.ranking);
            !cost.empty()) {
            std::printf("  %s\n", cost.c_str());
        }
    }
    warn_without_schedules(*target);
    return 0;
}

}  // namespace

void add_build_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<BuildArguments>();
    CLI::App *verb =
        app.add_subcommand("build", "Compile layers: a static library, a C header and a JSON sidecar each");
    add_layer_arguments(*verb, arguments->layers);
    verb->add_option("--target", arguments->targets, "What to compile for; see `tconv targets`")
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("-o,--output", arguments->directory,
                     "Folder for libNAME.a, NAME.h and NAME.json; made where missing")
        ->required();
    add_choice_arguments(*verb, arguments->choice);
    verb->add_flag("--assembly", arguments->assembly, "Write NAME.KERNEL.s as well (and NAME.KERNEL.ptx for CUDA)");
    verb->add_flag("--asserts", arguments->asserts,
                   "Keep Halide's run-time checks and its run-time library, for debugging");
    verb->footer("Example:\n  tconv build decoder_up1.json --target x86-64-avx2 -o generated");
    verb->callback([arguments, &exit_code] { exit_code = run_build(*arguments); });
}

}  // namespace tconv
