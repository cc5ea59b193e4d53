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
    Choice choice{"", {}, "default", "least estimated cycles"};
    const Variant *variant;
    if (options.variant) {
        const Expected<const Variant *> named = named_variant(layer, machine, *options.variant);
        if (!named) {
            return named.error();
        }
        variant = *named;
        choice.knobs = variant->default_knobs(layer, machine);
    } else {
        const RankedVariant cheapest = rank_variants(layer, machine).front();
        variant = cheapest.variant;
        choice.knobs = cheapest.knobs;
    }
    choice.variant = variant->id;
    const std::string directory = options.tuned_dir ? *options.tuned_dir : tuned_directory();
    const Expected<std::vector<TunedRecord>> records = read_tuned_records(directory, machine.family);
    if (!records) {
        return records.error();
    }
    const TunedRecord *record = find_tuned_record(*records, layer.workload(), target.name);
    if (record != nullptr && (!options.variant || record->variant == *options.variant)) {
        const Expected<const Variant *> tuned = named_variant(layer, machine, record->variant);
        const std::string problem = tuned ? (*tuned)->check_knobs(layer, machine, record->knobs) : tuned.error().message;
        if (!problem.empty()) {
            return invalid_argument("tuned record", directory + "/" + machine.family + ".json: " + record->workload, problem);
        }
        variant = *tuned;
        choice = {record->variant, record->knobs, "tuned", "tuned record of " + record->date + " on " + record->cpu, 1};
    } else if (const TunedRecord *near = find_transferable_record(*records, layer.workload(), target.name);
               record == nullptr && near != nullptr && (!options.variant || near->variant == *options.variant)) {
        // It was not made for this layer: where it does not fit, the default does.
        const Expected<const Variant *> tuned = named_variant(layer, machine, near->variant);
        if (tuned && (*tuned)->check_knobs(layer, machine, near->knobs).empty()) {
            variant = *tuned;
            choice = {near->variant, near->knobs, "transferred", "tuned record of " + near->workload + ", " + near->date, 1};
        }
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
