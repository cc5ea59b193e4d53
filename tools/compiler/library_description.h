// SPDX-License-Identifier: Apache-2.0
// Everything that the header and the sidecar of a library say about it, gathered once so that they cannot disagree.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "generators/library_abi.h"
#include "tconv/layer.h"
#include "tools/compiler/build_library.h"

namespace tconv {

struct LibraryDescription {
    Layer layer;
    TargetInfo target;
    Choice choice;
    bool weights_inside = false;
    int64_t weights_bytes = 0;
    int64_t workspace_bytes = 0;  // what the caller has to supply; 0 on a GPU, which allocates on the device
    struct StageSize {
        std::string name;
        int64_t tasks = 0;
    };
    std::vector<StageSize> stages;  // as NAME_task counts them
    std::vector<std::string> kernels;
    std::map<std::string, int64_t> stack_bytes;  // by entry point: run, task, pack; empty where it cannot be read
    bool processor_check = false;                // whether there is NAME_supported()
};

// NAME.h. Deterministic.
std::string library_header(const LibraryDescription &library);

// NAME.json. Deterministic; no dates, no absolute paths.
std::string library_sidecar(const LibraryDescription &library);

}  // namespace tconv
