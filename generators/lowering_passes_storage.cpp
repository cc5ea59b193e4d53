// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "generators/lowering_passes.h"

namespace tconv {

using Halide::Expr;
using namespace Halide::Internal;

namespace {

// The vectors that a name is accessed by.
struct Accesses {
    int widest = 1;           // lanes
    int narrowest_store = 0;  // lanes; 0: there is none
    bool constant = true;     // every index: what lies there can be kept in registers
};

class AccessFinder : public IRVisitor {
public:
    Accesses of(const std::string &name) const {
        const auto found = accesses_.find(name);
        return found == accesses_.end() ? Accesses() : found->second;
    }

private:
    using IRVisitor::visit;

    Accesses &meet(const std::string &name, const Expr &index, int lanes) {
        Accesses &accesses = accesses_[name];
        const Ramp *ramp = index.as<Ramp>();
        accesses.widest = std::max(accesses.widest, lanes);
        accesses.constant = accesses.constant && is_const(ramp != nullptr ? ramp->base : index);
        return accesses;
    }

    void visit(const Load *op) override {
        meet(op->name, op->index, op->type.lanes());
        IRVisitor::visit(op);
    }
    void visit(const Store *op) override {
        const int lanes = op->value.type().lanes();
        Accesses &accesses = meet(op->name, op->index, lanes);
        accesses.narrowest_store = accesses.narrowest_store == 0 ? lanes : std::min(accesses.narrowest_store, lanes);
        IRVisitor::visit(op);
    }

    std::map<std::string, Accesses> accesses_;
};

int64_t round_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// Takes the stack allocations of constant size out of a body, each under a name of its own.
class StackTaker : public IRMutator {
public:
    StackTaker(const AccessFinder &accesses, const Halide::Target &target) : accesses_(accesses), target_(target) {}

    Stmt around(Stmt body) const {
        for (auto taken = taken_.rbegin(); taken != taken_.rend(); ++taken) {
            body = Allocate::make(taken->name, taken->type, taken->memory, taken->extents, const_true(), body);
        }
        return body;
    }

private:
    struct Taken {
        std::string name;
        Halide::Type type;
        Halide::MemoryType memory;
        std::vector<Expr> extents;
    };

    using IRMutator::visit;

    static bool may_move(const Allocate *op) {
        const bool stack =
            op->memory_type == Halide::MemoryType::Stack || op->memory_type == Halide::MemoryType::Register;
        const bool constant = op->extents.empty() || op->constant_allocation_size() > 0;
        return stack && constant && is_const_one(op->condition) && !op->new_expr.defined();
    }

    std::vector<Expr> whole_vectors(const Allocate *op) const {
        const int widest = accesses_.of(op->name).widest;
        if (widest == 1 || op->type.is_vector()) {
            return op->extents;
        }
        const int64_t elements = op->extents.empty() ? 1 : op->constant_allocation_size();
        const int64_t whole = round_up(elements + op->padding, target_.natural_vector_size(op->type));
        return {static_cast<int>(std::max(round_up(whole, widest), int64_t{2}))};
    }

    // Sums of one width may share memory with each other. In memory of their own they would all be kept in registers, or
    // beside each other on the stack, and be moved to and fro.
    bool may_share(const Allocate *op) {
        const Accesses accesses = accesses_.of(op->name);
        const bool one_width = accesses.constant || accesses.widest == accesses.narrowest_store;
        if (!one_width || accesses.narrowest_store < 2) {
            return false;
        }
        shared_lanes_ = shared_lanes_ == 0 ? accesses.narrowest_store : shared_lanes_;
        return accesses.narrowest_store == shared_lanes_ && accesses.widest % shared_lanes_ == 0;
    }

    // In its place, under a name of its own all the same.
    Stmt shared(const Allocate *op) {
        const std::string name = op->name + ".shared" + std::to_string(shared_++);
        const std::map<std::string, std::string> outside = names_;
        names_[op->name] = name;
        const Stmt body = mutate(op->body);
        names_ = outside;
        return Allocate::make(name, op->type, op->memory_type, whole_vectors(op), op->condition, body);
    }

    Stmt visit(const Allocate *op) override {
        if (may_move(op) && may_share(op)) {
            return shared(op);
        }
        if (!may_move(op)) {
            return IRMutator::visit(op);
        }
        const std::string name = op->name + ".stack" + std::to_string(taken_.size());
        taken_.push_back({name, op->type, op->memory_type, whole_vectors(op)});
        const std::map<std::string, std::string> outside = names_;
        names_[op->name] = name;
        const Stmt body = mutate(op->body);
        names_ = outside;
        return body;
    }

    Stmt visit(const Free *op) override { return names_.count(op->name) > 0 ? Evaluate::make(0) : Stmt(op); }

    std::string now(const std::string &name) const {
        const auto found = names_.find(name);
        return found == names_.end() ? name : found->second;
    }

    // A vector of several sums is read as the vectors that they are.
    Expr visit(const Load *op) override {
        const Accesses accesses = accesses_.of(op->name);
        const Ramp *ramp = op->index.as<Ramp>();
        const int lanes = op->type.lanes(), part = accesses.narrowest_store;
        const bool whole = names_.count(op->name) == 0 || !accesses.constant || part < 2 || lanes <= part ||
                           lanes % part != 0 || ramp == nullptr || !is_const_one(ramp->stride) ||
                           !is_const_one(op->predicate);
        if (whole) {
            return Load::make(op->type, now(op->name), mutate(op->index), op->image, op->param, mutate(op->predicate),
                              op->alignment);
        }
        std::vector<Expr> parts;
        for (int first = 0; first < lanes; first += part) {
            parts.push_back(Load::make(op->type.with_lanes(part), now(op->name),
                                       Ramp::make(simplify(ramp->base + first), 1, part), op->image, op->param,
                                       const_true(part), op->alignment + first));
        }
        return Shuffle::make_concat(parts);
    }
    Stmt visit(const Store *op) override {
        return Store::make(now(op->name), mutate(op->value), mutate(op->index), op->param, mutate(op->predicate),
                           op->alignment);
    }
    Expr visit(const Variable *op) override {
        return names_.count(op->name) > 0 ? Variable::make(op->type, now(op->name)) : Expr(op);
    }

    const AccessFinder &accesses_;
    Halide::Target target_;
    std::map<std::string, std::string> names_;  // of the allocations around, before and now
    std::vector<Taken> taken_;
    int shared_lanes_ = 0, shared_ = 0;
};

}  // namespace

Stmt part_stack_storage(const Stmt &body, const Halide::Target &target) {
    AccessFinder accesses;
    body.accept(&accesses);
    StackTaker taker(accesses, target);
    const Stmt rest = taker.mutate(body);
    return taker.around(rest);
}

}  // namespace tconv
