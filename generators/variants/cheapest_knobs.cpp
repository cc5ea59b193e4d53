// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/cheapest_knobs.h"

#include <limits>
#include <utility>

namespace tconv {

int64_t allowed_workspace(const Layer &layer, const Machine &machine) {
    constexpr int64_t element_bytes = 4;
    return machine.is_gpu ? std::numeric_limits<int64_t>::max() : layer.workspace_limit() / element_bytes;
}

CheapestKnobs::CheapestKnobs(const Layer &layer, const Machine &machine, Workspace workspace)
    : allowed_(allowed_workspace(layer, machine)), workspace_(std::move(workspace)) {}

void CheapestKnobs::offer(const Knobs &knobs, double cycles) {
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

}  // namespace tconv
