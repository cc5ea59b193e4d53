// SPDX-License-Identifier: Apache-2.0
// Which variant with which knobs: what was asked for, else a tuned record, else the cheapest by estimate.
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

Expected<const Variant *> pick_variant(const Layer &layer, const Machine &machine, const std::optional<std::string> &id) {
    if (id) {
        const Variant *variant = find_variant(*id);
        if (variant == nullptr) {
            return invalid_argument("--variant", *id, "must be one of " + variant_names());
        }
        if (!variant->accepts(layer, machine)) {
            return invalid_argument("--variant", *id, "does not accept layer " + layer.name + " on " + machine.family);
        }
        return variant;
    }
    return rank_variants(layer, machine).front().variant;
}

}  // namespace

Expected<Choice> choose(const Layer &layer, const TargetInfo &target, const BuildOptions &options) {
    const Machine machine = machine_for(target.family);
    Expected<const Variant *> variant = pick_variant(layer, machine, options.variant);
    if (!variant) {
        return variant.error();
    }
    Choice choice{(*variant)->id, (*variant)->default_knobs(layer, machine), "default",
                  "least estimated cycles"};
    const std::string directory = options.tuned_dir ? *options.tuned_dir : tuned_directory();
    const Expected<std::vector<TunedRecord>> records = read_tuned_records(directory, machine.family);
    if (!records) {
        return records.error();
    }
    const TunedRecord *record = find_tuned_record(*records, layer.workload(), target.name);
    if (record != nullptr && (!options.variant || record->variant == *options.variant)) {
        const Expected<const Variant *> tuned = pick_variant(layer, machine, record->variant);
        const std::string problem = tuned ? (*tuned)->check_knobs(layer, machine, record->knobs) : tuned.error().message;
        if (!problem.empty()) {
            return invalid_argument("tuned record", directory + "/" + machine.family + ".json: " + record->workload, problem);
        }
        variant = tuned;
        choice = {record->variant, record->knobs, "tuned", "tuned record of " + record->date + " on " + record->cpu, 1};
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
    if (const std::string problem = (*variant)->check_knobs(layer, machine, choice.knobs); !problem.empty()) {
        return Error{StatusCode::kInvalidArgument, (options.knobs ? "--knobs: " : layer.name + ": ") + problem};
    }
    if ((*variant)->error_growth != nullptr) {
        choice.error_growth = (*variant)->error_growth(layer, machine, choice.knobs);
    }
    return choice;
}

}  // namespace tconv
