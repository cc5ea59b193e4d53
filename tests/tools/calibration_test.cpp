// SPDX-License-Identifier: Apache-2.0
// What measurements make of a machine, and what is no measurement.
#include <gtest/gtest.h>

#include "calibration_samples.h"
#include "schedules/machine_file.h"
#include "tools/cli/machine_text.h"
#include "tools/tune/calibration.h"

namespace tconv::test {
namespace {

using Source = MachineFact::Source;

MachineFile machine_of_sample(const SampleMachine &sample, const std::string &like = "") {
    const Expected<FactLines> lines = read_fact_lines(sample.output());
    EXPECT_TRUE(lines) << lines.error().message;
    return machine_of(*lines, *find_target("x86-64-avx2"), like);
}

std::string problem_of(const std::string &output) {
    const Expected<FactLines> lines = read_fact_lines(output);
    return lines ? "(accepted)" : lines.error().message;
}

TEST(Calibration, TakesWhatIsMeasuredAndAssumesTheRest) {
    const MachineFile machine = machine_of_sample({});
    EXPECT_EQ(machine.cpu, "Some Processor 3000");
    EXPECT_EQ(machine.cpu_name, "some_processor_3000");
    EXPECT_EQ(machine.like, "generic");
    const Processor processor = machine.processor("machine.json");
    EXPECT_EQ(processor.core.fma_units, 2);
    EXPECT_EQ(processor.core.fma_unit_bits, 256);
    EXPECT_EQ(processor.core.fma_latency, 4);
    EXPECT_EQ(processor.core.loads, 2);
    EXPECT_EQ(processor.caches.l1_bytes, 32 << 10);
    EXPECT_EQ(processor.caches.l2_bytes, 512 << 10);
    EXPECT_EQ(processor.caches.l3_bytes, 8 << 20);  // others have their half of it
    EXPECT_DOUBLE_EQ(processor.rates.l2, 32);
    EXPECT_DOUBLE_EQ(processor.rates.l3, 12);
    EXPECT_DOUBLE_EQ(processor.rates.memory, 4);
    EXPECT_DOUBLE_EQ(processor.rates.to_memory, 3);
    EXPECT_DOUBLE_EQ(processor.calls.barrier, 1000);
    const Processor &generic = *find_processor("generic", "x86_avx2");
    EXPECT_EQ(processor.core.decode, generic.core.decode);
    EXPECT_EQ(processor.calls.call, generic.calls.call);
    EXPECT_EQ(machine.facts.at("decode").source, Source::kAssumed);
    EXPECT_EQ(machine.facts.at("l2_bytes").source, Source::kSystem);
    EXPECT_EQ(machine.facts.at("l2").source, Source::kMeasured);
    EXPECT_GT(machine.facts.at("l2").spread, 0);
}

TEST(Calibration, FindsCachesThatTheSystemDoesNotTell) {
    SampleMachine sample;
    sample.caches = "";
    const Processor processor = machine_of_sample(sample).processor("m");
    EXPECT_EQ(processor.caches.l1_bytes, 32 << 10);
    EXPECT_EQ(processor.caches.l2_bytes, 512 << 10);
    EXPECT_EQ(processor.caches.l3_bytes, 16 << 20);
    EXPECT_DOUBLE_EQ(processor.rates.l3, 12);
    sample.l3_bytes = 0;
    const Processor board = machine_of_sample(sample).processor("m");
    EXPECT_EQ(board.caches.l3_bytes, 0);
    EXPECT_GT(board.rates.l3, board.rates.memory);
    EXPECT_LT(board.rates.l3, board.rates.l2);
}

TEST(Calibration, TrustsAVirtualMachinesThirdLevelAsFarAsItGoes) {
    SampleMachine sample;
    sample.caches = "cache 1 32768 1\ncache 2 524288 1\ncache 3 314572800 2\n";
    sample.l3_bytes = 6 << 20;
    EXPECT_EQ(machine_of_sample(sample).processor("m").caches.l3_bytes, 6 << 20);
}

TEST(Calibration, CountsUnitsThatTakeAVectorInParts) {
    SampleMachine sample;
    sample.loads = 0.5;
    sample.sums = 0.98;
    sample.fma_chain = 1 / 7.9;
    const MachineFile machine = machine_of_sample(sample);
    EXPECT_EQ(machine.facts.at("loads").value, 1);
    EXPECT_EQ(machine.facts.at("load_bits").value, 128);
    EXPECT_EQ(machine.facts.at("fma_units").value, 1);
    EXPECT_EQ(machine.facts.at("fma_unit_bits").value, 256);
    EXPECT_EQ(machine.facts.at("fma_latency").value, 8);
    EXPECT_NEAR(machine.facts.at("fma_units").measured, 0.98, 1e-6);
}

TEST(Calibration, NamesAProcessorOfTheTableAsTheTableDoes) {
    SampleMachine sample;
    sample.names += "x86 AuthenticAMD 25 1\n";
    EXPECT_EQ(machine_of_sample(sample).cpu_name, "znver3");
    EXPECT_EQ(machine_of_sample(sample).like, "znver3");
    EXPECT_EQ(machine_of_sample(sample, "haswell").cpu_name, "znver3");
    EXPECT_EQ(machine_of_sample(sample, "haswell").like, "haswell");
    sample.names = "";
    sample.barrier = false;  // one processor
    const MachineFile nameless = machine_of_sample(sample, "haswell");
    EXPECT_EQ(nameless.cpu_name, "unknown");
    EXPECT_EQ(nameless.facts.at("barrier").source, Source::kAssumed);
    EXPECT_EQ(nameless.facts.at("barrier").value, find_processor("haswell", "x86_avx2")->calls.barrier);
}

TEST(Calibration, ExplainsWhereEachNumberIsFrom) {
    const Expected<TargetInfo> target = find_target("x86-64-avx2", machine_of_sample({}), "machine.json");
    ASSERT_TRUE(target) << target.error().message;
    const std::string text = machine_text(*target, DataType::kFloat32);
    EXPECT_NE(text.find("processor some_processor_3000:"), std::string::npos) << text;
    EXPECT_NE(text.find("measured: machine.json; decode, in_order assumed from generic\n"), std::string::npos) << text;
    EXPECT_NE(text.find("measured: machine.json; l1_bytes, l2_bytes, line_bytes as the system says\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("measured: machine.json; call assumed from generic\n"), std::string::npos) << text;
}

TEST(Calibration, PassesOverWhatABoardPrintsBeside) {
    const std::string output = SampleMachine().output();
    EXPECT_EQ(problem_of("Welcome to the board!\n\n" + output + "logout\n"), "(accepted)");
    std::string dos;
    for (const char c : output) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(problem_of(dos), "(accepted)");
}

TEST(Calibration, RefusesWhatIsNoMeasurement) {
    EXPECT_EQ(problem_of(""), "printed nothing");
    EXPECT_EQ(problem_of("Segmentation\n"), "printed no facts, or not all of them; its last line is \"Segmentation\"");
    EXPECT_EQ(problem_of("done\n"), "printed no line fma_chain");
    const std::string output = SampleMachine().output();
    EXPECT_NE(problem_of(output.substr(0, output.size() - 5)).find("not all of them"), std::string::npos);
    const auto with = [&](const std::string &from, const std::string &to) {
        std::string changed = output;
        changed.replace(changed.find(from), from.size(), to);
        return problem_of(changed);
    };
    EXPECT_EQ(with("sums ", "sums nan "), "printed what is no measurement: \"sums nan 1.000000 1.980000 2.000000\"");
    EXPECT_NE(with("loads ", "loads -1 ").find("no measurement: \"loads -1 "), std::string::npos);
    EXPECT_NE(with("memory_write 1000", "memory_write many").find("no measurement: \"memory_write many"),
              std::string::npos);
    EXPECT_NE(with("cache 1 32768", "cache 1 -5").find("no measurement: \"cache 1 -5"), std::string::npos);
    EXPECT_EQ(with("vector_bits 256\n", ""), "printed no line vector_bits");
    EXPECT_NE(with("fused 1", "fused maybe").find("no measurement"), std::string::npos);
}

}  // namespace
}  // namespace tconv::test
