// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/machine_peak.h"

#include <sys/utsname.h>

#include <fstream>
#include <sstream>

#include "tools/verify/embedded_programs.h"

namespace tconv {

Expected<MachinePeak> measure_peak(const Toolchain &toolchain, int threads, const WorkFolder &folder) {
    if (Status status = write_embedded_programs(folder.path()); !status) {
        return status.error();
    }
    const std::string program = folder.path("machine_peak");
    if (Status status = compile_program(toolchain, folder.path("machine_peak.c"), program, {"-pthread"}); !status) {
        return status.error();
    }
    const Expected<std::string> output = run_on_target(toolchain, program, {std::to_string(threads)});
    if (!output) {
        return output.error();
    }
    MachinePeak peak;
    std::istringstream lines(*output);
    for (std::string line; std::getline(lines, line);) {
        double value = 0;
        std::string key;
        if (!(std::istringstream(line) >> key >> value)) {
            continue;
        }
        if (key == "gflops") {
            peak.gflops = value;
        } else if (key == "gigabytes_per_second") {
            peak.gigabytes_per_second = value;
        }
    }
    if (!(peak.gflops > 0) || !(peak.gigabytes_per_second > 0)) {
        return Error{StatusCode::kFailed, "machine_peak: unexpected output: " + *output};
    }
    return peak;
}

std::string processor_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const size_t colon = line.find(": ");
        if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    utsname system = {};
    uname(&system);
    return system.machine;
}

}  // namespace tconv
