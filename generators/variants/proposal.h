// SPDX-License-Identifier: Apache-2.0
// What a variant answers when it is asked for a layer: knobs, what they are estimated to take and why they, or why none.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "schedules/knobs.h"
#include "tconv/layer.h"

namespace tconv {

// What an answer has to keep to. A layer's own stand in its layer file; a search may ask for others.
struct Limits {
    int64_t workspace_bytes = 0;
    double error_growth = 1;  // times the error of a direct sum
    bool strict_nonfinite = false;
};
Limits limits_of(const Layer &layer);
Limits no_limits();
Layer with_limits(Layer layer, const Limits &limits);

struct Proposal {
    Knobs knobs;
    std::string why;  // one phrase: the cheapest of what
    // Variant::propose() adds what follows from the knobs.
    double cycles = 0;            // estimated for one run on one core
    int64_t workspace_bytes = 0;  // that the caller is asked for; 0 on a GPU, which has its own
};

struct Declined {
    std::string why;                    // one phrase, such as "more than 32 output channels"
    int64_t least_workspace_bytes = 0;  // where the limit is why: what would do
};

// Test it with `if (proposed)`, then use `*proposed`, else declined().
class Proposed {
public:
    Proposed(Proposal proposal) : answer_(std::move(proposal)) {}
    Proposed(Declined declined) : answer_(std::move(declined)) {}

    explicit operator bool() const { return std::holds_alternative<Proposal>(answer_); }
    Proposal &operator*() { return std::get<Proposal>(answer_); }
    const Proposal &operator*() const { return std::get<Proposal>(answer_); }
    const Proposal *operator->() const { return &std::get<Proposal>(answer_); }
    const Declined &declined() const { return std::get<Declined>(answer_); }

private:
    std::variant<Proposal, Declined> answer_;
};

}  // namespace tconv
