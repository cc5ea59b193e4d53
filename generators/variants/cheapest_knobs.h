// SPDX-License-Identifier: Apache-2.0
// What a variant's search for its defaults keeps.
#pragma once

#include <cstdint>
#include <functional>

#include "schedules/knobs.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

// Elements of scratch that the layer lets its caller be asked for. A GPU's lies on the device and is none of the caller's.
int64_t allowed_workspace(const Layer &layer, const Machine &machine);

// The cheapest of the knobs offered whose workspace the layer allows; where it allows none of them, those that need least.
class CheapestKnobs {
public:
    using Workspace = std::function<int64_t(const Knobs &)>;  // in elements; null: none

    CheapestKnobs(const Layer &layer, const Machine &machine, Workspace workspace);

    // Of equals the first is kept. The workspace is asked for only where the answer matters.
    void offer(const Knobs &knobs, double cycles);

    // Empty before the first offer.
    const Knobs &knobs() const { return knobs_; }

private:
    int64_t allowed_;
    Workspace workspace_;
    Knobs knobs_;
    bool fits_ = false;
    double cycles_ = 0;
    int64_t elements_ = 0;
};

}  // namespace tconv
