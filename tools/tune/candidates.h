// SPDX-License-Identifier: Apache-2.0
// Which variants and knobs a tuning session tries next.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "generators/variants/ranking.h"
#include "schedules/knobs.h"
#include "tconv/layer.h"
#include "tools/tune/residual_model.h"

namespace tconv {

struct Candidate {
    std::string variant;
    Knobs knobs;

    bool operator==(const Candidate &other) const { return variant == other.variant && knobs == other.knobs; }
    bool operator<(const Candidate &other) const {
        return variant != other.variant ? variant < other.variant : knobs < other.knobs;
    }
};

// The cost model's ranking is where it begins and what it believes at first. What is learned of a variant's times corrects
// the estimates for all its knobs.
class Candidates {
public:
    Candidates(const Layer &layer, const Machine &machine, uint64_t seed);

    // The best by estimate of every variant that is within kReach of the best estimate of all; first what a build takes
    // without a record.
    std::vector<Candidate> starts() const { return starts_; }

    // Never given again.
    void seen(const Candidate &candidate) { seen_.insert(candidate); }
    // `log_time`: of its time over that of the session's default. Counts as seen.
    void timed(const Candidate &candidate, double log_time);

    // Up to `count` that were not seen, the most promising first: neighbours of the quickest, or, to leave where nothing is
    // gained any more, from all over the spaces. None where all was tried.
    std::vector<Candidate> next(size_t count, bool far);

private:
    static constexpr double kReach = 2;

    struct Room {
        const Variant *variant;
        std::vector<KnobSpec> space;
        ResidualModel model;
        double cycles;  // of its best estimate
    };

    bool fits(const Room &room, const Knobs &knobs) const;
    double promise(const Room &room, const Knobs &knobs) const;
    void add_neighbours(const Room &room, const Knobs &knobs, std::set<Candidate> &pool) const;
    void add_mutations(const Room &room, const Knobs &knobs, std::set<Candidate> &pool);
    void add_random(const Room &room, std::set<Candidate> &pool);
    size_t below(size_t count) { return static_cast<size_t>(random_() % count); }

    const Layer &layer_;
    const Machine &machine_;
    std::map<std::string, Room> rooms_;
    std::vector<Candidate> starts_;
    double least_cycles_ = 0;
    std::vector<std::pair<double, Candidate>> timed_;  // quickest first
    std::set<Candidate> seen_;
    std::mt19937_64 random_;
};

}  // namespace tconv
