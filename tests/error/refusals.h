// SPDX-License-Identifier: Apache-2.0
// What every failing call of the command has in common.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/error/command.h"
#include "tests/runtime/temporary_folder.h"

namespace tconv::test {

// A small layer that builds.
nlohmann::json good_layer();

const char *const kBenchmarkList = TCONV_SOURCE_DIR "/benchmarks/layers.json";

// A folder to start the command in, and another one for its temporary files.
class Refusals : public testing::Test {
protected:
    void write(const std::string &file, const std::string &text) const;
    void write(const std::string &file, const nlohmann::json &json) const { write(file, json.dump()); }

    CommandOptions options() const;

    // The command fails with one line that holds all of `parts`, prints nothing else, and leaves the folder as it was.
    void expect_refused(const std::vector<std::string> &arguments, const std::vector<std::string> &parts) const;
    void expect_refused(const std::vector<std::string> &arguments, const std::vector<std::string> &parts,
                        const CommandOptions &options) const;

    // The same for `tconv build` of a layer file with this text.
    void expect_layer_refused(const std::string &text, const std::vector<std::string> &parts) const;
    // good_layer() with other or more members; null takes a member out.
    void expect_change_refused(const nlohmann::json &changes, const std::vector<std::string> &parts) const;

    const TemporaryFolder work_, temporary_;
};

// Exit code, streams and processes of a call that fails with one line.
void expect_one_line(const CommandResult &result, const std::vector<std::string> &parts);

}  // namespace tconv::test
