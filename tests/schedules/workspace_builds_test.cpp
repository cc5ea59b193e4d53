// SPDX-License-Identifier: Apache-2.0
// max_workspace_bytes in what is chosen and built: kept by other knobs or another variant, or refused with what is
// possible.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "generators/variants/variant.h"
#include "runtime/base/files.h"
#include "tconv/layer_file.h"
#include "tests/generators/library_runs.h"
#include "tests/generators/test_targets.h"
#include "tests/schedules/record_files.h"
#include "tests/schedules/schedule_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

using nlohmann::json;

Layer from_json(const char *text, int64_t limit = -1) {
    json file = json::parse(text);
    if (limit >= 0) {
        file["max_workspace_bytes"] = limit;
    }
    const auto layers = parse_layer_text(file.dump(), "");
    if (!layers) {
        ADD_FAILURE() << layers.error().message;
        return {};
    }
    return layers->front();
}

// Each likes another variant on most machines: winograd, phases with a padded copy, planar, streamed; and one in a
// layout that every variant but the reference turns round in a copy.
const char *const kLayers[] = {
    R"({"name": "many_channels", "op": "keras.ops.conv_transpose", "input_shape": [1, 12, 12, 64], "filter_shape": [4, 4, 64, 64],
        "strides": 2, "padding": "same"})",
    R"({"name": "wide_kernel", "op": "keras.ops.conv_transpose", "input_shape": [2, 9, 11, 6], "filter_shape": [5, 5, 24, 6],
        "strides": 2, "padding": "same", "bias": true})",
    R"({"name": "one_channel", "op": "keras.ops.conv_transpose", "input_shape": [1, 20, 20, 16], "filter_shape": [9, 9, 1, 16],
        "strides": 3, "padding": "same"})",
    R"({"name": "few_pixels", "op": "keras.ops.conv_transpose", "input_shape": [1, 2, 2, 256], "filter_shape": [5, 5, 128, 256],
        "strides": 2, "padding": "same"})",
    R"({"name": "planes", "op": "keras.ops.conv_transpose", "input_shape": [1, 8, 7, 6], "filter_shape": [3, 3, 16, 8],
        "strides": 2, "data_format": "channels_first"})",
};

const TemporaryFolder &no_records() {
    static const TemporaryFolder folder;
    return folder;
}

Expected<Choice> choice_of(const Layer &layer, const TargetInfo &target) {
    return choose(layer, target, with_records(no_records()));
}

std::string message_of(const Expected<Choice> &choice) { return choice ? "(chosen)" : choice.error().message; }

// The number in "needs at least NUMBER (VARIANT)"; -1 without one.
int64_t least_named(const std::string &message) {
    const std::string words = "needs at least ";
    const size_t at = message.find(words);
    return at == std::string::npos ? -1 : std::stoll(message.substr(at + words.size()));
}

TEST(WorkspaceLimit, IsKeptOrRefusedWithTheLeastThereIs) {
    for (const char *name : {"x86-64-avx2", "x86-64-avx512", "x86-64", "arm64-neon"}) {
        const TargetInfo target = *find_target(name);
        for (const char *text : kLayers) {
            const Layer free = from_json(text, std::numeric_limits<int64_t>::max() - 1);
            const Expected<Choice> liked = choice_of(free, target);
            ASSERT_TRUE(liked) << message_of(liked);
            for (const int64_t limit :
                 {int64_t{0}, liked->workspace_bytes / 8, liked->workspace_bytes / 2, liked->workspace_bytes - 1}) {
                const Layer layer = from_json(text, std::max<int64_t>(limit, 0));
                SCOPED_TRACE(layer.name + " for " + name + " with " + std::to_string(limit));
                const Expected<Choice> choice = choice_of(layer, target);
                if (choice) {
                    EXPECT_LE(choice->workspace_bytes, *layer.max_workspace_bytes);
                    EXPECT_NE(choice->variant, "reference");
                    continue;
                }
                const std::string message = message_of(choice);
                EXPECT_EQ(message.rfind(layer.name + ": max_workspace_bytes = " +
                                            std::to_string(*layer.max_workspace_bytes) + ": the layer needs at least ",
                                        0),
                          0u)
                    << message;
                const int64_t least = least_named(message);
                ASSERT_GT(least, limit);
                EXPECT_EQ(choice_of(from_json(text, least), target)->workspace_bytes, least);
                EXPECT_FALSE(choice_of(from_json(text, least - 1), target));
            }
        }
    }
}

// Borders that are trimmed need no copy, so that channels_last layers need no scratch at all.
TEST(WorkspaceLimit, MayBeNone) {
    for (const char *text : kLayers) {
        const Layer layer = from_json(text, 0);
        const Expected<Choice> choice = choice_of(layer, *find_target("x86-64-avx2"));
        EXPECT_EQ(static_cast<bool>(choice), layer.layout == Layout::kChannelsLast)
            << layer.name << ": " << message_of(choice);
    }
}

TEST(WorkspaceLimit, HoldsForTheLibraryWhoseResultStaysRight) {
    const TargetInfo target = host_target();
    for (const char *text : kLayers) {
        const Layer free = from_json(text);
        const int64_t liked = choice_of(free, target)->workspace_bytes;
        for (const int64_t limit : {int64_t{0}, liked / 3}) {
            const Layer layer = from_json(text, limit);
            SCOPED_TRACE(layer.name + " with " + std::to_string(limit));
            const auto library = CompiledLibrary::build(layer, target, with_records(no_records()));
            if (!library) {
                EXPECT_NE(least_named(library.error().message), -1) << library.error().message;
                continue;
            }
            EXPECT_LE(library->workspace_bytes, limit);
            expect_right_on_small_integers(layer, *library);
        }
    }
}

TEST(WorkspaceLimit, StandsInTheHeader) {
    const TemporaryFolder out;
    const auto library = build_library(from_json(kLayers[0], 0), host_target(), out.path(), with_records(no_records()));
    ASSERT_TRUE(library) << library.error().message;
    EXPECT_EQ(library->choice.workspace_bytes, 0);
    EXPECT_NE(read_file(library->header)->find("#define many_channels_WORKSPACE_BYTES 0\n"), std::string::npos)
        << *read_file(library->header);
}

TEST(WorkspaceLimit, RefusesForcedVariantsAndKnobsBeyondIt) {
    const TargetInfo target = *find_target("x86-64-avx2");
    BuildOptions options = with_records(no_records());
    options.variant = "winograd";
    const std::string message = message_of(choose(from_json(kLayers[0], 0), target, options));
    EXPECT_EQ(message.rfind("many_channels: max_workspace_bytes = 0: --variant needs at least ", 0), 0u) << message;
    const int64_t least = least_named(message);
    const Expected<Choice> tight = choose(from_json(kLayers[0], least), target, options);
    ASSERT_TRUE(tight) << message_of(tight);
    EXPECT_EQ(tight->variant, "winograd");
    EXPECT_EQ(tight->workspace_bytes, least);

    options.variant = "phases";
    options.knobs = Knobs{{"trim_x", 0}};
    EXPECT_EQ(message_of(choose(from_json(kLayers[1], 100), target, options)).rfind("--knobs: a workspace of ", 0), 0u);
    options.knobs = Knobs{{"trim_x", 1}};
    EXPECT_EQ(choose(from_json(kLayers[1], 100), target, options)->workspace_bytes, 0);
    // Who asks for the reference gets it.
    options.knobs.reset();
    options.variant = "reference";
    EXPECT_EQ(choose(from_json(kLayers[4], 0), target, options)->variant, "reference");
}

// A record is found whatever the limit, and passed over where it needs more.
TEST(WorkspaceLimit, PassesARecordOver) {
    const TargetInfo target = *find_target("x86-64-avx2");
    const Machine machine = target.machine();
    const TemporaryFolder records;
    const Layer layer = from_json(kLayers[1]);
    Knobs knobs = proposed_knobs(*find_variant("phases"), layer, machine);
    knobs["trim_x"] = 0;
    write_record(records, target, layer, "phases", knobs);
    const Expected<Choice> taken = choose(layer, target, with_records(records));
    ASSERT_TRUE(taken) << message_of(taken);
    EXPECT_EQ(taken->knobs_from, "tuned");
    ASSERT_GT(taken->workspace_bytes, 0);
    EXPECT_EQ(taken->passed_over, "");
    EXPECT_EQ(choose(from_json(kLayers[1], taken->workspace_bytes), target, with_records(records))->knobs_from,
              "tuned");

    const Layer limited = from_json(kLayers[1], 100);
    const TemporaryFolder out;
    const auto library = build_library(limited, target, out.path(), with_records(records));
    ASSERT_TRUE(library) << library.error().message;
    EXPECT_EQ(library->choice.knobs_from, "default");
    EXPECT_LE(library->workspace_bytes, 100);
    const std::string named = target.family + ".json: tuned record of 2026-01-31 on test (phases): its workspace of " +
                              std::to_string(taken->workspace_bytes) + " bytes is above max_workspace_bytes = 100";
    EXPECT_EQ(library->choice.passed_over, named);
    const json sidecar = json::parse(*read_file(library->sidecar));
    EXPECT_EQ(sidecar.at("records_passed_over"), named);
    EXPECT_EQ(sidecar.at("knobs_from"), "default");
    EXPECT_LE(sidecar.at("workspace_bytes"), 100);
}

// Nor is a record wrong because a layer of its workload forbids its variant.
TEST(WorkspaceLimit, IsOneOfTheLimitsThatPassARecordOver) {
    const TargetInfo target = *find_target("x86-64-avx2");
    const TemporaryFolder records;
    Layer layer = from_json(kLayers[0]);
    write_record(records, target, layer, "winograd",
                 proposed_knobs(*find_variant("winograd"), layer, target.machine()));
    EXPECT_EQ(choose(layer, target, with_records(records))->knobs_from, "tuned");
    layer.max_error_growth = 1;
    const Expected<Choice> exact = choose(layer, target, with_records(records));
    ASSERT_TRUE(exact) << message_of(exact);
    EXPECT_NE(exact->variant, "winograd");
    EXPECT_NE(exact->passed_over.find("no tile saves multiplications within max_error_growth"), std::string::npos)
        << exact->passed_over;
    layer.max_error_growth = 2;
    layer.strict_nonfinite = true;
    const Expected<Choice> strict = choose(layer, target, with_records(records));
    ASSERT_TRUE(strict) << message_of(strict);
    EXPECT_NE(strict->passed_over, "");
}

}  // namespace
}  // namespace tconv::test
