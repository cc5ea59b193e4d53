// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/tune_layer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "runtime/base/interrupt.h"
#include "tools/tune/candidate_builds.h"
#include "tools/tune/verdict.h"

namespace tconv {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPatience = 14;  // batches without a gain that end the session
constexpr int kFarEvery = 3;   // of these, every one so often looks far away

class LayerSession {
public:
    LayerSession(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain, std::vector<Board> &boards,
                 const TuneOptions &options, SessionFile &session, CandidateBuilds &builds)
        : layer_(layer),
          target_(target),
          toolchain_(toolchain),
          boards_(boards),
          options_(options),
          session_(session),
          builds_(builds),
          machine_(target.machine()),
          candidates_(layer, machine_, options.seed + session.trials(layer.workload()).size()),
          cells_(checked_cells(layer)),
          race_(layer, cells_, toolchain, builds.folder()),
          lost_before_(lost_seconds()),
          start_(Clock::now()) {}

    Expected<TuneResult> run() {
        std::vector<Candidate> batch = candidates_.starts();
        result_.chosen = batch.front();
        batch.erase(batch.begin());
        if (Status status = resume(); !status) return status.error();
        if (session_.trials(layer_.workload()).empty()) {
            const Expected<Choice> choice = choose(layer_, target_, in_force());
            if (!choice) return choice.error();
            const Candidate record{choice->variant, choice->knobs};
            const bool is_known = record == result_.chosen || std::count(batch.begin(), batch.end(), record) > 0;
            if (!is_known) batch.insert(batch.begin(), record);
            for (const Candidate &candidate : batch) candidates_.seen(candidate);
        } else {
            batch.clear();
        }
        int gainless = 0;
        while (!ends(gainless)) {
            if (batch.empty()) {
                batch = candidates_.next(batch_size(), gainless % kFarEvery == kFarEvery - 1);
            }
            if (batch.empty()) {
                result_.end = TuneEnd::kAllTried;
                break;
            }
            const Candidate before = result_.best;
            if (Status status = try_batch(batch); !status) {
                if (!interrupted()) return status.error();
            }
            gainless = result_.best == before ? gainless + 1 : 0;
            batch.clear();
        }
        if (interrupted()) {
            result_.end = TuneEnd::kInterrupt;
            // `timeout` and the like send the signal to a process and once more to its group.
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            forget_interrupt();
        }
        if (Status status = last_race(); !status) return status.error();
        return result_;
    }

private:
    BuildOptions in_force() const {
        BuildOptions options;
        options.tuned = options_.tuned;
        options.threads = options_.heats.threads;
        return options;
    }

    size_t batch_size() const { return 3 * boards_.size() * std::clamp(std::thread::hardware_concurrency(), 1u, 4u); }

    // What no board answered in is not the session's.
    double lost_seconds() const {
        double seconds = 0;
        for (const Board &board : boards_) seconds += board.lost_seconds();
        return seconds;
    }

    double seconds() const {
        const double here = std::chrono::duration<double>(Clock::now() - start_).count();
        return seconds_before_ + here - (lost_seconds() - lost_before_);
    }

    double seconds_left() const { return 60 * options_.minutes - final_race_seconds(ms_) - seconds(); }

    bool ends(int gainless) {
        if (interrupted()) {
            result_.end = TuneEnd::kInterrupt;
        } else if (seconds_left() <= 0) {
            result_.end = TuneEnd::kTime;
        } else if (options_.trials > 0 && result_.tried >= options_.trials) {
            result_.end = TuneEnd::kTrials;
        } else if (gainless >= kPatience) {
            result_.end = TuneEnd::kNoGain;
        } else {
            return false;
        }
        return true;
    }

    // The default is the first incumbent, and what all times are relative to.
    Status resume() {
        const Expected<std::string> name = builds_.build_one(result_.chosen);
        if (!name) return name.error();
        default_ = incumbent_ = {result_.chosen, *name};
        candidates_.timed(result_.chosen, 0);
        for (const SessionTrial &trial : session_.trials(layer_.workload())) {
            result_.tried++;
            seconds_before_ = trial.seconds;
            if (!trial.failure.empty()) {
                result_.failed++;
                candidates_.seen(trial.candidate);
                continue;
            }
            candidates_.timed(trial.candidate, trial.log_time);
            if (!trial.is_best) continue;
            incumbent_.candidate = trial.candidate;
            incumbent_log_ = trial.log_time;
        }
        result_.best = incumbent_.candidate;
        if (!(incumbent_.candidate == default_.candidate)) {
            const Expected<std::string> best = builds_.build_one(incumbent_.candidate);
            if (!best) return best.error();
            incumbent_.name = *best;
        }
        return Success{};
    }

    Status fail_trial(const Candidate &candidate, const std::string &why) {
        result_.tried++;
        result_.failed++;
        return session_.add(layer_.workload(), {candidate, 0, why, false, seconds()});
    }

    Status try_batch(const std::vector<Candidate> &batch) {
        std::vector<Racer> racers;
        const std::vector<Expected<std::string>> names = builds_.build(batch);
        for (size_t i = 0; i < batch.size(); i++) {
            if (interrupted()) return interruption();
            if (names[i]) {
                racers.push_back({batch[i], *names[i]});
            } else if (Status status = fail_trial(batch[i], names[i].error().message); !status) {
                return status;
            }
        }
        while (!racers.empty()) {
            const size_t count =
                builds_.fitting(incumbent_.name, names_of(racers), int64_t{1000000} * options_.memory_mb);
            const auto end = racers.begin() + static_cast<std::ptrdiff_t>(std::max<size_t>(count, 1));
            if (count == 0) {
                if (Status status = fail_trial(racers[0].candidate, "needs more than --memory together with the best");
                    !status) {
                    return status;
                }
            } else if (Status status = race({racers.begin(), end}); !status) {
                return status;
            }
            for (auto racer = racers.begin(); racer != end; ++racer) {
                if (racer->name != incumbent_.name) builds_.remove(racer->name);
            }
            racers.erase(racers.begin(), end);
            if (interrupted()) return interruption();
        }
        return Success{};
    }

    static std::vector<std::string> names_of(const std::vector<Racer> &racers) {
        std::vector<std::string> names;
        for (const Racer &racer : racers) names.push_back(racer.name);
        return names;
    }

    // All of them against the incumbent; its place goes to the one that proves to be faster, if any.
    Status race(const std::vector<Racer> &racers) {
        Expected<HeatResult> heats = run_heats(race_, boards_, incumbent_, racers, options_.heats, ms_);
        if (!heats) return heats.error();
        ms_ = heats->incumbent_ms;
        if (heats->winner) {
            const Expected<std::string> verdict = verify(heats->winner->candidate);
            if (!verdict && interrupted()) return interruption();
            if (verdict) {
                result_.verified = *verdict;
            } else {
                heats->failures[heats->winner->name] = verdict.error().message;
                heats->winner.reset();
            }
        }
        if (Status status = learn(racers, *heats); !status) return status;
        if (heats->winner) adopt(*heats->winner, heats->standing.at(heats->winner->name));
        show_progress();
        return Success{};
    }

    Status learn(const std::vector<Racer> &racers, const HeatResult &heats) {
        for (const Racer &racer : racers) {
            if (const auto failure = heats.failures.find(racer.name); failure != heats.failures.end()) {
                if (Status status = fail_trial(racer.candidate, failure->second); !status) return status;
                continue;
            }
            const double log_time = incumbent_log_ + std::log(heats.standing.at(racer.name).ratio);
            candidates_.timed(racer.candidate, log_time);
            result_.tried++;
            const bool is_winner = heats.winner && racer.name == heats.winner->name;
            Status status = session_.add(layer_.workload(), {racer.candidate, log_time, "", is_winner, seconds()});
            if (!status) return status;
        }
        return Success{};
    }

    void adopt(const Racer &winner, const PairedComparison &comparison) {
        if (incumbent_.name != default_.name) builds_.remove(incumbent_.name);
        incumbent_ = winner;
        incumbent_log_ += std::log(comparison.ratio);
        ms_ *= comparison.ratio;
        result_.best = winner.candidate;
    }

    Expected<std::string> verify(const Candidate &candidate) const {
        return verdict_on(candidate, builds_.plain_layer(), target_, toolchain_, options_.seed);
    }

    // A best that does not prove to be faster once more was lucky.
    Status last_race() {
        const Expected<FinalRace> last =
            final_race(race_, boards_.front(), default_.name, incumbent_.name, options_.heats, ms_);
        if (!last) return last.error();
        result_.last = *last;
        if (incumbent_.name != default_.name && !last->is_gain) {
            result_.best = result_.chosen;
            result_.last.ms = last->default_ms;
            result_.verified.clear();
        }
        if (!result_.verified.empty()) return Success{};
        const Expected<std::string> verdict = verify(result_.best);
        if (verdict) result_.verified = *verdict;
        return verdict ? Status(Success{}) : verdict.error();
    }

    void show_progress() const {
        if (!options_.on_progress) return;
        options_.on_progress(
            {result_.tried, result_.failed, std::max(0.0, seconds_left()), ms_, std::exp(-incumbent_log_)});
    }

    const Layer &layer_;
    const TargetInfo &target_;
    const Toolchain &toolchain_;
    std::vector<Board> &boards_;
    const TuneOptions &options_;
    SessionFile &session_;
    CandidateBuilds &builds_;
    const Machine machine_;
    Candidates candidates_;
    const std::vector<CheckedCell> cells_;
    const Race race_;
    const double lost_before_;
    const Clock::time_point start_;
    double seconds_before_ = 0;  // that the session had lasted when it was resumed
    Racer default_, incumbent_;
    double incumbent_log_ = 0;  // of its time over the default's
    double ms_ = 0;             // of the incumbent, lately
    TuneResult result_;
};

}  // namespace

Expected<TuneResult> tune_layer(const Layer &layer, const TargetInfo &target, const Toolchain &toolchain,
                                std::vector<Board> &boards, const TuneOptions &options, SessionFile &session) {
    Expected<CandidateBuilds> builds = CandidateBuilds::create(layer, target);
    if (!builds) return builds.error();
    return LayerSession(layer, target, toolchain, boards, options, session, *builds).run();
}

}  // namespace tconv
