// SPDX-License-Identifier: Apache-2.0
// The arguments by which every verb takes layers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "schedules/knobs.h"
#include "tconv/layer.h"
#include "tconv/status.h"
#include "tools/compiler/build_library.h"

namespace tconv {

struct LayerArguments {
    std::vector<std::string> files;
    std::vector<std::string> layers;
    std::string name;
    std::vector<int64_t> input_shape;
};

void add_layer_arguments(CLI::App &app, LayerArguments &arguments);

// Whether .npy files that decide what a layer computes, such as the slopes of a prelu, are opened.
enum class Tensors { kRead, kUnread };

// All layers of all files, in order. Two layers of one name are an error.
Expected<std::vector<Layer>> read_layers(const LayerArguments &arguments, Tensors tensors = Tensors::kRead);

// Refuses an output that would take the place of one of the files.
Status keep_layer_files(const LayerArguments &arguments, const std::string &argument, const std::string &path);

// --cpu or --machine and --threads, which a choice is made for, --variant, --knobs and --tuned, by which it is forced, and
// --require-schedule, which refuses the last resort.
struct ChoiceArguments {
    std::string cpu;
    std::string machine;
    std::string variant;
    std::vector<std::string> knobs;  // "tile_x=4"
    std::string tuned;
    int threads = 1;  // that will run the layer
    bool require_schedule = false;
};

// `threads` says what they are to the verb: one that runs the layer has no other number of them.
void add_choice_arguments(CLI::App &app, ChoiceArguments &arguments,
                          const std::string &threads = "Threads that will run the layer: which tuned records apply");
// What --tuned says; an error where there is no such folder or file, nothing where it says nothing.
Expected<std::optional<std::string>> tuned_records_place(const std::string &tuned);
Expected<BuildOptions> build_options(const ChoiceArguments &arguments);

// The target that --target and --cpu or --machine name. An error where it has no schedules and they are required.
Expected<TargetInfo> chosen_target(const std::string &name, const ChoiceArguments &arguments);

// To be called when all went well: warns where the target has no schedules.
void warn_without_schedules(const TargetInfo &target);

}  // namespace tconv
