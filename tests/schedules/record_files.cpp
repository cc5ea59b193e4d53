// SPDX-License-Identifier: Apache-2.0
#include "tests/schedules/record_files.h"

#include <gtest/gtest.h>

#include "runtime/base/files.h"

namespace tconv::test {

nlohmann::json record_json(const TargetInfo &target, const Layer &layer, const std::string &variant,
                           const Knobs &knobs) {
    return {{"workload", layer.workload()},
            {"target", target.name},
            {"cpu", target.cpu},
            {"model", "test"},
            {"halide", "21.0.0"},
            {"llvm", "21.1"},
            {"commit", "0"},
            {"date", "2026-01-31"},
            {"seed", 1},
            {"variant", variant},
            {"knobs", knobs},
            {"ms", 1.0},
            {"default_ms", 2.0},
            {"percent_of_limit", 50.0}};
}

void write_record(const TemporaryFolder &folder, const TargetInfo &target, const Layer &layer,
                  const std::string &variant, const Knobs &knobs) {
    const nlohmann::json list = nlohmann::json::array({record_json(target, layer, variant, knobs)});
    ASSERT_TRUE(write_file(folder.file(target.family + ".json"), list.dump()));
}

BuildOptions with_records(const TemporaryFolder &folder) {
    BuildOptions options;
    options.tuned = folder.path();
    return options;
}

}  // namespace tconv::test
