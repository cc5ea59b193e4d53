// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/targets_command.h"

#include <cstdio>

#include "tconv/isa.h"
#include "tools/compiler/target_table.h"

namespace tconv {

namespace {

void print_isas() {
    std::printf("\n%-20s %s\n", "tconv run --isa", "runs here");
    for (Isa isa : built_isas()) {
        const char *here = isa == best_isa() ? "yes, taken without --isa" : is_available(isa) ? "yes" : "no";
        std::printf("%-20s %s\n", to_string(isa), here);
    }
}

int run_targets() {
    std::printf("%-20s %-11s %-9s %s\n", "target", "schedules", "runs here", "tconv verify");
    for (const TargetInfo &target : named_targets()) {
        // Whether a device is there shows only when a program asks for it.
        const char *here = target.is_gpu() ? "-" : runs_natively(target) ? "yes" : "no";
        std::printf("%-20s %-11s %-9s %s\n", target.name.c_str(), target.family.c_str(), here,
                    target.verified_by.c_str());
    }
    std::printf("%-20s the best CPU target of this machine: %s\n", "host", host_target_name().c_str());
    std::printf("A Halide target string, such as arm-64-linux-arm_fp16, is accepted too.\n");
    print_isas();
    return 0;
}

}  // namespace

void add_targets_command(CLI::App &app, int &exit_code) {
    CLI::App *verb = app.add_subcommand(
        "targets", "List what can be compiled for, how each target is verified, and what `run` has kernels for");
    verb->footer("Example:\n  tconv targets");
    verb->callback([&exit_code] { exit_code = run_targets(); });
}

}  // namespace tconv
