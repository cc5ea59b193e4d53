// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/tune_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "runtime/base/output_file.h"
#include "schedules/tuned_records.h"
#include "tools/cli/layer_arguments.h"
#include "tools/cli/progress.h"
#include "tools/cli/report.h"
#include "tools/cli/task_loop.h"
#include "tools/tune/bench_layer.h"
#include "tools/tune/provenance.h"
#include "tools/tune/tune_layer.h"

namespace tconv {

namespace {

struct TuneArguments {
    LayerArguments layers;
    std::string target = "host", cpu, tuned, records, session;
    ToolArguments tools;
    TuneOptions options;
};

struct Session {
    TargetInfo target;
    Toolchain toolchain;
    MachinePeak peak;
    SessionFile file;
};

TunedRecord record_of(const TuneArguments &arguments, const Session &session, const Layer &layer,
                      const TuneResult &result) {
    TunedRecord record;
    record.workload = layer.workload();
    record.target = session.target.name;
    record.cpu = session.target.cpu;
    record.model = processor_name();
    record.halide = halide_version();
    record.llvm = llvm_version();
    record.commit = tconv_commit();
    record.date = today();
    record.seed = static_cast<int64_t>(arguments.options.seed);
    record.variant = result.best.variant;
    record.knobs = result.best.knobs;
    record.ms = result.ms;
    record.default_ms = result.default_ms;
    record.percent_of_limit = 100 * limit_ms(layer, session.peak) / result.ms;
    record.threads = arguments.options.threads;
    record.verified = result.verified;
    return record;
}

std::string end_text(const TuneResult &result) {
    switch (result.end) {
    case TuneEnd::kTime: return "time is up";
    case TuneEnd::kTrials: return "--trials reached";
    case TuneEnd::kNoGain: return "nothing gained for long";
    case TuneEnd::kAllTried: return "all tried";
    case TuneEnd::kInterrupt: return "interrupted";
    }
    return "";
}

void print_heading(size_t width) {
    std::printf("%-*s  %-13s  %10s  %10s  %5s  %10s  %10s  %12s\n", static_cast<int>(width), "layer", "variant",
                "default ms", "ms", "gain", "confidence", "% of limit", "tried/failed");
}

void print_row(const Layer &layer, size_t width, const TunedRecord &record, const TuneResult &result) {
    const bool is_default = result.best == result.chosen;
    std::printf("%-*s  %-13s  %10.4f  %10.4f  ", static_cast<int>(width), layer.name.c_str(), record.variant.c_str(),
                record.default_ms, record.ms);
    if (is_default) {
        std::printf("%5s  %10s", "", "default");
    } else {
        std::printf("%5.2f  %9.2f%%", 1 / result.against_default.ratio, 100 * result.against_default.confidence);
    }
    std::printf("  %9.1f%%  %12s  %s%s\n", record.percent_of_limit,
                (std::to_string(result.tried) + "/" + std::to_string(result.failed)).c_str(), end_text(result).c_str(),
                result.undisturbed ? "" : ", in a disturbed machine");
    std::fflush(stdout);
}

Status write_records(const TuneArguments &arguments, const TunedRecord &record) {
    Expected<std::vector<TunedRecord>> records = read_tuned_records(arguments.records);
    if (!records) {
        return records.error();
    }
    replace_record(*records, record);
    const Expected<OutputFile> file = OutputFile::create("--records", arguments.records);
    return file ? file->publish({tuned_records_text(*records)}) : Status(file.error());
}

Status tune_layers(const TuneArguments &arguments, const std::vector<Layer> &layers, Session &session) {
    size_t width = 5;
    for (const Layer &layer : layers) width = std::max(width, layer.name.size());
    print_heading(width);
    TuneOptions options = arguments.options;
    for (size_t i = 0; i < layers.size(); i++) {
        const Layer &layer = layers[i];
        if (session.file.is_done(layer.workload())) {
            std::printf("%-*s  done before\n", static_cast<int>(width), layer.name.c_str());
            continue;
        }
        Progress progress;
        const std::string place = "[" + std::to_string(i + 1) + "/" + std::to_string(layers.size()) + "] " + layer.name;
        progress.show(place);
        options.on_progress = [&](const TuneProgress &now) {
            char text[160];
            std::snprintf(text, sizeof(text), ": %.4f ms, %.0f%% of the limit, gain %.2f; %d tried, %.0f s left",
                          now.ms, 100 * limit_ms(layer, session.peak) / now.ms, now.gain, now.tried, now.seconds_left);
            progress.show(place + text);
        };
        const Expected<TuneResult> result = tune_layer(layer, session.target, session.toolchain, options, session.file);
        progress.clear();
        if (!result) {
            return of_layer(layer.name, result.error());
        }
        const TunedRecord record = record_of(arguments, session, layer, *result);
        print_row(layer, width, record, *result);
        if (Status status = write_records(arguments, record); !status) {
            return status;
        }
        if (result->end == TuneEnd::kInterrupt) {
            return Success{};
        }
        if (Status status = session.file.add_done(layer.workload()); !status) {
            return status;
        }
    }
    return Success{};
}

// Times come from this machine, so the target's programs have to run on it as they are.
Expected<Toolchain> toolchain_for_times(const TuneArguments &arguments, const TargetInfo &target) {
    if (target.is_gpu()) {
        return unsupported("--target", target.name, "tune times libraries for processors only");
    }
    if (!arguments.tools.emulator.empty()) {
        return unsupported("--emulator", arguments.tools.emulator, "an emulator's times say nothing");
    }
    if (!runs_natively(target)) {
        return unsupported("--target", target.name,
                           "its programs do not run on this machine, and an emulator's times say nothing");
    }
    return find_toolchain(target, arguments.tools);
}

Expected<Session> start_session(const TuneArguments &arguments, const std::vector<Layer> &layers) {
    const Expected<TargetInfo> target = find_target(arguments.target, arguments.cpu);
    if (!target) {
        return target.error();
    }
    if (Status status = has_schedules(*target); !status) {
        return status.error();
    }
    const Expected<Toolchain> toolchain = toolchain_for_times(arguments, *target);
    if (!toolchain) {
        return toolchain.error();
    }
    // Before minutes are spent: what there is must be readable, and the place writable.
    if (const auto records = read_tuned_records(arguments.records); !records) {
        return records.error();
    }
    if (const auto file = OutputFile::create("--records", arguments.records); !file) {
        return file.error();
    }
    SessionKey key{target->name, target->cpu, tconv_commit(), arguments.options.threads, {}};
    for (const Layer &layer : layers) key.workloads.push_back(layer.workload());
    const Expected<SessionFile> file = SessionFile::open(arguments.session, key);
    if (!file) {
        return file.error();
    }
    const Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        return folder.error();
    }
    const Expected<MachinePeak> peak = measure_peak(*toolchain, arguments.options.threads, *folder);
    if (!peak) {
        return peak.error();
    }
    return Session{*target, *toolchain, *peak, *file};
}

int run_tune(TuneArguments arguments) {
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers);
    if (!layers) {
        return fail(layers.error());
    }
    for (const auto &[argument, path] : {std::pair("--records", arguments.records), {"--session", arguments.session}}) {
        if (Status status = keep_layer_files(arguments.layers, argument, path); !status) {
            return fail(status.error());
        }
    }
    const Expected<std::optional<std::string>> tuned = tuned_records_place(arguments.tuned);
    if (!tuned) {
        return fail(tuned.error());
    }
    arguments.options.tuned = *tuned;
    Expected<Session> session = start_session(arguments, *layers);
    if (!session) {
        return fail(session.error());
    }
    std::printf("%s, %s, --cpu %s, %d thread%s: multiply-adds %.1f GFLOP/s, memory %.1f GB/s\n",
                processor_name().c_str(), session->target.name.c_str(), session->target.cpu.c_str(),
                arguments.options.threads, arguments.options.threads == 1 ? "" : "s", session->peak.gflops,
                session->peak.gigabytes_per_second);
    const Status status = tune_layers(arguments, *layers, *session);
    return status ? 0 : fail(status.error());
}

}  // namespace

void add_tune_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<TuneArguments>();
    TuneOptions &options = arguments->options;
    CLI::App *verb = app.add_subcommand("tune", "Search for the quickest variant and knobs on this machine");
    add_layer_arguments(*verb, arguments->layers);
    verb->add_option("--target", arguments->target, "What to compile for; see `tconv targets`")->capture_default_str();
    verb->add_option("--cpu", arguments->cpu, "Processor that the records are for; without it the one of this machine");
    verb->add_option("--minutes", options.minutes, "At most that long for each layer")
        ->check(CLI::Range(0.01, 10000.0))
        ->capture_default_str();
    verb->add_option("--trials", options.trials, "At most that many candidates for each layer; 0: no limit")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--seed", options.seed, "Of what is left to chance")->capture_default_str();
    verb->add_option("--threads", options.threads, "Threads that run the tasks of a layer")
        ->check(CLI::Range(1, kMaxThreads))
        ->capture_default_str();
    verb->add_option("--memory", options.memory_mb, "MB that the candidates of one program may need together")
        ->check(CLI::Range(1, 1 << 20))
        ->capture_default_str();
    verb->add_option("--cool", options.cool_seconds, "Seconds of rest before each round of measurements")
        ->check(CLI::Range(0.0, 60.0))
        ->capture_default_str();
    verb->add_option("--records", arguments->records, "File that the records go to, in place of those about the same")
        ->default_str("tuned_records.json");
    verb->add_option("--session", arguments->session, "File that keeps the session, which goes on from there");
    verb->add_option("--tuned", arguments->tuned,
                     "Folder or file of the records to begin with, in place of those that come with tconv");
    verb->add_option("--cc", arguments->tools.cc, "C compiler (GCC or Clang) that links programs for the target");
    verb->add_option("--emulator", arguments->tools.emulator, "Refused: an emulator's times say nothing");
    verb->footer(
        "Candidates are compiled, linked into one program with the best so far and timed in turns. What is faster\n"
        "with a confidence of 98%, and right on rough data by the oracle, becomes the best. Ctrl-C ends the search\n"
        "and keeps what was found. `gain` is the default's time over the tuned one's, both timed in turns at the\n"
        "end; `tconv build --tuned FILE` takes the records.\n"
        "Example:\n  tconv tune decoder_up1.json --minutes 2 --records records.json --session tuning.jsonl");
    verb->callback([arguments, &exit_code] {
        if (arguments->records.empty()) arguments->records = "tuned_records.json";
        exit_code = run_tune(*arguments);
    });
}

}  // namespace tconv
