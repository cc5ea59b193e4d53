// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/targets_command.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "runtime/base/text.h"
#include "tconv/isa.h"
#include "tools/compiler/host_processor.h"
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

void print_processors() {
    std::printf("\n%-20s %s\n", "schedules", "--cpu");
    std::vector<std::string> families;
    for (const TargetInfo &target : named_targets()) {
        if (std::find(families.begin(), families.end(), target.family) == families.end()) {
            families.push_back(target.family);
        }
    }
    for (const std::string &family : families) {
        std::printf("%-20s %s\n", family.c_str(), join(processor_names(family)).c_str());
    }
    const std::string here = host_processor();
    std::printf("This machine's processor is %s.\n",
                here.empty() ? "none of them: target host takes generic" : here.c_str());
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
    print_processors();
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
