// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/platform_register.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <regex>
#include <sstream>

#include "runtime/base/files.h"

namespace tconv {

namespace {

using Halide::OutputFileType;
using Halide::Target;

bool uses_x18(const std::string &assembly) {
    static const std::regex x18(R"(\b[xw]18\b)");
    std::istringstream lines(assembly);
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_search(line, x18)) {
            return true;
        }
    }
    return false;
}

// Lines "function,target-features=..." for LLVM's pass that forces attributes: the features that every function of the
// module has, which the line replaces, and the reserved register.
std::string forced_attributes(const std::string &llvm_assembly) {
    static const std::regex definition(R"re(^define .*@"?([\w.$]+)"?\(.* #(\d+))re");
    static const std::regex attributes(R"re(^attributes #(\d+) = )re");
    static const std::regex features(R"re("target-features"="([^"]*)")re");
    std::map<std::string, std::string> functions, features_of_group;
    std::istringstream lines(llvm_assembly);
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("define ", 0) == 0 && std::regex_search(line, match, definition)) {
            functions[match[1]] = match[2];
        } else if (line.rfind("attributes ", 0) == 0 && std::regex_search(line, match, attributes)) {
            const std::string group = match[1];
            features_of_group[group] = std::regex_search(line, match, features) ? match[1].str() + "," : "";
        }
    }
    std::string text;
    for (const auto &[function, group] : functions) {
        text += function + ",target-features=" + features_of_group[group] + "+reserve-x18\n";
    }
    return text;
}

}  // namespace

bool reserves_x18(const Target &target) {
    const bool free_there = target.os == Target::Linux || target.os == Target::NoOS;
    return target.arch == Target::ARM && target.bits == 64 && !free_there;
}

Status compile_for_platform(const Target &target, const OutputFiles &files,
                            const std::function<void(const OutputFiles &)> &compile) {
    if (!reserves_x18(target)) {
        compile(files);
        return Success{};
    }
    // Halide splits its variable at blanks, which a path may have; a file in memory has none in its name.
    const int attributes = memfd_create("attributes", 0);
    if (attributes < 0) {
        return Error{StatusCode::kFailed, std::string("cannot make a file in memory: ") + std::strerror(errno)};
    }
    setenv("HL_LLVM_ARGS", ("-forceattrs-csv-path=/proc/self/fd/" + std::to_string(attributes)).c_str(), 1);
    const std::string assembly = files.at(OutputFileType::assembly);
    OutputFiles first = files;
    first[OutputFileType::llvm_assembly] = assembly + ".ll";
    compile(first);
    Expected<std::string> text = read_file(assembly);
    if (text && uses_x18(*text)) {
        const Expected<std::string> llvm_assembly = read_file(assembly + ".ll");
        const std::string lines = llvm_assembly ? forced_attributes(*llvm_assembly) : "";
        if (write(attributes, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) {
            return Error{StatusCode::kFailed, std::string("cannot write a file in memory: ") + std::strerror(errno)};
        }
        compile(files);
        text = read_file(assembly);
    }
    close(attributes);
    if (!text) {
        return text.error();
    }
    if (uses_x18(*text)) {
        return unsupported("--target", target.to_string(),
                           "the code would use register x18, which the platform reserves");
    }
    return Success{};
}

}  // namespace tconv
