// SPDX-License-Identifier: Apache-2.0
#include "tools/measure/output_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "tools/compiler/staging.h"

namespace tconv {

Expected<OutputFile> OutputFile::create(const std::string &argument, const std::string &path) {
    OutputFile file(argument, path);
    if (path.empty()) {
        return file;
    }
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return invalid_argument(argument, path, "must be a file, not a folder");
    }
    std::string temporary = path + ".XXXXXX";
    const int descriptor = mkstemp(temporary.data());
    if (descriptor < 0) {
        return invalid_argument(argument, path, std::string("cannot be written: ") + std::strerror(errno));
    }
    fchmod(descriptor, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);  // mkstemp keeps it from everyone else
    close(descriptor);
    file.temporary_ = temporary;
    return file;
}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : argument_(std::move(other.argument_)), path_(std::move(other.path_)), temporary_(std::move(other.temporary_)) {
    other.temporary_.clear();
}

OutputFile::~OutputFile() {
    if (!temporary_.empty()) {
        unlink(temporary_.c_str());
    }
}

Status OutputFile::publish(const std::string &contents) {
    if (path_.empty()) {
        return Success{};
    }
    if (Status status = write_file(temporary_, contents); !status) {
        return status;
    }
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return invalid_argument(argument_, path_, std::string("cannot be written: ") + std::strerror(errno));
    }
    temporary_.clear();
    return Success{};
}

}  // namespace tconv
