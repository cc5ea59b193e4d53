// SPDX-License-Identifier: Apache-2.0
#include "schedules/tuned_records.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

namespace tconv {

namespace {

using nlohmann::json;

const std::set<std::string> &known_keys() {
    static const std::set<std::string> keys = {"workload", "target", "cpu",     "halide", "llvm", "commit",     "date",
                                               "seed",     "variant", "knobs",  "ms",     "default_ms", "percent_of_limit"};
    return keys;
}

// Throws json::exception for a key that is missing or of another type; the caller names the place.
TunedRecord parse_record(const json &entry) {
    for (const auto &[key, value] : entry.items()) {
        if (known_keys().count(key) == 0) {
            throw std::invalid_argument("unknown key \"" + key + "\"");
        }
    }
    TunedRecord record;
    record.workload = entry.at("workload").get<std::string>();
    record.target = entry.at("target").get<std::string>();
    record.cpu = entry.at("cpu").get<std::string>();
    record.halide = entry.at("halide").get<std::string>();
    record.llvm = entry.at("llvm").get<std::string>();
    record.commit = entry.at("commit").get<std::string>();
    record.date = entry.at("date").get<std::string>();
    record.seed = entry.at("seed").get<int64_t>();
    record.variant = entry.at("variant").get<std::string>();
    for (const auto &[name, value] : entry.at("knobs").items()) {
        if (!value.is_number_integer()) {
            throw std::invalid_argument("knobs." + name + " must be an integer");
        }
        record.knobs[name] = value.get<int>();
    }
    record.ms = entry.at("ms").get<double>();
    record.default_ms = entry.at("default_ms").get<double>();
    record.percent_of_limit = entry.at("percent_of_limit").get<double>();
    return record;
}

}  // namespace

Expected<std::vector<TunedRecord>> read_tuned_records(const std::string &directory, const std::string &family) {
    const std::string path = directory + "/" + family + ".json";
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return std::vector<TunedRecord>{};
    }
    std::ifstream file(path);
    const json list = json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (!list.is_array()) {
        return invalid_argument("tuned records", path, "must be a JSON list of records");
    }
    std::vector<TunedRecord> records;
    for (const json &entry : list) {
        try {
            records.push_back(parse_record(entry));
        } catch (const std::exception &problem) {
            return invalid_argument("tuned records", path + "[" + std::to_string(records.size()) + "]", problem.what());
        }
    }
    return records;
}

const TunedRecord *find_tuned_record(const std::vector<TunedRecord> &records, const std::string &workload,
                                     const std::string &target) {
    const TunedRecord *best = nullptr;
    for (const TunedRecord &record : records) {
        if (record.workload == workload && record.target == target && (best == nullptr || record.ms < best->ms)) {
            best = &record;
        }
    }
    return best;
}

}  // namespace tconv
