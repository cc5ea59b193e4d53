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
#include "tools/cli/tune_check.h"
#include "tools/cli/tune_report.h"
#include "tools/cli/tune_session.h"
#include "tools/tune/bench_layer.h"
#include "tools/tune/provenance.h"

namespace tconv {

namespace {

TunedRecord record_of(const TuneArguments &arguments, const TuneMachines &machines, const Layer &layer,
                      const SessionSummary &summary) {
    TunedRecord record = new_record(machines, layer, arguments.options);
    record.variant = summary.best.variant;
    record.knobs = summary.best.knobs;
    record.ms = summary.ms;
    record.default_ms = summary.default_ms;
    record.percent_of_limit = 100 * summary.limit_ms / summary.ms;
    record.verified = summary.verified;
    record.default_variant = summary.chosen.variant;
    record.default_knobs = summary.chosen.knobs;
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

void print_row(const Layer &layer, size_t width, const SessionSummary &summary, const TuneResult &result) {
    std::printf("%-*s  %-13s  %10.4f  %10.4f  ", static_cast<int>(width), layer.name.c_str(),
                summary.best.variant.c_str(), summary.default_ms, summary.ms);
    if (summary.best == summary.chosen) {
        std::printf("%5s  %10s", "", "default");
    } else {
        std::printf("%5.2f  %9.2f%%", 1 / summary.ratio, 100 * summary.confidence);
    }
    std::printf("  %9.1f%%  %12s  %s%s\n", 100 * summary.limit_ms / summary.ms,
                (std::to_string(result.tried) + "/" + std::to_string(result.failed)).c_str(), summary.end.c_str(),
                summary.undisturbed ? "" : ", in a disturbed machine");
    std::fflush(stdout);
}

SessionSummary summary_of(const TuneMachines &machines, const Layer &layer, const TuneResult &result) {
    SessionSummary summary;
    summary.chosen = result.chosen;
    summary.best = result.best;
    summary.ms = result.last.ms;
    summary.default_ms = result.last.default_ms;
    summary.ratio = result.last.against_default.ratio;
    summary.confidence = result.last.against_default.confidence;
    summary.limit_ms = limit_ms(layer, machines.peak);
    summary.undisturbed = result.last.undisturbed;
    summary.end = end_text(result);
    summary.verified = result.verified;
    return summary;
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

Status write_report(const TuneArguments &arguments, const TuneMachines &machines, const std::vector<Layer> &layers,
                    const SessionFile &session) {
    if (arguments.report.empty()) {
        return Success{};
    }
    SessionFacts facts;
    facts.processor = machines.model;
    facts.target = machines.target.name;
    facts.cpu = machines.target.cpu;
    facts.threads = arguments.options.heats.threads;
    facts.gflops = machines.peak.gflops;
    facts.gigabytes_per_second = machines.peak.gigabytes_per_second;
    facts.commit = tconv_commit();
    facts.date = today();
    facts.halide = halide_version();
    facts.llvm = llvm_version();
    std::vector<LayerReport> reports;
    for (const Layer &layer : layers) {
        const std::string workload = layer.workload();
        if (session.trials(workload).empty() && !session.is_done(workload)) continue;
        const SessionSummary *summary = session.summary(workload);
        reports.push_back(
            {layer, session.trials(workload), summary == nullptr ? std::nullopt : std::optional(*summary)});
    }
    const Expected<OutputFile> file = OutputFile::create("--report", arguments.report);
    return file ? file->publish({tune_report(facts, reports)}) : Status(file.error());
}

// The record, and the report so far: an end at any time leaves both of them whole.
Status keep(const TuneArguments &arguments, const TuneMachines &machines, const std::vector<Layer> &layers,
            const Layer &layer, const SessionSummary &summary, bool is_over, SessionFile &session) {
    if (Status status = write_records(arguments, record_of(arguments, machines, layer, summary)); !status) {
        return status;
    }
    if (Status status = session.add_end(layer.workload(), summary, is_over); !status) {
        return status;
    }
    return write_report(arguments, machines, layers, session);
}

Status tune_layers(const TuneArguments &arguments, const std::vector<Layer> &layers, TuneMachines &machines,
                   SessionFile &session) {
    size_t width = 5;
    for (const Layer &layer : layers) width = std::max(width, layer.name.size());
    print_heading(width);
    TuneOptions options = arguments.options;
    for (size_t i = 0; i < layers.size(); i++) {
        const Layer &layer = layers[i];
        if (session.is_done(layer.workload())) {
            std::printf("%-*s  done before\n", static_cast<int>(width), layer.name.c_str());
            continue;
        }
        Progress progress;
        const std::string place = "[" + std::to_string(i + 1) + "/" + std::to_string(layers.size()) + "] " + layer.name;
        progress.show(place);
        options.on_progress = [&](const TuneProgress &now) {
            char text[160];
            std::snprintf(text, sizeof(text), ": %.4f ms, %.0f%% of the limit, gain %.2f; %d tried, %.0f s left",
                          now.ms, 100 * limit_ms(layer, machines.peak) / now.ms, now.gain, now.tried, now.seconds_left);
            progress.show(place + text);
        };
        const Expected<TuneResult> result =
            tune_layer(layer, machines.target, machines.toolchain, machines.boards, options, session);
        progress.clear();
        if (!result) {
            return of_layer(layer.name, result.error());
        }
        const bool is_over = result->end != TuneEnd::kInterrupt;
        if (is_over) {
            if (Status status = raise_peak(machines, options.heats.threads); !status) {
                return of_layer(layer.name, status.error());
            }
        }
        const SessionSummary summary = summary_of(machines, layer, *result);
        print_row(layer, width, summary, *result);
        if (Status status = keep(arguments, machines, layers, layer, summary, is_over, session); !status) {
            return status;
        }
        if (!is_over) {
            return Success{};
        }
    }
    return write_report(arguments, machines, layers, session);
}

// Before minutes are spent: what there is must be readable, and the places writable.
Status check_files(const TuneArguments &arguments) {
    for (const auto &[argument, path] : {std::pair("--records", arguments.records),
                                         {"--session", arguments.session},
                                         {"--report", arguments.report}}) {
        if (Status status = keep_layer_files(arguments.layers, argument, path); !status) {
            return status;
        }
    }
    if (const auto records = read_tuned_records(arguments.records); !records) {
        return records.error();
    }
    for (const auto &[argument, path] : {std::pair("--records", arguments.records), {"--report", arguments.report}}) {
        if (path.empty()) continue;
        if (const auto file = OutputFile::create(argument, path); !file) {
            return file.error();
        }
    }
    return Success{};
}

int run_tune(TuneArguments arguments) {
    const Expected<std::vector<Layer>> layers = read_layers(arguments.layers);
    if (!layers) {
        return fail(layers.error());
    }
    const Expected<std::optional<std::string>> tuned = tuned_records_place(arguments.tuned);
    if (!tuned) {
        return fail(tuned.error());
    }
    arguments.options.tuned = *tuned;
    if (Status status = check_files(arguments); !status) {
        return fail(status.error());
    }
    Expected<TuneMachines> machines = find_machines(arguments);
    if (!machines) {
        return fail(machines.error());
    }
    SessionKey key{machines->target.name, machines->target.cpu, tconv_commit(), arguments.options.heats.threads, {}};
    for (const Layer &layer : *layers) key.workloads.push_back(layer.workload());
    Expected<SessionFile> session = SessionFile::open(arguments.session, key);
    if (!session) {
        return fail(session.error());
    }
    std::printf("%s\n", machines_text(*machines, arguments.options.heats.threads).c_str());
    const Status status = tune_layers(arguments, *layers, *machines, *session);
    return status ? 0 : fail(status.error());
}

}  // namespace

void add_tune_command(CLI::App &app, int &exit_code) {
    auto arguments = std::make_shared<TuneArguments>();
    TuneOptions &options = arguments->options;
    CLI::App *verb =
        app.add_subcommand("tune", "Search for the quickest variant and knobs on this machine, or on a board");
    add_layer_arguments(*verb, arguments->layers);
    add_machine_options(*verb, *arguments);
    verb->add_option("--minutes", options.minutes, "At most that long for each layer")
        ->check(CLI::Range(0.01, 10000.0))
        ->capture_default_str();
    verb->add_option("--trials", options.trials, "At most that many candidates for each layer; 0: no limit")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--seed", options.seed, "Of what is left to chance")->capture_default_str();
    verb->add_option("--memory", options.memory_mb, "MB that the candidates of one program may need together")
        ->check(CLI::Range(1, 1 << 20))
        ->capture_default_str();
    verb->add_option("--records", arguments->records, "File that the records go to, in place of those about the same")
        ->capture_default_str();
    verb->add_option("--session", arguments->session, "File that keeps the session, which goes on from there");
    verb->add_option("--report", arguments->report, "File for a page (HTML) about the session");
    verb->add_option("--tuned", arguments->tuned,
                     "Folder or file of the records to begin with, in place of those that come with tconv");
    CLI::Option *check = verb->add_option("--check", arguments->check,
                                          "In place of LAYER: file of records, to measure them against the defaults of "
                                          "now and drop those that lose");
    for (const char *other : {"LAYER", "--layers", "--name", "--input-shape", "--minutes", "--trials", "--seed",
                              "--memory", "--records", "--session", "--report", "--tuned"}) {
        check->excludes(verb->get_option(other));
    }
    CLI::Option *layer = verb->get_option("LAYER")->required(false);
    verb->footer(
        "Candidates are compiled, linked into one program with the best so far and timed in turns. What is faster\n"
        "with a confidence of 98%, and right on rough data by the oracle, becomes the best. Ctrl-C ends the search\n"
        "and keeps what was found. `gain` is the default's time over the tuned one's, both timed in turns at the\n"
        "end; `tconv build --tuned FILE` takes the records.\n"
        "Examples:\n  tconv tune decoder_up1.json --minutes 2 --records records.json --session tuning.jsonl\n"
        "  tconv tune decoder_up1.json --target arm64-neon --records board.json \\\n"
        "      --runner 'scp -q {program} board:race && ssh board ./race'\n"
        "  tconv tune --check records.json");
    verb->callback([arguments, check, layer, &exit_code] {
        if (check->count() == 0 && layer->count() == 0) {
            throw CLI::RequiredError("LAYER");
        }
        exit_code = check->count() > 0 ? run_tune_check(*arguments) : run_tune(*arguments);
    });
}

}  // namespace tconv
