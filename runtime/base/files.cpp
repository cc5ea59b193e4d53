// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace tconv {

Status write_file(const std::string &path, const std::string &contents) {
    const auto failure = [&] {
        return Error{StatusCode::kFailed, path + ": cannot be written: " + std::strerror(errno)};
    };
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) {
        return failure();
    }
    size_t done = 0;
    while (done < contents.size()) {
        const ssize_t count = write(file, contents.data() + done, contents.size() - done);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            const Error error = failure();
            close(file);
            return error;
        }
        done += static_cast<size_t>(count);
    }
    if (close(file) != 0) {
        return failure();
    }
    return Success{};
}

Expected<std::string> read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream contents;
    if (file && file.peek() != std::ifstream::traits_type::eof()) {
        contents << file.rdbuf();
    }
    if (!file.is_open() || file.bad()) {
        return Error{StatusCode::kNotFound, path + ": cannot be read: " + std::strerror(errno)};
    }
    return contents.str();
}

}  // namespace tconv
