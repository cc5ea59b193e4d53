// SPDX-License-Identifier: Apache-2.0
#include "generators/program_ir.h"

#include <algorithm>

#include "generators/number.h"

namespace tconv::ir {

using Halide::cast;
using Halide::Expr;
using Halide::Int;
using Halide::Type;
using Halide::UInt;
using namespace Halide::Internal;

Expr Scope::let(const std::string &name, const Expr &value) {
    steps_.push_back({name, value, {}});
    return Variable::make(value.type(), name);
}

void Scope::require(const Expr &condition, const Expr &status) {
    steps_.push_back({"", {}, AssertStmt::make(condition, status)});
}

void Scope::call(const std::string &function, const std::vector<Expr> &args) {
    Expr status = let("status." + std::to_string(calls_++), Call::make(Int(32), function, args, Call::Extern));
    require(status == 0, status);
}

void Scope::run(const Stmt &statement) { steps_.push_back({"", {}, statement}); }

Stmt Scope::wrap(const Stmt &body) const {
    Stmt result = body.defined() ? body : Evaluate::make(0);
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
        result = step->name.empty() ? Block::make(step->stmt, result) : LetStmt::make(step->name, step->value, result);
    }
    return result;
}

Expr handle_variable(const std::string &name) { return Variable::make(Halide::type_of<void *>(), name); }

Expr int_variable(const std::string &name) { return Variable::make(Int(32), name); }

Expr as_handle(const Expr &address) { return reinterpret(Halide::type_of<void *>(), address); }

Expr load(const Type &type, const std::string &name, const Expr &index) {
    return Load::make(type, name, index, {}, {}, const_true(), {});
}

Expr args_field(ArgsField field, int pointer_bits) {
    return cast(UInt(64), load(UInt(pointer_bits), "args", static_cast<int>(field)));
}

Stmt for_each(const std::string &name, int64_t extent, const Stmt &body) {
    return For::make(name, 0, number(extent), ForType::Serial, Halide::Partition::Auto, Halide::DeviceAPI::None, body);
}

LoweredFunc function(const std::string &name, const std::vector<std::pair<std::string, Type>> &args, const Stmt &body,
                     Halide::LinkageType linkage) {
    std::vector<LoweredArgument> arguments;
    for (const auto &[argument, type] : args) {
        arguments.emplace_back(argument, Halide::Argument::InputScalar, type, 0, Halide::ArgumentEstimates{});
    }
    return LoweredFunc(name, arguments, body, linkage);
}

namespace {

// The narrowest of 8, 16 and 32 bits that holds every value.
int width_of(const std::vector<int64_t> &values) {
    int64_t largest = 0;
    for (int64_t value : values) {
        largest = std::max(largest, value < 0 ? -(value + 1) : value);
    }
    return largest < (1 << 7) ? 8 : largest < (1 << 15) ? 16 : 32;
}

template<typename T>
Expr narrowed(const std::vector<int64_t> &values) {
    return constant_array(std::vector<T>(values.begin(), values.end()));
}

}  // namespace

std::vector<Expr> table_row(Scope &scope, const std::string &name, const Table &table, const Expr &row) {
    std::vector<Expr> columns;
    for (const Column &column : table.columns()) {
        const std::string variable = name + "." + column.name();
        if (column.is_progression()) {
            const Column::Run run = column.runs().empty() ? Column::Run() : column.runs()[0];
            columns.push_back(scope.let(variable, row * number(run.step) + number(run.first)));
            continue;
        }
        const std::vector<int64_t> values = column.values();
        const int width = width_of(values);
        scope.let(variable + ".table", width == 8    ? narrowed<int8_t>(values)
                                       : width == 16 ? narrowed<int16_t>(values)
                                                     : narrowed<int32_t>(values));
        columns.push_back(scope.let(variable, cast(Int(32), load(Int(width), variable + ".table", row))));
    }
    return columns;
}

}  // namespace tconv::ir
