// SPDX-License-Identifier: Apache-2.0
// The general kernels on random layers. A failure's last line is the command that repeats it.
#include <gtest/gtest.h>

#include "tests/property/layer_sweep.h"
#include "tests/property/plan_runs.h"
#include "tests/property/properties.h"

namespace tconv::test {
namespace {

// One instruction set a layer, each for as many layers as the others.
Isa isa_of(const RandomLayer &random) {
    static const std::vector<Isa> isas = available_isas();
    return isas[random.seed % isas.size()];
}

std::string on(Isa isa, const std::string &finding) {
    return finding.empty() ? "" : std::string(to_string(isa)) + ": " + finding;
}

using LayerProperty = std::string (*)(const Layer &layer, uint64_t seed, Isa isa);

void expect_of_every_layer(LayerProperty property) {
    expect_on_random_layers([=](const RandomLayer &random) {
        return on(isa_of(random), property(random.layer, random.seed, isa_of(random)));
    });
}

TEST(Property, KernelsMatchTheOracle) {
    expect_on_random_layers([](const RandomLayer &random) {
        for (const Isa isa : available_isas())
            if (const std::string finding = matches_oracle(random.layer, random.seed, isa); !finding.empty())
                return on(isa, finding);
        return std::string();
    });
}

TEST(Property, IsTheAdjointOfTheConvolution) {
    expect_on_random_layers([](const RandomLayer &random) {
        return on(isa_of(random), is_adjoint_of_convolution(random, isa_of(random)));
    });
}

TEST(Property, IsLinearInTheInput) { expect_of_every_layer(is_linear_in_input); }

TEST(Property, IsLinearInTheFilter) { expect_of_every_layer(is_linear_in_filter); }

TEST(Property, DoesNotDependOnTheLayout) { expect_of_every_layer(ignores_layout); }

TEST(Property, DoesNotDependOnStridesNorLeavesItsTensors) { expect_of_every_layer(stays_inside_its_tensors); }

TEST(Property, DoesNotDependOnTheOrderOfTasks) {
    int64_t largest_count = 0;
    expect_on_random_layers([&](const RandomLayer &random) {
        return on(isa_of(random), ignores_task_order(random.layer, random.seed, isa_of(random), &largest_count));
    });
    if (sweep_options().layers < 100) return;
    EXPECT_GT(largest_count, 3) << "no layer had tasks to reorder";
}

TEST(Property, DoesNotDependOnTheInstructionSet) {
    expect_on_random_layers([](const RandomLayer &random) { return ignores_isa(random.layer, random.seed); });
}

TEST(Property, KeepsNanAndInfWithTheirTaps) { expect_of_every_layer(keeps_nonfinite_with_its_taps); }

}  // namespace
}  // namespace tconv::test
