// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tconv/status.h"

namespace tconv {

// A private folder under TMPDIR, removed with all that is in it when the object goes.
class WorkFolder {
public:
    static Expected<WorkFolder> create();

    WorkFolder(WorkFolder &&other) noexcept;
    WorkFolder &operator=(WorkFolder &&) = delete;
    ~WorkFolder();

    const std::string &path() const { return path_; }
    std::string path(const std::string &file) const { return path_ + "/" + file; }

private:
    explicit WorkFolder(std::string path) : path_(std::move(path)) {}

    std::string path_;  // empty once moved from
};

}  // namespace tconv
