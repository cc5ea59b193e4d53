// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/library_build.h"

#include <limits>

#include <Halide.h>

#include "generators/layer_program.h"
#include "generators/lowering_passes.h"
#include "generators/variants/variant.h"
#include "runtime/base/files.h"
#include "tconv/weights.h"
#include "tools/compiler/compile_task.h"
#include "tools/compiler/library_description.h"
#include "tools/compiler/platform_register.h"
#include "tools/compiler/prefetch_hint.h"
#include "tools/compiler/processor_check.h"
#include "tools/compiler/stack_usage.h"
#include "tools/compiler/weights_object.h"

namespace tconv {

namespace {

using Halide::Module;
using Halide::OutputFileType;
using Halide::Target;

class LibraryBuild {
public:
    LibraryBuild(const Layer &layer, const TargetInfo &target, const BuildOptions &options, const Choice &choice,
                 Staging &staging)
        : layer_(layer),
          target_info_(target),
          target_(target.halide),
          options_(options),
          choice_(choice),
          staging_(staging),
          machine_(target.machine()),
          plan_(find_variant(choice.variant)->plan(layer, machine_, choice.knobs)),
          processor_check_(processor_check_object(layer.name + "_supported", target_)) {}

    // Makes the library's files in the staging folder and returns them under their final paths.
    Expected<BuiltLibrary> build(const std::string &directory) {
        for (const Pass &pass : plan_.passes) {
            for (const Stage &stage : pass.stages) {
                if (stage.tasks() > std::numeric_limits<int32_t>::max()) {
                    return unsupported(layer_.name, std::to_string(stage.tasks()) + " tasks",
                                       "a stage has at most 2147483647");
                }
            }
        }
        plan_objects();
        if (Status status = run_in_children(tasks_); !status) {
            return naming_target(status.error());
        }
        const ChildTask archive = compile_task("libNAME.a", [this] { return write_archive(); });
        if (Status status = run_in_children({archive}); !status) {
            return status.error();
        }
        Expected<LibraryDescription> description = describe();
        if (!description) {
            return description.error();
        }
        for (const auto &[file, text] : {std::pair(layer_.name + ".h", library_header(*description)),
                                         std::pair(layer_.name + ".json", library_sidecar(*description))}) {
            if (Status status = write_file(staging_.path(file), text); !status) {
                return status.error();
            }
        }
        return describe_files(directory, *description);
    }

    // Names of the files that build() made.
    const std::vector<std::string> &files() const { return files_; }

private:
    // What Halide cannot lower is the fault of a target that nobody has tried: the table's have been.
    Error naming_target(const Error &error) const {
        const bool refused_by_halide = error.message.find(": Error: ") != std::string::npos;
        if (is_named_target(target_info_.name) || !refused_by_halide) {
            return error;
        }
        return unsupported("--target", target_info_.name, error.message);
    }

    // Rules of every build: no run-time library, no bounds queries; checks of kernels only where asked for.
    Target base_target() const { return target_.with_feature(Target::NoRuntime).with_feature(Target::NoBoundsQuery); }

    Target kernel_target() const {
        return options_.asserts ? base_target() : base_target().with_feature(Target::NoAsserts);
    }

    std::string object(const std::string &part) const { return staging_.path(layer_.name + "__" + part + ".o"); }
    std::string assembly_name(const std::string &part) const { return layer_.name + "." + part + ".s"; }
    std::string ptx_name(const std::string &part) const { return layer_.name + "." + part + ".ptx"; }
    // LLVM generates code once for the object and once more for the text.
    bool needs_assembly() const { return options_.assembly || states_stack() || reserves_x18(target_); }
    bool states_stack() const { return options_.stack && reads_frames(target_); }

    OutputFiles output_files(const std::string &part) const {
        OutputFiles files = {{OutputFileType::object, object(part)}};
        if (needs_assembly()) {
            files[OutputFileType::assembly] = staging_.path(assembly_name(part));
        }
        return files;
    }
    bool weights_inside() const { return layer_.weights.has_value(); }

    void add_module(const std::string &part, const std::function<Module()> &make) {
        const OutputFiles outputs = output_files(part);
        objects_.push_back(object(part));
        parts_.push_back(part);
        tasks_.push_back(compile_task("kernel " + part, [=]() -> Status {
            Module module = make();
            OutputFiles files = outputs;
            if (options_.assembly && has_device_code(part)) {
                files[OutputFileType::device_code] = staging_.path(ptx_name(part));
            }
            const bool keeps_lines = drops_prefetched_lines(module, machine_);
            if (keeps_lines) {
                files[OutputFileType::assembly] = staging_.path(assembly_name(part));
            }
            const Status status =
                compile_for_platform(target_, files, [&](const OutputFiles &to) { module.compile(to); });
            return status && keeps_lines
                       ? keep_prefetched_lines(files[OutputFileType::object], files[OutputFileType::assembly])
                       : status;
        }));
    }

    bool has_device_code(const std::string &part) const {
        return target_.has_feature(Target::CUDA) && part != "program" && part != pack_part();
    }

    // Which weights are not finite, from the child that reads them; no file where all are.
    std::string nonfinite_note() const { return staging_.path(layer_.name + ".nonfinite"); }

    std::string pack_part() const { return plan_.kernels[plan_.pack_kernel].name; }

    void plan_objects() {
        for (size_t k = 0; k < plan_.kernels.size(); k++) {
            const Kernel &kernel = plan_.kernels[k];
            const bool packs = k == plan_.pack_kernel;
            if (packs && weights_inside()) {
                continue;
            }
            // The packing kernel runs on the host, on every target.
            const Target target = packs ? host_side(kernel_target()) : kernel_target();
            const bool device = target.has_gpu_feature();
            add_module(kernel.name, [=] {
                Module module = kernel.lower(kernel_symbol(layer_, kernel), target);
                if (!device) {
                    require_no_heap(module);
                }
                return module;
            });
        }
        add_module("program", [=] { return layer_program(layer_, plan_, base_target(), {weights_inside()}); });
        if (target_.has_gpu_feature() || options_.asserts) {
            objects_.push_back(object("runtime"));
            tasks_.push_back(compile_task("run-time library", [=]() -> Status {
                // As compile_standalone_runtime(), which has no assembly to look at.
                const Module runtime("runtime", target_);
                OutputFiles files = output_files("runtime");
                if (!reserves_x18(target_)) {
                    files.erase(OutputFileType::assembly);  // takes seconds
                }
                return compile_for_platform(target_, files, [&](const OutputFiles &to) { runtime.compile(to); });
            }));
        }
        if (weights_inside()) {
            objects_.push_back(object("weights"));
            tasks_.push_back({"weights", [=] { return write_weights(); }});
        }
        if (processor_check_) {
            objects_.push_back(object("supported"));
            tasks_.push_back({"processor check", [=] { return write_file(object("supported"), *processor_check_); }});
        }
    }

    Status write_weights() const {
        const Expected<Weights> weights = read_weights(layer_);
        if (!weights) {
            return weights.error();
        }
        const float *bias = layer_.bias ? weights->bias.data() : nullptr;
        const Nonfinite nonfinite = find_nonfinite_weights(layer_, weights->filter.data(), bias);
        if (nonfinite.count > 0) {
            if (Status status = write_file(nonfinite_note(), nonfinite.text()); !status) {
                return status;
            }
        }
        const std::vector<float> packed = plan_.filter_layout.pack(weights->filter.data(), bias);
        const std::string_view bytes(reinterpret_cast<const char *>(packed.data()),
                                     static_cast<size_t>(plan_.filter_layout.bytes()));
        const Expected<std::string> elf = weights_object(weights_symbol(layer_), bytes, target_);
        return elf ? write_file(object("weights"), *elf) : Status(elf.error());
    }

    Status write_archive() const {
        Halide::create_static_library(objects_, target_, staging_.path("lib" + layer_.name + ".a"));
        return Success{};
    }

    Expected<LibraryDescription> describe() const {
        LibraryDescription library{
            layer_, target_info_, choice_, weights_inside(), 0, 0, {}, {}, {}, processor_check_.has_value()};
        library.weights_bytes = plan_.filter_layout.bytes();
        const bool gpu = target_.has_gpu_feature();
        library.workspace_bytes = gpu ? 0 : plan_.workspace_elements * element_bytes(layer_.types.accumulate);
        bool work = false;
        for (const Pass &pass : plan_.passes) {
            for (int64_t round = 0; round < pass.rounds(); round++) {
                for (const Stage &stage : pass.stages) {
                    work |= stage.tasks() > 0;
                    if (!gpu) {
                        library.stages.push_back({stage.name, stage.tasks()});
                    }
                }
            }
        }
        if (gpu) {
            library.stages.push_back({"device", work ? 1 : 0});
        }
        for (const std::string &part : parts_) {
            if (part != "program") {
                library.kernels.push_back(part);
            }
        }
        if (states_stack()) {
            const auto stack = stack_bytes();
            if (!stack) {
                return stack.error();
            }
            library.stack_bytes = *stack;
        }
        return library;
    }

    Expected<std::map<std::string, int64_t>> stack_bytes() const {
        std::vector<std::string> files;
        for (const std::string &part : parts_) files.push_back(staging_.path(assembly_name(part)));
        return stack_of_entry_points(layer_.name, files, target_.has_gpu_feature());
    }

    BuiltLibrary describe_files(const std::string &directory, const LibraryDescription &description) {
        BuiltLibrary library;
        const auto file = [&](const std::string &name) {
            files_.push_back(name);
            return directory + "/" + name;
        };
        library.archive = file("lib" + layer_.name + ".a");
        library.header = file(layer_.name + ".h");
        library.sidecar = file(layer_.name + ".json");
        if (options_.assembly) {
            for (const std::string &part : parts_) {
                library.assembly.push_back(file(assembly_name(part)));
                if (has_device_code(part)) {
                    library.ptx.push_back(file(ptx_name(part)));
                }
            }
        }
        library.choice = choice_;
        library.weights_bytes = description.weights_bytes;
        library.workspace_bytes = description.workspace_bytes;
        library.weights_inside = description.weights_inside;
        library.kernels = description.kernels;
        if (const Expected<std::string> note = read_file(nonfinite_note()); note) {
            library.nonfinite_weights = *note;
        }
        return library;
    }

    const Layer &layer_;
    const TargetInfo &target_info_;
    Target target_;
    BuildOptions options_;
    Choice choice_;
    Staging &staging_;
    Machine machine_;
    LayerPlan plan_;
    std::optional<std::string> processor_check_;  // the object with NAME_supported()
    std::vector<ChildTask> tasks_;
    std::vector<std::string> objects_, parts_, files_;
};

}  // namespace

Expected<BuiltLibrary> build_into(Staging &staging, const std::string &directory, const Layer &layer,
                                  const TargetInfo &target, const BuildOptions &options, const Choice &choice,
                                  std::vector<std::string> &files) {
    LibraryBuild build(layer, target, options, choice, staging);
    Expected<BuiltLibrary> library = build.build(directory);
    files.insert(files.end(), build.files().begin(), build.files().end());
    return library;
}

}  // namespace tconv
