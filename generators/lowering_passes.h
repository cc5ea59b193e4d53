// SPDX-License-Identifier: Apache-2.0
// Passes over lowered kernels.
#pragma once

#include <Halide.h>

namespace tconv {

// All passes that every kernel takes.
void finish_kernel(Halide::Module &module);

// Throws Halide::Error when a kernel would allocate on the heap: everything a kernel keeps has to fit into registers and a
// few kilobytes of stack, or be given to it as workspace.
void require_no_heap(const Halide::Module &module);

// Halide 21 turns prefetch() of a region into a loop of its own over lines 64 elements apart: for float32 that is every
// fourth line of four times the region. Returns the statement with straight-line prefetches of every line of the region.
Halide::Internal::Stmt repair_prefetch(const Halide::Internal::Stmt &body);

// Code generation takes every allocation on the stack to be aligned to a vector, and accesses it so, even where a mask
// leaves one lane of the vector; but one of a single element it aligns like a number. And it lets allocations share memory
// one after the other: sums that lie where wider vectors lay do not stay vectors of their own, and whether their
// multiply-adds become one instruction is chance. Returns the statement with whole vectors for whatever is accessed by
// vectors, nothing shared but by sums of one width, and sums read by the vectors that they are stored by.
Halide::Internal::Stmt part_stack_storage(const Halide::Internal::Stmt &body, const Halide::Target &target);

// Compilers may add floats in any order unless told otherwise, and would choose another order in each kernel that computes
// the same cells for other strides. Returns the statement with strict operations, but for the multiply-adds of machines
// that have an instruction for them, and with trees of additions for sums across lanes. A module that holds it has to be
// marked as strict.
Halide::Internal::Stmt state_order_of_sums(const Halide::Internal::Stmt &body, const Halide::Target &target);

}  // namespace tconv
