// SPDX-License-Identifier: Apache-2.0
// How far the default choice of variant and knobs is from the best that a search finds: for each layer, every variant
// whose estimate is within reach of the cheapest, from its default knobs by coordinate descent, timed on this machine.
// One JSON object a layer on stdout.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "generators/variants/ranking.h"
#include "tconv/layer_file.h"
#include "tools/measure/bench_layer.h"

namespace tconv {

namespace {

struct Arguments {
    std::string list = TCONV_LAYERS_JSON;
    std::vector<std::string> layers;
    double reach = 2.5;  // variants whose estimate is beyond that many times the cheapest are left out
    int rounds = 2;      // walks over all knobs
    int repeats = 4;
};

struct Candidate {
    std::string variant;
    Knobs knobs;
    double ms = 0;
};

class LayerSearch {
public:
    LayerSearch(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain, const Arguments &arguments)
        : layer_(layer),
          target_(target),
          toolchain_(toolchain),
          arguments_(arguments),
          machine_(machine_for(target.family)) {}

    nlohmann::ordered_json run() {
        const std::vector<RankedVariant> ranking = rank_variants(layer_, machine_);
        Candidate chosen{ranking[0].variant->id, ranking[0].knobs, 0}, best;
        nlohmann::ordered_json starts;
        for (const RankedVariant &ranked : ranking) {
            if (ranked.cycles > arguments_.reach * ranking[0].cycles || ranked.variant->id == "reference") {
                continue;
            }
            const Candidate start{ranked.variant->id, ranked.knobs, time(ranked.variant->id, ranked.knobs)};
            starts[start.variant] = {{"ms", start.ms}, {"estimated_cycles", ranked.cycles}};
            const Candidate found = descend(*ranked.variant, start);
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
        return {{"layer", layer_.name},    {"default_variant", chosen.variant}, {"default_knobs", chosen.knobs},
                {"default_ms", chosen.ms}, {"best_variant", best.variant},      {"best_knobs", best.knobs},
                {"best_ms", best.ms},      {"ratio", chosen.ms / best.ms},      {"defaults_of_variants", starts},
                {"timed", timed_}};
    }

private:
    double time(const std::string &variant, const Knobs &knobs) {
        BenchOptions options;
        options.build.variant = variant;
        options.build.knobs = knobs;
        options.repeats = arguments_.repeats;
        timed_++;
        const Expected<LayerTime> result = bench_layer(layer_, target_, toolchain_, options);
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
        for (int round = 0; round < arguments_.rounds; round++) {
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
    const Arguments &arguments_;
    Machine machine_;
    int timed_ = 0;
};

int run(const Arguments &arguments) {
    const Expected<std::vector<Layer>> layers = read_layer_file(arguments.list);
    const Expected<TargetInfo> target = find_target("host");
    const Expected<Toolchain> toolchain = target ? find_toolchain(*target, {}) : target.error();
    if (!layers || !toolchain) {
        std::fprintf(stderr, "%s\n", (layers ? toolchain.error() : layers.error()).message.c_str());
        return 1;
    }
    for (const Layer &layer : *layers) {
        const bool wanted =
            arguments.layers.empty() || std::count(arguments.layers.begin(), arguments.layers.end(), layer.name) > 0;
        if (wanted) {
            std::printf("%s\n", LayerSearch(layer, *target, *toolchain, arguments).run().dump().c_str());
            std::fflush(stdout);
        }
    }
    return 0;
}

}  // namespace

}  // namespace tconv

int main(int argc, char **argv) {
    tconv::Arguments arguments;
    CLI::App app("Searches knobs, and says how far the defaults are from the best found");
    app.add_option("--list", arguments.list, "Benchmark list")->capture_default_str();
    app.add_option("--layers", arguments.layers, "Entries of the list, separated by commas; all of them without it")
        ->delimiter(',');
    app.add_option("--reach", arguments.reach, "Variants with up to that many times the least estimate take part")
        ->capture_default_str();
    app.add_option("--rounds", arguments.rounds, "Walks over all knobs")->capture_default_str();
    app.add_option("--repeats", arguments.repeats, "Measurements of at least 50 ms each")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    return tconv::run(arguments);
}
