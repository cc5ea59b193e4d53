// SPDX-License-Identifier: Apache-2.0
// The general kernels on the corner layers of compiled libraries, under every instruction set and activation.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/generators/corner_layers.h"
#include "tests/property/layer_sweep.h"
#include "tests/property/plan_runs.h"
#include "tests/property/properties.h"

namespace tconv::test {
namespace {

class Corner : public testing::TestWithParam<std::tuple<Isa, Method>> {
protected:
    void SetUp() override {
        const Isa isa = std::get<Isa>(GetParam());
        if (!is_available(isa)) GTEST_SKIP() << find_isa(to_string(isa)).error().message;
    }

    // On every layer with each activation, for a few seeds.
    static void expect_everywhere(std::string (*property)(const Layer &layer, uint64_t seed, Kernels kernels),
                                  uint64_t seeds) {
        for (Layer layer : corner_layers()) {
            const CrashNote note("\ncrashed on " + layer.name + "\n");
            for (const Activation activation : all_activations()) {
                layer.activation = activation;
                if (activation == Activation::kPrelu) layer.slopes = some_slopes(layer.out_channels);
                for (uint64_t seed = 1; seed <= seeds; seed++)
                    EXPECT_EQ(property(layer, seed, {std::get<Isa>(GetParam()), std::get<Method>(GetParam())}), "")
                        << layer.name << ", " << to_string(activation) << ", seed " << seed;
            }
        }
    }
};

TEST_P(Corner, MatchesTheOracle) { expect_everywhere(matches_oracle, 1); }

TEST_P(Corner, StaysInsideItsTensors) { expect_everywhere(stays_inside_its_tensors, 1); }

TEST_P(Corner, KeepsNanAndInfWithTheirTaps) { expect_everywhere(keeps_nonfinite_with_its_taps, 4); }

INSTANTIATE_TEST_SUITE_P(General, Corner,
                         testing::Combine(testing::ValuesIn(built_isas()),
                                          testing::Values(Method::kChannels, Method::kColumns)),
                         [](const auto &instance) {
                             std::string name = to_string(std::get<Isa>(instance.param));
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name + (std::get<Method>(instance.param) == Method::kColumns ? "_columns" : "");
                         });

}  // namespace
}  // namespace tconv::test
