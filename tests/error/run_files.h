// SPDX-License-Identifier: Apache-2.0
// A good call of `tconv run` in a folder of its own, for tests that spoil it.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/error/run_calls.h"

namespace tconv::test {

constexpr size_t kInputBytes = 1 * 4 * 4 * 5 * sizeof(float);

class RunFiles : public RunCalls {
protected:
    void SetUp() override {
        write_call(good_keras_op());
        write_tensor("b.npy", {3});
    }

    // The good command with another value of one option.
    static std::vector<std::string> with(const std::string &option, const std::string &value) {
        std::vector<std::string> arguments = command();
        *(std::find(arguments.begin(), arguments.end(), option) + 1) = value;
        return arguments;
    }
    static std::vector<std::string> without(const std::string &option) {
        std::vector<std::string> arguments = command();
        const auto at = std::find(arguments.begin(), arguments.end(), option);
        arguments.erase(at, at + 2);
        return arguments;
    }

    // x.npy with these bytes is refused, and so is w.npy.
    void expect_bytes_refused(const std::string &bytes, const std::vector<std::string> &parts) const {
        for (const std::string option : {"--input", "--filter", "--bias"}) {
            write("bad.npy", bytes);
            std::vector<std::string> all = {option + " = bad.npy: "};
            all.insert(all.end(), parts.begin(), parts.end());
            expect_refused(option == "--bias" ? command(false, {"--bias", "bad.npy"}) : with(option, "bad.npy"), all);
        }
    }
    void expect_header_refused(const std::string &dictionary, const std::vector<std::string> &parts) const {
        expect_bytes_refused(npy_bytes(dictionary, std::string(kInputBytes, '\0')), parts);
    }

    CommandOptions with_modes() const {
        CommandOptions without_privileges = options();
        without_privileges.obeys_modes = true;
        return without_privileges;
    }

    static mode_t mode_of(const std::string &path) {
        struct stat status = {};
        EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }
};

}  // namespace tconv::test
