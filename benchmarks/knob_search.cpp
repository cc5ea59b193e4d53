// SPDX-License-Identifier: Apache-2.0
// How far the default choice of variant and knobs is from the best that a search finds, on this machine. One JSON object a
// layer on stdout.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tconv/layer_file.h"
#include "tools/tune/knob_search.h"

namespace tconv {

namespace {

struct Arguments {
    std::string list = TCONV_LAYERS_JSON;
    std::vector<std::string> layers;
    SearchOptions search;
};

nlohmann::ordered_json to_json(const std::string &layer, const SearchResult &result) {
    nlohmann::ordered_json starts;
    for (const auto &[candidate, cycles] : result.starts) {
        starts[candidate.variant] = {{"ms", candidate.ms}, {"estimated_cycles", cycles}};
    }
    const auto &[chosen, best, ignored, timed] = result;
    return {{"layer", layer},          {"default_variant", chosen.variant}, {"default_knobs", chosen.knobs},
            {"default_ms", chosen.ms}, {"best_variant", best.variant},      {"best_knobs", best.knobs},
            {"best_ms", best.ms},      {"ratio", chosen.ms / best.ms},      {"defaults_of_variants", starts},
            {"timed", timed}};
}

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
            std::printf("%s\n",
                        to_json(layer.name, search_knobs(layer, *target, *toolchain, arguments.search)).dump().c_str());
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
    app.add_option("--reach", arguments.search.reach,
                   "Variants with up to that many times the least estimate take part")
        ->capture_default_str();
    app.add_option("--rounds", arguments.search.rounds, "Walks over all knobs")->capture_default_str();
    app.add_option("--repeats", arguments.search.repeats, "Measurements of at least 50 ms each")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    return tconv::run(arguments);
}
