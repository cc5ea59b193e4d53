// SPDX-License-Identifier: Apache-2.0
// The golden data through plans: layer file in, the general kernels of every instruction set that this processor runs,
// and their output against what TensorFlow and Keras computed.
#include <gtest/gtest.h>

#include "tconv/plan.h"
#include "tests/golden/golden_cases.h"

namespace tconv::test {
namespace {

Expected<std::vector<float>> run_plan(const Layer &layer, const GoldenCase &golden, Isa isa) {
    const auto plan = Plan::create(layer, golden.filter.data(), golden.bias_or_null(), PlanOptions{isa});
    if (!plan) return plan.error();
    EXPECT_EQ(plan->isa(), isa);
    std::vector<float> output(golden.output.size(), -777.0f);  // which a cell that is not written keeps
    const Status status =
        plan->run({golden.input.data(), layer.input_shape(), {}}, {output.data(), layer.output_shape(), {}});
    if (!status) return status.error();
    return output;
}

class GoldenPlan : public testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenPlan, GivesWhatTheFrameworkGives) {
    int runs = 0;
    for (const Isa isa : built_isas()) {
        if (!is_available(isa)) continue;
        runs++;
        const Status status = check_golden_case(
            GetParam(), [&](const Layer &layer, const GoldenCase &golden) { return run_plan(layer, golden, isa); });
        EXPECT_TRUE(status) << to_string(isa) << ": " << (status ? "" : status.error().message);
    }
    EXPECT_GE(runs, 1);
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenPlan, testing::ValuesIn(golden_cases_or_none()),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
