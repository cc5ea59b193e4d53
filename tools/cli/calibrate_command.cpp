// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/calibrate_command.h"

#include <cstdio>
#include <memory>
#include <string>

#include "runtime/base/output_file.h"
#include "schedules/machine_file.h"
#include "tools/cli/machine_text.h"
#include "tools/cli/progress.h"
#include "tools/cli/report.h"
#include "tools/tune/calibration.h"

namespace tconv {

namespace {

constexpr int kMaxSeconds = 3600;

struct CalibrateArguments {
    std::string target = "host";
    std::string output;
    CalibrationOptions options;
    int timeout_seconds = 120;
};

int run_calibrate(const CalibrateArguments &arguments) {
    const Expected<TargetInfo> target = find_target(arguments.target);
    if (!target) {
        return fail(target.error());
    }
    // Before the measurement, which takes its time.
    const Expected<OutputFile> file = OutputFile::create("--output", arguments.output);
    if (!file) {
        return fail(file.error());
    }
    Progress progress;
    progress.show("measuring the machine for " + std::to_string(arguments.options.seconds) + " s");
    const Expected<MachineFile> machine = calibrate(*target, arguments.options);
    progress.clear();
    if (!machine) {
        return fail(machine.error());
    }
    const Expected<TargetInfo> calibrated = find_target(target->name, *machine, arguments.output);
    if (!calibrated) {
        return fail(calibrated.error());
    }
    if (Status status = file->publish({machine_file_text(*machine)}); !status) {
        return fail(status.error());
    }
    std::printf("%s, %s\n%s", machine->cpu.c_str(), target->name.c_str(),
                machine_text(*calibrated, DataType::kFloat32).c_str());
    return 0;
}

}  // namespace

void add_calibrate_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<CalibrateArguments>();
    CalibrationOptions &options = arguments->options;
    CLI::App *verb = app.add_subcommand("calibrate", "Measure what estimates count with on a machine, for --machine");
    verb->add_option("--target", arguments->target, "Whose instructions to measure; see `tconv targets`")
        ->capture_default_str();
    verb->add_option("-o,--output", arguments->output, "File for the facts")->required();
    verb->add_option("--cc", options.cc, "C compiler (GCC or Clang) that links programs for the target");
    verb->add_option("--runner", options.runner.command,
                     "Shell command that runs a program on a machine of the target: {program} stands for the file, "
                     "which is appended without it");
    verb->add_option("--like", options.like,
                     "Processor of `tconv targets` for what is not measured, and for code generation. Without it: the "
                     "machine's own, else generic");
    verb->add_option("--seconds", options.seconds, "Of measuring; more of them get past a busy neighbour")
        ->check(CLI::Range(1, kMaxSeconds))
        ->capture_default_str();
    verb->add_option("--timeout", arguments->timeout_seconds,
                     "Seconds until the program has to begin, and from there until it has to end")
        ->check(CLI::Range(1, kMaxSeconds))
        ->capture_default_str();
    verb->footer(
        "Examples:\n  tconv calibrate -o machine.json && tconv build up.json --target host --machine machine.json -o "
        "out\n"
        "  tconv calibrate --target arm64-neon -o board.json \\\n"
        "      --runner 'scp -q {program} board:facts && ssh board ./facts'");
    verb->callback([arguments, &exit_code] {
        Runner &runner = arguments->options.runner;
        runner.copy_seconds = runner.run_seconds = arguments->timeout_seconds;
        exit_code = run_calibrate(*arguments);
    });
}

}  // namespace tconv
