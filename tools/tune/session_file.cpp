// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/session_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "runtime/base/files.h"
#include "runtime/base/text.h"

namespace tconv {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 2;

std::string line_of(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json header_of(const SessionKey &key) {
    return {{"tconv_session", kFormat}, {"target", key.target},   {"cpu", key.cpu},
            {"commit", key.commit},     {"threads", key.threads}, {"workloads", key.workloads}};
}

// Why a file's session is not the one that is asked for; empty: it is.
std::string difference(const Json &header, const SessionKey &key) {
    const Json wanted = header_of(key);
    if (!header.is_object() || !header.contains("tconv_session")) {
        return "is no session of tconv tune";
    }
    for (const auto &member : wanted.items()) {
        const Json have = header.value(member.key(), Json());
        if (have == member.value()) continue;
        if (member.key() == "workloads") return "is a session of other layers: " + printable(have.dump());
        return "is a session of " + member.key() + " " + printable(have.dump()) + ", not " + member.value().dump();
    }
    return "";
}

Json json_of(const Candidate &candidate) { return {{"variant", candidate.variant}, {"knobs", candidate.knobs}}; }

Candidate candidate_of(const Json &json) {
    return {json.at("variant").get<std::string>(), json.at("knobs").get<Knobs>()};
}

Json json_of(const SessionSummary &summary) {
    return {{"chosen", json_of(summary.chosen)},
            {"best", json_of(summary.best)},
            {"ms", summary.ms},
            {"default_ms", summary.default_ms},
            {"ratio", summary.ratio},
            {"confidence", summary.confidence},
            {"limit_ms", summary.limit_ms},
            {"undisturbed", summary.undisturbed},
            {"end", summary.end},
            {"verified", summary.verified}};
}

SessionSummary summary_of(const Json &json) {
    SessionSummary summary;
    summary.chosen = candidate_of(json.at("chosen"));
    summary.best = candidate_of(json.at("best"));
    summary.ms = json.at("ms").get<double>();
    summary.default_ms = json.at("default_ms").get<double>();
    summary.ratio = json.at("ratio").get<double>();
    summary.confidence = json.at("confidence").get<double>();
    summary.limit_ms = json.at("limit_ms").get<double>();
    summary.undisturbed = json.at("undisturbed").get<bool>();
    summary.end = json.at("end").get<std::string>();
    summary.verified = json.at("verified").get<std::string>();
    return summary;
}

SessionTrial trial_of(const Json &json) {
    SessionTrial trial;
    trial.candidate = candidate_of(json);
    trial.log_time = json.value("log_time", 0.0);
    trial.failure = json.value("failure", "");
    trial.is_best = json.value("best", false);
    trial.seconds = json.at("seconds").get<double>();
    return trial;
}

}  // namespace

Expected<SessionFile> SessionFile::open(const std::string &path, const SessionKey &key) {
    SessionFile session(path);
    if (path.empty()) {
        return session;
    }
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        const Status status = session.append(line_of(header_of(key)));
        return status ? Expected<SessionFile>(session) : status.error();
    }
    const Expected<std::string> text = read_file(path);
    if (!text) {
        return text.error();
    }
    size_t begin = 0, line_number = 0, whole = 0;
    for (size_t end = text->find('\n'); end != std::string::npos; begin = end + 1, end = text->find('\n', begin)) {
        line_number++;
        const Json json = Json::parse(text->substr(begin, end - begin), nullptr, false);
        if (line_number == 1) {
            if (const std::string why = difference(json, key); !why.empty()) {
                return invalid_argument("--session", path, why);
            }
        } else {
            try {
                const std::string workload = json.at("workload").get<std::string>();
                if (json.value("done", false)) {
                    session.summaries_[workload] = summary_of(json.at("summary"));
                    session.done_.insert(workload);
                } else {
                    session.trials_[workload].push_back(trial_of(json));
                }
            } catch (const nlohmann::json::exception &) {
                return invalid_argument("--session", path,
                                        "line " + std::to_string(line_number) + " is not one of a session");
            }
        }
        whole = end + 1;
    }
    if (line_number == 0) {
        return invalid_argument("--session", path, "is no session of tconv tune");
    }
    // What a killed process had begun to write.
    if (whole < text->size()) {
        std::filesystem::resize_file(path, whole, error);
        if (error) {
            return Error{StatusCode::kFailed, path + ": " + error.message()};
        }
    }
    return session;
}

const std::vector<SessionTrial> &SessionFile::trials(const std::string &workload) const {
    static const std::vector<SessionTrial> none;
    const auto at = trials_.find(workload);
    return at == trials_.end() ? none : at->second;
}

const SessionSummary *SessionFile::summary(const std::string &workload) const {
    const auto at = summaries_.find(workload);
    return at == summaries_.end() ? nullptr : &at->second;
}

Status SessionFile::add(const std::string &workload, const SessionTrial &trial) {
    Json json = json_of(trial.candidate);
    json["workload"] = workload;
    json["seconds"] = trial.seconds;
    if (trial.failure.empty()) {
        json["log_time"] = trial.log_time;
    } else {
        json["failure"] = trial.failure;
    }
    if (trial.is_best) json["best"] = true;
    trials_[workload].push_back(trial);
    return append(line_of(json));
}

Status SessionFile::add_end(const std::string &workload, const SessionSummary &summary, bool is_done) {
    summaries_[workload] = summary;
    if (!is_done) {
        return Success{};
    }
    done_.insert(workload);
    return append(line_of({{"workload", workload}, {"done", true}, {"summary", json_of(summary)}}));
}

Status SessionFile::append(const std::string &line) const {
    if (path_.empty()) {
        return Success{};
    }
    std::FILE *file = std::fopen(path_.c_str(), "ab");
    const bool written = file != nullptr && std::fwrite(line.data(), 1, line.size(), file) == line.size();
    const int error_number = errno;
    const bool closed = file != nullptr && std::fclose(file) == 0;
    if (!written || !closed) {
        return Error{StatusCode::kFailed,
                     "--session = " + path_ + ": cannot be written: " + std::strerror(written ? errno : error_number)};
    }
    return Success{};
}

}  // namespace tconv
