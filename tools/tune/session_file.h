// SPDX-License-Identifier: Apache-2.0
// What a tuning session has learned so far, in a file of one JSON object a line: a session that was ended, or killed, goes
// on from there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tconv/status.h"
#include "tools/tune/candidates.h"

namespace tconv {

// What a session is about. Times of other layers, targets, processors, threads or another tconv say nothing here.
struct SessionKey {
    std::string target, cpu, commit;
    int threads = 1;
    std::vector<std::string> workloads;
};

struct SessionTrial {
    Candidate candidate;
    double log_time = 0;   // of its time over that of the session's default
    std::string failure;   // why there is no time; empty: there is
    bool is_best = false;  // it became the incumbent
    double seconds = 0;    // that the layer's session had lasted
};

// How a layer's session ended.
struct SessionSummary {
    Candidate chosen;                  // what a build takes without a record
    Candidate best;                    // what the record says
    double ms = 0, default_ms = 0;     // medians of the last race, in which both took part
    double ratio = 1, confidence = 0;  // of the best's time over the default's, and that it is below 1
    double limit_ms = 0;               // what no direct sum can do faster on this machine
    bool undisturbed = true;           // the last race had rounds that count
    std::string end;                   // why: "time is up"
    std::string verified;              // what the oracle said of the best
};

class SessionFile {
public:
    // Creates the file, or reads one that is there. A session about something else is refused: which part differs. An empty
    // path: nothing is kept.
    static Expected<SessionFile> open(const std::string &path, const SessionKey &key);

    const std::vector<SessionTrial> &trials(const std::string &workload) const;
    // Of a layer whose record was written, or null.
    const SessionSummary *summary(const std::string &workload) const;
    bool is_done(const std::string &workload) const { return done_.count(workload) > 0; }

    Status add(const std::string &workload, const SessionTrial &trial);
    // Its record was written. Of a layer that was interrupted the file says nothing: it goes on.
    Status add_end(const std::string &workload, const SessionSummary &summary, bool is_done);

private:
    explicit SessionFile(std::string path) : path_(std::move(path)) {}

    Status append(const std::string &line) const;

    std::string path_;
    std::map<std::string, std::vector<SessionTrial>> trials_;
    std::map<std::string, SessionSummary> summaries_;
    std::set<std::string> done_;
};

}  // namespace tconv
