// SPDX-License-Identifier: Apache-2.0
// Files of tuned records that tests write.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "schedules/knobs.h"
#include "tconv/layer.h"
#include "tests/runtime/temporary_folder.h"
#include "tools/compiler/build_library.h"

namespace tconv::test {

// A record for the layer and target, dated 2026-01-31.
nlohmann::json record_json(const TargetInfo &target, const Layer &layer, const std::string &variant,
                           const Knobs &knobs);

// One record for the layer and target, in the file where a build for the target looks.
void write_record(const TemporaryFolder &folder, const TargetInfo &target, const Layer &layer,
                  const std::string &variant, const Knobs &knobs);

// Builds that read the records of that folder.
BuildOptions with_records(const TemporaryFolder &folder);

}  // namespace tconv::test
