// SPDX-License-Identifier: Apache-2.0
// The stack that NAME.json states covers what the machine code takes, over every path of calls.
#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/codegen/binary_tools.h"
#include "tests/codegen/layer_builds.h"

namespace tconv::test {
namespace {

constexpr int64_t kMostStack = 64 * 1024;

class Stack : public testing::TestWithParam<BuildCase> {};

TEST_P(Stack, IsStatedAndSmall) {
    const auto &[name, target] = GetParam();
    const Layer layer = layer_named(name);
    const LayerBuild build(layer, target);
    const auto stated = nlohmann::json::parse(file_text(build.library.sidecar)).at("stack_bytes");
    const std::string header = file_text(build.library.header), macro = "#define " + layer.name + "_STACK_BYTES ";
    ASSERT_NE(header.find(macro), std::string::npos);
    int64_t most = 0;
    for (const auto &entry : stated) {
        most = std::max(most, entry.get<int64_t>());
    }
    EXPECT_EQ(std::stoll(header.substr(header.find(macro) + macro.size())), most);
    const std::map<std::string, Disassembly> functions = disassembly_of(build.library.archive);

    for (const auto &[function, code] : functions) {
        EXPECT_FALSE(code.dynamic_stack) << function << " takes stack by a value that is not constant";
        EXPECT_FALSE(code.indirect_calls) << function << " calls through a pointer";
    }
    for (const char *entry : {"run", "task", "pack"}) {
        const std::string function = layer.name + "_" + entry;
        ASSERT_EQ(functions.count(function), 1u) << function;
        ASSERT_TRUE(stated.contains(entry)) << entry;
        const int64_t deepest = deepest_stack(functions, function);
        EXPECT_FALSE(functions.at(function).calls.empty()) << function << " calls nothing: were its calls read?";
        EXPECT_GE(stated.at(entry).get<int64_t>(), deepest) << function;
        EXPECT_LT(stated.at(entry).get<int64_t>(), kMostStack) << function;
    }
}

INSTANTIATE_TEST_SUITE_P(Layers, Stack,
                         testing::ValuesIn(every_combination({"dcgan_g3", "fcn8s_upscore8+tanh", "volume",
                                                              "channels_first+relu"},
                                                             {"x86-64-avx2", "x86-64-avx512", "arm64-neon"})),
                         [](const auto &instance) { return name_of(instance.param); });

}  // namespace
}  // namespace tconv::test
