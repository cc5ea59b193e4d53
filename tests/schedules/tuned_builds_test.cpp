// SPDX-License-Identifier: Apache-2.0
// Tuned records are applied: a record changes the code that is built, and never the result.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <tuple>

#include "generators/variants/variant.h"
#include "runtime/base/files.h"
#include "schedules/registry.h"
#include "schedules/tuned_records.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/runtime/temporary_folder.h"
#include "tests/schedules/record_files.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const Layer &layer() {
    static const Layer layer = layer_of("tuned_layer", {8, 16, 40, 3, 2, 1});
    return layer;
}

Knobs default_knobs(const TargetInfo &target) {
    return proposed_knobs(*find_variant("phases"), layer(), target.machine());
}

// Default knobs, but for a tile of another width.
Knobs other_knobs(const TargetInfo &target) {
    Knobs knobs = default_knobs(target);
    knobs["tile_x"] = knobs["tile_x"] == 1 ? 2 : 1;
    return knobs;
}

void write_layer_record(const TemporaryFolder &folder, const TargetInfo &target, const std::string &variant,
                        const Knobs &knobs) {
    write_record(folder, target, layer(), variant, knobs);
}

struct Built {
    std::string archive, assembly;
    json sidecar;
};

std::string contents(const std::string &path) {
    const auto text = read_file(path);
    EXPECT_TRUE(text) << path;
    return text ? *text : "";
}

Built built(const Layer &what, const TargetInfo &target, BuildOptions options) {
    const TemporaryFolder out;
    options.assembly = true;
    const auto library = build_library(what, target, out.path(), options);
    if (!library) {
        ADD_FAILURE() << library.error().message;
        return {};
    }
    Built result{contents(library->archive), "", json::parse(contents(library->sidecar))};
    for (const auto &files : {library->assembly, library->ptx}) {
        for (const std::string &file : files) {
            result.assembly += contents(file);
        }
    }
    return result;
}

TEST(TunedBuilds, RecordChangesTheCode) {
    const TargetInfo target = common_target();
    const TemporaryFolder none, records;
    write_layer_record(records, target, "phases", other_knobs(target));
    const Built plain = built(layer(), target, with_records(none));
    const Built tuned = built(layer(), target, with_records(records));

    EXPECT_EQ(plain.sidecar.at("knobs_from"), "default");
    EXPECT_EQ(plain.sidecar.at("knobs").get<Knobs>(), default_knobs(target));
    EXPECT_EQ(tuned.sidecar.at("knobs_from"), "tuned");
    EXPECT_EQ(tuned.sidecar.at("knobs").get<Knobs>(), other_knobs(target));
    EXPECT_EQ(tuned.sidecar.at("variant"), "phases");
    ASSERT_FALSE(plain.assembly.empty());
    EXPECT_NE(plain.archive, tuned.archive);
    EXPECT_NE(plain.assembly, tuned.assembly);
}

TEST(TunedBuilds, RecordMayNameAnotherVariant) {
    const TargetInfo target = common_target();
    const TemporaryFolder records;
    write_layer_record(records, target, "reference", {});
    EXPECT_EQ(built(layer(), target, with_records(records)).sidecar.at("variant"), "reference");
}

TEST(TunedBuilds, RecordLeavesTheResultRight) {
    const TargetInfo target = common_target();
    const TemporaryFolder records;
    write_layer_record(records, target, "phases", other_knobs(target));
    const auto library = CompiledLibrary::build(layer(), target, with_records(records));
    ASSERT_TRUE(library) << library.error().message;
    ASSERT_EQ(library->choice.knobs_from, "tuned");
    expect_right_on_small_integers(layer(), *library);
}

TEST(TunedBuilds, WhatIsGivenOverrulesTheRecord) {
    const TargetInfo target = common_target();
    const TemporaryFolder records;
    write_layer_record(records, target, "phases", other_knobs(target));
    BuildOptions options = with_records(records);
    options.knobs = default_knobs(target);
    const auto choice = choose(layer(), target, options);
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_EQ(choice->knobs_from, "given");
    EXPECT_EQ(choice->knobs, default_knobs(target));

    options = with_records(records);
    options.variant = "reference";
    EXPECT_EQ(choose(layer(), target, options)->variant, "reference");
}

TEST(TunedBuilds, RecordOfAnotherTargetIsNotTaken) {
    const TargetInfo target = *find_target("arm64-neon"), other = *find_target("arm64-neon-dotprod");
    const TemporaryFolder records;
    write_layer_record(records, target, "phases", other_knobs(target));
    EXPECT_EQ(choose(layer(), target, with_records(records))->knobs_from, "tuned");
    EXPECT_EQ(choose(layer(), other, with_records(records))->knobs_from, "default");
}

TEST(TunedBuilds, RecordServesOtherEpilogues) {
    const TargetInfo target = common_target();
    const TemporaryFolder records;
    write_layer_record(records, target, "phases", other_knobs(target));
    Layer with_relu = layer();
    with_relu.bias = !with_relu.bias;
    with_relu.activation = Activation::kRelu;
    const auto choice = choose(with_relu, target, with_records(records));
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_EQ(choice->knobs_from, "transferred");
    EXPECT_EQ(choice->variant, "phases");
    EXPECT_EQ(choice->knobs, other_knobs(target));

    Layer planes = with_relu, larger = with_relu;
    planes.layout = Layout::kChannelsFirst;
    larger.batch++;
    EXPECT_EQ(choose(planes, target, with_records(records))->knobs_from, "default");
    EXPECT_EQ(choose(larger, target, with_records(records))->knobs_from, "default");
    // Knobs that do not fit are no error here.
    Knobs wide = other_knobs(target);
    wide["tile_x"] = 99;
    write_layer_record(records, target, "phases", wide);
    EXPECT_EQ(choose(with_relu, target, with_records(records))->knobs_from, "default");
}

// The records that come with tconv: schedules/tuned/README.md states the rules that are checked here.
const char *const kShipped = TCONV_SOURCE_DIR "/schedules/tuned";

struct Shipped {
    TunedRecord record;
    std::string family;
};

std::vector<Shipped> shipped_records() {
    std::vector<Shipped> all;
    for (const ScheduleFamily &family : schedule_families()) {
        const auto records = read_tuned_records(tuned_record_file(kShipped, family.name));
        EXPECT_TRUE(records) << records.error().message;
        for (const TunedRecord &record : *records) {
            all.push_back({record, family.name});
        }
    }
    return all;
}

const Layer *layer_of_workload(const std::string &workload) {
    for (const Layer &candidate : benchmark_layers()) {
        if (candidate.workload() == workload) {
            return &candidate;
        }
    }
    return nullptr;
}

TEST(ShippedRecords, LieInFilesOfKnownFamilies) {
    std::set<std::string> families;
    for (const ScheduleFamily &family : schedule_families()) {
        families.insert(family.name);
    }
    for (const auto &file : fs::directory_iterator(kShipped)) {
        if (file.path().extension() == ".json") {
            EXPECT_EQ(families.count(file.path().stem().string()), 1u) << file.path();
        }
    }
}

TEST(ShippedRecords, HaveProvenanceAndAreQuickerThanTheDefaults) {
    std::set<std::tuple<std::string, std::string, std::string, int>> seen;
    for (const auto &[record, family] : shipped_records()) {
        SCOPED_TRACE(family + ": " + record.workload);
        EXPECT_TRUE(seen.insert({record.workload, record.target, record.cpu, record.threads}).second)
            << "recorded twice";
        EXPECT_FALSE(record.model.empty());
        EXPECT_FALSE(record.halide.empty());
        EXPECT_FALSE(record.llvm.empty());
        EXPECT_TRUE(std::regex_match(record.commit, std::regex("[0-9a-f]{7,40}"))) << record.commit;
        EXPECT_TRUE(std::regex_match(record.date, std::regex("\\d{4}-\\d{2}-\\d{2}"))) << record.date;
        const bool says_the_default = record.variant == record.default_variant && record.knobs == record.default_knobs;
        EXPECT_EQ(record.ms < record.default_ms, !says_the_default);
        // The limit counts the multiply-adds of a direct sum; Toom-Cook tiles need a third of them at least.
        EXPECT_LE(record.percent_of_limit, record.variant == "winograd" ? 300 : 100);
    }
}

TEST(ShippedRecords, AreAppliedAndChangeTheCode) {
    const TemporaryFolder none;
    std::set<std::string> compiled;  // one record of each target is enough
    for (const auto &[record, family] : shipped_records()) {
        SCOPED_TRACE(family + ": " + record.workload);
        const Layer *layer = layer_of_workload(record.workload);
        ASSERT_NE(layer, nullptr) << "no entry of benchmarks/layers.json";
        const auto target = find_target(record.target, record.cpu);
        ASSERT_TRUE(target) << target.error().message;
        EXPECT_EQ(target->family, family);
        BuildOptions options;
        options.tuned = kShipped;
        const auto choice = choose(*layer, *target, options);
        ASSERT_TRUE(choice) << choice.error().message;
        EXPECT_EQ(choice->knobs_from, "tuned");
        EXPECT_EQ(choice->variant, record.variant);
        EXPECT_EQ(choice->knobs, record.knobs);

        const auto plain = choose(*layer, *target, with_records(none));
        ASSERT_TRUE(plain) << plain.error().message;
        const bool differ = plain->variant != choice->variant || plain->knobs != choice->knobs;
        if (differ && compiled.insert(record.target).second) {
            EXPECT_NE(built(*layer, *target, with_records(none)).assembly, built(*layer, *target, options).assembly);
        }
    }
}

TEST(ShippedRecords, PassOverOtherProcessors) {
    const Shipped first = shipped_records().front();
    const Layer *layer = layer_of_workload(first.record.workload);
    ASSERT_NE(layer, nullptr);
    BuildOptions options;
    options.tuned = kShipped;
    const auto choice = choose(*layer, *find_target(first.record.target), options);
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_NE(choice->knobs_from, "tuned");
    EXPECT_NE(choice->passed_over.find("for --cpu " + first.record.cpu + ", not generic"), std::string::npos)
        << choice->passed_over;
}

// Each file, records or none in it, lies where the command looks.
TEST(ShippedRecords, ComeWithTheCommand) {
    const fs::path beside = fs::path(TCONV_COMMAND).parent_path().parent_path() / "share/tconv/tuned";
    int files = 0;
    for (const auto &file : fs::directory_iterator(kShipped)) {
        if (file.path().extension() == ".json") {
            EXPECT_EQ(contents((beside / file.path().filename()).string()), contents(file.path().string()))
                << file.path();
            files++;
        }
    }
    EXPECT_GE(files, 1);
}

}  // namespace
}  // namespace tconv::test
