// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/tune_check.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "runtime/base/output_file.h"
#include "runtime/layer/workload.h"
#include "schedules/tuned_records.h"
#include "tools/cli/progress.h"
#include "tools/cli/report.h"
#include "tools/tune/bench_layer.h"
#include "tools/tune/check_record.h"

namespace tconv {

namespace {

Status write_records(const std::string &path, const std::vector<TunedRecord> &records) {
    const Expected<OutputFile> file = OutputFile::create("--check", path);
    return file ? file->publish({tuned_records_text(records)}) : Status(file.error());
}

Expected<std::vector<TunedRecord>> read_records(const std::string &path) {
    if (!std::filesystem::exists(path)) {
        return invalid_argument("--check", path, "no such file");
    }
    return read_tuned_records(path);
}

std::string place_of(const TunedRecord &record) {
    return record.target + ", --cpu " + record.cpu + ", " + std::to_string(record.threads) +
           (record.threads == 1 ? " thread" : " threads");
}

void print_row(const TunedRecord &record, size_t width, const std::optional<FinalRace> &race, const std::string &end) {
    std::printf("%-*s  %-13s  ", static_cast<int>(width), record.workload.c_str(), record.variant.c_str());
    if (race) {
        std::printf("%10.4f  %10.4f  %5.2f  %9.2f%%  ", race->default_ms, race->ms, 1 / race->against_default.ratio,
                    100 * race->against_default.confidence);
    } else {
        std::printf("%10s  %10s  %5s  %10s  ", "", "", "", "");
    }
    std::printf("%s%s\n", end.c_str(), race && !race->undisturbed ? ", in a disturbed machine" : "");
    std::fflush(stdout);
}

// What the new measurement says, in place of the old one.
TunedRecord renewed(const TunedRecord &record, const RecordCheck &check, const TuneMachines &machines,
                    const TuneOptions &options) {
    const Expected<Layer> layer = layer_of_workload(record.workload);
    TunedRecord now = new_record(machines, *layer, options);
    now.seed = record.seed;
    now.variant = record.variant;
    now.knobs = record.knobs;
    now.ms = check.race->ms;
    now.default_ms = check.race->default_ms;
    now.percent_of_limit = 100 * limit_ms(*layer, machines.peak) / now.ms;
    now.verified = check.verified;
    now.default_variant = check.by_default.variant;
    now.default_knobs = check.by_default.knobs;
    return now;
}

Status check_records(const TuneArguments &arguments, TuneMachines &machines, std::vector<TunedRecord> records) {
    size_t width = 8;
    for (const TunedRecord &record : records) width = std::max(width, record.workload.size());
    std::printf("%-*s  %-13s  %10s  %10s  %5s  %10s\n", static_cast<int>(width), "workload", "variant", "default ms",
                "ms", "gain", "confidence");
    const int threads = arguments.options.heats.threads;
    const size_t count = records.size();
    for (size_t i = 0, number = 1; i < records.size(); number++) {
        const TunedRecord record = records[i];
        if (record.target != machines.target.name || record.cpu != machines.target.cpu || record.threads != threads) {
            print_row(record, width, std::nullopt, "left as it is: for " + place_of(record));
            i++;
            continue;
        }
        Progress progress;
        progress.show("[" + std::to_string(number) + "/" + std::to_string(count) + "] " + record.workload);
        const Expected<RecordCheck> check =
            check_record(record, machines.target, machines.toolchain, machines.boards.front(), arguments.options.heats);
        progress.clear();
        if (!check) {
            return Error{check.error().code, record.workload + ": " + check.error().message};
        }
        if (check->problem.empty()) {
            if (check->race) records[i] = renewed(record, *check, machines, arguments.options);
            i++;
        } else {
            records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (Status status = write_records(arguments.check, records); !status) {
            return status;
        }
        print_row(record, width, check->race,
                  !check->problem.empty() ? "dropped: " + check->problem
                  : check->race           ? "kept"
                                          : "kept: says the default");
    }
    return Success{};
}

}  // namespace

int run_tune_check(const TuneArguments &arguments) {
    const Expected<std::vector<TunedRecord>> records = read_records(arguments.check);
    if (!records) {
        return fail(records.error());
    }
    if (const auto file = OutputFile::create("--check", arguments.check); !file) {
        return fail(file.error());
    }
    Expected<TuneMachines> machines = find_machines(arguments);
    if (!machines) {
        return fail(machines.error());
    }
    std::printf("%s\n", machines_text(*machines, arguments.options.heats.threads).c_str());
    const Status status = check_records(arguments, *machines, *records);
    return status ? 0 : fail(status.error());
}

}  // namespace tconv
