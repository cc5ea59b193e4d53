// SPDX-License-Identifier: Apache-2.0
#include "tools/verify/ptxas.h"

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "tools/compiler/package_files.h"
#include "tools/verify/toolchain.h"

namespace tconv {

namespace fs = std::filesystem;

namespace {

// Where the CUDA toolkit and NVIDIA's wheels keep it. The build tree is <build>/<preset>, its environment <build>/venv.
std::vector<std::string> usual_folders() {
    std::vector<std::string> folders = {"/usr/local/cuda/bin"};
    const fs::path environment = fs::path(package_prefix()).parent_path() / "venv";
    folders.push_back((environment / "bin").string());
    std::error_code error;
    for (const auto &python : fs::directory_iterator(environment / "lib", error)) {
        for (const char *package : {"cuda_nvcc", "cu13", "cu12"}) {
            folders.push_back((python.path() / "site-packages/nvidia" / package / "bin").string());
        }
    }
    return folders;
}

std::string first_match(const std::string &text, const std::string &pattern) {
    std::smatch match;
    return std::regex_search(text, match, std::regex(pattern)) ? match[1].str() : "";
}

int number(const std::string &text, const std::string &pattern) {
    return std::atoi(first_match(text, pattern).c_str());
}

}  // namespace

Expected<std::string> find_ptxas() {
    if (const char *given = std::getenv("TCONV_PTXAS")) {
        if (find_program(given)) {
            return *find_program(given);
        }
        return invalid_argument("TCONV_PTXAS", given, "must be the path of the program ptxas");
    }
    if (const std::optional<std::string> found = find_program("ptxas", usual_folders())) {
        return *found;
    }
    return Error{StatusCode::kNotFound,
                 "ptxas: not found in PATH or /usr/local/cuda/bin; install the CUDA toolkit or PyPI's "
                 "nvidia-cuda-nvcc-cu12, or set TCONV_PTXAS"};
}

std::vector<DeviceKernel> parse_ptxas_report(const std::string &report) {
    std::vector<DeviceKernel> kernels;
    std::istringstream stream(report);
    for (std::string line; std::getline(stream, line);) {
        if (line.find("Compiling entry function") != std::string::npos) {
            DeviceKernel kernel;
            kernel.name = first_match(line, "entry function '([^']*)'");
            kernel.architecture = first_match(line, "for '([^']*)'");
            kernels.push_back(kernel);
        } else if (kernels.empty()) {
            continue;
        } else if (line.find("bytes spill stores") != std::string::npos) {
            kernels.back().spill_store_bytes = number(line, "([0-9]+) bytes spill stores");
            kernels.back().spill_load_bytes = number(line, "([0-9]+) bytes spill loads");
        } else if (line.find("Used ") != std::string::npos) {
            kernels.back().registers = number(line, "Used ([0-9]+) registers");
            kernels.back().shared_bytes = number(line, "([0-9]+) bytes smem");
        }
    }
    return kernels;
}

Expected<std::vector<DeviceKernel>> assemble_ptx(const std::string &ptxas, const std::string &file,
                                                 const WorkFolder &folder) {
    const Expected<std::string> text = read_file(file);
    if (!text) {
        return text.error();
    }
    const std::string name = fs::path(file).filename().string();
    const std::string architecture = first_match(*text, "\\.target[ \t]+(sm_[0-9a-z]+)");
    if (architecture.empty()) {
        return Error{StatusCode::kFailed, name + ": has no .target"};
    }
    const Expected<ProgramResult> result =
        run_program({ptxas, "-v", "-arch=" + architecture, "-o", folder.path("kernel.cubin"), file});
    if (!result) {
        return result.error();
    }
    if (result->exit_code != 0) {
        const std::string reason = result->output.substr(0, result->output.find('\n'));
        return Error{StatusCode::kFailed, "ptxas refuses " + name + ": " + reason};
    }
    const std::vector<DeviceKernel> kernels = parse_ptxas_report(result->output);
    if (kernels.empty()) {
        return Error{StatusCode::kFailed, name + ": has no kernel"};
    }
    for (const DeviceKernel &kernel : kernels) {
        if (kernel.registers == 0) {
            return Error{StatusCode::kFailed, "ptxas says nothing of the registers of " + kernel.name + " in " + name};
        }
    }
    return kernels;
}

}  // namespace tconv
