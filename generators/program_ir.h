// SPDX-License-Identifier: Apache-2.0
// Small pieces of Halide IR that layer_program is put together from. Internal to the layer program.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <Halide.h>

#include "generators/library_abi.h"
#include "generators/plan_table.h"

namespace tconv::ir {

// Statements under construction: lets and checks in order, wrapped around a body at the end.
class Scope {
public:
    // A variable of that name bound to `value`.
    Halide::Expr let(const std::string &name, const Halide::Expr &value);
    // Leaves the function with `status` unless `condition` holds.
    void require(const Halide::Expr &condition, const Halide::Expr &status);
    // Calls a function that returns a status; leaves with it unless it is 0.
    void call(const std::string &function, const std::vector<Halide::Expr> &args);
    void run(const Halide::Internal::Stmt &statement);
    Halide::Internal::Stmt wrap(const Halide::Internal::Stmt &body = {}) const;

private:
    struct Step {
        std::string name;             // of a let, else empty
        Halide::Expr value;           // of a let
        Halide::Internal::Stmt stmt;  // otherwise
    };
    std::vector<Step> steps_;
    int calls_ = 0;
};

Halide::Expr handle_variable(const std::string &name);
Halide::Expr int_variable(const std::string &name);
Halide::Expr as_handle(const Halide::Expr &address);

// Loads element `index` of the memory that the let or argument `name` points to.
Halide::Expr load(const Halide::Type &type, const std::string &name, const Halide::Expr &index);

// A field of the argument struct `args`, as an address (UInt(64)).
Halide::Expr args_field(ArgsField field, int pointer_bits);

// Read-only bytes in the code of the library.
template<typename T>
Halide::Expr constant_array(const std::vector<T> &values) {
    return Halide::Internal::StringImm::make(
        std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)));
}

Halide::Internal::Stmt for_each(const std::string &name, int64_t extent, const Halide::Internal::Stmt &body);

Halide::Internal::LoweredFunc function(const std::string &name,
                                       const std::vector<std::pair<std::string, Halide::Type>> &args,
                                       const Halide::Internal::Stmt &body, Halide::LinkageType linkage);

// The columns of a table's row as variables of `scope`. A column that grows evenly from row to row costs no memory.
std::vector<Halide::Expr> table_row(Scope &scope, const std::string &name, const Table &table, const Halide::Expr &row);

}  // namespace tconv::ir
