// SPDX-License-Identifier: Apache-2.0
// Output that appears whole or not at all: files are made in a hidden folder inside the output folder, on the same file
// system, and renamed into place at the end.
#pragma once

#include <string>
#include <vector>

#include "tconv/status.h"

namespace tconv {

class Staging {
public:
    // Creates `directory` where missing, and a staging folder in it.
    static Expected<Staging> create(const std::string &directory);

    Staging(Staging &&other) noexcept;
    Staging &operator=(Staging &&) = delete;
    // Removes the staging folder, and every folder that create() made unless something was published.
    ~Staging();

    // Where to write a file of that name.
    std::string path(const std::string &file) const;

    // Moves the files into the output folder. On failure it holds again what it held before.
    Status publish(const std::vector<std::string> &files);

private:
    Staging() = default;
    void keep_replaced(const std::string &file) const;
    void take_back(const std::string &file) const;

    std::string directory_;
    std::string folder_;
    std::vector<std::string> created_;  // outermost first
    bool published_ = false;
};

}  // namespace tconv
