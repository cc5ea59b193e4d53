// SPDX-License-Identifier: Apache-2.0
#include "schedules/tuned_records.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "runtime/base/files.h"
#include "runtime/layer/json_reader.h"

namespace tconv {

namespace {

constexpr char kMeasured[] = "measured", kModel[] = "model";

double positive_number(Fields &fields, const std::string &key) {
    const Json *value = fields.require(key);
    if (value == nullptr) {
        return 0;
    }
    if (!value->is_number() || !(value->get<double>() > 0)) {
        fields.refuse(key, "must be a number above 0");
        return 0;
    }
    return value->get<double>();
}

Knobs read_knobs(Fields &fields, const std::string &key) {
    Knobs knobs;
    const Json *object = fields.require(key);
    if (object == nullptr) {
        return knobs;
    }
    if (!object->is_object()) {
        fields.refuse(key, "must be an object of integers");
        return knobs;
    }
    Fields members(*object, key, key + ".");
    for (const auto &member : object->items()) {
        knobs[member.key()] = static_cast<int>(members.integer(member.key(), 0));
    }
    fields.check(members.status());
    return knobs;
}

bool is_measured(Fields &fields) {
    const std::string source = fields.string("source", kMeasured);
    if (source != kMeasured && source != kModel) {
        fields.refuse("source", std::string("must be \"") + kMeasured + "\" or \"" + kModel + "\"");
    }
    return source == kMeasured;
}

Expected<TunedRecord> read_record(const Json &entry) {
    if (!entry.is_object()) {
        return invalid_argument("the record", to_text(entry), "must be an object");
    }
    Fields fields(entry, "a tuned record");
    fields.allow_only({"workload", "target", "cpu", "model", "halide", "llvm", "commit", "date", "seed", "variant",
                       "knobs", "ms", "default_ms", "percent_of_limit", "threads", "source", "verified",
                       "default_variant", "default_knobs"});
    TunedRecord record;
    record.workload = fields.string("workload");
    record.target = fields.string("target");
    record.cpu = fields.string("cpu");
    record.model = fields.string("model");
    record.halide = fields.string("halide");
    record.llvm = fields.string("llvm");
    record.commit = fields.string("commit");
    record.date = fields.string("date");
    fields.require("seed");
    record.seed = fields.count("seed").value_or(0);
    record.variant = fields.string("variant");
    record.knobs = read_knobs(fields, "knobs");
    record.ms = positive_number(fields, "ms");
    record.default_ms = positive_number(fields, "default_ms");
    record.percent_of_limit = positive_number(fields, "percent_of_limit");
    record.threads = static_cast<int>(fields.integer("threads", 1, 1));
    record.is_measured = is_measured(fields);
    record.verified = fields.string("verified", "");
    record.default_variant = fields.string("default_variant", "");
    if (!record.default_variant.empty() || entry.contains("default_knobs")) {
        record.default_knobs = read_knobs(fields, "default_knobs");
    }
    if (record.default_variant.empty() && !record.default_knobs.empty()) {
        fields.refuse("default_knobs", "needs default_variant");
    }
    if (!fields.ok()) {
        return fields.error();
    }
    return record;
}

Expected<std::vector<TunedRecord>> read_records(const std::string &text) {
    const Expected<Json> list = parse_json(text);
    if (!list) {
        return list.error();
    }
    if (!list->is_array()) {
        return invalid_argument("tuned records", to_text(*list), "must be a list of records");
    }
    std::vector<TunedRecord> records;
    for (const Json &entry : *list) {
        Expected<TunedRecord> record = read_record(entry);
        if (!record) {
            return Error{record.error().code,
                         "record " + std::to_string(records.size()) + ": " + record.error().message};
        }
        records.push_back(*record);
    }
    return records;
}

// Whether a record that stands behind another goes before it.
bool goes_before(const TunedRecord &record, const TunedRecord &earlier, int threads) {
    const auto rank = [&](const TunedRecord &r) {
        return std::tuple(-std::abs(r.threads - threads), -r.threads, r.is_measured, r.date);
    };
    return rank(record) >= rank(earlier);
}

template<typename Wanted>
const TunedRecord *in_force(const std::vector<TunedRecord> &records, int threads, const Wanted &wanted) {
    const TunedRecord *best = nullptr;
    for (const TunedRecord &record : records) {
        if (wanted(record.workload) && (best == nullptr || goes_before(record, *best, threads))) {
            best = &record;
        }
    }
    return best;
}

nlohmann::ordered_json to_json(const TunedRecord &record) {
    nlohmann::ordered_json json = {{"workload", record.workload},
                                   {"target", record.target},
                                   {"cpu", record.cpu},
                                   {"model", record.model},
                                   {"halide", record.halide},
                                   {"llvm", record.llvm},
                                   {"commit", record.commit},
                                   {"date", record.date},
                                   {"seed", record.seed},
                                   {"variant", record.variant},
                                   {"knobs", record.knobs},
                                   {"ms", record.ms},
                                   {"default_ms", record.default_ms},
                                   {"percent_of_limit", record.percent_of_limit},
                                   {"threads", record.threads},
                                   {"source", record.is_measured ? kMeasured : kModel},
                                   {"verified", record.verified}};
    if (!record.default_variant.empty()) {
        json["default_variant"] = record.default_variant;
        json["default_knobs"] = record.default_knobs;
    }
    return json;
}

// Geometry, type and layout are the first three parts of a workload; bias and activation follow.
std::string without_epilogue(const std::string &workload) {
    size_t end = workload.find(':');
    for (int part = 1; part < 3 && end != std::string::npos; part++) {
        end = workload.find(':', end + 1);
    }
    return workload.substr(0, end);
}

}  // namespace

bool TunedRecord::same_key(const TunedRecord &other) const {
    return std::tie(workload, target, cpu, threads) == std::tie(other.workload, other.target, other.cpu, other.threads);
}

std::string tuned_record_file(const std::string &place, const std::string &family) {
    std::error_code error;
    return std::filesystem::is_regular_file(place, error) ? place : place + "/" + family + ".json";
}

std::string tuned_records_text(const std::vector<TunedRecord> &records) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const TunedRecord &record : records) {
        list.push_back(to_json(record));
    }
    return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void replace_record(std::vector<TunedRecord> &records, const TunedRecord &record) {
    const auto same = [&](const TunedRecord &other) { return other.same_key(record); };
    const auto at = std::find_if(records.begin(), records.end(), same);
    if (at == records.end()) {
        records.push_back(record);
        return;
    }
    *at = record;
    records.erase(std::remove_if(at + 1, records.end(), same), records.end());
}

Expected<std::vector<TunedRecord>> read_tuned_records(const std::string &path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return std::vector<TunedRecord>{};
    }
    const Expected<std::string> text = read_file(path);
    if (!text) {
        return text.error();
    }
    Expected<std::vector<TunedRecord>> records = read_records(*text);
    if (!records) {
        return Error{records.error().code, path + ": " + records.error().message};
    }
    return records;
}

std::vector<TunedRecord> records_for(const std::vector<TunedRecord> &records, const std::string &target,
                                     const std::string &cpu) {
    std::vector<TunedRecord> own;
    std::copy_if(records.begin(), records.end(), std::back_inserter(own),
                 [&](const TunedRecord &record) { return record.target == target && record.cpu == cpu; });
    return own;
}

const TunedRecord *find_tuned_record(const std::vector<TunedRecord> &records, const std::string &workload,
                                     int threads) {
    return in_force(records, threads, [&](const std::string &other) { return other == workload; });
}

const TunedRecord *find_transferable_record(const std::vector<TunedRecord> &records, const std::string &workload,
                                            int threads) {
    return in_force(records, threads,
                    [&](const std::string &other) { return without_epilogue(other) == without_epilogue(workload); });
}

}  // namespace tconv
