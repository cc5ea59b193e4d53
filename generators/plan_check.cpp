// SPDX-License-Identifier: Apache-2.0
#include "generators/plan_check.h"

#include <algorithm>
#include <set>

namespace tconv {

namespace {

class StageCheck {
public:
    StageCheck(const LayerPlan &plan, const Pass &pass, const Stage &stage) : plan_(plan), pass_(pass), stage_(stage) {}

    std::string problem() {
        find_problem();
        return problem_.empty() ? "" : "stage " + stage_.name + ": " + problem_;
    }

private:
    void say(const std::string &what) {
        if (problem_.empty()) {
            problem_ = what;
        }
    }

    void find_problem() {
        if (pass_.band.table.rows() > 0) {
            add_axis(pass_.band);
        }
        for (const std::vector<GridAxis> *axes : {&stage_.grid, &stage_.steps}) {
            for (const GridAxis &axis : *axes) {
                add_axis(axis);
                if (axis.window > 0 && (axes == &stage_.steps || axis.table.rows() < pass_.rounds() * axis.window)) {
                    say("axis " + axis.name + " has too few rows for its windows");
                }
            }
        }
        check_kernels();
        if (problem_.empty() && !stage_.kernels.empty()) {
            check_views();
        }
    }

    void add_axis(const GridAxis &axis) {
        if (!axes_.insert(axis.name).second) {
            say("two axes " + axis.name);
        }
        std::set<std::string> names;
        for (const Column &column : axis.table.columns()) {
            if (!names.insert(column.name()).second) {
                say("two columns " + axis.name + "." + column.name());
            }
            if (!columns_.insert(column.id()).second) {
                say("column " + axis.name + "." + column.name() + " is in two axes");
            }
        }
    }

    void check_kernels() {
        if (stage_.kernels.empty() && stage_.tasks() > 0) {
            say("no kernel");
        }
        for (size_t kernel : stage_.kernels) {
            if (kernel >= plan_.kernels.size() || kernel == plan_.pack_kernel) {
                say("kernel " + std::to_string(kernel) + " of " + std::to_string(plan_.kernels.size()));
                return;
            }
            if (!(plan_.kernels[kernel].buffers == plan_.kernels[stage_.kernels[0]].buffers)) {
                say("kernels " + plan_.kernels[stage_.kernels[0]].name + " and " + plan_.kernels[kernel].name +
                    " take different buffers");
            }
        }
        check_index(stage_.call.kernel, Index::Type::kInt32, "the kernel");
        const Index &choice = stage_.call.kernel;
        if (choice.is_constant() && stage_.tasks() > 0 &&
            (choice.value() < 0 || choice.value() >= static_cast<int64_t>(stage_.kernels.size()))) {
            say("calls kernel " + std::to_string(choice.value()) + " of " + std::to_string(stage_.kernels.size()));
        }
    }

    void check_views() {
        const std::vector<BufferDeclaration> &buffers = plan_.kernels[stage_.kernels[0]].buffers;
        for (const BufferDeclaration &buffer : buffers) {
            const auto binds = [&](const Binding &binding) { return binding.buffer == buffer.name; };
            const auto views = std::count_if(stage_.call.views.begin(), stage_.call.views.end(), binds);
            if (views != 1) {
                say("buffer " + buffer.name + " has " + std::to_string(views) + " views");
            }
        }
        for (const Binding &binding : stage_.call.views) {
            const auto is_bound = [&](const BufferDeclaration &buffer) { return buffer.name == binding.buffer; };
            const auto buffer = std::find_if(buffers.begin(), buffers.end(), is_bound);
            if (buffer == buffers.end()) {
                say("a view for " + binding.buffer + ", which no kernel takes");
            } else {
                check_view(binding.view, *buffer);
            }
        }
    }

    void check_view(const View &view, const BufferDeclaration &buffer) {
        const size_t dimensions = view.dims.size() + 1;
        if (dimensions != static_cast<size_t>(buffer.dimensions)) {
            say("the view for " + buffer.name + " has " + std::to_string(dimensions) + " dimensions, not " +
                std::to_string(buffer.dimensions));
        }
        if (view.tensor == TensorId::kWorkspace && plan_.workspace_elements == 0 && stage_.tasks() > 0) {
            say("the view for " + buffer.name + " is of the workspace, and there is none");
        }
        if (buffer.output && view.tensor != TensorId::kOutput && view.tensor != TensorId::kWorkspace) {
            say("the view for " + buffer.name + " is of a tensor that is only read");
        }
        check_index(view.offset, Index::Type::kInt64, "the offset of " + buffer.name);
        for (const ViewDim &dim : view.dims) {
            check_index(dim.min, Index::Type::kInt32, "a minimum of " + buffer.name);
            check_index(dim.extent, Index::Type::kInt32, "an extent of " + buffer.name);
            check_index(dim.stride, dim.stride.type(), "a stride of " + buffer.name);
        }
    }

    void check_index(const Index &index, Index::Type type, const std::string &what) {
        if (index.type() != type || type == Index::Type::kBool) {
            say(what + " has the wrong type");
        }
        std::vector<Column> used;
        collect_columns(index, used);
        for (const Column &column : used) {
            if (columns_.count(column.id()) == 0) {
                say(what + " is made of a column " + (column.id() == nullptr ? "" : column.name() + " ") +
                    "that the stage lacks");
            }
        }
    }

    const LayerPlan &plan_;
    const Pass &pass_;
    const Stage &stage_;
    std::set<std::string> axes_;
    std::set<const void *> columns_;
    std::string problem_;
};

}  // namespace

std::string plan_problem(const LayerPlan &plan) {
    std::set<std::string> names;
    for (const Kernel &kernel : plan.kernels) {
        if (!names.insert(kernel.name).second) {
            return "two kernels " + kernel.name;
        }
    }
    if (plan.pack_kernel >= plan.kernels.size()) {
        return "no packing kernel";
    }
    for (const Pass &pass : plan.passes) {
        for (const Stage &stage : pass.stages) {
            if (const std::string problem = StageCheck(plan, pass, stage).problem(); !problem.empty()) {
                return problem;
            }
        }
    }
    return "";
}

}  // namespace tconv
