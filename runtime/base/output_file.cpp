// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "runtime/base/interrupt.h"
#include "runtime/base/text.h"

namespace tconv {

namespace {

namespace fs = std::filesystem;

constexpr size_t kPieceBytes = 1 << 20;  // written before the next look for an interrupt
constexpr int kMostLinks = 40;           // as the kernel follows
constexpr int kNamesTried = 1000;
constexpr mode_t kEveryonesFile = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the umask

// Where the links of a path end, which need not exist.
std::string behind_links(std::string path) {
    std::error_code error;
    for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(path, error)); i++) {
        const fs::path next = fs::read_symlink(path, error);
        if (error) {
            break;
        }
        path = (fs::path(path).parent_path() / next).string();
    }
    return path;
}

// Whether the command prints to that very file.
bool is_stdout(const struct stat &file) {
    struct stat out;
    return fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == file.st_dev && out.st_ino == file.st_ino;
}

}  // namespace

Expected<OutputFile> OutputFile::create(const std::string &argument, const std::string &path) {
    OutputFile file(argument, path);
    if (path.empty()) {
        return file;
    }
    struct stat there;
    if (stat(path.c_str(), &there) == 0) {
        if (S_ISDIR(there.st_mode)) {
            return invalid_argument(argument, printable(path), "must be a file, not a folder");
        }
        if (!is_stdout(there) && faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
            return file.failure(errno);
        }
        file.special_ = !S_ISREG(there.st_mode) || is_stdout(there);
        file.mode_ = static_cast<int>(there.st_mode & ~static_cast<mode_t>(S_IFMT));
    } else if (errno != ENOENT) {
        return file.failure(errno);
    }
    if (file.special_) {
        return file;
    }
    file.target_ = behind_links(path);
    std::string temporary;
    const Expected<int> descriptor = file.open_temporary(temporary);
    if (!descriptor) {
        return descriptor.error();
    }
    close(*descriptor);
    unlink(temporary.c_str());
    return file;
}

Status OutputFile::publish(const std::vector<std::string_view> &pieces) const {
    if (path_.empty()) {
        return Success{};
    }
    if (special_) {
        return write_special(pieces);
    }
    std::string temporary;
    const Expected<int> descriptor = open_temporary(temporary);
    if (!descriptor) {
        return descriptor.error();
    }
    if (mode_ >= 0) {
        fchmod(*descriptor, static_cast<mode_t>(mode_));
    }
    Status status = write(*descriptor, pieces);
    if (close(*descriptor) != 0 && status) {
        status = failure(errno);
    }
    if (status && std::rename(temporary.c_str(), target_.c_str()) != 0) {
        status = failure(errno);
    }
    if (!status) {
        unlink(temporary.c_str());
    }
    return status;
}

Status OutputFile::write_special(const std::vector<std::string_view> &pieces) const {
    struct stat there;
    const bool own = stat(path_.c_str(), &there) == 0 && is_stdout(there);
    const int descriptor = own ? dup(STDOUT_FILENO) : open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return interrupted() ? interruption() : failure(errno);
    }
    Status status = write(descriptor, pieces);
    if (close(descriptor) != 0 && status) {
        status = failure(errno);
    }
    return status;
}

Status OutputFile::write(int descriptor, const std::vector<std::string_view> &pieces) const {
    for (std::string_view piece : pieces) {
        while (!piece.empty()) {
            if (interrupted()) {
                return interruption();
            }
            const ssize_t count = ::write(descriptor, piece.data(), std::min(piece.size(), kPieceBytes));
            if (count > 0) {
                piece.remove_prefix(static_cast<size_t>(count));
            } else if (count == 0 || errno != EINTR) {
                return failure(count == 0 ? ENOSPC : errno);
            }
        }
    }
    return Success{};
}

Expected<int> OutputFile::open_temporary(std::string &temporary) const {
    const fs::path folder = fs::path(target_).parent_path();
    int descriptor = -1;
    for (int i = 0; descriptor < 0 && i < kNamesTried; i++) {
        temporary = (folder / (".tconv-" + std::to_string(getpid()) + "-" + std::to_string(i))).string();
        // Unlike mkstemp, open() honours the umask.
        descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kEveryonesFile);
        if (descriptor < 0 && errno != EEXIST) {
            break;
        }
    }
    if (descriptor < 0) {
        return failure(errno);
    }
    return descriptor;
}

Error OutputFile::failure(int error_number) const {
    return invalid_argument(argument_, printable(path_),
                            std::string("cannot be written: ") + std::strerror(error_number));
}

Status must_differ(const std::string &argument, const std::string &path, const std::string &what,
                   const std::string &source) {
    std::error_code error;
    if (std::filesystem::is_regular_file(source, error) && std::filesystem::equivalent(path, source, error)) {
        return invalid_argument(argument, printable(path), "must be another file than " + what);
    }
    return Success{};
}

}  // namespace tconv
