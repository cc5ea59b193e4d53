// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tconv/status.h"

namespace tconv {

// One file that appears whole or not at all: written beside its place and renamed. Made before long work begins, so
// that a place that cannot be written to shows at once.
class OutputFile {
public:
    // `argument` names the path in messages. An empty path stands for no file: publish() then does nothing.
    static Expected<OutputFile> create(const std::string &argument, const std::string &path);

    OutputFile(OutputFile &&other) noexcept;
    OutputFile &operator=(OutputFile &&) = delete;
    ~OutputFile();

    Status publish(const std::string &contents);

private:
    OutputFile(std::string argument, std::string path) : argument_(std::move(argument)), path_(std::move(path)) {}

    std::string argument_, path_;
    std::string temporary_;  // empty: nothing to remove
};

}  // namespace tconv
