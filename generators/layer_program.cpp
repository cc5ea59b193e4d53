// SPDX-License-Identifier: Apache-2.0
#include "generators/layer_program.h"

#include "generators/element_type.h"
#include "generators/number.h"
#include "generators/program_gpu.h"
#include "generators/program_ir.h"
#include "generators/program_pack.h"
#include "generators/program_views.h"

namespace tconv {

using namespace ir;
using Halide::cast;
using Halide::Expr;
using Halide::Int;
using Halide::LinkageType;
using Halide::Module;
using Halide::Target;
using Halide::UInt;
using Halide::Internal::Call;
using Halide::Internal::Evaluate;
using Halide::Internal::IfThenElse;
using Halide::Internal::Stmt;

std::string kernel_symbol(const Layer &layer, const Kernel &kernel) { return layer.name + "__" + kernel.name; }

std::string weights_symbol(const Layer &layer) { return layer.name + "__weights"; }

namespace {

const std::vector<std::pair<std::string, Halide::Type>> kArgsOnly = {{"args", Halide::type_of<void *>()}};

class ProgramBuilder {
public:
    ProgramBuilder(const Layer &layer, const LayerPlan &plan, const Target &target, const LayerProgramOptions &options)
        : layer_(layer), plan_(plan), target_(target), options_(options), module_(layer.name, target) {}

    Module build() {
        module_.append(function(layer_.name + "__check", kArgsOnly, check(), LinkageType::Internal));
        if (target_.has_gpu_feature()) {
            append_gpu_functions();
        } else {
            append_cpu_functions();
        }
        if (!options_.weights_inside) {
            append_pack();
        }
        return module_;
    }

private:
    std::string stage_symbol(int64_t stage) const { return layer_.name + "__stage" + std::to_string(stage); }

    // Everything that a caller can get wrong in NAME_args.
    Stmt check() const {
        Scope scope;
        scope.require(Halide::reinterpret(UInt(64), handle_variable("args")) != 0, kLibraryErrorNull);
        const auto pointer = [&](ArgsField field, const std::string &name, int alignment, bool empty = false) {
            Expr address = scope.let(name, args_field(field, target_.bits));
            if (!empty) {
                scope.require(address != 0, kLibraryErrorNull);
            }
            scope.require(address % alignment == 0, kLibraryErrorAlignment);
        };
        const ElementTypes &types = layer_.types;
        pointer(kArgsInput, "input", element_type(types.input).bytes(), layer_.input_elements() == 0);
        pointer(kArgsOutput, "output", element_type(types.output).bytes(), layer_.output_elements() == 0);
        if (!options_.weights_inside) {
            pointer(kArgsWeights, "weights", kWeightsAlignment);
        }
        if (plan_.workspace_elements > 0 && !target_.has_gpu_feature()) {
            pointer(kArgsWorkspace, "workspace", kWeightsAlignment);
        }
        scope.require(args_field(kArgsExtents, target_.bits) == 0, kLibraryErrorExtents);
        check_strides(scope, layer_, target_);
        return scope.wrap();
    }

    // Binds the columns of a task, and calls the kernel of each of its steps.
    Stmt task_body(const Pass &pass, const Stage &stage, const Expr &round, const Expr &task,
                   const DeviceTensors *device) const {
        Scope scope;
        ViewBuilder views(scope, layer_, plan_, target_, options_, device);
        if (pass.band.table.rows() > 0) {
            views.bind_row(scope, pass.band, round);
        }
        views.bind_task(stage, task, round);
        Scope step;
        for (const GridAxis &axis : stage.steps) {
            views.bind_row(step, axis, int_variable("step." + axis.name));
        }
        step.run(kernel_call(stage, views, step, device));
        Stmt body = step.wrap();
        for (size_t a = stage.steps.size(); a-- > 0;) {
            body = for_each("step." + stage.steps[a].name, stage.steps[a].table.rows(), body);
        }
        return scope.wrap(body);
    }

    Stmt kernel_call(const Stage &stage, const ViewBuilder &views, Scope &scope, const DeviceTensors *device) const {
        std::vector<Expr> buffers;
        const std::vector<const View *> ordered = ordered_views(plan_, stage);
        for (size_t v = 0; v < ordered.size(); v++) {
            const bool output = v + 1 == ordered.size();
            if (output && device != nullptr) {
                buffers.push_back(cast(Int(32), views.value_of(ordered[v]->offset)));
            }
            buffers.push_back(scope.let("view." + std::to_string(v), views.buffer(*ordered[v])));
        }
        const Expr choice = views.value_of(stage.call.kernel);
        Stmt dispatch;
        for (size_t k = stage.kernels.size(); k-- > 0;) {
            Scope one;
            one.call(kernel_symbol(layer_, plan_.kernels[stage.kernels[k]]), buffers);
            const Stmt invoke = one.wrap();
            dispatch = dispatch.defined() ? IfThenElse::make(choice == static_cast<int>(k), invoke, dispatch) : invoke;
        }
        return dispatch;
    }

    void append_cpu_functions() {
        Scope run;
        run.call(layer_.name + "__check", {handle_variable("args")});
        Scope task;
        task.call(layer_.name + "__check", {handle_variable("args")});
        Stmt dispatch;
        Expr valid = Halide::Internal::const_false();
        int64_t first = 0;
        for (const Pass &pass : plan_.passes) {
            append_pass(pass, first, run, valid, dispatch);
            first += pass.rounds() * static_cast<int64_t>(pass.stages.size());
        }
        task.require(valid, kLibraryErrorTask);
        module_.append(function(layer_.name + "_run", kArgsOnly, run.wrap(), LinkageType::External));
        module_.append(function(layer_.name + "_task", {kArgsOnly[0], {"stage", Int(32)}, {"task", Int(32)}},
                                task.wrap(dispatch), LinkageType::External));
    }

    // The functions of a pass's stages, with their calls from NAME_run and, one task at a time, from NAME_task.
    void append_pass(const Pass &pass, int64_t first, Scope &run, Expr &valid, Stmt &dispatch) {
        const int stages = static_cast<int>(pass.stages.size()), rounds = number(pass.rounds());
        const Expr stage_index = int_variable("stage"), task_index = int_variable("task"),
                   round = int_variable("round");
        const Expr position = stage_index - number(first);
        const Expr inside = position >= 0 && position < stages * rounds;
        Scope one_round;
        for (int s = 0; s < stages; s++) {
            const Stage &stage = pass.stages[s];
            const Expr this_stage = inside && position % stages == s;
            valid = valid || (this_stage && task_index >= 0 && task_index < number(stage.tasks()));
            if (stage.tasks() == 0) {
                continue;
            }
            const std::string symbol = stage_symbol(first + s);
            module_.append(function(symbol, {kArgsOnly[0], {"round", Int(32)}, {"task", Int(32)}},
                                    task_body(pass, stage, round, task_index, nullptr), LinkageType::Internal));
            Scope in_order, one;
            in_order.call(symbol, {handle_variable("args"), round, task_index});
            one_round.run(for_each("task", stage.tasks(), in_order.wrap()));
            one.call(symbol, {handle_variable("args"), position / stages, task_index});
            dispatch = IfThenElse::make(this_stage, one.wrap(), dispatch);
        }
        run.run(for_each("round", rounds, one_round.wrap()));
    }

    // A device runs the whole layer as one task: its tensors live on the device only while it does.
    Stmt device_body() const {
        Scope run;
        // Devices refuse memory of no bytes.
        if (layer_.output_elements() > 0) {
            ViewBuilder views(run, layer_, plan_, target_, options_, nullptr);
            const DeviceTensors device = upload_tensors(run, views, layer_, plan_, target_);
            for (const Pass &pass : plan_.passes) {
                Scope one_round;
                for (const Stage &stage : pass.stages) {
                    if (stage.tasks() > 0) {
                        one_round.run(
                            for_each("task", stage.tasks(),
                                     task_body(pass, stage, int_variable("round"), int_variable("task"), &device)));
                    }
                }
                run.run(for_each("round", pass.rounds(), one_round.wrap()));
            }
            download_output(run, device);
        }
        return run.wrap();
    }

    // Halide's run-time library ends the process on an error unless it is given a handler. While a layer runs, errors go
    // to one that says nothing, and come back as status codes.
    void append_gpu_functions() {
        const std::string device = layer_.name + "__device", handler = layer_.name + "__device_error";
        const Halide::Type handle = Halide::type_of<void *>();
        module_.append(
            function(handler, {{"user_context", handle}, {"message", handle}}, Scope().wrap(), LinkageType::Internal));
        module_.append(function(device, kArgsOnly, device_body(), LinkageType::Internal));
        Scope run;
        run.call(layer_.name + "__check", {handle_variable("args")});
        const auto set_handler = [&](const Expr &function) {
            return Call::make(handle, "halide_set_error_handler", {function}, Call::Extern);
        };
        const Expr previous = run.let("previous_handler", set_handler(handle_variable("::" + handler)));
        const Expr status =
            run.let("device_status", Call::make(Int(32), device, {handle_variable("args")}, Call::Extern));
        run.run(Evaluate::make(set_handler(previous)));
        run.require(status == 0, status);
        module_.append(function(layer_.name + "_run", kArgsOnly, run.wrap(), LinkageType::External));
        Scope task;
        task.require(int_variable("stage") == 0 && int_variable("task") == 0, kLibraryErrorTask);
        task.call(layer_.name + "_run", {handle_variable("args")});
        module_.append(function(layer_.name + "_task", {kArgsOnly[0], {"stage", Int(32)}, {"task", Int(32)}},
                                task.wrap(), LinkageType::External));
    }

    void append_pack() {
        Scope scope;
        const auto pointer = [&](const std::string &name, int alignment) {
            Expr address = scope.let(name + ".address", Halide::reinterpret(UInt(64), handle_variable(name)));
            scope.require(address != 0, kLibraryErrorNull);
            scope.require(address % alignment == 0, kLibraryErrorAlignment);
        };
        pointer("filter", element_type(layer_.types.filter).bytes());
        pointer("weights", kWeightsAlignment);
        if (layer_.bias) {
            pointer("bias", element_type(layer_.types.bias()).bytes());
        }
        const std::string kernel = kernel_symbol(layer_, plan_.kernels[plan_.pack_kernel]);
        scope.run(pack_filter(layer_, plan_.filter_layout, kernel));
        if (layer_.bias || plan_.filter_layout.has_slopes()) {
            scope.run(pack_channel_values(layer_, plan_.filter_layout));
        }
        const Halide::Type handle = Halide::type_of<void *>();
        module_.append(function(layer_.name + "_pack", {{"filter", handle}, {"bias", handle}, {"weights", handle}},
                                scope.wrap(), LinkageType::External));
    }

    const Layer &layer_;
    const LayerPlan &plan_;
    Target target_;
    LayerProgramOptions options_;
    Module module_;
};

}  // namespace

Module layer_program(const Layer &layer, const LayerPlan &plan, const Target &target,
                     const LayerProgramOptions &options) {
    return ProgramBuilder(layer, plan, target, options).build();
}

}  // namespace tconv
