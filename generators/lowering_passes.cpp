// SPDX-License-Identifier: Apache-2.0
#include "generators/lowering_passes.h"

#include <string>

namespace tconv {

namespace {

using namespace Halide::Internal;

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

}  // namespace

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
