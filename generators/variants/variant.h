// SPDX-License-Identifier: Apache-2.0
// Variants: algorithms with their schedules, in one table, a reference last for CPUs and for GPUs. The default for a layer
// is the one whose proposal costs least (ranking.h). docs/design.md shows how to add one.
#pragma once

#include <string>
#include <vector>

#include "generators/layer_plan.h"
#include "generators/variants/proposal.h"
#include "generators/variants/rounding.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct Variant {
    std::string id;
    std::string summary;  // one phrase for `explain`
    // Why the layer cannot be computed in this way, within its limits, whatever the knobs: one phrase; empty: it can. Ask
    // obstacle().
    std::string (*obstacle_of)(const Layer &, const Machine &);
    // What may be tuned for this layer on this machine. Every combination that check_knobs accepts is valid.
    std::vector<KnobSpec> (*knob_space)(const Layer &, const Machine &);
    // The knobs estimated to take least of those whose workspace the layer allows, and why, for a layer without an obstacle.
    // Ask propose().
    Proposed (*search)(const Layer &, const Machine &);
    // Empty when valid, else one line: the knob, its value, the rule.
    std::string (*check_knobs)(const Layer &, const Machine &, const Knobs &);
    // Requires check_knobs(...) to be empty.
    LayerPlan (*plan)(const Layer &, const Machine &, const Knobs &);
    // Estimated cycles of one run on one core: comparable between variants of one layer and machine only.
    double (*cycles)(const Layer &, const Machine &, const Knobs &);
    // LayerPlan::workspace_elements of the plan, without making it. Null: the caller is asked for none, as on a GPU, which has
    // its own.
    int64_t (*workspace)(const Layer &, const Machine &, const Knobs &) = nullptr;
    // How many times the error of a direct sum in float32 the result has, as a root mean square on flat data. Null: it is a
    // direct sum.
    double (*error_growth)(const Layer &, const Machine &, const Knobs &) = nullptr;
    // Whether a NaN or Inf in the input may reach output cells that no tap of it reaches. Null: never. A layer with
    // strict_nonfinite is an obstacle for a variant that would say so.
    bool (*spreads_nonfinite)(const Layer &, const Machine &, const Knobs &) = nullptr;
    // What bounds the error of each cell where windows are transformed. Null: direct sums, direct_rounding().
    Rounding (*rounding)(const Layer &, const Machine &, const Knobs &) = nullptr;

    bool for_gpu = false;       // serves GPUs, else CPUs
    bool is_reference = false;  // the definition itself: takes every layer, and is the default only where no other is

    // obstacle_of(), and what holds for every variant: the other kind of machine; a layer whose input has no cells, which has
    // only bias and activation (a reference takes it, and others may count on cells); a target without schedules.
    std::string obstacle(const Layer &layer, const Machine &machine) const;

    // Knobs for the layer within limits, or why there are none. The one search that a variant makes for a layer.
    Proposed propose(const Layer &layer, const Machine &machine, const Limits &limits) const;
    Proposed propose(const Layer &layer, const Machine &machine) const;

    // That the caller is asked for.
    int64_t workspace_bytes(const Layer &layer, const Machine &machine, const Knobs &knobs) const;
};

const std::vector<Variant> &variants();

// Null when there is no variant of that name.
const Variant *find_variant(const std::string &id);

}  // namespace tconv
