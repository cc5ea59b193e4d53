// SPDX-License-Identifier: Apache-2.0
#include "generators/plan_index.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "runtime/base/integers.h"

namespace tconv {

namespace {

Index::Type wider(const Index &a, const Index &b) { return std::max(a.type(), b.type()); }

Index arithmetic(Index::Op op, const Index &a, const Index &b) { return Index::make(op, wider(a, b), {a, b}); }

Index comparison(Index::Op op, const Index &a, const Index &b) { return Index::make(op, Index::Type::kBool, {a, b}); }

}  // namespace

Index::Index(Node node) : node_(std::make_shared<Node>(std::move(node))) {}

Index::Index(int value) : Index(constant(value, Type::kInt32)) {}

Index::Index(const Column &column) {
    Node node;
    node.op = Op::kColumn;
    node.column = std::make_shared<Column>(column);
    node_ = std::make_shared<Node>(std::move(node));
}

Index Index::constant(int64_t value, Type type) {
    Node node;
    node.type = type;
    node.value = value;
    return Index(std::move(node));
}

Index Index::stride(TensorId tensor, CanonicalDim dim) {
    Node node;
    node.op = Op::kStride;
    node.type = Type::kInt64;
    node.tensor = tensor;
    node.dim = dim;
    return Index(std::move(node));
}

Index Index::named(const std::string &name, const Index &value) {
    Node node;
    node.op = Op::kNamed;
    node.type = value.type();
    node.name = name;
    node.operands = {value};
    return Index(std::move(node));
}

Index Index::make(Op op, Type type, std::vector<Index> operands) {
    Node node;
    node.op = op;
    node.type = type;
    node.operands = std::move(operands);
    return Index(std::move(node));
}

Index &Index::operator+=(const Index &other) { return *this = *this + other; }
Index &Index::operator-=(const Index &other) { return *this = *this - other; }
Index &Index::operator*=(const Index &other) { return *this = *this * other; }

Index wide(int64_t value) { return Index::constant(value, Index::Type::kInt64); }

Index wide(const Index &value) {
    return value.type() == Index::Type::kInt64 ? value : Index::make(Index::Op::kWiden, Index::Type::kInt64, {value});
}

Index elements(const Index &index, int64_t stride) { return wide(index) * wide(stride); }

Index stride_of(TensorId tensor, CanonicalDim dim) { return Index::stride(tensor, dim); }

Index named(const std::string &name, const Index &value) { return Index::named(name, value); }

Index truth(bool value) { return Index::constant(value ? 1 : 0, Index::Type::kBool); }

Index operator-(const Index &a) { return Index::make(Index::Op::kNegate, a.type(), {a}); }
Index operator+(const Index &a, const Index &b) { return arithmetic(Index::Op::kAdd, a, b); }
Index operator-(const Index &a, const Index &b) { return arithmetic(Index::Op::kSubtract, a, b); }
Index operator*(const Index &a, const Index &b) { return arithmetic(Index::Op::kMultiply, a, b); }
Index operator/(const Index &a, const Index &b) { return arithmetic(Index::Op::kDivide, a, b); }
Index min(const Index &a, const Index &b) { return arithmetic(Index::Op::kMin, a, b); }
Index max(const Index &a, const Index &b) { return arithmetic(Index::Op::kMax, a, b); }
Index operator==(const Index &a, const Index &b) { return comparison(Index::Op::kEqual, a, b); }
Index operator!=(const Index &a, const Index &b) { return comparison(Index::Op::kNotEqual, a, b); }
Index operator<(const Index &a, const Index &b) { return comparison(Index::Op::kLess, a, b); }
Index operator<=(const Index &a, const Index &b) { return comparison(Index::Op::kLessEqual, a, b); }
Index operator>(const Index &a, const Index &b) { return comparison(Index::Op::kGreater, a, b); }
Index operator>=(const Index &a, const Index &b) { return comparison(Index::Op::kGreaterEqual, a, b); }
Index operator&&(const Index &a, const Index &b) { return comparison(Index::Op::kAnd, a, b); }
Index operator||(const Index &a, const Index &b) { return comparison(Index::Op::kOr, a, b); }

Index clamp(const Index &value, const Index &least, const Index &most) {
    return Index::make(Index::Op::kClamp, value.type(), {value, least, most});
}

Index select(const Index &condition, const Index &yes, const Index &no) {
    return Index::make(Index::Op::kSelect, wider(yes, no), {condition, yes, no});
}

namespace {

int64_t value_of(const Index &index, const IndexValues &values) {
    const auto operand = [&](size_t i) { return evaluate(index.operands()[i], values); };
    switch (index.op()) {
    case Index::Op::kConstant: return index.value();
    case Index::Op::kColumn: return values.column(index.column());
    case Index::Op::kStride: return values.stride(index.tensor(), index.dim());
    case Index::Op::kWiden:
    case Index::Op::kNamed: return operand(0);
    case Index::Op::kNegate: return -operand(0);
    case Index::Op::kAdd: return operand(0) + operand(1);
    case Index::Op::kSubtract: return operand(0) - operand(1);
    case Index::Op::kMultiply: return operand(0) * operand(1);
    case Index::Op::kDivide: return floor_div(operand(0), operand(1));
    case Index::Op::kMin: return std::min(operand(0), operand(1));
    case Index::Op::kMax: return std::max(operand(0), operand(1));
    case Index::Op::kClamp:  // the least wins over the most, as in Halide
        return std::max(std::min(operand(0), operand(2)), operand(1));
    case Index::Op::kSelect: return operand(0) != 0 ? operand(1) : operand(2);
    case Index::Op::kEqual: return operand(0) == operand(1) ? 1 : 0;
    case Index::Op::kNotEqual: return operand(0) != operand(1) ? 1 : 0;
    case Index::Op::kLess: return operand(0) < operand(1) ? 1 : 0;
    case Index::Op::kLessEqual: return operand(0) <= operand(1) ? 1 : 0;
    case Index::Op::kGreater: return operand(0) > operand(1) ? 1 : 0;
    case Index::Op::kGreaterEqual: return operand(0) >= operand(1) ? 1 : 0;
    case Index::Op::kAnd: return operand(0) != 0 && operand(1) != 0 ? 1 : 0;
    case Index::Op::kOr: return operand(0) != 0 || operand(1) != 0 ? 1 : 0;
    }
    return 0;
}

}  // namespace

int64_t evaluate(const Index &index, const IndexValues &values) {
    const int64_t value = value_of(index, values);
    if (index.type() == Index::Type::kInt32 && value != static_cast<int32_t>(value)) {
        throw std::logic_error("internal error: " + std::to_string(value) + " in an index of 32 bits");
    }
    return value;
}

void collect_columns(const Index &index, std::vector<Column> &columns) {
    if (index.op() == Index::Op::kColumn) {
        columns.push_back(index.column());
    }
    for (const Index &operand : index.operands()) {
        collect_columns(operand, columns);
    }
}

}  // namespace tconv
