// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include "generators/lowering_passes.h"

namespace tconv {

using Halide::Expr;
using namespace Halide::Internal;

namespace {

bool is_power_of_two(int number) { return number > 0 && (number & (number - 1)) == 0; }

Expr strict(Call::IntrinsicOp op, const Expr &a, const Expr &b) {
    return Call::make(a.type(), op, {a, b}, Call::PureIntrinsic);
}

class StatedOrder : public IRMutator {
public:
    explicit StatedOrder(const Halide::Target &target)
        : pairwise_(target.arch == Halide::Target::ARM),
          fused_(target.arch != Halide::Target::X86 || target.has_feature(Halide::Target::FMA)),
          fused_numbers_(fused_ && (target.arch == Halide::Target::X86 || (pairwise_ && target.bits == 64))) {}

private:
    using IRMutator::visit;

    Expr visit(const Add *op) override { return sum(op, Call::strict_add); }
    Expr visit(const Sub *op) override { return sum(op, Call::strict_sub); }
    Expr visit(const Mul *op) override { return strict_if_float(op, Call::strict_mul); }
    Expr visit(const Div *op) override { return strict_if_float(op, Call::strict_div); }

    template<typename Op>
    Expr strict_if_float(const Op *op, Call::IntrinsicOp intrinsic) {
        return op->type.is_float() ? strict(intrinsic, mutate(op->a), mutate(op->b)) : IRMutator::visit(op);
    }

    // A multiply-add of vectors is left to code generation, which makes one instruction of it; numbers have a function.
    template<typename Op>
    Expr sum(const Op *op, Call::IntrinsicOp intrinsic) {
        if (!op->type.is_float()) {
            return IRMutator::visit(op);
        }
        const Mul *a = op->a.template as<Mul>(), *b = op->b.template as<Mul>();
        if (!fused_ || (a == nullptr && b == nullptr)) {
            return strict(intrinsic, mutate(op->a), mutate(op->b));
        }
        if (fused_numbers_ && op->type == Halide::Float(32) && std::is_same<Op, Add>::value) {
            const Mul *factors = b != nullptr ? b : a;
            return Call::make(op->type, "llvm.fma.f32",
                              {mutate(factors->a), mutate(factors->b), mutate(b != nullptr ? op->a : op->b)},
                              Call::PureExtern);
        }
        return b != nullptr ? Op::make(mutate(op->a), product(b)) : Op::make(product(a), mutate(op->b));
    }

    Expr product(const Mul *op) { return Mul::make(mutate(op->a), mutate(op->b)); }

    // A tree of additions: of halves where one sum is left, which need no rearranging, else of neighbours.
    Expr visit(const VectorReduce *op) override {
        const int sums = op->type.lanes();
        const bool instructions = pairwise_ && sums > 1 && is_power_of_two(op->value.type().lanes() / sums);
        if (op->op != VectorReduce::Add || !op->type.is_float() || instructions) {
            return IRMutator::visit(op);
        }
        return tree(mutate(op->value), sums);
    }

    static Expr tree(const Expr &value, int sums) {
        const int lanes = value.type().lanes(), half = lanes / 2, factor = lanes / sums;
        if (factor == 1) {
            return value;
        }
        const std::string name = unique_name("lanes");
        const Expr all = Variable::make(value.type(), name);
        Expr added;
        if (factor % 2 != 0) {
            added = Shuffle::make_slice(all, 0, factor, sums);
            for (int i = 1; i < factor; i++) {
                added = strict(Call::strict_add, added, Shuffle::make_slice(all, i, factor, sums));
            }
        } else if (sums == 1) {
            added =
                strict(Call::strict_add, Shuffle::make_slice(all, 0, 1, half), Shuffle::make_slice(all, half, 1, half));
        } else {
            added =
                strict(Call::strict_add, Shuffle::make_slice(all, 0, 2, half), Shuffle::make_slice(all, 1, 2, half));
        }
        return Let::make(name, value, tree(added, sums));
    }

    bool pairwise_;       // the machine has instructions that add neighbours
    bool fused_;          // it has instructions that multiply and add, or may have
    bool fused_numbers_;  // it has, for numbers too
};

}  // namespace

Stmt state_order_of_sums(const Stmt &body, const Halide::Target &target) { return StatedOrder(target).mutate(body); }

}  // namespace tconv
