// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/available_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>

namespace tconv {

namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
constexpr int64_t kUnlimitedGroup = kNoLimit / 2;  // version 1 says "no limit" by a number above it

// A file that holds one number; none where it does not, as "max" in memory.max.
std::optional<int64_t> number_in(const std::string &path) {
    std::ifstream file(path);
    int64_t number = 0;
    if (file >> number) {
        return number;
    }
    return std::nullopt;
}

// The numbers of a file of lines "name value", with or without a colon and a unit.
std::map<std::string, int64_t> table_in(const std::string &path) {
    std::map<std::string, int64_t> table;
    std::ifstream file(path);
    for (std::string line, name; std::getline(file, line);) {
        std::istringstream words(line);
        int64_t value = 0;
        if (words >> name >> value) {
            table[name] = value;
        }
    }
    return table;
}

void limit_by(AvailableMemory &available, int64_t bytes, const std::string &source) {
    if (bytes < available.bytes) {
        available = {bytes < 0 ? 0 : bytes, source};
    }
}

void limit_by_system(AvailableMemory &available) {
    std::map<std::string, int64_t> kilobytes = table_in("/proc/meminfo");
    if (kilobytes.count("MemAvailable:") != 0) {
        limit_by(available, (kilobytes["MemAvailable:"] + kilobytes["SwapFree:"]) * 1024,
                 "MemAvailable and SwapFree of /proc/meminfo");
    }
}

void limit_by_process(AvailableMemory &available) {
    const std::optional<int64_t> pages = number_in("/proc/self/statm");  // the first number: all that is mapped
    rlimit limit;
    if (pages && getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < static_cast<rlim_t>(kNoLimit)) {
        limit_by(available, static_cast<int64_t>(limit.rlim_cur) - *pages * sysconf(_SC_PAGESIZE), "RLIMIT_AS");
    }
}

// Names of one version's files, below `root`.
struct CgroupFiles {
    const char *root, *limit, *usage;
    const char *file_pages[2];  // entries of memory.stat that the kernel takes back when it has to
};

constexpr CgroupFiles kVersion1 = {"/sys/fs/cgroup/memory",
                                   "memory.limit_in_bytes",
                                   "memory.usage_in_bytes",
                                   {"total_inactive_file", "total_active_file"}};
constexpr CgroupFiles kVersion2 = {"/sys/fs/cgroup", "memory.max", "memory.current", {"inactive_file", "active_file"}};

// The group and all that it is part of. In a container the path may be that of the host, which is not there; the root
// is.
void limit_by_group(AvailableMemory &available, const CgroupFiles &files, std::string group) {
    while (true) {
        const std::string folder = files.root + (group == "/" ? "" : group) + "/";
        const std::optional<int64_t> limit = number_in(folder + files.limit), usage = number_in(folder + files.usage);
        if (limit && usage && *limit < kUnlimitedGroup) {
            std::map<std::string, int64_t> pages = table_in(folder + "memory.stat");
            const int64_t freed = pages[files.file_pages[0]] + pages[files.file_pages[1]];
            limit_by(available, *limit - *usage + freed, folder + files.limit);
        }
        if (group.empty() || group == "/") {
            return;
        }
        group.erase(group.find_last_of('/'));
    }
}

// Lines "4:memory:/path" of version 1, "0::/path" of version 2.
void limit_by_groups(AvailableMemory &available) {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const size_t path = line.find(":/");
        if (path == std::string::npos) {
            continue;
        }
        const std::string controllers = "," + line.substr(line.find(':') + 1, path - line.find(':') - 1) + ",";
        if (controllers.find(",memory,") != std::string::npos) {
            limit_by_group(available, kVersion1, line.substr(path + 1));
        } else if (line.compare(0, 4, "0::/") == 0) {
            limit_by_group(available, kVersion2, line.substr(path + 1));
        }
    }
}

}  // namespace

AvailableMemory available_memory() {
    AvailableMemory available{kNoLimit, ""};
    limit_by_system(available);
    limit_by_process(available);
    limit_by_groups(available);
    return available;
}

}  // namespace tconv
