// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/cheapest_knobs.h"

#include <limits>
#include <utility>

namespace tconv {

namespace {

// Elements of scratch that the layer lets its caller be asked for. A GPU's lies on the device and is none of the caller's.
int64_t allowed_workspace(const Layer &layer, const Machine &machine) {
    return machine.is_gpu ? std::numeric_limits<int64_t>::max()
                          : layer.workspace_limit() / element_bytes(layer.types.accumulate);
}

}  // namespace

CheapestKnobs::CheapestKnobs(const Layer &layer, const Machine &machine, Workspace workspace)
    : allowed_(allowed_workspace(layer, machine)),
      element_bytes_(element_bytes(layer.types.accumulate)),
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
    const int64_t bytes = elements_ * element_bytes_;
    if (!fits_) {
        return Declined{"needs a workspace of at least " + std::to_string(bytes) + " bytes", bytes};
    }
    return Proposal{knobs_, cycles_, bytes, "the cheapest of " + std::to_string(offered_) + " candidates"};
}

}  // namespace tconv
