// SPDX-License-Identifier: Apache-2.0
// Which variant with which knobs: what was asked for, else a tuned record, else one for another epilogue, else the cheapest by estimate.
#include "generators/variants/ranking.h"
#include "schedules/machine.h"
#include "schedules/tuned_records.h"
#include "tools/compiler/build_library.h"
#include "tools/compiler/package_files.h"

namespace tconv {

namespace {

std::string variant_names() {
    std::string names;
    for (const Variant &variant : variants()) {
        names += (names.empty() ? "" : ", ") + variant.id;
    }
    return names;
}

Expected<const Variant *> named_variant(const Layer &layer, const Machine &machine, const std::string &id) {
    const Variant *variant = find_variant(id);
    if (variant == nullptr) {
        return invalid_argument("--variant", id, "must be one of " + variant_names());
    }
    if (!variant->accepts(layer, machine)) {
        return invalid_argument("--variant", id, "does not accept layer " + layer.name + " on " + machine.family);
    }
    return variant;
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
    Choice choice;
    const TunedRecord *exact = find_tuned_record(*records, layer.workload(), target.name);
    const TunedRecord *record = exact != nullptr ? exact : find_transferable_record(*records, layer.workload(), target.name);
    if (record != nullptr && (!options.variant || record->variant == *options.variant)) {
        const Expected<const Variant *> tuned = named_variant(layer, machine, record->variant);
        const std::string problem = tuned ? (*tuned)->check_knobs(layer, machine, record->knobs) : tuned.error().message;
        // A record that was not made for this layer may not fit it: then the default does.
        if (exact != nullptr && !problem.empty()) {
            return invalid_argument("tuned record", directory + "/" + machine.family + ".json: " + record->workload, problem);
        }
        if (problem.empty()) {
            variant = *tuned;
            choice = {record->variant, record->knobs, exact != nullptr ? "tuned" : "transferred",
                      exact != nullptr ? "tuned record of " + record->date + " on " + record->cpu
                                       : "tuned record of " + record->workload + ", " + record->date};
        }
    }
    if (choice.variant.empty() && options.variant) {
        choice = {variant->id, variant->default_knobs(layer, machine), "default", ""};
    } else if (choice.variant.empty()) {
        const std::vector<RankedVariant> ranked = rank_variants(layer, machine);
        variant = ranked.front().variant;
        const std::string reason = ranked.size() == 1   ? "no other takes the layer on this target"
                                   : ranked.size() == 2 ? "no other takes the layer on this target, but reference"
                                                        : "least estimated cycles";
        choice = {variant->id, ranked.front().knobs, "default", reason};
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
    if (variant->error_growth != nullptr) {
        choice.error_growth = variant->error_growth(layer, machine, choice.knobs);
    }
    return choice;
}

}  // namespace tconv
