// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/staging.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace tconv {

namespace fs = std::filesystem;

namespace {

constexpr char kReplaced[] = ".replaced";

}  // namespace

Expected<Staging> Staging::create(const std::string &directory) {
    Staging staging;
    staging.directory_ = directory;
    std::error_code error;
    // absolute() keeps a trailing slash as an empty last component; lexically_normal() on "a/." would as well.
    fs::path missing = fs::absolute(directory, error).lexically_normal();
    std::vector<fs::path> to_make;
    while (!missing.empty() && !fs::exists(missing, error) && missing != missing.root_path()) {
        if (!missing.filename().empty()) {
            to_make.push_back(missing);
        }
        missing = missing.parent_path();
    }
    for (auto folder = to_make.rbegin(); folder != to_make.rend(); ++folder) {
        if (!fs::create_directory(*folder, error) && error) {
            return Error{StatusCode::kFailed, "-o = " + directory + ": cannot create the folder: " + error.message()};
        }
        staging.created_.push_back(folder->string());
    }
    if (!fs::is_directory(directory, error)) {
        return invalid_argument("-o", directory, "must be a folder");
    }
    std::string name = (fs::path(directory) / ".tconv-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        return Error{StatusCode::kFailed, "-o = " + directory + ": cannot write there: " + std::strerror(errno)};
    }
    staging.folder_ = name;
    return staging;
}

Staging::Staging(Staging &&other) noexcept
    : directory_(std::move(other.directory_)),
      folder_(std::move(other.folder_)),
      created_(std::move(other.created_)),
      published_(other.published_) {
    other.folder_.clear();
    other.created_.clear();
}

Staging::~Staging() {
    std::error_code ignored;
    if (!folder_.empty()) {
        fs::remove_all(folder_, ignored);
    }
    if (!published_) {
        for (auto folder = created_.rbegin(); folder != created_.rend(); ++folder) {
            fs::remove(*folder, ignored);  // only while empty
        }
    }
}

std::string Staging::path(const std::string &file) const { return folder_ + "/" + file; }

Status Staging::publish(const std::vector<std::string> &files) {
    std::vector<std::string> moved;
    for (const std::string &file : files) {
        std::error_code error;
        const fs::path target = fs::path(directory_) / file;
        keep_replaced(file);
        fs::rename(path(file), target, error);
        if (error) {
            if (std::error_code ignored; fs::exists(path(file + kReplaced), ignored)) {
                take_back(file);
            }
            for (const std::string &done : moved) {
                take_back(done);
            }
            return Error{StatusCode::kFailed, target.string() + ": cannot be written: " + error.message()};
        }
        moved.push_back(file);
    }
    published_ = true;
    return Success{};
}

// A second name for what the file is about to replace. Where the file system has no hard links it is moved away.
void Staging::keep_replaced(const std::string &file) const {
    std::error_code error;
    const fs::path target = fs::path(directory_) / file;
    if (!fs::is_regular_file(target, error)) {
        return;
    }
    fs::create_hard_link(target, path(file + kReplaced), error);
    if (error) {
        fs::rename(target, path(file + kReplaced), error);
    }
}

void Staging::take_back(const std::string &file) const {
    std::error_code error;
    const fs::path target = fs::path(directory_) / file;
    fs::remove(target, error);
    fs::rename(path(file + kReplaced), target, error);  // fails where nothing was replaced
}

}  // namespace tconv
