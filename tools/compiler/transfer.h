// SPDX-License-Identifier: Apache-2.0
// What tuned records of other layers say about one that has none.
#pragma once

#include <optional>
#include <vector>

#include "generators/variants/ranking.h"
#include "schedules/tuned_records.h"
#include "tools/compiler/target_table.h"

namespace tconv {

struct Transfer {
    const Variant *variant;
    Knobs knobs;
    TunedRecord record;  // that it is from
    double gain;         // expected: the default's time over this one's
};

// A record compares two settings of its layer, the default that it was measured against and what was quicker. By how much the
// estimates had missed that is taken to hold for layers nearby, the less the farther they are, and half for another
// processor. The nearest records count whose default was of the variant that this layer's default is of: those that make
// another change, or found nothing quicker, speak against. A change, fitted to this layer, that still promises a clear gain is
// taken; of several the one that promises most.
//
// `records` may be of any targets and processors; `ranking` is of the layer.
std::optional<Transfer> transfer_from(const std::vector<TunedRecord> &records, const Layer &layer,
                                      const TargetInfo &target, const Ranking &ranking, int threads);

}  // namespace tconv
