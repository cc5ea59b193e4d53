// SPDX-License-Identifier: Apache-2.0
#include "schedules/machine_file.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <type_traits>
#include <vector>

#include "runtime/base/files.h"
#include "runtime/base/text.h"
#include "runtime/layer/json_reader.h"

namespace tconv {

namespace {

using Source = MachineFact::Source;

struct FactRule {
    std::string key;
    FactSource Processor::*group;
    double least, most;
    bool whole;
    double (*get)(const Processor &);
    void (*set)(Processor &, double);
};

template<auto Part, auto Member>
double get_fact(const Processor &processor) {
    return static_cast<double>((processor.*Part).*Member);
}

template<auto Part, auto Member>
void set_fact(Processor &processor, double value) {
    auto &fact = (processor.*Part).*Member;
    fact = static_cast<std::remove_reference_t<decltype(fact)>>(value);
}

template<auto Part, auto Member>
FactRule fact(const std::string &key, FactSource Processor::*group, double least, double most) {
    using Type = std::remove_reference_t<decltype((std::declval<Processor &>().*Part).*Member)>;
    return {key, group, least, most, std::is_integral_v<Type>, get_fact<Part, Member>, set_fact<Part, Member>};
}

constexpr double kMiB = 1024 * 1024;

// Limits are those of what could be a processor, so that a number in another unit shows.
const std::vector<FactRule> &fact_rules() {
    using P = Processor;
    using Core = P::Core;
    using Caches = P::Caches;
    using Rates = P::Rates;
    using Calls = P::Calls;
    static const std::vector<FactRule> rules = {
        fact<&P::core, &Core::fma_units>("fma_units", &P::core_source, 1, 64),
        fact<&P::core, &Core::fma_unit_bits>("fma_unit_bits", &P::core_source, 8, 4096),
        fact<&P::core, &Core::fma_latency>("fma_latency", &P::core_source, 1, 100),
        fact<&P::core, &Core::loads>("loads", &P::core_source, 1, 64),
        fact<&P::core, &Core::load_bits>("load_bits", &P::core_source, 8, 4096),
        fact<&P::core, &Core::decode>("decode", &P::core_source, 1, 64),
        fact<&P::core, &Core::in_order>("in_order", &P::core_source, 0, 1),
        fact<&P::caches, &Caches::l1_bytes>("l1_bytes", &P::caches_source, 1024, 64 * kMiB),
        fact<&P::caches, &Caches::l2_bytes>("l2_bytes", &P::caches_source, 1024, 1024 * kMiB),
        fact<&P::caches, &Caches::l3_bytes>("l3_bytes", &P::caches_source, 0, 1024 * 1024 * kMiB),
        fact<&P::caches, &Caches::line_bytes>("line_bytes", &P::caches_source, 8, 4096),
        fact<&P::rates, &Rates::l2>("l2", &P::rates_source, 0.01, 4096),
        fact<&P::rates, &Rates::l3>("l3", &P::rates_source, 0.01, 4096),
        fact<&P::rates, &Rates::memory>("memory", &P::rates_source, 0.01, 4096),
        fact<&P::rates, &Rates::to_memory>("to_memory", &P::rates_source, 0.01, 4096),
        fact<&P::calls, &Calls::call>("call", &P::calls_source, 0, 1e6),
        fact<&P::calls, &Calls::barrier>("barrier", &P::calls_source, 0, 1e6),
    };
    return rules;
}

const std::pair<const char *, Source> kSources[] = {
    {"measured", Source::kMeasured}, {"system", Source::kSystem}, {"assumed", Source::kAssumed}};

std::string number_text(double number) {
    std::ostringstream text;
    text.precision(15);
    text << number;
    return text.str();
}

double number(Fields &fields, const std::string &key, double least, double most, bool whole, bool required) {
    const Json *value = required ? fields.require(key) : fields.find(key);
    if (value == nullptr) {
        return 0;
    }
    const double found = value->is_number() ? value->get<double>() : NAN;
    if (!(least <= found && found <= most) || (whole && found != std::floor(found))) {
        fields.refuse(key, std::string("must be ") + (whole ? "an integer" : "a number") + " from " +
                               number_text(least) + " to " + number_text(most));
        return 0;
    }
    return found;
}

Expected<MachineFact> read_fact(const Json &entry, const FactRule &rule) {
    const std::string place = "facts." + rule.key;
    if (!entry.is_object()) {
        return invalid_argument(place, to_text(entry), "must be an object");
    }
    Fields fields(entry, "a fact", place + ".");
    fields.allow_only({"value", "source", "spread", "measured"});
    MachineFact fact;
    const std::string source = fields.string("source");
    const auto known =
        std::find_if(std::begin(kSources), std::end(kSources), [&](const auto &row) { return source == row.first; });
    if (known == std::end(kSources)) {
        fields.refuse("source", "must be \"measured\", \"system\" or \"assumed\"");
    } else {
        fact.source = known->second;
    }
    fact.value = number(fields, "value", rule.least, rule.most, rule.whole, true);
    fact.spread = number(fields, "spread", 0, 1e6, false, fact.source == Source::kMeasured);
    fact.measured = number(fields, "measured", 0, 1e12, false, false);
    if (!fields.ok()) {
        return fields.error();
    }
    return fact;
}

// A word that stands in tuned records and in NAME.json.
bool is_name(const std::string &text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
}

Expected<std::map<std::string, MachineFact>> read_facts(const Json &object) {
    Fields fields(object, "\"facts\"", "facts.");
    std::vector<std::string> keys;
    for (const FactRule &rule : fact_rules()) {
        keys.push_back(rule.key);
    }
    fields.allow_only(keys);
    std::map<std::string, MachineFact> facts;
    for (const FactRule &rule : fact_rules()) {
        const Json *entry = fields.require(rule.key);
        if (!fields.ok()) {
            return fields.error();
        }
        const Expected<MachineFact> fact = read_fact(*entry, rule);
        if (!fact) {
            return fact.error();
        }
        facts[rule.key] = *fact;
    }
    if (facts["l2_bytes"].value < facts["l1_bytes"].value) {
        return invalid_argument("facts.l2_bytes.value", number_text(facts["l2_bytes"].value),
                                "must not be below l1_bytes = " + number_text(facts["l1_bytes"].value));
    }
    return facts;
}

// "l1_bytes, l2_bytes": the facts of a group that are from there.
std::string keys_from(const MachineFile &machine, FactSource Processor::*group, Source source) {
    std::vector<std::string> keys;
    for (const FactRule &rule : fact_rules()) {
        if (rule.group == group && machine.facts.at(rule.key).source == source) keys.push_back(rule.key);
    }
    return join(keys);
}

FactSource source_of(const MachineFile &machine, FactSource Processor::*group, const std::string &file) {
    const std::string system = keys_from(machine, group, Source::kSystem),
                      assumed = keys_from(machine, group, Source::kAssumed);
    if (system.empty() && keys_from(machine, group, Source::kMeasured).empty()) {
        return {FactSource::Kind::kAssumed, machine.like + " (" + file + ")"};
    }
    return {FactSource::Kind::kMeasured, file + (system.empty() ? "" : "; " + system + " as the system says") +
                                             (assumed.empty() ? "" : "; " + assumed + " assumed from " + machine.like)};
}

}  // namespace

Processor MachineFile::processor(const std::string &file) const {
    Processor processor = {};
    processor.name = cpu_name;
    processor.families = {family};
    for (const FactRule &rule : fact_rules()) {
        rule.set(processor, facts.at(rule.key).value);
        processor.*rule.group = source_of(*this, rule.group, file);
    }
    if (const Processor *row = find_processor(like, family)) {
        processor.caches.keeps_streamed = row->caches.keeps_streamed;
    }
    return processor;
}

MachineFile machine_file_of(const Processor &row, const std::string &family) {
    MachineFile machine;
    machine.cpu = machine.cpu_name = machine.like = row.name;
    machine.family = family;
    for (const FactRule &rule : fact_rules()) {
        machine.facts[rule.key].value = rule.get(row);
    }
    return machine;
}

Expected<MachineFile> machine_from_text(const std::string &text) {
    const Expected<Json> json = parse_json(text);
    if (!json) {
        return json.error();
    }
    if (!json->is_object()) {
        return invalid_argument("the machine", to_text(*json), "must be an object, as tconv calibrate writes it");
    }
    Fields fields(*json, "a machine", "");
    fields.allow_only({"cpu", "cpu_name", "like", "target", "family", "date", "tconv", "facts"});
    MachineFile machine;
    machine.cpu = fields.string("cpu");
    machine.cpu_name = fields.string("cpu_name");
    machine.like = fields.string("like");
    machine.target = fields.string("target");
    machine.family = fields.string("family");
    machine.date = fields.string("date", "");
    machine.tconv = fields.string("tconv", "");
    const Json *facts = fields.require("facts");
    const std::vector<std::string> rows = processor_names(machine.family);
    if (fields.ok() && !is_name(machine.cpu_name)) {
        fields.refuse("cpu_name", "must be of lower-case letters, digits, - and _");
    }
    if (fields.ok() && rows.empty()) {
        fields.refuse("family", "must be an instruction set that `tconv targets` lists under schedules");
    }
    if (fields.ok() && find_processor(machine.like, machine.family) == nullptr) {
        fields.refuse("like", "must be one of " + join(rows) + did_you_mean(machine.like, rows));
    }
    if (fields.ok() && !facts->is_object()) {
        fields.refuse("facts", "must be an object");
    }
    if (!fields.ok()) {
        return fields.error();
    }
    const Expected<std::map<std::string, MachineFact>> read = read_facts(*facts);
    if (!read) {
        return read.error();
    }
    machine.facts = *read;
    return machine;
}

Expected<MachineFile> read_machine_file(const std::string &path) {
    const Expected<std::string> text = read_file(path);
    if (!text) {
        return text.error();
    }
    Expected<MachineFile> machine = machine_from_text(*text);
    if (!machine) {
        return Error{machine.error().code, path + ": " + machine.error().message};
    }
    return machine;
}

std::string machine_file_text(const MachineFile &machine) {
    using Ordered = nlohmann::ordered_json;
    Ordered facts = Ordered::object();
    for (const FactRule &rule : fact_rules()) {
        const MachineFact &fact = machine.facts.at(rule.key);
        Ordered entry;
        if (rule.whole) {
            entry["value"] = static_cast<int64_t>(fact.value);
        } else {
            entry["value"] = fact.value;
        }
        for (const auto &[name, source] : kSources) {
            if (source == fact.source) entry["source"] = name;
        }
        if (fact.source == Source::kMeasured) entry["spread"] = fact.spread;
        if (fact.measured != 0) entry["measured"] = fact.measured;
        facts[rule.key] = entry;
    }
    const Ordered json = {{"cpu", machine.cpu},       {"cpu_name", machine.cpu_name},
                          {"like", machine.like},     {"target", machine.target},
                          {"family", machine.family}, {"date", machine.date},
                          {"tconv", machine.tconv},   {"facts", facts}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tconv
