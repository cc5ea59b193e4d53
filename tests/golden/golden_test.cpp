// SPDX-License-Identifier: Apache-2.0
// The layer files of the golden data against what TensorFlow and Keras made of them: geometry and oracle.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/golden/golden_cases.h"
#include "tools/oracle.h"

namespace tconv::test {
namespace {

std::vector<GoldenCase> cases_or_none() {
    auto cases = load_golden_cases(TCONV_GOLDEN_DIR);
    return cases ? *cases : std::vector<GoldenCase>{};
}

Expected<std::vector<float>> run_oracle(const Layer &layer, const GoldenCase &golden) {
    const OracleResult result = oracle(layer, golden.input.data(), golden.filter.data(), golden.bias_or_null());
    return std::vector<float>(result.value.begin(), result.value.end());
}

TEST(GoldenData, LoadsWholeAndCoversEveryOperator) {
    const auto cases = load_golden_cases(TCONV_GOLDEN_DIR);
    ASSERT_TRUE(cases) << cases.error().message;
    EXPECT_GE(cases->size(), 100u);
    for (const char *op : {"tf.nn.conv2d_transpose", "tf.nn.atrous_conv2d_transpose", "tf.nn.conv3d_transpose",
                           "keras.ops.conv_transpose", "keras.layers.Conv2DTranspose"}) {
        const std::string quoted = "\"" + std::string(op) + "\"";
        const auto uses_op = [&](const GoldenCase &golden) {
            return golden.layer_text.find(quoted) != std::string::npos;
        };
        EXPECT_GE(std::count_if(cases->begin(), cases->end(), uses_op), 5) << op;
    }
}

TEST(GoldenData, MissingDirectoryIsAnErrorThatNamesIt) {
    const auto cases = load_golden_cases("no/such/directory");
    ASSERT_FALSE(cases);
    EXPECT_NE(cases.error().message.find("no/such/directory"), std::string::npos) << cases.error().message;
}

TEST(GoldenData, ChangedOutputIsFound) {
    for (GoldenCase golden : cases_or_none()) {
        golden.output[golden.output.size() / 2] += golden.exact ? 1.0f : 0.01f;
        EXPECT_FALSE(check_golden_case(golden, run_oracle)) << golden.name;
    }
}

class GoldenOracle : public testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenOracle, GivesWhatTheFrameworkGives) {
    const Status status = check_golden_case(GetParam(), run_oracle);
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenOracle, testing::ValuesIn(cases_or_none()),
                         [](const auto &instance) { return instance.param.name; });

}  // namespace
}  // namespace tconv::test
