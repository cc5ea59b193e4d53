// SPDX-License-Identifier: Apache-2.0
// The command line: one subcommand a verb, each in a file of its own.
#include <Halide.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <sstream>

#include "runtime/base/interrupt.h"
#include "runtime/base/text.h"
#include "tools/cli/bench_command.h"
#include "tools/cli/build_command.h"
#include "tools/cli/calibrate_command.h"
#include "tools/cli/explain_command.h"
#include "tools/cli/inspect_command.h"
#include "tools/cli/report.h"
#include "tools/cli/run_command.h"
#include "tools/cli/targets_command.h"
#include "tools/cli/tune_command.h"
#include "tools/cli/verify_command.h"

namespace {

constexpr int kUsageError = 2;

// An option that the verb does not have. CLI11 would rather say what is missing because of it. Empty otherwise.
std::string unknown_option(const CLI::App &verb) {
    std::vector<std::string> known;
    for (const CLI::Option *option : verb.get_options()) {
        for (const std::string &name : option->get_lnames()) {
            known.push_back("--" + name);
        }
    }
    for (const std::string &argument : verb.remaining()) {
        if (argument.size() > 1 && argument[0] == '-') {
            const std::string option = argument.substr(0, argument.find('='));
            return tconv::printable(option) + ": unknown option" + tconv::did_you_mean(option, known);
        }
    }
    return "";
}

// Help and version go to stdout; a usage error is one line on stderr.
int usage(const CLI::App &app, const CLI::ParseError &error) {
    std::ostringstream out, ignored;
    if (app.exit(error, out, ignored) == 0) {
        std::fputs(out.str().c_str(), stdout);
        return 0;
    }
    const std::vector<CLI::App *> verbs = app.get_subcommands();
    const std::string unknown = unknown_option(verbs.empty() ? app : *verbs.front());
    std::string line = unknown.empty() ? error.what() : unknown;
    std::replace(line.begin(), line.end(), '\n', ' ');
    const std::string verb = verbs.empty() ? "" : verbs.front()->get_name() + " ";
    std::fprintf(stderr, "tconv: %s (see tconv %s--help)\n", line.c_str(), verb.c_str());
    return kUsageError;
}

// A first word that is no verb and no option; CLI11 would only say that a verb is missing. Empty otherwise.
std::string unknown_verb(const CLI::App &app, int argc, char **argv) {
    if (argc < 2 || argv[1][0] == '-') {
        return "";
    }
    std::vector<std::string> verbs;
    for (const CLI::App *verb : app.get_subcommands(nullptr)) {
        verbs.push_back(verb->get_name());
    }
    if (std::find(verbs.begin(), verbs.end(), argv[1]) != verbs.end()) {
        return "";
    }
    return tconv::invalid_argument("verb", argv[1],
                                   "must be one of " + tconv::join(verbs) + tconv::did_you_mean(argv[1], verbs))
        .message;
}

int run(int argc, char **argv) {
    tconv::catch_interrupts();
    int exit_code = 0;
    CLI::App app("tconv: compiles a transposed-convolution layer into a small static library and a C header", "tconv");
    app.set_version_flag("--version", TCONV_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Examples:\n"
        "  tconv build decoder_up1.json --target x86-64-avx2 -o generated\n"
        "  tconv run up.json --input x.npy --filter w.npy --output y.npy\n"
        "  tconv verify decoder_up1.json --target arm64-neon\n"
        "  tconv bench layers.json --layers dcgan_g1,dcgan_g2 --json times.json\n"
        "  tconv tune decoder_up1.json --minutes 2 --records records.json\n"
        "  tconv calibrate -o machine.json\n"
        "  tconv explain decoder_up1.json --target x86-64-avx512\n"
        "  tconv targets\n"
        "Each verb explains itself: tconv build --help");
    tconv::add_build_command(app, exit_code);
    tconv::add_run_command(app, exit_code);
    tconv::add_verify_command(app, exit_code);
    tconv::add_bench_command(app, exit_code);
    tconv::add_tune_command(app, exit_code);
    tconv::add_calibrate_command(app, exit_code);
    tconv::add_explain_command(app, exit_code);
    tconv::add_inspect_command(app, exit_code);
    tconv::add_targets_command(app, exit_code);
    if (const std::string problem = unknown_verb(app, argc, argv); !problem.empty()) {
        tconv::fail({tconv::StatusCode::kInvalidArgument, problem});
        return kUsageError;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return usage(app, error);
    }
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        return tconv::fail({tconv::StatusCode::kFailed, "stdout: cannot be written"});
    }
    return exit_code;
}

}  // namespace

int main(int argc, char **argv) {
    try {
        return run(argc, argv);
    } catch (const Halide::Error &error) {
        return tconv::fail({tconv::StatusCode::kFailed, error.what()});
    } catch (const std::bad_alloc &) {
        return tconv::fail({tconv::StatusCode::kFailed, "memory: the system has no more of it for this command"});
    } catch (const std::exception &error) {
        return tconv::fail({tconv::StatusCode::kFailed, error.what()});
    }
}
