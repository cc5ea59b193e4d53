// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/race.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <sstream>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "runtime/base/text.h"
#include "tools/tune/paired_comparison.h"
#include "tools/verify/embedded_programs.h"
#include "tools/verify/oracle.h"

namespace tconv {

namespace {

constexpr int64_t kCheckedCells = 4096;
constexpr size_t kFewestRounds = 3;
constexpr double kCallSeconds = 60;  // of layer_race.c: a call that takes longer hangs

// random_cells() of timing.h.
std::vector<float> race_cells(int64_t count, uint32_t seed) {
    std::vector<float> cells(static_cast<size_t>(count));
    for (float &cell : cells) {
        seed = seed * 1664525u + 1013904223u;
        cell = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
    }
    return cells;
}

std::string entries_header(const Layer &layer, const std::vector<std::string> &names,
                           const std::vector<CheckedCell> &cells, const RaceOptions &options) {
    std::ostringstream text;
    text.precision(17);
    for (const std::string &name : names) {
        text << "#include \"" << name << ".h\"\n";
    }
    text << "#define FOR_EACH_ENTRY(M)";
    for (const std::string &name : names) {
        text << " M(" << name << ")";
    }
    text << "\nenum {\n    INPUT_ELEMENTS = " << layer.input_elements()
         << ",\n    FILTER_ELEMENTS = " << layer.filter_elements() << ",\n    BIAS_ELEMENTS = " << layer.bias_elements()
         << ",\n    OUTPUT_ELEMENTS = " << layer.output_elements() << ",\n    CHECKED_CELLS = " << cells.size()
         << ",\n    PROCESSES = " << options.processes << ",\n    ROUNDS = " << options.rounds
         << ",\n    THREADS = " << options.threads << "\n};\nstatic const double SAMPLE_MS = " << options.sample_ms
         << ", SECONDS = " << options.seconds << ", COOL_SECONDS = " << options.cool_seconds
         << ";\nstatic const struct {\n    long cell;\n    double value, bound;\n} checked[] = {\n";
    for (const CheckedCell &cell : cells) {
        text << "    {" << cell.cell << ", " << cell.value << ", " << cell.bound << "},\n";
    }
    text << "};\n";
    return text.str();
}

// The lines of layer_race.c. Others are passed over: a board may print some of its own.
class Report {
public:
    explicit Report(const std::string &output) {
        std::istringstream lines(output);
        for (std::string line; std::getline(lines, line);) {
            if (!line.empty() && line.back() == '\r') line.pop_back();
            if (!read(line) && problem_.empty()) {
                problem_ = "printed what is no measurement: \"" + printable(line, 80) + "\"";
            }
            if (!line.empty()) last_ = line;
        }
        if (!ended_ && problem_.empty()) {
            problem_ = last_.empty()
                           ? "printed nothing"
                           : "printed no times, or not all of them; its last line is \"" + printable(last_, 80) + "\"";
        }
    }

    // What is wrong with the output; empty: nothing.
    const std::string &problem() const { return problem_; }

    RaceResult result() const {
        RaceResult result = result_;
        if (processes_.size() == 1) {
            result.ms = processes_[0];
        } else {
            for (const Times &times : processes_) {
                for (const auto &[name, ms] : times) result.ms[name].push_back(median(ms));
            }
        }
        for (const auto &[name, failure] : result.failures) result.ms.erase(name);
        return result;
    }

private:
    using Times = std::map<std::string, std::vector<double>>;

    struct Round {
        std::map<std::string, double> ms;
        bool counts = false;
    };

    bool read(const std::string &line) {
        std::istringstream words(line);
        std::string key, name;
        words >> key;
        if (key == "crash") {
            int signal = 0;
            words >> name >> signal;
            result_.failures[name] = program_end({128 + signal, "", signal == SIGALRM});
        } else if (key == "fails") {
            std::string function, status, text;
            words >> name >> function >> status;
            std::getline(words, text);
            result_.failures[name] = function + " returned " + status + ":" + text;
        } else if (key == "wrong") {
            std::string cell, got, wanted, bound;
            words >> name >> cell >> got >> wanted >> bound;
            result_.failures[name] =
                "output cell " + cell + " = " + got + ": must be within " + bound + " of " + wanted;
        } else if (key == "sample") {
            double ms = 0;
            words >> name >> ms;
            round_.ms[name] = ms;
            return ms > 0;
        } else if (key == "round") {
            words >> round_.counts;
            rounds_.push_back(round_);
            round_ = {};
        } else if (key == "again") {
            rounds_.clear();
        } else if (key == "process") {
            end_process();
        } else if (key == "end") {
            ended_ = true;
        }
        return !words.fail();
    }

    // Rounds that count, or all where they are too few.
    void end_process() {
        const auto disturbed =
            std::count_if(rounds_.begin(), rounds_.end(), [](const Round &round) { return !round.counts; });
        const bool counted = rounds_.size() - static_cast<size_t>(disturbed) >= kFewestRounds;
        Times times;
        for (const Round &round : rounds_) {
            if (counted && !round.counts) continue;
            for (const auto &[name, ms] : round.ms) times[name].push_back(ms);
        }
        processes_.push_back(times);
        rounds_.clear();
        result_.disturbed += static_cast<int>(disturbed);
        result_.counted = result_.counted && counted;
    }

    std::string problem_, last_;
    bool ended_ = false;
    RaceResult result_;
    std::vector<Times> processes_;
    std::vector<Round> rounds_;
    Round round_;
};

}  // namespace

std::vector<CheckedCell> checked_cells(const Layer &layer) {
    const std::vector<float> input = race_cells(layer.input_elements(), 1),
                             filter = race_cells(layer.filter_elements(), 2),
                             bias = race_cells(layer.bias_elements(), 3);
    const OracleResult reference = oracle(layer, input.data(), filter.data(), layer.bias ? bias.data() : nullptr);
    const std::vector<double> bounds = cell_bounds(layer, reference, layer.max_error_growth);
    const int64_t count = layer.output_elements();
    std::vector<CheckedCell> cells;
    // Equal steps alone could meet one channel, or one column, again and again.
    const int64_t checked = std::min(count, kCheckedCells);
    for (int64_t i = 0; i < checked; i++) {
        const int64_t cell = count <= kCheckedCells ? i : i * count / checked + i % (count / checked);
        cells.push_back({cell, reference.value[static_cast<size_t>(cell)], bounds[static_cast<size_t>(cell)]});
    }
    return cells;
}

Expected<std::string> Race::link(const std::vector<std::string> &names, const RaceOptions &options,
                                 const WorkFolder &place) const {
    if (Status status = write_embedded_programs(place.path()); !status) {
        return status.error();
    }
    const std::string entries = entries_header(layer_, names, cells_, options);
    if (Status status = write_file(place.path("race_entries.h"), entries); !status) {
        return status.error();
    }
    std::vector<std::string> more = {"-I" + place.path(), "-I" + folder_.path(), "-static", "-pthread"};
    for (const std::string &name : names) {
        more.push_back(folder_.path("lib" + name + ".a"));
    }
    const std::string program = place.path("layer_race");
    const Status status = compile_program(toolchain_, place.path("layer_race.c"), program, more);
    return status ? Expected<std::string>(program) : status.error();
}

Expected<RaceResult> Race::run(const std::vector<std::string> &names, const RaceOptions &options, Board &board) const {
    const Expected<std::string> program = link(names, options, board.folder());
    if (!program) {
        return program.error();
    }
    // Here the whole run has a limit. Of a board it is the silence: a program says what it does after every call that may
    // hang, which ends it, and after every round.
    const double here = options.processes * options.seconds + kCallSeconds * static_cast<double>(names.size());
    const double seconds = board.is_remote() ? options.cool_seconds : here;
    const Expected<std::string> output =
        board.run(*program, seconds, [](const std::string &text) { return Report(text).problem(); });
    return output ? Expected<RaceResult>(Report(*output).result()) : output.error();
}

}  // namespace tconv
