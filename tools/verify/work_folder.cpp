// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/work_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace tconv {

Expected<WorkFolder> WorkFolder::create() {
    const char *given = std::getenv("TMPDIR");
    const std::string parent = given && *given ? given : "/tmp";
    std::string path = parent + "/tconv-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) {
        return invalid_argument("TMPDIR", parent,
                                std::string("must be a folder that can be written to: ") + std::strerror(errno));
    }
    return WorkFolder(path);
}

WorkFolder::WorkFolder(WorkFolder &&other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }

WorkFolder::~WorkFolder() {
    if (!path_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
}

}  // namespace tconv
