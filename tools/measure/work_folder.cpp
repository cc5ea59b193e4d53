// SPDX-License-Identifier: Apache-2.0
#include "tools/measure/work_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tconv {

namespace fs = std::filesystem;

Expected<WorkFolder> WorkFolder::create() {
    std::error_code error;
    const fs::path parent = fs::temp_directory_path(error);
    if (error) {
        return invalid_argument("TMPDIR", parent.string(), "must be a folder that can be written to");
    }
    std::string path = (parent / "tconv-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
        return invalid_argument("TMPDIR", parent.string(),
                                std::string("must be a folder that can be written to: ") + std::strerror(errno));
    }
    return WorkFolder(path);
}

WorkFolder::WorkFolder(WorkFolder &&other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
}

WorkFolder::~WorkFolder() {
    if (!path_.empty()) {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
}

}  // namespace tconv
