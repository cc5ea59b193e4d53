// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/tune_session.h"

#include <algorithm>
#include <cstdio>

#include "runtime/base/text.h"
#include "tools/cli/progress.h"
#include "tools/cli/task_loop.h"
#include "tools/compiler/host_processor.h"
#include "tools/tune/provenance.h"

namespace tconv {

namespace {

constexpr int kMaxSeconds = 86400;

// Times come from processors that run the target's programs as they are.
Status has_times(const TuneArguments &arguments, const TargetInfo &target) {
    if (target.is_gpu()) {
        return unsupported("--target", target.name, "tune times libraries for processors only");
    }
    if (!arguments.runners.empty()) {
        return Success{};
    }
    if (!arguments.tools.emulator.empty()) {
        return unsupported("--emulator", arguments.tools.emulator, "an emulator's times say nothing");
    }
    if (!runs_natively(target)) {
        return unsupported("--target", target.name,
                           "its programs do not run on this machine, and an emulator's times say nothing; name a "
                           "--runner that takes them to a machine on which they do");
    }
    return Success{};
}

// What checks a board's results here: natively, under an emulator, or by the assembly alone.
Expected<Toolchain> toolchain_for(const TuneArguments &arguments, const TargetInfo &target) {
    Expected<Toolchain> toolchain = find_toolchain(target, arguments.tools);
    if (!toolchain || toolchain->can_run) {
        return toolchain;
    }
    const Expected<std::vector<std::string>> compiler = find_compiler(target, arguments.tools.cc);
    if (!compiler) {
        return compiler.error();
    }
    toolchain->compiler = *compiler;
    return toolchain;
}

Expected<std::vector<Board>> find_boards(const TuneArguments &arguments) {
    std::vector<std::string> commands = arguments.runners;
    if (commands.empty()) {
        commands.emplace_back();
    }
    std::vector<Board> boards;
    for (const std::string &command : commands) {
        Runner runner = arguments.runner;
        runner.command = command;
        Expected<Board> board = Board::create(runner);
        if (!board) {
            return board.error();
        }
        boards.push_back(std::move(*board));
    }
    return boards;
}

// Measures all boards, which have to be alike.
Expected<BoardFacts> measure_boards(const Toolchain &toolchain, int threads, std::vector<Board> &boards) {
    std::optional<BoardFacts> first;
    for (Board &board : boards) {
        const Expected<BoardFacts> facts = measure_board(toolchain, threads, board);
        if (!facts) {
            return facts.error();
        }
        if (first && (facts->names.processor != first->names.processor || facts->names.model != first->names.model)) {
            return Error{StatusCode::kUnsupported, board.name() + ": is a " + facts->names.model + ", and that of " +
                                                       boards.front().name() + " a " + first->names.model +
                                                       ": boards of one session must have the same processor"};
        }
        if (!first) {
            first = *facts;
        }
    }
    return *first;
}

// The processor that was asked for, else the one that the boards have, where the table has it.
Expected<TargetInfo> target_of(const TuneArguments &arguments, const std::string &processor) {
    ChoiceArguments choice;
    choice.machine = arguments.machine;
    choice.cpu = arguments.cpu;
    if (choice.machine.empty() && choice.cpu.empty()) {
        const Expected<TargetInfo> target = find_target(arguments.target);
        const bool is_known = target && find_processor(processor, target->family) != nullptr;
        choice.cpu = is_known ? processor : "";
    }
    return chosen_target(arguments.target, choice);
}

}  // namespace

void add_machine_options(CLI::App &verb, TuneArguments &arguments) {
    HeatOptions &heats = arguments.options.heats;
    Runner &runner = arguments.runner;
    verb.add_option("--target", arguments.target, "What to compile for; see `tconv targets`")->capture_default_str();
    verb.add_option("--cpu", arguments.cpu, "Processor that the records are for; without it the one that measures");
    verb.add_option("--machine", arguments.machine, "In place of --cpu: facts that `tconv calibrate` measured");
    verb.add_option("--threads", heats.threads, "Threads that run the tasks of a layer")
        ->check(CLI::Range(1, kMaxThreads))
        ->capture_default_str();
    verb.add_option("--cool", heats.cool_seconds, "Seconds of rest before each round of measurements")
        ->check(CLI::Range(0.0, 60.0))
        ->capture_default_str();
    verb.add_option(
            "--runner", arguments.runners,
            "Shell command that runs a program on a machine of the target: {program} stands for the file, which "
            "is appended without it. Several of them, for boards of one processor, share the candidates")
        ->take_all()
        ->allow_extra_args(false);
    verb.add_option("--copy-timeout", runner.copy_seconds, "Seconds until a runner's program has to begin")
        ->check(CLI::Range(1, kMaxSeconds))
        ->capture_default_str();
    verb.add_option("--run-timeout", runner.run_seconds,
                    "Seconds that it may be silent from there; a call of a library that hangs is ended after 60")
        ->check(CLI::Range(1, kMaxSeconds))
        ->capture_default_str();
    verb.add_option("--patience", runner.patience_seconds, "Seconds for which a runner that fails is tried again")
        ->check(CLI::Range(0, kMaxSeconds))
        ->capture_default_str();
    verb.add_option("--cc", arguments.tools.cc, "C compiler (GCC or Clang) that links programs for the target");
    verb.add_option("--emulator", arguments.tools.emulator,
                    "Command that runs the target's programs here, to check what a --runner timed. Its own times say "
                    "nothing, so without a --runner it is refused");
}

Expected<TuneMachines> find_machines(const TuneArguments &arguments) {
    Expected<TargetInfo> target = target_of(arguments, host_processor());
    if (!target) {
        return target.error();
    }
    if (Status status = has_schedules(*target); !status) {
        return status.error();
    }
    if (Status status = has_times(arguments, *target); !status) {
        return status.error();
    }
    const Expected<Toolchain> toolchain = toolchain_for(arguments, *target);
    if (!toolchain) {
        return toolchain.error();
    }
    Expected<std::vector<Board>> boards = find_boards(arguments);
    if (!boards) {
        return boards.error();
    }
    Progress progress;
    progress.show("measuring the machine");
    const Expected<BoardFacts> facts = measure_boards(*toolchain, arguments.options.heats.threads, *boards);
    progress.clear();
    if (!facts) {
        return facts.error();
    }
    if (!arguments.runners.empty()) {
        target = target_of(arguments, facts->names.processor);
    }
    const std::string model = facts->names.model.empty() ? "unknown" : facts->names.model;
    return TuneMachines{*target, *toolchain, std::move(*boards), facts->peak, model};
}

Status raise_peak(TuneMachines &machines, int threads) {
    const Expected<BoardFacts> facts = measure_board(machines.toolchain, threads, machines.boards.front());
    if (!facts) {
        return facts.error();
    }
    MachinePeak &peak = machines.peak;
    peak.gflops = std::max(peak.gflops, facts->peak.gflops);
    peak.gigabytes_per_second = std::max(peak.gigabytes_per_second, facts->peak.gigabytes_per_second);
    return Success{};
}

std::string machines_text(const TuneMachines &machines, int threads) {
    char text[400];
    std::snprintf(text, sizeof(text), "%s, %s, --cpu %s, %d thread%s: multiply-adds %.1f GFLOP/s, memory %.1f GB/s",
                  printable(machines.model).c_str(), machines.target.name.c_str(), machines.target.cpu.c_str(), threads,
                  threads == 1 ? "" : "s", machines.peak.gflops, machines.peak.gigabytes_per_second);
    return text;
}

TunedRecord new_record(const TuneMachines &machines, const Layer &layer, const TuneOptions &options) {
    TunedRecord record;
    record.workload = layer.workload();
    record.target = machines.target.name;
    record.cpu = machines.target.cpu;
    record.model = machines.model;
    record.halide = halide_version();
    record.llvm = llvm_version();
    record.commit = tconv_commit();
    record.date = today();
    record.seed = static_cast<int64_t>(options.seed);
    record.threads = options.heats.threads;
    return record;
}

}  // namespace tconv
