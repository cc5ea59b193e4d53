// SPDX-License-Identifier: Apache-2.0
// A page about a tuning session, for `tconv tune --report`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tools/tune/session_file.h"

namespace tconv {

struct SessionFacts {
    std::string processor, target, cpu;
    int threads = 1;
    double gflops = 0, gigabytes_per_second = 0;  // of the limits
    std::string commit, date, halide, llvm;
};

struct LayerReport {
    Layer layer;
    std::vector<SessionTrial> trials;
    std::optional<SessionSummary> summary;  // none: it did not come to its last race yet
};

// One HTML file, well-formed as XML behind its first line, that loads nothing and runs nothing: light or dark as the reader
// has it, narrow or wide. The same session gives the same text.
std::string tune_report(const SessionFacts &facts, const std::vector<LayerReport> &layers);

}  // namespace tconv
