// SPDX-License-Identifier: Apache-2.0
// Which variant with which knobs: what was asked for, else a tuned record, else one for another epilogue, else what those of
// layers nearby promise, else the cheapest by estimate. All of it within what the layer allows.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "generators/variants/ranking.h"
#include "runtime/base/text.h"
#include "runtime/layer/validate.h"
#include "schedules/machine.h"
#include "schedules/tuned_records.h"
#include "tools/compiler/build_library.h"
#include "tools/compiler/package_files.h"
#include "tools/compiler/transfer.h"

namespace tconv {

namespace {

std::vector<std::string> variant_names() {
    std::vector<std::string> names;
    for (const Variant &variant : variants()) {
        names.push_back(variant.id);
    }
    return names;
}

std::vector<std::string> possible_variants(const Layer &layer, const Machine &machine) {
    std::vector<std::string> names;
    for (const Variant &variant : variants()) {
        if (variant.obstacle(layer, machine).empty()) {
            names.push_back(variant.id);
        }
    }
    return names;
}

Expected<const Variant *> named_variant(const std::string &id) {
    const Variant *variant = find_variant(id);
    if (variant == nullptr) {
        return invalid_argument("--variant", id,
                                "must be one of " + join(variant_names()) + did_you_mean(id, variant_names()));
    }
    return variant;
}

// "max_workspace_bytes = 1000", or what holds in its place.
std::string workspace_limit_text(const Layer &layer) {
    return (layer.max_workspace_bytes ? "max_workspace_bytes = " : "the default of max_workspace_bytes = ") +
           std::to_string(layer.workspace_limit());
}

Error too_little_workspace(const Layer &layer, const Variant &variant, int64_t least, const std::string &whose) {
    return {StatusCode::kUnsupported, layer.name + ": " + workspace_limit_text(layer) + ": " + whose +
                                          " needs at least " + std::to_string(least) + " (" + variant.id + ")"};
}

// Why the first of a ranking is taken. The last is a reference.
std::string reason_for_cheapest(const Ranking &ranking) {
    if (ranking.proposals.size() > 2) {
        return "least estimated cycles";
    }
    const auto for_workspace = [](const Ranking::Decline &decline) {
        return decline.declined.least_workspace_bytes > 0;
    };
    const bool limited = std::any_of(ranking.declines.begin(), ranking.declines.end(), for_workspace);
    return std::string("no other ") +
           (limited ? "keeps to the layer's workspace limit" : "takes the layer on this target") +
           (ranking.proposals.size() > 1 ? ", but " + ranking.proposals.back().variant->id : "");
}

struct RecordSearch {
    std::string file;  // the records' own, without its folder: a library says the same wherever it is built
    std::optional<TunedRecord> record;
    bool exact = false;       // made for this workload; else for one with another epilogue
    std::string passed_over;  // records that were not taken, and why
};

void pass_over(RecordSearch &search, const TunedRecord &record, const std::string &why) {
    search.passed_over += (search.passed_over.empty() ? "" : "; ") + search.file + ": tuned record of " + record.date +
                          " on " + record.model + " (" + record.variant + "): " + why;
}

// The record in force that the layer allows and that still fits, of the forced variant if there is one.
RecordSearch find_record(const Layer &layer, const TargetInfo &target, const Machine &machine, const std::string &file,
                         const std::vector<TunedRecord> &all, const BuildOptions &options) {
    const std::optional<std::string> &forced = options.variant;
    RecordSearch search;
    search.file = std::filesystem::path(file).filename().string();
    std::vector<TunedRecord> records = records_for(all, target.name, target.cpu);
    const auto unwanted = [&](const TunedRecord &record) { return forced && record.variant != *forced; };
    records.erase(std::remove_if(records.begin(), records.end(), unwanted), records.end());
    while (true) {
        const TunedRecord *found = find_tuned_record(records, layer.workload(), options.threads);
        search.exact = found != nullptr;
        found = found != nullptr ? found : find_transferable_record(records, layer.workload(), options.threads);
        if (found == nullptr) {
            break;
        }
        const std::string problem = record_problem(layer, machine, *found);
        if (problem.empty()) {
            search.record = *found;
            return search;
        }
        // Of another layer's record it is no surprise.
        if (search.exact || record_problem(with_limits(layer, no_limits()), machine, *found).empty()) {
            pass_over(search, *found, problem);
        }
        records.erase(records.begin() + (found - records.data()));
    }
    for (const TunedRecord &record : all) {
        if (!forced && record.workload == layer.workload() && record.target == target.name &&
            record.cpu != target.cpu) {
            pass_over(search, record, "for --cpu " + record.cpu + ", not " + target.cpu);
        }
    }
    return search;
}

// Of a forced variant, from the ranking where there is one.
Expected<Proposal> proposal_of(const Variant &variant, const Layer &layer, const Machine &machine,
                               const std::optional<Ranking> &ranking) {
    if (ranking) {
        for (const Ranking::Entry &entry : ranking->proposals) {
            if (entry.variant == &variant) return entry.proposal;
        }
    }
    const Proposed proposed = variant.propose(layer, machine);
    if (proposed) {
        return *proposed;
    }
    const Declined &declined = proposed.declined();
    return declined.least_workspace_bytes > 0
               ? too_little_workspace(layer, variant, declined.least_workspace_bytes, "--variant")
               : invalid_argument("--variant", variant.id, "does not take layer " + layer.name + ": " + declined.why);
}

std::string transfer_reason(const Transfer &transfer) {
    const TunedRecord &record = transfer.record;
    char gain[32];
    std::snprintf(gain, sizeof(gain), "%.2f", transfer.gain);
    return "from the tuned record of " + record.workload + ", " + record.date + " on " + record.model + ": expected " +
           gain + " times as fast as the default";
}

// The first of a ranking. Where every other variant is beyond the layer's workspace that is an error, since the reference,
// which needs none, is no answer that anybody would want.
Expected<Proposal> cheapest_proposal(const Layer &layer, const Ranking &ranking, const Variant *&variant) {
    const Ranking::Decline *least = nullptr;
    for (const Ranking::Decline &decline : ranking.declines) {
        const int64_t bytes = decline.declined.least_workspace_bytes;
        if (bytes > 0 && (least == nullptr || bytes < least->declined.least_workspace_bytes)) least = &decline;
    }
    if (ranking.proposals.size() == 1 && least != nullptr) {
        return too_little_workspace(layer, *least->variant, least->declined.least_workspace_bytes, "the layer");
    }
    variant = ranking.proposals.front().variant;
    return ranking.proposals.front().proposal;
}

}  // namespace

std::string record_problem(const Layer &layer, const Machine &machine, const TunedRecord &record) {
    const Expected<const Variant *> variant = named_variant(record.variant);
    if (!variant) {
        return variant.error().message;
    }
    if (const std::string obstacle = (*variant)->obstacle(layer, machine); !obstacle.empty()) {
        return "variant " + record.variant + " does not take the layer: " + obstacle;
    }
    const std::string problem = (*variant)->check_knobs(layer, machine, record.knobs);
    const int64_t bytes = problem.empty() ? (*variant)->workspace_bytes(layer, machine, record.knobs) : 0;
    return bytes <= layer.workspace_limit()
               ? problem
               : "its workspace of " + std::to_string(bytes) + " bytes is above " + workspace_limit_text(layer);
}

Expected<Choice> choose(const Layer &layer, const TargetInfo &target, const BuildOptions &options) {
    if (Status status = check_types(layer); !status) {
        return status.error();
    }
    const Machine machine = target.machine();
    const Variant *variant = nullptr;
    if (options.variant) {
        const Expected<const Variant *> named = named_variant(*options.variant);
        if (!named) {
            return named.error();
        }
        variant = *named;
        if (const std::string obstacle = variant->obstacle(layer, machine); !obstacle.empty()) {
            return invalid_argument("--variant", variant->id,
                                    "does not take layer " + layer.name + " for " + target.name + ": " + obstacle +
                                        "; possible: " + join(possible_variants(layer, machine)));
        }
    }
    const std::string directory = options.tuned ? *options.tuned : tuned_directory();
    const std::string file = tuned_record_file(directory, machine.family);
    const Expected<std::vector<TunedRecord>> records = read_tuned_records(file);
    if (!records) {
        return records.error();
    }
    const RecordSearch search = find_record(layer, target, machine, file, *records, options);
    Choice choice;
    if (options.rank || (!search.record && !options.variant)) {
        choice.ranking = rank_variants(layer, machine);
    }
    std::optional<Transfer> transfer;
    if (!search.record && !options.variant && !options.knobs) {
        transfer = transfer_from(*records, layer, target, *choice.ranking, options.threads);
    }
    if (const std::optional<TunedRecord> &record = search.record) {
        variant = find_variant(record->variant);
        choice.knobs = record->knobs;
        choice.knobs_from = search.exact ? "tuned" : "transferred";
        choice.reason = search.exact ? "tuned record of " + record->date + " on " + record->model
                                     : "tuned record of " + record->workload + ", " + record->date;
    } else if (transfer) {
        variant = transfer->variant;
        choice.knobs = transfer->knobs;
        choice.knobs_from = "transferred";
        choice.reason = transfer_reason(*transfer);
    } else {
        const Expected<Proposal> proposal = options.variant ? proposal_of(*variant, layer, machine, choice.ranking)
                                                            : cheapest_proposal(layer, *choice.ranking, variant);
        if (!proposal) {
            return proposal.error();
        }
        choice.knobs = proposal->knobs;
        choice.knobs_from = "default";
        choice.reason = options.variant ? "" : reason_for_cheapest(*choice.ranking) + ", " + proposal->why;
    }
    choice.variant = variant->id;
    if (options.variant || options.knobs) {
        choice.reason = "given on the command line";
    }
    if (options.knobs) {
        for (const auto &[name, value] : *options.knobs) {
            choice.knobs[name] = value;
        }
        choice.knobs_from = "given";
    }
    if (const std::string problem = variant->check_knobs(layer, machine, choice.knobs); !problem.empty()) {
        return Error{StatusCode::kInvalidArgument, (options.knobs ? "--knobs: " : layer.name + ": ") + problem};
    }
    choice.workspace_bytes = variant->workspace_bytes(layer, machine, choice.knobs);
    if (choice.workspace_bytes > layer.workspace_limit()) {
        return Error{StatusCode::kUnsupported, "--knobs: a workspace of " + std::to_string(choice.workspace_bytes) +
                                                   " bytes is above " + workspace_limit_text(layer)};
    }
    choice.passed_over = options.knobs ? "" : search.passed_over;
    if (variant->error_growth != nullptr) {
        choice.error_growth = variant->error_growth(layer, machine, choice.knobs);
    }
    choice.spreads_nonfinite =
        variant->spreads_nonfinite != nullptr && variant->spreads_nonfinite(layer, machine, choice.knobs);
    choice.transforms = variant->rounding != nullptr;
    choice.rounding = choice.transforms ? variant->rounding(layer, machine, choice.knobs) : direct_rounding(layer);
    return choice;
}

}  // namespace tconv
