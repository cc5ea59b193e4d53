// SPDX-License-Identifier: Apache-2.0
// Integers that a task computes before it calls its kernel: constants, columns of its rows, strides of the caller, and
// what arithmetic makes of them. An Index is data: program_views makes code of it, plan_text a line to read, and tests
// evaluate it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "generators/plan_table.h"

namespace tconv {

enum class TensorId { kInput, kOutput, kFilter, kBias, kSlopes, kWorkspace };

// Dimensions of input and output, in the order in which kernels number them.
enum CanonicalDim { kDimC, kDimX, kDimY, kDimZ, kDimN };

// By the numbers of axes: kZ, kY, kX.
constexpr std::array<const char *, 3> kAxisNames = {"z", "y", "x"};
constexpr std::array<CanonicalDim, 3> kAxisDims = {kDimZ, kDimY, kDimX};

class Index {
public:
    enum class Type { kBool, kInt32, kInt64 };
    // Quotients are rounded down; divisors are positive.
    enum class Op {
        kConstant,
        kColumn,
        kStride,
        kWiden,
        kNamed,
        kNegate,
        kAdd,
        kSubtract,
        kMultiply,
        kDivide,
        kMin,
        kMax,
        kClamp,
        kSelect,
        kEqual,
        kNotEqual,
        kLess,
        kLessEqual,
        kGreater,
        kGreaterEqual,
        kAnd,
        kOr
    };

    Index(int value = 0);         // 32 bits
    Index(int64_t) = delete;      // number() or wide()
    Index(bool) = delete;         // truth()
    Index(const Column &column);  // of the task's row; 32 bits
    static Index constant(int64_t value, Type type);
    static Index stride(TensorId tensor, CanonicalDim dim);
    static Index named(const std::string &name, const Index &value);
    static Index make(Op op, Type type, std::vector<Index> operands);

    Op op() const { return node_->op; }
    Type type() const { return node_->type; }
    const std::vector<Index> &operands() const { return node_->operands; }
    bool is_constant() const { return op() == Op::kConstant; }
    bool is_constant(int64_t value) const { return is_constant() && node_->value == value; }
    int64_t value() const { return node_->value; }           // of a constant
    const Column &column() const { return *node_->column; }  // of kColumn
    const std::string &name() const { return node_->name; }  // of kNamed
    TensorId tensor() const { return node_->tensor; }        // of kStride
    CanonicalDim dim() const { return node_->dim; }          // the same

    Index &operator+=(const Index &other);
    Index &operator-=(const Index &other);
    Index &operator*=(const Index &other);

private:
    struct Node {
        Op op = Op::kConstant;
        Type type = Type::kInt32;
        int64_t value = 0;
        std::string name;
        std::shared_ptr<const Column> column;
        TensorId tensor = TensorId::kInput;
        CanonicalDim dim = kDimC;
        std::vector<Index> operands;
    };
    explicit Index(Node node);

    std::shared_ptr<const Node> node_;
};

// In 64 bits, as offsets into tensors are.
Index wide(int64_t value);
Index wide(const Index &value);

// index * stride in 64 bits.
Index elements(const Index &index, int64_t stride);

// Elements between neighbours of the caller's input or output tensor, 64 bits; 0 for an axis that the layer lacks.
Index stride_of(TensorId tensor, CanonicalDim dim);

Index truth(bool value);

// The same value, by a name for those who read the plan. Worth it for what several views are made of.
Index named(const std::string &name, const Index &value);

// Of operands of 32 and of 64 bits, the result has 64.
Index operator-(const Index &a);
Index operator+(const Index &a, const Index &b);
Index operator-(const Index &a, const Index &b);
Index operator*(const Index &a, const Index &b);
Index operator/(const Index &a, const Index &b);
Index min(const Index &a, const Index &b);
Index max(const Index &a, const Index &b);
Index clamp(const Index &value, const Index &least, const Index &most);
Index select(const Index &condition, const Index &yes, const Index &no);
Index operator==(const Index &a, const Index &b);
Index operator!=(const Index &a, const Index &b);
Index operator<(const Index &a, const Index &b);
Index operator<=(const Index &a, const Index &b);
Index operator>=(const Index &a, const Index &b);
Index operator>(const Index &a, const Index &b);
Index operator&&(const Index &a, const Index &b);
Index operator||(const Index &a, const Index &b);

// What an Index depends on while it is evaluated.
class IndexValues {
public:
    virtual ~IndexValues() = default;
    virtual int64_t column(const Column &column) const = 0;
    virtual int64_t stride(TensorId tensor, CanonicalDim dim) const = 0;
};

int64_t evaluate(const Index &index, const IndexValues &values);

// The columns that it depends on; some may be there more than once.
void collect_columns(const Index &index, std::vector<Column> &columns);

}  // namespace tconv
