// SPDX-License-Identifier: Apache-2.0
// Machine files: what is written is read, what is none is refused, and estimates count with it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runtime/base/files.h"
#include "schedules/machine_file.h"
#include "tconv/layer_file.h"
#include "tools/compiler/build_library.h"
#include "tools/verify/work_folder.h"

namespace tconv::test {
namespace {

using OrderedJson = nlohmann::ordered_json;
using Pointer = OrderedJson::json_pointer;

MachineFile file_of_row(const std::string &cpu, const std::string &family) {
    MachineFile machine = machine_file_of(*find_processor(cpu, family), family);
    machine.target = "x86-64-avx2";
    machine.date = "2026-12-01";
    machine.tconv = "0.1.0";
    return machine;
}

class MachineFiles : public testing::Test {
protected:
    Expected<MachineFile> read(const std::string &text) const {
        EXPECT_TRUE(write_file(path_, text));
        return read_machine_file(path_);
    }

    // The message about a good file with one member changed, without the path; null takes it out.
    std::string refusal(const std::string &pointer, const OrderedJson &value) const {
        OrderedJson json = OrderedJson::parse(machine_file_text(file_of_row("znver3", "x86_avx2")));
        if (value.is_null()) {
            const Pointer at(pointer);
            json[at.parent_pointer()].erase(at.back());
        } else {
            json[Pointer(pointer)] = value;
        }
        return message(json.dump());
    }

    std::string message(const std::string &text) const {
        const Expected<MachineFile> machine = read(text);
        if (machine) return "(accepted)";
        EXPECT_EQ(machine.error().message.rfind(path_ + ": ", 0), 0u) << machine.error().message;
        return machine.error().message.substr(path_.size() + 2);
    }

    const WorkFolder folder_ = std::move(*WorkFolder::create());
    const std::string path_ = folder_.path("machine.json");
};

TEST_F(MachineFiles, AreReadAsTheyWereWritten) {
    for (const Processor &row : processors()) {
        MachineFile machine = file_of_row(row.name, row.families.back());
        machine.cpu = "A \"processor\"";
        machine.cpu_name = "a_processor";
        machine.facts["l2"] = {MachineFact::Source::kMeasured, 12.5, 0.25, 0};
        machine.facts["loads"] = {MachineFact::Source::kMeasured, 3, 0.01, 2.875};
        machine.facts["l1_bytes"].source = MachineFact::Source::kSystem;
        const Expected<MachineFile> again = read(machine_file_text(machine));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(machine_file_text(*again), machine_file_text(machine));
        EXPECT_EQ(again->cpu, machine.cpu);
        EXPECT_EQ(again->facts.at("loads").measured, 2.875);
        EXPECT_EQ(again->facts.at("l2").spread, 0.25);
        const Processor processor = again->processor(path_);
        EXPECT_EQ(processor.name, "a_processor");
        EXPECT_EQ(processor.rates.l2, 12.5);
        EXPECT_EQ(processor.rates.l3, row.rates.l3);
        EXPECT_EQ(processor.core.in_order, row.core.in_order);
        EXPECT_EQ(processor.caches.l3_bytes, row.caches.l3_bytes);
    }
}

TEST_F(MachineFiles, AreRefusedWhereTheyAreNone) {
    EXPECT_EQ(message("[]"), "the machine = []: must be an object, as tconv calibrate writes it");
    EXPECT_EQ(message("").rfind("not valid JSON: ", 0), 0u);
    EXPECT_EQ(message("{\"cpu\": 1}"), "cpu = 1: must be a string");
    const Expected<MachineFile> missing = read_machine_file(folder_.path("none.json")),
                                folder = read_machine_file(folder_.path());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, folder_.path("none.json") + ": cannot be read: No such file or directory");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().message, folder_.path() + ": cannot be read: Is a directory");
}

TEST_F(MachineFiles, AreRefusedWithAKeyThatIsWrong) {
    EXPECT_EQ(refusal("/date", "x"), "(accepted)");
    for (const char *key : {"cpu", "cpu_name", "like", "target", "family", "facts"}) {
        EXPECT_EQ(refusal(std::string("/") + key, nullptr), std::string(key) + " = (missing): a machine requires it");
    }
    EXPECT_EQ(refusal("/cpu_name", "Zen 3"), "cpu_name = \"Zen 3\": must be of lower-case letters, digits, - and _");
    EXPECT_EQ(refusal("/cpu_name", "").rfind("cpu_name = \"\": must be ", 0), 0u);
    EXPECT_EQ(refusal("/family", "x86_avx3").rfind("family = \"x86_avx3\": must be an instruction set ", 0), 0u);
    EXPECT_EQ(refusal("/like", "znver33").rfind("like = \"znver33\": must be one of generic, haswell, ", 0), 0u);
    EXPECT_NE(refusal("/like", "znver33").find("did you mean znver3?"), std::string::npos);
    EXPECT_EQ(refusal("/facts", 3), "facts = 3: must be an object");
    EXPECT_EQ(refusal("/fact", 3).rfind("fact = 3: unknown key; a machine has cpu, cpu_name, ", 0), 0u);
    EXPECT_EQ(refusal("/facts/l4", 3).rfind("facts.l4 = 3: unknown key; \"facts\" has fma_units, ", 0), 0u);
}

TEST_F(MachineFiles, AreRefusedWithAFactThatIsWrong) {
    EXPECT_EQ(refusal("/facts/l2", nullptr), "facts.l2 = (missing): \"facts\" requires it");
    EXPECT_EQ(refusal("/facts/l2", 24), "facts.l2 = 24: must be an object");
    EXPECT_EQ(refusal("/facts/l2/value", nullptr), "facts.l2.value = (missing): a fact requires it");
    EXPECT_EQ(refusal("/facts/l2/source", nullptr), "facts.l2.source = (missing): a fact requires it");
    EXPECT_EQ(refusal("/facts/l2/source", "guessed"),
              "facts.l2.source = \"guessed\": must be \"measured\", \"system\" or \"assumed\"");
    EXPECT_EQ(refusal("/facts/l2/source", "measured"), "facts.l2.spread = (missing): a fact requires it");
    EXPECT_EQ(refusal("/facts/l2/spread", -1), "facts.l2.spread = -1: must be a number from 0 to 1000000");
    EXPECT_EQ(refusal("/facts/l2/unit", "B").rfind("facts.l2.unit = \"B\": unknown key; a fact has value, ", 0), 0u);
    for (const OrderedJson &value : {OrderedJson(0), OrderedJson(-3), OrderedJson("24"), OrderedJson(true),
                                     OrderedJson(1e9), OrderedJson::array()}) {
        EXPECT_EQ(refusal("/facts/l2/value", value),
                  "facts.l2.value = " + value.dump() + ": must be a number from 0.01 to 4096");
    }
    EXPECT_EQ(refusal("/facts/fma_units/value", 1.5), "facts.fma_units.value = 1.5: must be an integer from 1 to 64");
    EXPECT_EQ(refusal("/facts/fma_units/value", 0), "facts.fma_units.value = 0: must be an integer from 1 to 64");
    EXPECT_EQ(refusal("/facts/in_order/value", 2), "facts.in_order.value = 2: must be an integer from 0 to 1");
    EXPECT_EQ(refusal("/facts/l3_bytes/value", -1),
              "facts.l3_bytes.value = -1: must be an integer from 0 to 1099511627776");
    EXPECT_EQ(refusal("/facts/l2_bytes/value", 4096),
              "facts.l2_bytes.value = 4096: must not be below l1_bytes = 32768");
    for (const auto &[key, fact] : file_of_row("znver3", "x86_avx2").facts) {
        EXPECT_NE(refusal("/facts/" + key + "/value", -1), "(accepted)") << key;
        EXPECT_NE(refusal("/facts/" + key, nullptr), "(accepted)") << key;
    }
}

std::vector<Layer> some_layers() {
    LayerFileOptions options;
    options.layers = {"dcgan_g1", "dcgan_g3", "vae_d3", "fcn_upscore2", "unet_up1", "fsrcnn_x3"};
    const Expected<std::vector<Layer>> layers = read_layer_file(TCONV_BENCHMARK_LAYERS, options);
    EXPECT_TRUE(layers) << layers.error().message;
    return layers ? *layers : std::vector<Layer>();
}

Choice choice_for(const Layer &layer, const TargetInfo &target) {
    BuildOptions options;
    options.rank = true;
    const Expected<Choice> choice = choose(layer, target, options);
    EXPECT_TRUE(choice) << choice.error().message;
    return choice ? *choice : Choice();
}

TEST(MachineChoice, IsThatOfTheRowWhoseFactsAFileHas) {
    const char *rows[][2] = {
        {"x86-64-avx2", "znver3"}, {"x86-64-avx512", "sapphirerapids"}, {"arm64-neon", "cortex-a55"}};
    for (const auto &[name, cpu] : rows) {
        const TargetInfo row = *find_target(name, cpu);
        const Expected<TargetInfo> measured = find_target(name, file_of_row(cpu, row.family), "machine.json");
        ASSERT_TRUE(measured) << measured.error().message;
        EXPECT_EQ(measured->cpu, cpu);
        EXPECT_EQ(measured->halide, row.halide);
        for (const Layer &layer : some_layers()) {
            const Choice expected = choice_for(layer, row), choice = choice_for(layer, *measured);
            EXPECT_EQ(choice.variant, expected.variant) << layer.name;
            EXPECT_EQ(choice.knobs, expected.knobs) << layer.name;
            EXPECT_EQ(choice.ranking->proposals.front().proposal.cycles,
                      expected.ranking->proposals.front().proposal.cycles)
                << layer.name;
        }
    }
}

TEST(MachineChoice, CountsWithAnotherFact) {
    MachineFile machine = file_of_row("znver3", "x86_avx2");
    const TargetInfo before = *find_target("x86-64-avx2", machine, "m");
    machine.facts["fma_units"].value = 1;
    const TargetInfo after = *find_target("x86-64-avx2", machine, "m");
    for (const Layer &layer : some_layers()) {
        EXPECT_GT(choice_for(layer, after).ranking->proposals.front().proposal.cycles,
                  choice_for(layer, before).ranking->proposals.front().proposal.cycles)
            << layer.name;
    }
}

TEST(MachineChoice, TakesNoRecordOfAnotherProcessor) {
    MachineFile machine = file_of_row("znver3", "x86_avx2");
    machine.cpu_name = "some_processor";
    const TargetInfo target = *find_target("x86-64-avx2", machine, "m");
    EXPECT_EQ(target.cpu, "some_processor");
    EXPECT_NE(target.halide.find("tune_znver3"), std::string::npos);  // it is like that one
    for (const Layer &layer : some_layers()) {
        EXPECT_EQ(choice_for(layer, target).knobs_from, "default") << layer.name;
    }
}

TEST(MachineChoice, RefusesAnotherInstructionSet) {
    const auto refused = find_target("x86-64-avx512", file_of_row("znver3", "x86_avx2"), "m.json");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "--machine = m.json: has the facts of x86_avx2 (target x86-64-avx2), and target x86-64-avx512 is for "
              "x86_avx512: tconv calibrate --target x86-64-avx512 makes a file for it");
}

}  // namespace
}  // namespace tconv::test
