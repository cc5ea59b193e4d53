// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/heats.h"

#include <algorithm>
#include <future>

namespace tconv {

namespace {

struct Stage {
    int processes;
    double sample_ms;
    double worst_ratio;  // over the incumbent, of those that go on
    size_t most;         // that go on
};

constexpr double kLeastGain = 0.995;
constexpr double kConfidence = 0.98;  // one of many candidates is lucky now and then
constexpr Stage kStages[] = {{1, 1, 1.05, 4}, {3, 2, kLeastGain, 1}, {11, 3, kLeastGain, 1}};
constexpr int kRounds = 3;  // of each process

class Heats {
public:
    Heats(const Race &race, Board &board, const Racer &incumbent, const HeatOptions &options, double incumbent_ms)
        : race_(race), board_(board), incumbent_(incumbent), options_(options) {
        result_.incumbent_ms = incumbent_ms;
    }

    Expected<HeatResult> run(std::vector<Racer> running) {
        for (const Stage &stage : kStages) {
            if (running.empty()) break;
            if (Status status = run_stage(stage, running); !status) return status.error();
        }
        if (!running.empty() && is_faster(result_.standing.at(running[0].name), kConfidence)) {
            result_.winner = running[0];
        }
        return result_;
    }

private:
    // Leaves those that go on, the quickest first.
    Status run_stage(const Stage &stage, std::vector<Racer> &running) {
        std::vector<std::string> names = {incumbent_.name};
        for (const Racer &racer : running) names.push_back(racer.name);
        const Expected<RaceResult> race =
            race_.run(names, race_options(stage.processes, stage.sample_ms, options_, result_.incumbent_ms), board_);
        if (!race) return race.error();
        if (const auto failure = race->failures.find(incumbent_.name); failure != race->failures.end()) {
            return Error{StatusCode::kFailed, "variant " + incumbent_.candidate.variant + " with " +
                                                  to_string(incumbent_.candidate.knobs) + ": " + failure->second};
        }
        const std::vector<double> &incumbent = race->ms.at(incumbent_.name);
        result_.incumbent_ms = median(incumbent);
        std::vector<Racer> going_on;
        for (const Racer &racer : running) {
            if (const auto failure = race->failures.find(racer.name); failure != race->failures.end()) {
                result_.failures.insert(*failure);
                continue;
            }
            const PairedComparison comparison = compare_paired(race->ms.at(racer.name), incumbent);
            result_.standing[racer.name] = comparison;
            if (comparison.ratio <= stage.worst_ratio) going_on.push_back(racer);
        }
        const auto faster = [&](const Racer &a, const Racer &b) { return ratio(a) < ratio(b); };
        std::sort(going_on.begin(), going_on.end(), faster);
        if (going_on.size() > stage.most) going_on.resize(stage.most);
        running = going_on;
        return Success{};
    }

    double ratio(const Racer &racer) const { return result_.standing.at(racer.name).ratio; }

    const Race &race_;
    Board &board_;
    const Racer &incumbent_;
    const HeatOptions &options_;
    HeatResult result_;
};

}  // namespace

bool is_faster(const PairedComparison &comparison, double confidence) {
    return comparison.ratio < kLeastGain && comparison.confidence >= confidence;
}

Expected<HeatResult> run_heats(const Race &race, std::vector<Board> &boards, const Racer &incumbent,
                               const std::vector<Racer> &racers, const HeatOptions &options, double incumbent_ms) {
    std::vector<std::vector<Racer>> shares(std::min(boards.size(), racers.size()));
    for (size_t i = 0; i < racers.size(); i++) shares[i % shares.size()].push_back(racers[i]);
    std::vector<std::future<Expected<HeatResult>>> running;
    for (size_t i = 0; i < shares.size(); i++) {
        running.push_back(std::async(shares.size() > 1 ? std::launch::async : std::launch::deferred, [&, i] {
            return Heats(race, boards[i], incumbent, options, incumbent_ms).run(shares[i]);
        }));
    }
    HeatResult all;
    all.incumbent_ms = incumbent_ms;
    std::optional<Error> error;
    for (std::future<Expected<HeatResult>> &one : running) {
        const Expected<HeatResult> result = one.get();
        if (!result) {
            error = result.error();
            continue;
        }
        all.standing.insert(result->standing.begin(), result->standing.end());
        all.failures.insert(result->failures.begin(), result->failures.end());
        all.incumbent_ms = result->incumbent_ms;
        const auto ratio = [&](const Racer &racer) { return all.standing.at(racer.name).ratio; };
        if (result->winner && (!all.winner || ratio(*result->winner) < ratio(*all.winner))) {
            all.winner = result->winner;
        }
    }
    return error ? Expected<HeatResult>(*error) : all;
}

RaceOptions race_options(int processes, double sample_ms, const HeatOptions &options, double ms) {
    RaceOptions race;
    race.rounds = kRounds;
    race.processes = processes;
    race.threads = options.threads;
    race.sample_ms = sample_ms;
    race.cool_seconds = options.cool_seconds;
    race.seconds = std::max(0.3, 2e-2 * kRounds * std::max(sample_ms, ms)) + kRounds * options.cool_seconds;
    return race;
}

}  // namespace tconv
