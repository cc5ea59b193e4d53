// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/layout_cost.h"

#include <array>
#include <cstdio>

namespace tconv {

std::string channels_first_cost(const Layer &layer, const Machine &machine, const std::optional<Ranking> &ranking) {
    // Softmax runs over another axis in the other layout: another layer.
    if (layer.layout != Layout::kChannelsFirst || layer.activation == Activation::kSoftmax) {
        return "";
    }
    Layer other = layer;
    other.layout = Layout::kChannelsLast;
    const Ranking here = ranking ? *ranking : rank_variants(layer, machine), there = rank_variants(other, machine);
    if (here.proposals.empty() || there.proposals.empty()) {
        return "";
    }
    const auto &[variant, proposal] = here.proposals.front();
    const auto &[last_variant, last_proposal] = there.proposals.front();
    std::array<char, 200> text;
    std::snprintf(text.data(), text.size(),
                  "channels_first costs an estimated %.3g cycles (%s) where channels_last would cost %.3g (%s): %.2f "
                  "times as many",
                  proposal.cycles, variant->id.c_str(), last_proposal.cycles, last_variant->id.c_str(),
                  proposal.cycles / last_proposal.cycles);
    return text.data();
}

}  // namespace tconv
