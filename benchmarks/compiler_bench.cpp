// SPDX-License-Identifier: Apache-2.0
// What a build spends its own time on, compilation by LLVM apart: choosing knobs and packing weights. Layers are those of
// layers.json; how fast compiled layers run is measured by `tconv bench`.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "generators/variants/ranking.h"
#include "schedules/machine.h"
#include "tconv/layer_file.h"

namespace {

const std::vector<tconv::Layer> &layers() {
    static const std::vector<tconv::Layer> all = *tconv::read_layer_file(TCONV_LAYERS_JSON);
    return all;
}

void rank_variants(benchmark::State &state, const tconv::Layer &layer) {
    const tconv::Machine machine = tconv::machine_for("x86_avx2");
    for (auto _ : state) {
        benchmark::DoNotOptimize(tconv::rank_variants(layer, machine));
    }
}

void pack_weights(benchmark::State &state, const tconv::Layer &layer) {
    const tconv::Machine machine = tconv::machine_for("x86_avx2");
    const tconv::Variant &variant = *tconv::find_variant("phases");
    const tconv::LayerPlan plan = variant.plan(layer, machine, variant.propose(layer, machine)->knobs);
    const std::vector<float> filter(layer.filter_elements(), 1.0f);
    for (auto _ : state) {
        benchmark::DoNotOptimize(plan.filter_layout.pack(filter.data(), nullptr));
    }
    state.SetBytesProcessed(state.iterations() * layer.filter_bytes());
}

}  // namespace

int main(int argc, char **argv) {
    for (const tconv::Layer &layer : layers()) {
        benchmark::RegisterBenchmark(("rank_variants/" + layer.name).c_str(), rank_variants, layer);
        benchmark::RegisterBenchmark(("pack_weights/" + layer.name).c_str(), pack_weights, layer);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
