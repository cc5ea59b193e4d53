// SPDX-License-Identifier: Apache-2.0
// Compiles a layer inside the test program and loads the result, so that tests call what users would link.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"
#include "tools/compiler/build_library.h"

namespace tconv::test {

// NAME_args of the C header.
struct LibraryArgs {
    const float *input = nullptr;
    float *output = nullptr;
    const void *weights = nullptr;
    void *workspace = nullptr;
    const int64_t *input_strides = nullptr;
    const int64_t *output_strides = nullptr;
    const int64_t *extents = nullptr;
};

// The functions of a loaded library, and what its sidecar says of it. Unloaded at the end of its life; its files are
// gone as soon as build() returns.
class CompiledLibrary {
public:
    static Expected<CompiledLibrary> build(const Layer &layer, const TargetInfo &target,
                                           const BuildOptions &options = {});

    int (*run)(const LibraryArgs *args) = nullptr;
    int (*task)(const LibraryArgs *args, int stage, int i) = nullptr;
    int (*pack)(const float *filter, const float *bias, void *weights) = nullptr;  // null: weights are in the library

    int64_t weights_bytes = 0;
    int64_t workspace_bytes = 0;
    std::vector<int> stage_tasks;  // one entry a stage
    Choice choice;

private:
    CompiledLibrary() = default;

    std::shared_ptr<void> handle_;
};

}  // namespace tconv::test
