// SPDX-License-Identifier: Apache-2.0
#include "generators/plan_text.h"

#include <algorithm>

namespace tconv {

namespace {

const char *tensor_name(TensorId tensor) {
    constexpr const char *names[] = {"input", "output", "filter", "bias", "slopes", "workspace"};
    return names[static_cast<int>(tensor)];
}

// How tightly an operator binds its operands.
enum Precedence { kChoice, kDisjunction, kConjunction, kEquality, kOrder, kSum, kProduct, kSign, kAtom };

struct Text {
    std::string text;
    Precedence precedence = kAtom;
};

using Meanings = std::vector<std::pair<std::string, std::string>>;

class IndexPrinter {
public:
    IndexPrinter(const ColumnNames &names, Meanings &meanings) : names_(names), meanings_(meanings) {}

    Text print(const Index &index) const {
        const auto &operands = index.operands();
        switch (index.op()) {
        case Index::Op::kConstant: return {constant(index), index.value() < 0 ? kSign : kAtom};
        case Index::Op::kColumn: return {names_.at(index.column().id())};
        case Index::Op::kStride: return {std::string(tensor_name(index.tensor())) + ".stride_" + "cxyzn"[index.dim()]};
        case Index::Op::kWiden: return print(operands[0]);
        case Index::Op::kNamed: return {name_of(index)};
        case Index::Op::kNegate: return {"-" + inside(operands[0], kSign), kSign};
        case Index::Op::kAdd:
            return is(operands[0], 0)   ? print(operands[1])
                   : is(operands[1], 0) ? print(operands[0])
                                        : binary(index, " + ", kSum, kSum);
        case Index::Op::kSubtract:
            return is(operands[1], 0) ? print(operands[0]) : binary(index, " - ", kSum, kProduct);
        case Index::Op::kMultiply:
            if (is(operands[0], 0) || is(operands[1], 0)) {
                return {"0"};
            }
            return is(operands[0], 1) ? print(operands[1])
                   : is(operands[1], 1)
                       ? print(operands[0])
                       : binary(index, " * ", kProduct, operands[1].op() == Index::Op::kMultiply ? kProduct : kSign);
        case Index::Op::kDivide: return is(operands[1], 1) ? print(operands[0]) : binary(index, " / ", kProduct, kSign);
        case Index::Op::kMin: return call("min", operands);
        case Index::Op::kMax: return call("max", operands);
        case Index::Op::kClamp: return call("clamp", operands);
        case Index::Op::kSelect: return choice(operands);
        case Index::Op::kEqual: return binary(index, " == ", kEquality, kOrder);
        case Index::Op::kNotEqual: return binary(index, " != ", kEquality, kOrder);
        case Index::Op::kLess: return binary(index, " < ", kOrder, kSum);
        case Index::Op::kLessEqual: return binary(index, " <= ", kOrder, kSum);
        case Index::Op::kGreater: return binary(index, " > ", kOrder, kSum);
        case Index::Op::kGreaterEqual: return binary(index, " >= ", kOrder, kSum);
        case Index::Op::kAnd:
            return is(operands[0], 1) ? print(operands[1]) : binary(index, " && ", kConjunction, kConjunction);
        case Index::Op::kOr: return binary(index, " || ", kDisjunction, kDisjunction);
        }
        return {};
    }

private:
    static std::string constant(const Index &index) {
        return index.type() == Index::Type::kBool ? (index.value() != 0 ? "true" : "false")
                                                  : std::to_string(index.value());
    }

    std::string name_of(const Index &index) const {
        const std::string meaning = print(index.operands()[0]).text;
        const std::pair<std::string, std::string> entry(index.name(), meaning);
        if (std::find(meanings_.begin(), meanings_.end(), entry) == meanings_.end()) {
            meanings_.push_back(entry);
        }
        return index.name();
    }

    static bool is(const Index &index, int64_t value) {
        return index.op() == Index::Op::kWiden ? is(index.operands()[0], value) : index.is_constant(value);
    }

    // In parentheses where it binds less than `least`.
    std::string inside(const Index &index, Precedence least) const {
        const Text text = print(index);
        return text.precedence < least ? "(" + text.text + ")" : text.text;
    }

    Text binary(const Index &index, const char *op, Precedence precedence, Precedence right) const {
        const auto &operands = index.operands();
        // In order, as the meanings of names are.
        const std::string left = inside(operands[0], precedence);
        return {left + op + inside(operands[1], right), precedence};
    }

    Text choice(const std::vector<Index> &operands) const {
        const std::string condition = inside(operands[0], kDisjunction), yes = inside(operands[1], kDisjunction);
        return {condition + " ? " + yes + " : " + inside(operands[2], kChoice), kChoice};
    }

    Text call(const char *function, const std::vector<Index> &operands) const {
        std::string arguments;
        for (const Index &operand : operands) {
            arguments += (arguments.empty() ? "" : ", ") + print(operand).text;
        }
        return {std::string(function) + "(" + arguments + ")"};
    }

    const ColumnNames &names_;
    Meanings &meanings_;
};

std::string run_text(const Column::Run &run) {
    const std::string first = std::to_string(run.first);
    if (run.rows == 1) {
        return first;
    }
    if (run.step == 0) {
        return first + " x " + std::to_string(run.rows);
    }
    const std::string last = std::to_string(run.first + run.step * (run.rows - 1));
    return first + " " + (run.rows > 2 ? std::to_string(run.first + run.step) + " " : "") +
           (run.rows > 3 ? ".. " : "") + last;
}

std::string padded(const std::string &text, size_t width) {
    return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string counted(int64_t count, const std::string &what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string kernel_text(const LayerPlan &plan) {
    size_t width = 0;
    for (const Kernel &kernel : plan.kernels) {
        width = std::max(width, kernel.name.size());
    }
    std::string text;
    for (size_t k = 0; k < plan.kernels.size(); k++) {
        std::string buffers;
        for (const BufferDeclaration &buffer : plan.kernels[k].buffers) {
            buffers += (buffer.output ? "-> " : "") + buffer.name + "(" + std::to_string(buffer.dimensions) + ") ";
        }
        buffers.pop_back();
        text += "    " + padded(plan.kernels[k].name, width) + "  " + buffers +
                (k == plan.pack_kernel ? ", in NAME_pack" : "") + "\n";
    }
    return text;
}

class StagePrinter {
public:
    StagePrinter(const LayerPlan &plan, const Pass &pass, const Stage &stage) : plan_(plan), stage_(stage) {
        add_names(pass.band);
        for (const std::vector<GridAxis> *axes : {&stage.grid, &stage.steps}) {
            for (const GridAxis &axis : *axes) {
                add_names(axis);
            }
        }
    }

    std::string text() const {
        int64_t calls = 1;
        for (const GridAxis &axis : stage_.steps) {
            calls *= axis.table.rows();
        }
        std::string text = "    stage " + stage_.name + ": " + counted(stage_.tasks(), "task") + " of " +
                           counted(calls, "call") + "\n";
        for (const GridAxis &axis : stage_.grid) {
            text += axis_text("grid", axis);
        }
        for (const GridAxis &axis : stage_.steps) {
            text += axis_text("step", axis);
        }
        return stage_.kernels.empty() ? text : text + call_text();
    }

    static std::string axis_text(const char *what, const GridAxis &axis) {
        std::string text = "      " + std::string(what) + " " + axis.name + ", " + counted(axis.table.rows(), "row") +
                           (axis.window > 0 ? ", " + std::to_string(axis.window) + " of them a round" : "") + "\n";
        size_t width = 0;
        for (const Column &column : axis.table.columns()) {
            width = std::max(width, column.name().size());
        }
        for (const Column &column : axis.table.columns()) {
            text += "        " + padded(column.name(), width) + "  " + column_text(column) + "\n";
        }
        return text;
    }

private:
    void add_names(const GridAxis &axis) {
        for (const Column &column : axis.table.columns()) {
            names_[column.id()] = axis.name + "." + column.name();
        }
    }

    std::string call_text() const {
        Meanings meanings;
        const auto index = [&](const Index &value) { return index_text(value, names_, meanings); };
        std::string text = "      calls " + plan_.kernels[stage_.kernels[0]].name + "\n";
        if (stage_.kernels.size() > 1) {
            text = "      calls kernel " + index(stage_.call.kernel) + " of";
            for (size_t k = 0; k < stage_.kernels.size(); k++) {
                text += " " + std::to_string(k) + " " + plan_.kernels[stage_.kernels[k]].name +
                        (k + 1 < stage_.kernels.size() ? "," : "\n");
            }
        }
        std::string views;
        const std::vector<BufferDeclaration> &buffers = plan_.kernels[stage_.kernels[0]].buffers;
        const std::vector<const View *> ordered = ordered_views(plan_, stage_);
        for (size_t v = 0; v < ordered.size(); v++) {
            const View &view = *ordered[v];
            const std::string offset = index(view.offset);
            views += "        " + buffers[v].name + " = " + tensor_name(view.tensor) +
                     (offset == "0" ? "" : " + " + offset) + "\n";
            for (const ViewDim &dim : view.dims) {
                views += "          " + index(dim.min);
                views += ", " + index(dim.extent);
                views += ", " + index(dim.stride) + "\n";
            }
        }
        for (const auto &[name, meaning] : meanings) {
            text += "        where " + name + " = " + meaning + "\n";
        }
        return text + views;
    }

    const LayerPlan &plan_;
    const Stage &stage_;
    ColumnNames names_;
};

}  // namespace

std::string index_text(const Index &index, const ColumnNames &names, Meanings &meanings) {
    return IndexPrinter(names, meanings).print(index).text;
}

std::string column_text(const Column &column) {
    constexpr size_t most_runs = 12;
    std::string text;
    for (size_t r = 0; r < column.runs().size(); r++) {
        if (r == most_runs) {
            return text + ", ..";
        }
        text += (r == 0 ? "" : ", ") + run_text(column.runs()[r]);
    }
    return text;
}

std::string plan_text(const LayerPlan &plan) {
    std::string text = "  kernels, and their buffers (dimensions)\n" + kernel_text(plan) + "  workspace " +
                       counted(plan.workspace_elements, "element") + "\n";
    for (const Pass &pass : plan.passes) {
        text += "  pass of " + counted(pass.rounds(), "round") + "\n";
        if (pass.band.table.rows() > 0) {
            text += StagePrinter::axis_text("band", pass.band);
        }
        for (const Stage &stage : pass.stages) {
            text += StagePrinter(plan, pass, stage).text();
        }
    }
    return text;
}

}  // namespace tconv
