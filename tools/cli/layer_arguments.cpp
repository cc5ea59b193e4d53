// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/layer_arguments.h"

#include <charconv>
#include <filesystem>
#include <set>

#include "runtime/base/output_file.h"
#include "tconv/layer_file.h"
#include "tools/cli/report.h"
#include "tools/cli/task_loop.h"

namespace tconv {

void add_layer_arguments(CLI::App &app, LayerArguments &arguments) {
    app.add_option("LAYER", arguments.files, "Layer file, get_config() JSON, or list of layers")->required();
    app.add_option("--layers", arguments.layers, "Entries of a list, separated by commas; all of them without it")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--name", arguments.name, "Name of the layer: a C identifier, prefix of every symbol");
    app.add_option("--input-shape", arguments.input_shape, "Input shape, separated by commas, for files that have none")
        ->delimiter(',')
        ->allow_extra_args(false);
}

Expected<std::vector<Layer>> read_layers(const LayerArguments &arguments, Tensors tensors) {
    LayerFileOptions options;
    options.read_tensors = tensors == Tensors::kRead;
    options.layers = arguments.layers;
    if (!arguments.name.empty()) {
        options.name = arguments.name;
    }
    if (!arguments.input_shape.empty()) {
        options.input_shape = arguments.input_shape;
    }
    std::vector<std::string> notes, warnings;
    options.notes = &notes;
    options.warnings = &warnings;
    std::vector<Layer> layers;
    std::set<std::string> names;
    for (const std::string &file : arguments.files) {
        Expected<std::vector<Layer>> read = read_layer_file(file, options);
        if (!read) {
            return read.error();
        }
        for (Layer &layer : *read) {
            if (!names.insert(layer.name).second) {
                return invalid_argument("name", layer.name,
                                        "must differ from that of every other layer of one command");
            }
            layers.push_back(std::move(layer));
        }
    }
    for (const std::string &text : notes) {
        note(text);
    }
    for (const std::string &text : warnings) {
        warn(text);
    }
    return layers;
}

Status keep_layer_files(const LayerArguments &arguments, const std::string &argument, const std::string &path) {
    for (const std::string &file : arguments.files) {
        if (Status status = must_differ(argument, path, "the layer file", file); !status) {
            return status;
        }
    }
    return Success{};
}

void add_choice_arguments(CLI::App &app, ChoiceArguments &arguments, const std::string &threads) {
    app.add_option(
        "--cpu", arguments.cpu,
        "Processor to choose and tune for, such as znver3, by LLVM's name; see `tconv targets`. Without it: the "
        "one of this machine for target host, else generic");
    app.add_option("--machine", arguments.machine,
                   "File of `tconv calibrate` with the processor's facts, in place of --cpu");
    app.add_option("--variant", arguments.variant, "Forces an algorithm by name, see explain");
    app.add_option("--knobs", arguments.knobs, "Forces knobs of the schedule, such as tile_x=4,tile_co=2")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--tuned", arguments.tuned,
                   "Folder or file of tuned records to use in place of those that come with tconv");
    app.add_option("--threads", arguments.threads, threads)->check(CLI::Range(1, kMaxThreads))->capture_default_str();
    app.add_flag("--require-schedule", arguments.require_schedule,
                 "Fails for a target without schedules, whose layers all become the slow variant reference");
}

namespace {

Expected<TargetInfo> target_of(const std::string &name, const ChoiceArguments &arguments) {
    if (arguments.machine.empty()) {
        return find_target(name, arguments.cpu);
    }
    if (!arguments.cpu.empty()) {
        return invalid_argument("--machine", arguments.machine,
                                "must not stand beside --cpu = " + arguments.cpu + ": both name a processor");
    }
    const Expected<MachineFile> machine = read_machine_file(arguments.machine);
    if (!machine) {
        return Error{machine.error().code, "--machine = " + machine.error().message};
    }
    return find_target(name, *machine, arguments.machine);
}

}  // namespace

Expected<TargetInfo> chosen_target(const std::string &name, const ChoiceArguments &arguments) {
    Expected<TargetInfo> target = target_of(name, arguments);
    if (target && arguments.require_schedule) {
        if (Status status = has_schedules(*target); !status) {
            return status.error();
        }
    }
    return target;
}

void warn_without_schedules(const TargetInfo &target) {
    if (Status status = has_schedules(target); !status) {
        warn(status.error().message);
    }
}

Expected<std::optional<std::string>> tuned_records_place(const std::string &tuned) {
    if (tuned.empty()) {
        return std::optional<std::string>();
    }
    std::error_code error;
    if (!std::filesystem::exists(tuned, error)) {
        return invalid_argument("--tuned", tuned, "must be a folder or a file of tuned records");
    }
    return std::optional(tuned);
}

Expected<BuildOptions> build_options(const ChoiceArguments &arguments) {
    BuildOptions options;
    options.threads = arguments.threads;
    if (!arguments.variant.empty()) {
        options.variant = arguments.variant;
    }
    const Expected<std::optional<std::string>> tuned = tuned_records_place(arguments.tuned);
    if (!tuned) {
        return tuned.error();
    }
    options.tuned = *tuned;
    for (const std::string &text : arguments.knobs) {
        const size_t equals = text.find('=');
        int value = 0;
        const char *end = text.data() + text.size();
        const char *begin = equals == std::string::npos ? end : text.data() + equals + 1;
        const auto [stop, problem] = std::from_chars(begin, end, value);
        if (equals == 0 || problem != std::errc() || stop != end) {
            return invalid_argument("--knobs", text, "must have the form name=integer");
        }
        if (!options.knobs) {
            options.knobs.emplace();
        }
        (*options.knobs)[text.substr(0, equals)] = value;
    }
    return options;
}

}  // namespace tconv
