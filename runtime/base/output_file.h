// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tconv/status.h"

namespace tconv {

// One file that appears whole or not at all: written beside its place and renamed. An existing file keeps its mode and,
// until then, its contents; a link to it stays a link. What is no file (a device, a pipe, the command's own stdout) is
// written to as it is, and never replaced.
class OutputFile {
public:
    // Made before long work begins, so that a place that cannot be written to shows at once. Leaves nothing there yet.
    // `argument` names the path in messages. An empty path stands for no file: publish() then does nothing.
    static Expected<OutputFile> create(const std::string &argument, const std::string &path);

    // The pieces one after the other. On failure, or an interrupt, nothing is left.
    Status publish(const std::vector<std::string_view> &pieces) const;

private:
    OutputFile(std::string argument, std::string path) : argument_(std::move(argument)), path_(std::move(path)) {}

    Error failure(int error_number) const;
    Status write(int descriptor, const std::vector<std::string_view> &pieces) const;
    Status write_special(const std::vector<std::string_view> &pieces) const;
    // A new empty file beside target_, open for writing; its name in `temporary`.
    Expected<int> open_temporary(std::string &temporary) const;

    std::string argument_, path_;
    std::string target_;    // path_ without symbolic links
    bool special_ = false;  // exists and is no regular file
    int mode_ = -1;         // of the file that is replaced; -1: there is none
};

// Refuses an output that is the file `source`, which `what` names: it must not take the place of what it is made from.
Status must_differ(const std::string &argument, const std::string &path, const std::string &what,
                   const std::string &source);

}  // namespace tconv
