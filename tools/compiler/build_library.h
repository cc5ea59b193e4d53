// SPDX-License-Identifier: Apache-2.0
// From a layer and a target to libNAME.a, NAME.h and NAME.json. Verbs call this; nothing here prints.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "generators/variants/ranking.h"
#include "schedules/knobs.h"
#include "schedules/tuned_records.h"
#include "tconv/layer.h"
#include "tconv/status.h"
#include "tools/compiler/target_table.h"

namespace tconv {

struct BuildOptions {
    std::optional<std::string> variant;  // forces a variant by id, e.g. "reference"
    std::optional<Knobs> knobs;          // forces knobs (others keep the value they would have had); needs no variant
    std::optional<std::string> tuned;    // a folder or a file of records instead of those shipped with tconv
    int threads = 1;                     // that will run the layer: records for as many go first
    bool asserts = false;                // compile Halide's run-time checks in (links the Halide runtime; tests only)
    std::function<void(const Layer &)> on_layer;  // called before each layer is compiled
    bool assembly = false;                        // also write NAME.<kernel>.s, one for each kernel
    bool stack = true;  // state what entry points take of the stack: read off assembly, a third of a build's time
    bool rank = false;  // Choice::ranking also where a record or a variant was given
};

// What was decided for a layer, and why.
struct Choice {
    std::string variant;  // "phases"
    Knobs knobs;
    std::string knobs_from;   // "tuned", "transferred", "default" or "given"
    std::string reason;       // one sentence for `explain`
    double error_growth = 1;  // times the error of a direct sum, a root mean square on flat data
    bool transforms =
        false;  // outputs are computed in windows: `rounding` bounds a cell's error; else its own sum does
    Rounding rounding{};
    bool spreads_nonfinite = false;  // a NaN or Inf of the input may reach cells that no tap of it reaches
    int64_t workspace_bytes = 0;     // that the caller is asked for; 0 on a GPU
    std::string passed_over = {};    // tuned records for this workload that were not taken, and why; empty: none
    std::optional<Ranking> ranking;  // where the estimates chose, or BuildOptions::rank asked for it
};

struct BuiltLibrary {
    std::string archive;  // paths of what was written
    std::string header;
    std::string sidecar;
    std::vector<std::string> assembly;  // with BuildOptions::assembly
    std::vector<std::string> ptx;       // cuda targets with BuildOptions::assembly: one file a kernel
    Choice choice;
    int64_t weights_bytes = 0;  // packed filter and bias
    int64_t workspace_bytes = 0;
    bool weights_inside = false;
    std::vector<std::string> kernels;  // names of the compiled kernels
    std::string nonfinite_weights;     // of weights inside: how many are NaN or Inf, and the first; empty where none is
};

// Variant and knobs for a layer: given, else those of a tuned record for it, else of one for a layer that differs in bias
// and activation alone, else the variant whose defaults are estimated to take least among those that accept it. The layer's
// limits hold for all of them.
Expected<Choice> choose(const Layer &layer, const TargetInfo &target, const BuildOptions &options = {});

// Why a layer cannot be computed as a tuned record says; empty: it can.
std::string record_problem(const Layer &layer, const Machine &machine, const TunedRecord &record);

// Writes the three files of every layer into `directory` (created where missing), all or none: they appear complete,
// under their final names, or not at all.
Expected<std::vector<BuiltLibrary>> build_libraries(const std::vector<Layer> &layers, const TargetInfo &target,
                                                    const std::string &directory, const BuildOptions &options = {});

// The same for one layer.
Expected<BuiltLibrary> build_library(const Layer &layer, const TargetInfo &target, const std::string &directory,
                                     const BuildOptions &options = {});

}  // namespace tconv
