// SPDX-License-Identifier: Apache-2.0
#include "generators/layer_program.h"

#include "generators/element_type.h"
#include "generators/program_gpu.h"
#include "generators/program_ir.h"
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

std::string kernel_symbol(const Layer &layer, const Kernel &kernel) {
    return layer.name + "__" + kernel.name;
}

std::string weights_symbol(const Layer &layer) {
    return layer.name + "__weights";
}

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
    std::string stage_symbol(size_t stage) const { return layer_.name + "__stage" + std::to_string(stage); }

    // Everything that a caller can get wrong in NAME_args.
    Stmt check() const {
        Scope scope;
        scope.require(Halide::reinterpret(UInt(64), handle_variable("args")) != 0, kLibraryErrorNull);
        const auto pointer = [&](ArgsField field, const std::string &name, int alignment) {
            Expr address = scope.let(name, args_field(field, target_.bits));
            scope.require(address != 0, kLibraryErrorNull);
            scope.require(address % alignment == 0, kLibraryErrorAlignment);
        };
        const int element_bytes = element_type(layer_.dtype).bytes();
        pointer(kArgsInput, "input", element_bytes);
        pointer(kArgsOutput, "output", element_bytes);
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

    Stmt task_body(size_t stage, const Expr &task, const DeviceTensors *device) const {
        Scope scope;
        ViewBuilder views(scope, layer_, plan_, target_, options_, device);
        views.bind_task(plan_.stages[stage], task);
        const KernelCall call = plan_.stages[stage].call(views);
        const std::vector<size_t> &kernels = plan_.stages[stage].kernels;
        std::vector<Expr> buffers;
        for (size_t v = 0; v < call.views.size(); v++) {
            const bool output = v + 1 == call.views.size();
            if (output && device != nullptr) {
                buffers.push_back(cast(Int(32), call.views[v].offset));
            }
            buffers.push_back(scope.let("view." + std::to_string(v), views.buffer(call.views[v])));
        }
        Stmt dispatch;
        for (size_t k = kernels.size(); k-- > 0;) {
            Scope one;
            one.call(kernel_symbol(layer_, plan_.kernels[kernels[k]]), buffers);
            const Stmt invoke = one.wrap();
            dispatch = dispatch.defined() ? IfThenElse::make(call.kernel == static_cast<int>(k), invoke, dispatch) : invoke;
        }
        return scope.wrap(dispatch);
    }

    void append_cpu_functions() {
        Scope run;
        run.call(layer_.name + "__check", {handle_variable("args")});
        Scope task;
        task.call(layer_.name + "__check", {handle_variable("args")});
        const Expr stage_index = int_variable("stage"), task_index = int_variable("task");
        Stmt dispatch;
        Expr valid = Halide::Internal::const_false();
        for (size_t s = 0; s < plan_.stages.size(); s++) {
            const int64_t tasks = plan_.stages[s].tasks();
            valid = valid || (stage_index == static_cast<int>(s) && task_index >= 0 && task_index < static_cast<int>(tasks));
            if (tasks == 0) {
                continue;
            }
            module_.append(function(stage_symbol(s), {kArgsOnly[0], {"task", Int(32)}},
                                    task_body(s, task_index, nullptr), LinkageType::Internal));
            Scope one;
            one.call(stage_symbol(s), {handle_variable("args"), task_index});
            run.run(for_each("task", tasks, one.wrap()));
            dispatch = IfThenElse::make(stage_index == static_cast<int>(s), one.wrap(), dispatch);
        }
        task.require(valid, kLibraryErrorTask);
        module_.append(function(layer_.name + "_run", kArgsOnly, run.wrap(), LinkageType::External));
        module_.append(function(layer_.name + "_task", {kArgsOnly[0], {"stage", Int(32)}, {"task", Int(32)}},
                                task.wrap(dispatch), LinkageType::External));
    }

    // A device runs the whole layer as one task: its tensors live on the device only while it does.
    Stmt device_body() const {
        Scope run;
        bool empty = true;
        for (const Stage &stage : plan_.stages) {
            empty &= stage.tasks() == 0;
        }
        if (!empty) {
            ViewBuilder views(run, layer_, plan_, target_, options_, nullptr);
            const DeviceTensors device = upload_tensors(run, views, layer_, plan_, target_);
            for (size_t s = 0; s < plan_.stages.size(); s++) {
                run.run(for_each("task." + std::to_string(s), plan_.stages[s].tasks(),
                                 task_body(s, int_variable("task." + std::to_string(s)), &device)));
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
        module_.append(function(handler, {{"user_context", handle}, {"message", handle}}, Scope().wrap(), LinkageType::Internal));
        module_.append(function(device, kArgsOnly, device_body(), LinkageType::Internal));
        Scope run;
        run.call(layer_.name + "__check", {handle_variable("args")});
        const auto set_handler = [&](const Expr &function) {
            return Call::make(handle, "halide_set_error_handler", {function}, Call::Extern);
        };
        const Expr previous = run.let("previous_handler", set_handler(handle_variable("::" + handler)));
        const Expr status = run.let("device_status", Call::make(Int(32), device, {handle_variable("args")}, Call::Extern));
        run.run(Evaluate::make(set_handler(previous)));
        run.require(status == 0, status);
        module_.append(function(layer_.name + "_run", kArgsOnly, run.wrap(), LinkageType::External));
        Scope task;
        task.require(int_variable("stage") == 0 && int_variable("task") == 0, kLibraryErrorTask);
        task.call(layer_.name + "_run", {handle_variable("args")});
        module_.append(function(layer_.name + "_task", {kArgsOnly[0], {"stage", Int(32)}, {"task", Int(32)}}, task.wrap(),
                                LinkageType::External));
    }

    void append_pack() {
        Scope scope;
        const auto pointer = [&](const std::string &name, int alignment) {
            Expr address = scope.let(name + ".address", Halide::reinterpret(UInt(64), handle_variable(name)));
            scope.require(address != 0, kLibraryErrorNull);
            scope.require(address % alignment == 0, kLibraryErrorAlignment);
        };
        const int element_bytes = element_type(layer_.dtype).bytes();
        pointer("filter", element_bytes);
        pointer("weights", kWeightsAlignment);
        if (layer_.bias) {
            pointer("bias", element_bytes);
        }
        const std::string kernel = kernel_symbol(layer_, plan_.kernels[plan_.pack_kernel]);
        scope.run(pack_taps(layer_, plan_.filter_layout, kernel));
        if (layer_.bias) {
            scope.run(pack_bias(layer_, plan_.filter_layout, kernel));
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

Module layer_program(const Layer &layer, const LayerPlan &plan, const Target &target, const LayerProgramOptions &options) {
    return ProgramBuilder(layer, plan, target, options).build();
}

}  // namespace tconv
