// SPDX-License-Identifier: Apache-2.0
// Which variant with which knobs: what was asked for, else a tuned record, else one for another epilogue, else the
// cheapest by estimate. All of it within what the layer allows.
#include <algorithm>
#include <limits>
#include <optional>

#include "generators/variants/ranking.h"
#include "runtime/base/text.h"
#include "schedules/machine.h"
#include "schedules/tuned_records.h"
#include "tools/compiler/build_library.h"
#include "tools/compiler/package_files.h"

namespace tconv {

namespace {

std::vector<std::string> variant_names() {
    std::vector<std::string> names;
    for (const Variant &variant : variants()) {
        names.push_back(variant.id);
    }
    return names;
}

Expected<const Variant *> named_variant(const Layer &layer, const Machine &machine, const std::string &id) {
    const Variant *variant = find_variant(id);
    if (variant == nullptr) {
        return invalid_argument("--variant", id,
                                "must be one of " + join(variant_names()) + did_you_mean(id, variant_names()));
    }
    if (!variant->accepts(layer, machine)) {
        return invalid_argument("--variant", id, "does not accept layer " + layer.name + " on " + machine.family);
    }
    return variant;
}

// "max_workspace_bytes = 1000", or what holds in its place.
std::string workspace_limit_text(const Layer &layer) {
    return (layer.max_workspace_bytes ? "max_workspace_bytes = " : "the default of max_workspace_bytes = ") +
           std::to_string(layer.workspace_limit());
}

Error too_little_workspace(const Layer &layer, const RankedVariant &least, const std::string &whose) {
    return {StatusCode::kUnsupported, layer.name + ": " + workspace_limit_text(layer) + ": " + whose +
                                          " needs at least " + std::to_string(least.workspace_bytes) + " (" +
                                          least.variant->id + ")"};
}

// Why the first of a ranking is taken. The last is reference.
std::string reason_for_cheapest(const std::vector<RankedVariant> &ranking) {
    const auto others = static_cast<int64_t>(ranking.size()) - 1;
    const int64_t allowed =
        std::count_if(ranking.begin(), ranking.end() - 1, [](const RankedVariant &ranked) { return ranked.allowed; });
    if (allowed > 1) {
        return "least estimated cycles";
    }
    const std::string rule =
        allowed < others ? "keeps to the layer's workspace limit" : "takes the layer on this target";
    return "no other " + rule + (others > 0 ? ", but reference" : "");
}

// Layers of one workload share their records, and differ in what they allow.
Layer without_limits(Layer layer) {
    layer.strict_nonfinite = false;
    layer.max_error_growth = std::numeric_limits<double>::max();
    layer.max_workspace_bytes = std::numeric_limits<int64_t>::max();
    return layer;
}

// Why a layer cannot be computed as a record says; empty: it can.
std::string record_problem(const Layer &layer, const Machine &machine, const TunedRecord &record) {
    const Expected<const Variant *> variant = named_variant(layer, machine, record.variant);
    if (!variant) {
        return variant.error().message;
    }
    const std::string problem = (*variant)->check_knobs(layer, machine, record.knobs);
    const int64_t bytes = problem.empty() ? workspace_bytes(**variant, layer, machine, record.knobs) : 0;
    return bytes <= layer.workspace_limit()
               ? problem
               : "its workspace of " + std::to_string(bytes) + " bytes is above " + workspace_limit_text(layer);
}

struct RecordSearch {
    std::optional<TunedRecord> record;
    bool exact = false;       // made for this workload; else for one with another epilogue
    std::string passed_over;  // records that the layer's limits forbid
};

// The quickest record that the layer allows, of the forced variant if there is one. One made for this workload that
// would not do without the layer's limits either is an error in `file`.
Expected<RecordSearch> find_record(const Layer &layer, const TargetInfo &target, const Machine &machine,
                                   std::vector<TunedRecord> records, const std::optional<std::string> &forced,
                                   const std::string &file) {
    RecordSearch search;
    while (true) {
        const TunedRecord *found = find_tuned_record(records, layer.workload(), target.name);
        search.exact = found != nullptr;
        found = found != nullptr ? found : find_transferable_record(records, layer.workload(), target.name);
        if (found == nullptr || (forced && found->variant != *forced)) {
            return search;
        }
        const std::string problem = record_problem(layer, machine, *found);
        if (problem.empty()) {
            search.record = *found;
            return search;
        }
        const std::string flaw = record_problem(without_limits(layer), machine, *found);
        if (flaw.empty()) {
            const bool accepted = find_variant(found->variant)->accepts(layer, machine);
            search.passed_over += (search.passed_over.empty() ? "" : "; ") + std::string("tuned record of ") +
                                  found->date + " on " + found->cpu + " (" + found->variant + "): " +
                                  (accepted ? problem : "the layer's strict_nonfinite or max_error_growth forbids it");
        } else if (search.exact) {
            return invalid_argument("tuned record", file + ": " + found->workload, flaw);
        }
        records.erase(records.begin() + (found - records.data()));
    }
}

}  // namespace

Expected<Choice> choose(const Layer &layer, const TargetInfo &target, const BuildOptions &options) {
    const Machine machine = machine_for(target.family);
    const Variant *variant = nullptr;
    if (options.variant) {
        const Expected<const Variant *> named = named_variant(layer, machine, *options.variant);
        if (!named) {
            return named.error();
        }
        variant = *named;
    }
    const std::string directory = options.tuned_dir ? *options.tuned_dir : tuned_directory();
    const Expected<std::vector<TunedRecord>> records = read_tuned_records(directory, machine.family);
    if (!records) {
        return records.error();
    }
    const Expected<RecordSearch> search =
        find_record(layer, target, machine, *records, options.variant, directory + "/" + machine.family + ".json");
    if (!search) {
        return search.error();
    }
    Choice choice;
    if (const std::optional<TunedRecord> &record = search->record) {
        variant = find_variant(record->variant);
        choice = {record->variant, record->knobs, search->exact ? "tuned" : "transferred",
                  search->exact ? "tuned record of " + record->date + " on " + record->cpu
                                : "tuned record of " + record->workload + ", " + record->date};
    } else if (options.variant) {
        choice = {variant->id, variant->default_knobs(layer, machine), "default", ""};
    } else {
        const std::vector<RankedVariant> ranking = rank_variants(layer, machine);
        const RankedVariant &cheapest = ranking.front();
        if (!cheapest.allowed) {
            const auto least = std::min_element(
                ranking.begin(), ranking.end() - 1,
                [](const RankedVariant &a, const RankedVariant &b) { return a.workspace_bytes < b.workspace_bytes; });
            return too_little_workspace(layer, *least, "the layer");
        }
        variant = cheapest.variant;
        choice = {variant->id, cheapest.knobs, "default", reason_for_cheapest(ranking)};
    }
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
    choice.workspace_bytes = workspace_bytes(*variant, layer, machine, choice.knobs);
    if (choice.workspace_bytes > layer.workspace_limit()) {
        return options.knobs ? Error{StatusCode::kUnsupported, "--knobs: a workspace of " +
                                                                   std::to_string(choice.workspace_bytes) +
                                                                   " bytes is above " + workspace_limit_text(layer)}
                             : too_little_workspace(layer, {variant, choice.knobs, 0, choice.workspace_bytes, false},
                                                    "--variant");
    }
    choice.passed_over = options.knobs ? "" : search->passed_over;
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
