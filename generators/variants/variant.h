// SPDX-License-Identifier: Apache-2.0
// Variants: algorithms with their schedules, in one table, `reference` last. The default for a layer is the one whose
// default knobs cost least (ranking.h). docs/design.md shows how to add one.
#pragma once

#include <string>
#include <vector>

#include "generators/layer_plan.h"
#include "generators/variants/rounding.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct Variant {
    std::string id;
    std::string summary;                                    // one phrase for `explain`
    bool (*accepts_layer)(const Layer &, const Machine &);  // ask accepts()
    // What may be tuned for this layer on this machine. Every combination whose register use fits is valid.
    std::vector<KnobSpec> (*knob_space)(const Layer &, const Machine &);
    // Always valid, computed from machine and layer: the cheapest with a workspace that the layer allows; where none is, those
    // that need least.
    Knobs (*default_knobs)(const Layer &, const Machine &);
    // Empty when valid, else one line: the knob, its value, the rule.
    std::string (*check_knobs)(const Layer &, const Machine &, const Knobs &);
    // Requires check_knobs(...) to be empty.
    LayerPlan (*plan)(const Layer &, const Machine &, const Knobs &);
    // Estimated cycles of one run on one core: comparable between variants of one layer and machine only.
    double (*cost)(const Layer &, const Machine &, const Knobs &);
    // LayerPlan::workspace_elements of the plan, without making it. Null: none.
    int64_t (*workspace)(const Layer &, const Machine &, const Knobs &) = nullptr;
    // How many times the error of a direct sum in float32 the result has, as a root mean square on flat data. Null: it is a
    // direct sum.
    double (*error_growth)(const Layer &, const Machine &, const Knobs &) = nullptr;
    // Whether a NaN or Inf in the input may reach output cells that no tap of it reaches. Null: never. A layer with
    // strict_nonfinite is not accepted by a variant that would say so.
    bool (*spreads_nonfinite)(const Layer &, const Machine &, const Knobs &) = nullptr;
    // What bounds the error of each cell where windows are transformed. Null: direct sums, direct_rounding().
    Rounding (*rounding)(const Layer &, const Machine &, const Knobs &) = nullptr;

    // A layer whose input has no cells has only bias and activation: `reference` takes it, and others may count on cells.
    bool accepts(const Layer &layer, const Machine &machine) const;
};

const std::vector<Variant> &variants();

// Null when there is no variant of that name.
const Variant *find_variant(const std::string &id);

}  // namespace tconv
