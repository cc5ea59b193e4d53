// SPDX-License-Identifier: Apache-2.0
// Processors: what the table knows of them, how they are named, and which one a machine has.
#include <gtest/gtest.h>

#include <set>

#include "schedules/machine.h"
#include "tools/cli/machine_text.h"
#include "tools/compiler/host_processor.h"
#include "tools/compiler/target_table.h"

namespace tconv::test {
namespace {

std::string cpu_refusal(const std::string &target, const std::string &cpu) {
    const auto found = find_target(target, cpu);
    return found ? "(accepted)" : found.error().message;
}

TEST(Processors, HaveAGenericOneForEveryFamilyAndSourcesForEveryNumber) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Processor &processor : processors()) {
        for (const std::string &family : processor.families) {
            EXPECT_TRUE(seen.emplace(processor.name, family).second) << processor.name << " twice for " << family;
        }
        for (const FactSource *source :
             {&processor.core_source, &processor.caches_source, &processor.rates_source, &processor.calls_source}) {
            EXPECT_FALSE(source->text.empty()) << processor.name;
            // What is assumed is from a processor that was measured, or from all.
            if (source->kind == FactSource::Kind::kAssumed && source->text.find(' ') == std::string::npos) {
                const Processor *alike = nullptr;
                for (const Processor &other : processors()) {
                    if (other.name == source->text) alike = &other;
                }
                ASSERT_NE(alike, nullptr) << source->text;
                EXPECT_EQ(alike->rates_source.kind, FactSource::Kind::kMeasured) << source->text;
            }
        }
    }
    for (const TargetInfo &target : named_targets()) {
        const std::vector<std::string> names = processor_names(target.family);
        ASSERT_FALSE(names.empty()) << target.family;
        EXPECT_EQ(names.front(), kGenericProcessor);
    }
}

TEST(Processors, AreThoseThatWereAskedFor) {
    for (const char *name : {"haswell", "skylake", "alderlake", "znver2", "znver3", "znver4", "znver5",
                             "skylake-avx512", "icelake-server", "sapphirerapids"}) {
        EXPECT_NE(find_processor(name, "x86_avx2"), nullptr) << name;
    }
    for (const char *name :
         {"cortex-a53", "cortex-a55", "cortex-a72", "cortex-a76", "neoverse-n1", "neoverse-v1", "apple-m1"}) {
        EXPECT_NE(find_processor(name, "arm_neon"), nullptr) << name;
    }
    for (const char *name : {"sm_75", "sm_80", "sm_86", "sm_90"}) {
        EXPECT_NE(find_processor(name, "gpu"), nullptr) << name;
    }
}

TEST(Machines, CombineAnInstructionSetAndAProcessor) {
    EXPECT_EQ(machine_for("x86_avx512", "znver5").fma_per_cycle, 2);
    EXPECT_EQ(machine_for("x86_avx512", "znver4").fma_per_cycle, 1);  // its units are half as wide
    EXPECT_EQ(machine_for("x86_avx2", "znver4").fma_per_cycle, 2);
    EXPECT_EQ(machine_for("x86_sse", "znver3").fma_per_cycle, 1);  // a multiplication and an addition
    EXPECT_TRUE(machine_for("arm_neon", "cortex-a55").in_order);
    EXPECT_EQ(machine_for("x86_avx512", "znver3").cpu, kGenericProcessor);  // it has not these instructions
    EXPECT_FALSE(machine_for("no_such_family").has_schedules());
}

TEST(Machines, ReadFromTheCacheThatHoldsIt) {
    const Machine machine = machine_for("x86_avx2", "znver3");
    EXPECT_EQ(machine.read_rate(1000), machine.rates.l2);
    EXPECT_EQ(machine.read_rate(machine.l2_bytes), machine.rates.l3);
    EXPECT_EQ(machine.read_rate(2.0 * static_cast<double>(machine.l3_bytes)), machine.rates.memory);
}

TEST(TargetCpu, IsNamedOrGenericOrTheMachinesOwn) {
    EXPECT_EQ(find_target("x86-64-avx2")->cpu, "generic");
    EXPECT_EQ(find_target("x86-64-avx2", "skylake")->cpu, "skylake");
    EXPECT_EQ(find_target("cuda-sm80", "sm_80")->cpu, "sm_80");
    const std::string here = host_processor();
    const TargetInfo host = *find_target("host");
    EXPECT_EQ(host.cpu, find_processor(here, host.family) != nullptr ? here : "generic");
}

TEST(TargetCpu, TunesHalideWhereItKnowsTheProcessor) {
    EXPECT_NE(find_target("x86-64-avx2", "znver3")->halide.find("tune_znver3"), std::string::npos);
    EXPECT_EQ(find_target("x86-64-avx2", "skylake")->halide, find_target("x86-64-avx2")->halide);
}

TEST(TargetCpu, RefusesWhatTheTargetDoesNotRunOn) {
    EXPECT_EQ(cpu_refusal("x86-64-avx2", "znver33"),
              "--cpu = znver33: must be one of generic, haswell, skylake, alderlake, skylake-avx512, icelake-server, "
              "sapphirerapids, znver2, znver3, znver4, znver5 for target x86-64-avx2; did you mean znver3?");
    EXPECT_EQ(
        cpu_refusal("x86-64-avx512", "znver3").rfind("--cpu = znver3: must be one of generic, skylake-avx512, ", 0),
        0u);
    EXPECT_NE(cpu_refusal("arm64-neon", "znver3"), "(accepted)");
    EXPECT_NE(cpu_refusal("arm-32-linux", "cortex-a53"), "(accepted)");
}

TEST(MachineText, SaysEachNumbersSource) {
    const std::string text = machine_text(*find_target("x86-64-avx2", "alderlake"), DataType::kFloat32);
    EXPECT_NE(text.find("processor alderlake"), std::string::npos) << text;
    EXPECT_NE(text.find("manual: Intel 64"), std::string::npos) << text;
    EXPECT_NE(text.find("assumed from sapphirerapids"), std::string::npos) << text;
    EXPECT_NE(text.find("3 loads a cycle"), std::string::npos) << text;
    EXPECT_EQ(machine_text(*find_target("arm-32-linux"), DataType::kFloat32), "");
}

TEST(HostProcessor, IsReadOffFamilyAndModel) {
    EXPECT_EQ(x86_processor("AuthenticAMD", 0x19, 0x01), "znver3");
    EXPECT_EQ(x86_processor("AuthenticAMD", 0x19, 0x11), "znver4");
    EXPECT_EQ(x86_processor("AuthenticAMD", 0x1a, 0x02), "znver5");
    EXPECT_EQ(x86_processor("AuthenticAMD", 0x17, 0x31), "znver2");
    EXPECT_EQ(x86_processor("AuthenticAMD", 0x17, 0x01), "");  // the first Zen
    EXPECT_EQ(x86_processor("GenuineIntel", 6, 0x3f), "haswell");
    EXPECT_EQ(x86_processor("GenuineIntel", 6, 0x55), "skylake-avx512");
    EXPECT_EQ(x86_processor("GenuineIntel", 6, 0x8f), "sapphirerapids");
    EXPECT_EQ(x86_processor("GenuineIntel", 6, 0x2a), "");
    EXPECT_EQ(x86_processor("AuthenticAMD", 6, 0x3f), "");
    EXPECT_EQ(arm_processor(0x41, 0xd0c), "neoverse-n1");
    EXPECT_EQ(arm_processor(0x61, 0x022), "apple-m1");
    EXPECT_EQ(arm_processor(0x42, 0xd0c), "");
}

}  // namespace
}  // namespace tconv::test
