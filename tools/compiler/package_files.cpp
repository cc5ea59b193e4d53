// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/package_files.h"

#include <filesystem>

namespace tconv {

std::string package_prefix() {
    std::error_code error;
    const std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", error);
    return executable.parent_path().parent_path().string();
}

std::string tuned_directory() { return package_prefix() + "/share/tconv/tuned"; }

}  // namespace tconv
