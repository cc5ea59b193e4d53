// SPDX-License-Identifier: Apache-2.0
#include "generators/lowering_passes.h"

#include <optional>
#include <string>
#include <vector>

#include "generators/cache_line.h"

namespace tconv {

using Halide::Expr;
using namespace Halide::Internal;

namespace {

// What Halide itself puts on the stack at most when it is left the choice.
constexpr int64_t kLargestStackBytes = 16 * 1024;

class HeapFinder : public IRVisitor {
public:
    std::string found;

private:
    using IRVisitor::visit;

    void visit(const Allocate *op) override {
        const int64_t bytes = static_cast<int64_t>(op->constant_allocation_size()) * op->type.bytes();
        const bool bounded = bytes > 0 && bytes <= kLargestStackBytes;
        if (op->memory_type == Halide::MemoryType::Heap || !bounded) {
            found = op->name;
        }
        IRVisitor::visit(op);
    }
};

class PrefetchFinder : public IRVisitor {
public:
    const Call *found = nullptr;

private:
    using IRVisitor::visit;

    void visit(const Call *op) override {
        if (op->is_intrinsic(Call::prefetch)) {
            found = op;
        }
        IRVisitor::visit(op);
    }
};

class PrefetchRepair : public IRMutator {
    using IRMutator::visit;

    static bool only_prefetches(const Stmt &body) {
        if (const Block *block = body.as<Block>()) {
            return only_prefetches(block->first) && only_prefetches(block->rest);
        }
        const Evaluate *evaluate = body.as<Evaluate>();
        return evaluate != nullptr && Call::as_intrinsic(evaluate->value, {Call::prefetch}) != nullptr;
    }

    // The outer dimensions of a region, such as the pixels of a tile, are short loops over nothing but prefetches.
    static Stmt straight_prefetches(const Stmt &loop) {
        constexpr int64_t kMostLines = 16;
        const For *op = loop.as<For>();
        const std::optional<int64_t> steps = as_const_int(op->extent);
        if (!steps || *steps < 1 || *steps > kMostLines || !only_prefetches(op->body)) {
            return loop;
        }
        std::vector<Stmt> lines;
        for (int64_t step = 0; step < *steps; step++) {
            lines.push_back(substitute(op->name, op->min + static_cast<int>(step), op->body));
        }
        return Block::make(lines);
    }

    Stmt visit(const For *op) override {
        if (op->name.find("prefetch_split") == std::string::npos) {
            return straight_prefetches(IRMutator::visit(op));
        }
        PrefetchFinder finder;
        op->body.accept(&finder);
        const std::optional<int64_t> steps = as_const_int(op->extent);
        if (finder.found == nullptr || !steps) {
            return op;
        }
        // The loop's steps were counted in the region's elements by the line: their number is right, their distance is not.
        const Expr first = simplify(substitute(op->name, op->min, finder.found->args[1]));
        const int line = kCacheLineBytes / finder.found->type.bytes();
        std::vector<Stmt> lines;
        for (int64_t step = 0; step < *steps; step++) {
            const Expr at = first + static_cast<int>(step) * line;
            lines.push_back(Evaluate::make(
                Call::make(finder.found->type, Call::prefetch, {finder.found->args[0], at, 1, line}, Call::Intrinsic)));
        }
        return Block::make(lines);
    }
};

}  // namespace

void finish_kernel(Halide::Module &module) {
    // A device has one kernel for all strides, and its own rules for what lies where.
    const bool host = !module.target().has_gpu_feature();
    for (LoweredFunc &function : module.functions()) {
        function.body = repair_prefetch(function.body);
        if (host) {
            function.body = part_stack_storage(state_order_of_sums(function.body, module.target()), module.target());
        }
    }
    if (host) {
        module.set_any_strict_float(true);
    }
}

Stmt repair_prefetch(const Stmt &body) { return PrefetchRepair().mutate(body); }

void require_no_heap(const Halide::Module &module) {
    for (const auto &function : module.functions()) {
        HeapFinder finder;
        function.body.accept(&finder);
        if (!finder.found.empty()) {
            throw Halide::CompileError("kernel " + function.name + " would allocate " + finder.found + " on the heap");
        }
    }
}

}  // namespace tconv
