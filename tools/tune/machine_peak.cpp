// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/machine_peak.h"

#include <sys/utsname.h>

#include <fstream>
#include <sstream>

#include "runtime/base/text.h"
#include "tools/verify/embedded_programs.h"

namespace tconv {

namespace {

Expected<std::string> build_program(const Toolchain &toolchain, int threads, const WorkFolder &folder) {
    if (Status status = write_embedded_programs(folder.path()); !status) {
        return status.error();
    }
    const std::string program = folder.path("machine_peak");
    const Status status = compile_program(toolchain, folder.path("machine_peak.c"), program,
                                          {"-pthread", "-static", "-DTCONV_THREADS=" + std::to_string(threads)});
    return status ? Expected<std::string>(program) : status.error();
}

// Other lines are passed over: a board may print some of its own.
Expected<BoardFacts> read_facts(const std::string &output) {
    BoardFacts facts;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (read_name_line(line, facts.names) != NameLine::kOther) {
            continue;
        }
        double value = 0;
        std::string key;
        if (!(std::istringstream(line) >> key >> value)) {
            continue;
        }
        if (key == "gflops") {
            facts.peak.gflops = value;
        } else if (key == "gigabytes_per_second") {
            facts.peak.gigabytes_per_second = value;
        }
    }
    if (!(facts.peak.gflops > 0) || !(facts.peak.gigabytes_per_second > 0)) {
        return Error{StatusCode::kFailed, "unexpected output: " + printable(output, 80)};
    }
    return facts;
}

}  // namespace

Expected<MachinePeak> measure_peak(const Toolchain &toolchain, int threads) {
    const Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        return folder.error();
    }
    const Expected<std::string> program = build_program(toolchain, threads, *folder);
    if (!program) {
        return program.error();
    }
    const Expected<std::string> output = run_on_target(toolchain, *program, {});
    if (!output) {
        return output.error();
    }
    const Expected<BoardFacts> facts = read_facts(*output);
    return facts ? Expected<MachinePeak>(facts->peak)
                 : Error{StatusCode::kFailed, "machine_peak: " + facts.error().message};
}

Expected<BoardFacts> measure_board(const Toolchain &toolchain, int threads, Board &board) {
    const Expected<std::string> program = build_program(toolchain, threads, board.folder());
    if (!program) {
        return program.error();
    }
    const auto problem = [](const std::string &output) {
        const Expected<BoardFacts> facts = read_facts(output);
        return facts ? "" : facts.error().message;
    };
    const Expected<std::string> output = board.run(*program, 0, problem);
    return output ? read_facts(*output) : output.error();
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
