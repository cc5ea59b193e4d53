// SPDX-License-Identifier: Apache-2.0
#include "command.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "runtime/base/files.h"

namespace tconv::test {

namespace fs = std::filesystem;

namespace {

WorkFolder new_folder() {
    Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        throw std::runtime_error(folder.error().message);
    }
    return std::move(*folder);
}

std::string contents(const std::string &path) {
    Expected<std::string> text = read_file(path);
    return text ? *text : "";
}

}  // namespace

CommandFolder::CommandFolder() : folder_(new_folder()) { fs::create_directory(path("tmp")); }

CommandResult CommandFolder::tconv(const std::string &arguments, const std::string &prefix) const {
    const std::string command = "cd '" + folder_.path() + "' && TMPDIR='" + path("tmp") + "' " + prefix + " '" +
                                TCONV_COMMAND + "' " + arguments + " >out.txt 2>err.txt </dev/null";
    const int status = std::system(command.c_str());
    CommandResult result;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.out = contents(path("out.txt"));
    result.err = contents(path("err.txt"));
    return result;
}

void CommandFolder::write(const std::string &file, const std::string &text) const {
    if (Status status = write_file(path(file), text); !status) {
        throw std::runtime_error(status.error().message);
    }
}

void CommandFolder::write_script(const std::string &file, const std::string &text) const {
    write(file, "#!/bin/sh\n" + text);
    fs::permissions(path(file), fs::perms::owner_all);
}

bool CommandFolder::has(const std::string &file) const { return fs::exists(path(file)); }

std::string CommandFolder::leftovers() const {
    std::string names;
    for (const auto &entry : fs::recursive_directory_iterator(path("tmp"))) {
        names += entry.path().filename().string() + " ";
    }
    return names;
}

std::string small_layer(const std::string &name) {
    return R"({"name": ")" + name + R"(", "op": "keras.ops.conv_transpose", "input_shape": [1, 5, 6, 8],
        "filter_shape": [4, 4, 20, 8], "strides": 2, "padding": "same", "bias": true, "activation": "relu"})";
}

bool is_one_line(const std::string &text) {
    return !text.empty() && text.back() == '\n' && std::count(text.begin(), text.end(), '\n') == 1;
}

}  // namespace tconv::test
