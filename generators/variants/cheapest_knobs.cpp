// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/cheapest_knobs.h"

#include <utility>

namespace tconv {

CheapestKnobs::CheapestKnobs(const Layer &layer, Workspace workspace)
    : element_bytes_(element_bytes(layer.types.accumulate)),
      allowed_(layer.workspace_limit() / element_bytes_),
      workspace_(std::move(workspace)) {}

void CheapestKnobs::offer(const Knobs &knobs, double cycles) {
    offered_++;
    const bool first = knobs_.empty(), cheaper = first || cycles < cycles_;
    if (fits_ && !cheaper) {
        return;
    }
    const int64_t elements = workspace_ ? workspace_(knobs) : 0;
    const bool fits = elements <= allowed_;
    const bool smaller = first || elements < elements_ || (elements == elements_ && cheaper);
    if (fits == fits_ ? (fits ? cheaper : smaller) : fits) {
        knobs_ = knobs;
        fits_ = fits;
        cycles_ = cycles;
        elements_ = elements;
    }
}

Proposed CheapestKnobs::proposed(const std::string &what) const {
    if (knobs_.empty()) {
        return Declined{"no " + what + " fits"};
    }
    if (!fits_) {
        const int64_t least = elements_ * element_bytes_;
        return Declined{"needs a workspace of at least " + std::to_string(least) + " bytes", least};
    }
    return Proposal{knobs_, "the cheapest of " + std::to_string(offered_) + " candidates"};
}

}  // namespace tconv
