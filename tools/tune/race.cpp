// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/race.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>

#include "runtime/base/child_process.h"
#include "runtime/base/files.h"
#include "runtime/base/interrupt.h"
#include "tools/tune/paired_comparison.h"
#include "tools/verify/embedded_programs.h"
#include "tools/verify/oracle.h"

namespace tconv {

namespace {

constexpr int64_t kCheckedCells = 4096;
constexpr size_t kFewestRounds = 3;
constexpr int kTimeoutSeconds = 60;  // beyond what the rounds may take: first calls, and the libraries' checks

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
                           const std::vector<CheckedCell> &cells) {
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
         << "\n};\nstatic const struct {\n    long cell;\n    double value, bound;\n} checked[] = {\n";
    for (const CheckedCell &cell : cells) {
        text << "    {" << cell.cell << ", " << cell.value << ", " << cell.bound << "},\n";
    }
    text << "};\n";
    return text.str();
}

// The lines of layer_race.c.
class Report {
public:
    explicit Report(const std::string &output) {
        std::istringstream lines(output);
        for (std::string line; std::getline(lines, line);) {
            read(line);
        }
    }

    bool ended() const { return ended_; }
    const std::string &culprit() const { return culprit_; }

    // Rounds that count, or all where they are too few.
    RaceResult result() const {
        RaceResult result;
        result.failures = failures_;
        result.disturbed = static_cast<int>(
            std::count_if(rounds_.begin(), rounds_.end(), [](const Round &round) { return !round.counts; }));
        result.counted = rounds_.size() - static_cast<size_t>(result.disturbed) >= kFewestRounds;
        for (const Round &round : rounds_) {
            if (result.counted && !round.counts) continue;
            for (const auto &[name, ms] : round.ms) result.ms[name].push_back(ms);
        }
        return result;
    }

private:
    struct Round {
        std::map<std::string, double> ms;
        bool counts = false;
    };

    void read(const std::string &line) {
        std::istringstream words(line);
        std::string key, name;
        words >> key;
        if (key == "crash") {
            words >> culprit_;
        } else if (key == "wrong") {
            std::string cell, got, wanted, bound;
            words >> name >> cell >> got >> wanted >> bound;
            failures_[name] = "output cell " + cell + " = " + got + ": must be within " + bound + " of " + wanted;
        } else if (key == "sample") {
            double ms = 0;
            words >> name >> ms;
            current_.ms[name] = ms;
        } else if (key == "round") {
            words >> current_.counts;
            rounds_.push_back(current_);
            current_ = {};
        } else if (key == "end") {
            ended_ = true;
        }
    }

    std::string culprit_;
    bool ended_ = false;
    std::map<std::string, std::string> failures_;
    std::vector<Round> rounds_;
    Round current_;
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

Expected<Race> Race::link(const Layer &layer, const std::vector<std::string> &names,
                          const std::vector<CheckedCell> &cells, const Toolchain &toolchain, const WorkFolder &folder) {
    if (Status status = write_embedded_programs(folder.path()); !status) {
        return status.error();
    }
    if (Status status = write_file(folder.path("race_entries.h"), entries_header(layer, names, cells)); !status) {
        return status.error();
    }
    std::vector<std::string> more = {"-I" + folder.path(), "-static", "-pthread"};
    for (const std::string &name : names) {
        more.push_back(folder.path("lib" + name + ".a"));
    }
    const std::string program = folder.path("layer_race");
    if (Status status = compile_program(toolchain, folder.path("layer_race.c"), program, more); !status) {
        return status.error();
    }
    return Race(program);
}

Expected<RaceResult> Race::run(std::vector<std::string> names, const RaceOptions &options) const {
    if (options.processes == 1) {
        return run_process(names, options);
    }
    RaceResult all;
    for (int process = 0; process < options.processes && !names.empty(); process++) {
        const Expected<RaceResult> one = run_process(names, options);
        if (!one) {
            return one;
        }
        for (const auto &[name, failure] : one->failures) {
            all.failures.emplace(name, failure);
            all.ms.erase(name);
            names.erase(std::remove(names.begin(), names.end(), name), names.end());
        }
        for (const auto &[name, ms] : one->ms) {
            all.ms[name].push_back(median(ms));
        }
        all.disturbed += one->disturbed;
        all.counted = all.counted && one->counted;
    }
    return all;
}

Expected<RaceResult> Race::run_process(std::vector<std::string> &names, const RaceOptions &options) const {
    std::map<std::string, std::string> failures;
    while (true) {
        std::vector<std::string> argv = {program_,
                                         std::to_string(options.rounds),
                                         std::to_string(options.threads),
                                         std::to_string(options.sample_ms),
                                         std::to_string(options.seconds),
                                         std::to_string(options.cool_seconds)};
        argv.insert(argv.end(), names.begin(), names.end());
        const Expected<ProgramResult> ran = run_program(
            argv,
            {true, static_cast<int>(options.seconds) + kTimeoutSeconds * static_cast<int>(names.size() + 1), true});
        if (!ran) {
            return ran.error();
        }
        const Report report(ran->output);
        if (ran->exit_code == 0 && report.ended()) {
            RaceResult result = report.result();
            result.failures.insert(failures.begin(), failures.end());
            return result;
        }
        const std::string culprit = report.culprit();
        const auto at = std::find(names.begin(), names.end(), culprit);
        const std::string why = program_end(*ran);
        if (at == names.end()) {
            return Error{StatusCode::kFailed, "layer_race: " + why};
        }
        failures[culprit] = why;
        names.erase(at);
        if (names.empty()) {
            RaceResult none;
            none.failures = failures;
            return none;
        }
    }
}

}  // namespace tconv
