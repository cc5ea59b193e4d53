// SPDX-License-Identifier: Apache-2.0
// What a variant's search for its knobs keeps.
#pragma once

#include <cstdint>
#include <functional>

#include "generators/variants/proposal.h"
#include "schedules/knobs.h"
#include "tconv/layer.h"

namespace tconv {

// The cheapest of the knobs offered whose workspace the layer allows; where it allows none of them, the least that there
// is.
class CheapestKnobs {
public:
    using Workspace = std::function<int64_t(const Knobs &)>;  // in elements; null: none

    CheapestKnobs(const Layer &layer, Workspace workspace);

    // Of equals the first is kept. The workspace is asked for only where the answer matters.
    void offer(const Knobs &knobs, double cycles);

    // Knobs and why. Without any offer: declined, since no `what` fits, such as "tile".
    Proposed proposed(const std::string &what) const;

private:
    int64_t element_bytes_, allowed_;  // allowed: elements that the caller may be asked for
    Workspace workspace_;
    Knobs knobs_;
    bool fits_ = false;
    double cycles_ = 0;
    int64_t elements_ = 0;
    int64_t offered_ = 0;
};

}  // namespace tconv
