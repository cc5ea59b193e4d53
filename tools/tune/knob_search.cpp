// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/knob_search.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "generators/variants/ranking.h"
#include "tools/tune/bench_layer.h"

namespace tconv {

namespace {

class LayerSearch {
public:
    LayerSearch(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain, const SearchOptions &options)
        : layer_(layer), target_(target), toolchain_(toolchain), options_(options), machine_(target.machine()) {}

    SearchResult run() {
        const std::vector<Ranking::Entry> ranking = rank_variants(layer_, machine_).proposals;
        const Proposal &cheapest = ranking.front().proposal;
        Candidate chosen{ranking.front().variant->id, cheapest.knobs, 0}, best;
        std::vector<SearchResult::Start> starts;
        for (const auto &[variant, proposal] : ranking) {
            if (proposal.cycles > options_.reach * cheapest.cycles || variant->is_reference) {
                continue;
            }
            const Candidate start{variant->id, proposal.knobs, time(variant->id, proposal.knobs)};
            starts.push_back({start, proposal.cycles});
            const Candidate found = descend(*variant, start);
            if (best.variant.empty() || found.ms < best.ms) {
                best = found;
            }
        }
        // Both once more, in turns: what was timed minutes apart does not compare.
        for (int turn = 0; turn < 3; turn++) {
            for (Candidate *candidate : {&chosen, &best}) {
                const double ms = time(candidate->variant, candidate->knobs);
                candidate->ms = turn == 0 ? ms : std::min(candidate->ms, ms);
            }
        }
        return {chosen, best, starts, timed_};
    }

private:
    double time(const std::string &variant, const Knobs &knobs) {
        BenchOptions bench;
        bench.build.variant = variant;
        bench.build.knobs = knobs;
        bench.repeats = options_.repeats;
        timed_++;
        const Expected<LayerTime> result = bench_layer(layer_, target_, toolchain_, bench);
        if (!result) {
            std::fprintf(stderr, "%s %s %s: %s\n", layer_.name.c_str(), variant.c_str(), to_string(knobs).c_str(),
                         result.error().message.c_str());
            return 1e9;
        }
        return result->ms;
    }

    // The values next to the current one, and those twice as far away.
    static std::vector<int> neighbours(const KnobSpec &spec, int value) {
        const auto at = std::find(spec.values.begin(), spec.values.end(), value) - spec.values.begin();
        std::vector<int> near;
        for (const std::ptrdiff_t step : {-1, 1, -2, 2}) {
            if (at + step >= 0 && at + step < static_cast<std::ptrdiff_t>(spec.values.size())) {
                near.push_back(spec.values[at + step]);
            }
        }
        return near;
    }

    Candidate descend(const Variant &variant, Candidate best) {
        std::set<Knobs> seen = {best.knobs};
        const std::vector<KnobSpec> space = variant.knob_space(layer_, machine_);
        for (int round = 0; round < options_.rounds; round++) {
            const Knobs before = best.knobs;
            for (const KnobSpec &spec : space) {
                for (const int value : neighbours(spec, best.knobs.at(spec.name))) {
                    Candidate next = best;
                    next.knobs[spec.name] = value;
                    if (!variant.check_knobs(layer_, machine_, next.knobs).empty() || !seen.insert(next.knobs).second) {
                        continue;
                    }
                    next.ms = time(next.variant, next.knobs);
                    if (next.ms < best.ms) {
                        best = next;
                    }
                }
            }
            if (best.knobs == before) {
                break;
            }
        }
        return best;
    }

    const Layer &layer_;
    const TargetInfo &target_;
    const Toolchain &toolchain_;
    const SearchOptions &options_;
    Machine machine_;
    int timed_ = 0;
};

}  // namespace

SearchResult search_knobs(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                          const SearchOptions &options) {
    return LayerSearch(layer, target, toolchain, options).run();
}

}  // namespace tconv
