// SPDX-License-Identifier: Apache-2.0
// fuzz_TARGET PATH..: gives each file, and each file of each folder, to a fuzz target. It stands where libFuzzer's own
// main is not at hand. A path that is missing, cannot be read, or is a folder without a file is a failure, and so is an
// input that takes long.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "check.h"

namespace {

namespace fs = std::filesystem;

constexpr double kMostSeconds = 10;  // of the processor; the slowest input takes a tenth of one

// The files of a path, sorted; empty where there are none.
std::vector<fs::path> files_of(const fs::path &path) {
    std::error_code failure;
    if (fs::is_regular_file(path, failure)) return {path};
    std::vector<fs::path> files;
    fs::directory_iterator entry(path, failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
        if (entry->is_regular_file(failure)) files.push_back(entry->path());
    }
    if (failure) files.clear();
    std::sort(files.begin(), files.end());
    return files;
}

// Empty, or what is wrong.
std::string replay(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad()) return "cannot be read";
    // In a block of its own size, so that reading beyond it is seen.
    const std::vector<uint8_t> input(bytes.begin(), bytes.end());
    const std::clock_t begin = std::clock();
    LLVMFuzzerTestOneInput(input.data(), input.size());
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    return seconds > kMostSeconds ? "takes " + std::to_string(seconds) + " s" : "";
}

}  // namespace

int main(int count, char **arguments) {
    size_t replayed = 0;
    for (int a = 1; a < count; a++) {
        const std::vector<fs::path> files = files_of(arguments[a]);
        if (files.empty()) {
            std::fprintf(stderr, "%s: no file and no folder with files\n", arguments[a]);
            return 1;
        }
        for (const fs::path &file : files) {
            // Before the call, so that a crash is the last file named.
            std::printf("%s\n", file.filename().c_str());
            std::fflush(stdout);
            const std::string fault = replay(file);
            if (!fault.empty()) {
                std::fprintf(stderr, "%s: %s\n", file.c_str(), fault.c_str());
                return 1;
            }
            replayed++;
        }
    }
    std::printf("%zu inputs replayed\n", replayed);
    return replayed > 0 ? 0 : 1;
}
