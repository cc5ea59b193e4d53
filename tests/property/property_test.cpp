// SPDX-License-Identifier: Apache-2.0
// The general kernels on random layers. A failure's last line is the command that repeats it.
#include <gtest/gtest.h>

#include "tests/property/layer_sweep.h"
#include "tests/property/plan_runs.h"
#include "tests/property/properties.h"

namespace tconv::test {
namespace {

// One a layer, each for as many layers as the others.
Kernels kernels_of(const RandomLayer &random) { return available_kernels()[random.seed % available_kernels().size()]; }

std::string on(const Kernels &kernels, const std::string &finding) {
    return finding.empty() ? "" : to_text(kernels) + ": " + finding;
}

using LayerProperty = std::string (*)(const Layer &layer, uint64_t seed, Kernels kernels);

void expect_of_every_layer(LayerProperty property) {
    expect_on_random_layers([=](const RandomLayer &random) {
        return on(kernels_of(random), property(random.layer, random.seed, kernels_of(random)));
    });
}

TEST(Property, KernelsMatchTheOracle) {
    expect_on_random_layers([](const RandomLayer &random) {
        for (const Kernels &kernels : available_kernels())
            if (const std::string finding = matches_oracle(random.layer, random.seed, kernels); !finding.empty())
                return on(kernels, finding);
        return std::string();
    });
}

TEST(Property, IsTheAdjointOfTheConvolution) {
    expect_on_random_layers([](const RandomLayer &random) {
        return on(kernels_of(random), is_adjoint_of_convolution(random, kernels_of(random)));
    });
}

TEST(Property, IsLinearInTheInput) { expect_of_every_layer(is_linear_in_input); }

TEST(Property, IsLinearInTheFilter) { expect_of_every_layer(is_linear_in_filter); }

TEST(Property, DoesNotDependOnTheLayout) { expect_of_every_layer(ignores_layout); }

TEST(Property, DoesNotDependOnStridesNorLeavesItsTensors) { expect_of_every_layer(stays_inside_its_tensors); }

TEST(Property, DoesNotDependOnTheOrderOfTasks) {
    int64_t largest_count = 0;
    expect_on_random_layers([&](const RandomLayer &random) {
        return on(kernels_of(random),
                  ignores_task_order(random.layer, random.seed, kernels_of(random), &largest_count));
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
