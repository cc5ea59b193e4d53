// SPDX-License-Identifier: Apache-2.0
// The command line: one subcommand a verb, each in a file of its own.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <sstream>

#include <CLI/CLI.hpp>
#include <Halide.h>

#include "tools/compiler/interrupt.h"
#include "tools/tconv/bench_command.h"
#include "tools/tconv/build_command.h"
#include "tools/tconv/explain_command.h"
#include "tools/tconv/report.h"
#include "tools/tconv/run_command.h"
#include "tools/tconv/targets_command.h"
#include "tools/tconv/verify_command.h"

namespace {

constexpr int kUsageError = 2;

// Help and version go to stdout; a usage error is one line on stderr.
int usage(const CLI::App &app, const CLI::ParseError &error) {
    std::ostringstream out, ignored;
    if (app.exit(error, out, ignored) == 0) {
        std::fputs(out.str().c_str(), stdout);
        return 0;
    }
    std::string line = error.what();
    std::replace(line.begin(), line.end(), '\n', ' ');
    const std::vector<CLI::App *> verbs = app.get_subcommands();
    const std::string verb = verbs.empty() ? "" : verbs.front()->get_name() + " ";
    std::fprintf(stderr, "tconv: %s (see tconv %s--help)\n", line.c_str(), verb.c_str());
    return kUsageError;
}

// A first word that is no verb and no option; CLI11 would only say that a verb is missing. Empty otherwise.
std::string unknown_verb(const CLI::App &app, int argc, char **argv) {
    if (argc < 2 || argv[1][0] == '-') {
        return "";
    }
    std::string verbs;
    for (const CLI::App *verb : app.get_subcommands(nullptr)) {
        if (verb->get_name() == argv[1]) {
            return "";
        }
        verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
    }
    return tconv::invalid_argument("verb", argv[1], "must be one of " + verbs).message;
}

int run(int argc, char **argv) {
    tconv::catch_interrupts();
    int exit_code = 0;
    CLI::App app("tconv: compiles a transposed-convolution layer into a small static library and a C header", "tconv");
    app.set_version_flag("--version", TCONV_VERSION);
    app.require_subcommand(1);
    app.footer("Examples:\n"
               "  tconv build decoder_up1.json --target x86-64-avx2 -o generated\n"
               "  tconv run up.json --input x.npy --filter w.npy --output y.npy\n"
               "  tconv verify decoder_up1.json --target arm64-neon\n"
               "  tconv bench layers.json --layers dcgan_g1,dcgan_g2 --json times.json\n"
               "  tconv explain decoder_up1.json --target x86-64-avx512\n"
               "  tconv targets\n"
               "Each verb explains itself: tconv build --help");
    tconv::add_build_command(app, exit_code);
    tconv::add_run_command(app, exit_code);
    tconv::add_verify_command(app, exit_code);
    tconv::add_bench_command(app, exit_code);
    tconv::add_explain_command(app, exit_code);
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
