// SPDX-License-Identifier: Apache-2.0
#include "generators/lowering_passes_prefetch.h"

#include <utility>
#include <vector>

#include "generators/cache_line.h"

namespace tconv {

using Halide::Expr;
using namespace Halide::Internal;

namespace {

// Takes the prefetches out of a loop's body. Their addresses are put in terms of what is known outside of it.
class PrefetchTaker : public IRMutator {
public:
    std::vector<const Call *> taken() const {
        std::vector<const Call *> calls;
        for (const Expr &call : taken_) {
            calls.push_back(call.as<Call>());
        }
        return calls;
    }

private:
    using IRMutator::visit;

    Stmt visit(const LetStmt *op) override {
        lets_.emplace_back(op->name, op->value);
        const Stmt body = IRMutator::visit(op);
        lets_.pop_back();
        return body;
    }

    Stmt visit(const Evaluate *op) override {
        const Call *call = op->value.as<Call>();
        if (call == nullptr || !call->is_intrinsic(Call::prefetch)) {
            return op;
        }
        Expr outside = op->value;
        for (size_t i = lets_.size(); i-- > 0;) {
            outside = substitute(lets_[i].first, lets_[i].second, outside);
        }
        taken_.push_back(outside);
        return Evaluate::make(0);
    }

    std::vector<std::pair<std::string, Expr>> lets_;
    std::vector<Expr> taken_;
};

bool has_inner_loop(const Stmt &body) {
    struct Finder : IRVisitor {
        using IRVisitor::visit;
        bool found = false;
        void visit(const For *) override { found = true; }
    } finder;
    body.accept(&finder);
    return finder.found;
}

class PrefetchSharing : public IRMutator {
public:
    PrefetchSharing(const std::string &outer, int shares) : suffix_("." + outer), shares_(shares) {}

private:
    using IRMutator::visit;

    bool is_outer(const std::string &name) const {
        return name.size() > suffix_.size() && name.compare(name.size() - suffix_.size(), suffix_.size(), suffix_) == 0;
    }

    Stmt visit(const For *op) override {
        if (is_outer(op->name)) {
            round_ = Variable::make(Halide::Int(32), op->name) - op->min;
            const Stmt body = IRMutator::visit(op);
            round_ = Expr();
            return body;
        }
        if (!round_.defined() || has_inner_loop(op->body)) {
            return IRMutator::visit(op);
        }
        PrefetchTaker taker;
        const Stmt body = taker.mutate(op->body);
        const std::vector<const Call *> taken = taker.taken();
        if (taken.empty()) {
            return op;
        }
        return For::make(op->name, op->min, op->extent, op->for_type, op->partition_policy, op->device_api,
                         Block::make(share(op, taken), body));
    }

    // The lines of the loop's whole region, walked by (round, iteration) in this order, `count` a step.
    Stmt share(const For *loop, const std::vector<const Call *> &all) const {
        const int count = (static_cast<int>(all.size()) + shares_ - 1) / shares_;
        const int line = kCacheLineBytes / all[0]->type.bytes();
        const Expr first = substitute(loop->name, loop->min, all[0]->args[1]);
        const Expr step = round_ * loop->extent + (Variable::make(Halide::Int(32), loop->name) - loop->min);
        std::vector<Stmt> lines;
        for (int i = 0; i < count; i++) {
            const Expr at = simplify(first + (step * count + i) * line);
            lines.push_back(Evaluate::make(
                Call::make(all[0]->type, Call::prefetch, {all[0]->args[0], at, 1, line}, Call::Intrinsic)));
        }
        return Block::make(lines);
    }

    std::string suffix_;
    int shares_;
    Expr round_;
};

}  // namespace

void share_prefetch(Halide::Module &module, const std::string &outer, int shares) {
    if (shares <= 1) {
        return;
    }
    for (LoweredFunc &function : module.functions()) {
        function.body = PrefetchSharing(outer, shares).mutate(function.body);
    }
}

bool has_prefetches(const Halide::Module &module) {
    struct Finder : IRVisitor {
        using IRVisitor::visit;
        bool found = false;
        void visit(const Call *op) override {
            found = found || op->is_intrinsic(Call::prefetch);
            IRVisitor::visit(op);
        }
    } finder;
    for (const LoweredFunc &function : module.functions()) function.body.accept(&finder);
    return finder.found;
}

}  // namespace tconv
