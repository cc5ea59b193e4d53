// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/calibration.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <sstream>

#include "runtime/base/text.h"
#include "tools/tune/provenance.h"
#include "tools/verify/embedded_programs.h"
#include "tools/verify/toolchain.h"
#include "tools/verify/work_folder.h"

namespace tconv {

namespace {

using Batches = FactLines::Batches;
using Source = MachineFact::Source;

double quantile(Batches batches, double part) {
    std::sort(batches.begin(), batches.end());
    const auto at = static_cast<size_t>(part * static_cast<double>(batches.size()));
    return batches[std::min(at, batches.size() - 1)];
}

// What the machine can do where nothing disturbs it. Not the best of all: where the clock that a batch was counted with was
// disturbed, the batch looks better than it was.
double undisturbed(const Batches &batches) { return quantile(batches, 0.95); }

double spread(const Batches &batches) {
    return (quantile(batches, 0.75) - quantile(batches, 0.25)) / quantile(batches, 0.5);
}

// No measurement has more digits.
double rounded(double value, int digits) {
    if (!(value > 0)) {
        return 0;
    }
    const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(value)));
    return std::round(value * scale) / scale;
}

MachineFact measured(double value, double spread) {
    const double whole = std::round(value);
    return {Source::kMeasured, whole == value ? whole : rounded(value, 4), rounded(spread, 2), 0};
}

// The rates at which sets of many sizes are read. Where one cache ends, and the next begins, they fall.
class Sweep {
public:
    explicit Sweep(const std::vector<FactLines::Read> &reads) : reads_(reads) {}

    // The largest set not above that many bytes.
    const FactLines::Read &at(double bytes) const {
        const FactLines::Read *found = &reads_.front();
        for (const FactLines::Read &read : reads_) {
            if (static_cast<double>(read.bytes) <= bytes) found = &read;
        }
        return *found;
    }

    // The largest set, of those from `first` bytes on, up to which all are read at that rate.
    int64_t extent(double first, double rate) const {
        int64_t bytes = at(first).bytes;
        for (const FactLines::Read &read : reads_) {
            if (read.bytes < bytes) continue;
            if (undisturbed(read.batches) < rate) break;
            bytes = read.bytes;
        }
        return bytes;
    }

    int64_t extent_of_level(double first) const {
        constexpr double still = 0.6;  // of the rate at the level's begin; the next level's is half of it at most
        return extent(first, still * undisturbed(at(first).batches));
    }

private:
    const std::vector<FactLines::Read> &reads_;
};

// So many instructions a cycle as units and the bits of each. Fewer than one: the unit takes a vector in parts.
void put_units(MachineFile &machine, const std::string &units, const std::string &bits, double rate, int vector_bits,
               double spread) {
    constexpr double whole_unit = 0.75;
    const double parts = std::max(1.0, std::round(4 * rate));
    machine.facts[units] = measured(rate >= whole_unit ? std::round(rate) : 1, spread);
    machine.facts[units].measured = rounded(rate, 4);
    machine.facts[bits] = measured(rate >= whole_unit ? vector_bits : vector_bits * parts / 4, spread);
}

void put_core(MachineFile &machine, const FactLines &lines) {
    // Without fused multiply-adds a unit does the multiplication or the addition, and the table counts units.
    const double instructions = lines.fused ? 1 : 2, latency = 1 / undisturbed(lines.fma_chain);
    put_units(machine, "fma_units", "fma_unit_bits", instructions * undisturbed(lines.sums), lines.vector_bits,
              spread(lines.sums));
    put_units(machine, "loads", "load_bits", undisturbed(lines.loads), lines.vector_bits, spread(lines.loads));
    machine.facts["fma_latency"] = measured(std::max(1.0, std::round(latency)), spread(lines.fma_chain));
    machine.facts["fma_latency"].measured = rounded(latency, 4);
}

const FactLines::Cache *cache_of(const FactLines &lines, int level) {
    for (const FactLines::Cache &cache : lines.caches) {
        if (cache.level == level) return &cache;
    }
    return nullptr;
}

// What the system says of a level, else what the sweep shows from `first` bytes on.
MachineFact cache_size(const FactLines &lines, int level, double first) {
    if (const FactLines::Cache *cache = cache_of(lines, level); cache != nullptr) {
        return {Source::kSystem, static_cast<double>(cache->bytes), 0, 0};
    }
    constexpr double step = 0.33;  // from one set to the next
    return measured(static_cast<double>(Sweep(lines.reads).extent_of_level(first)), step);
}

// How much of the third level a core may count on, and its rate. Sets are read at nearly one rate while they stay in it.
// On a server that is shared with others the sweep shows far more in a quiet minute, and the system names all there is:
// estimates with 128 MiB made a layer 1.6 times slower, and no row of the table has more than 16.
void put_third_level(MachineFile &machine, const FactLines &lines, double l2_bytes, double l2_rate, double memory) {
    constexpr double most = 16 << 20, step = 0.33;
    constexpr double quicker = 1.4;  // than memory, where only the sweep could show that there is one
    const Sweep sweep(lines.reads);
    const FactLines::Read &first = sweep.at(4 * l2_bytes);
    const double plateau = undisturbed(first.batches);
    const FactLines::Cache *cache = cache_of(lines, 3);
    const bool is_there = lines.caches.empty() ? plateau > quicker * memory : cache != nullptr;
    if (!is_there || static_cast<double>(first.bytes) <= l2_bytes) {
        machine.facts["l3_bytes"] = {lines.caches.empty() ? Source::kMeasured : Source::kSystem, 0, 0, 0};
        machine.facts["l3"] = measured(std::sqrt(l2_rate * memory), spread(lines.memory_read));  // as the table has it
        return;
    }
    double bytes = std::min(most, static_cast<double>(sweep.extent(4 * l2_bytes, std::sqrt(plateau * memory))));
    if (cache != nullptr) {
        bytes = std::min(bytes, static_cast<double>(cache->bytes) / (cache->cpus > 1 ? 2 : 1));
    }
    const FactLines::Read &half = sweep.at(std::max(bytes / 2, static_cast<double>(first.bytes)));
    machine.facts["l3_bytes"] = measured(bytes, step);
    machine.facts["l3"] = measured(std::max(undisturbed(half.batches), memory), spread(half.batches));
}

// "intel_r_xeon_r_processor"
std::string name_of(const std::string &model) {
    std::string name;
    for (const char c : model) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!name.empty() && name.back() != '_') {
            name += '_';
        }
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    return name.empty() ? "unknown" : name;
}

Status can_measure(const TargetInfo &target, const CalibrationOptions &options) {
    const std::vector<std::string> rows = processor_names(target.family);
    if (target.is_gpu() || rows.empty()) {
        return unsupported("--target", target.name, "only processors of x86 and 64-bit ARM can be measured");
    }
    if (!options.like.empty() && find_processor(options.like, target.family) == nullptr) {
        return invalid_argument(
            "--like", options.like,
            "must be one of " + join(rows) + " for target " + target.name + did_you_mean(options.like, rows));
    }
    if (options.runner.command.empty() && !runs_natively(target)) {
        return unsupported("--target", target.name,
                           "its programs do not run on this machine; name a --runner that takes one to a machine on "
                           "which they do");
    }
    return Success{};
}

}  // namespace

MachineFile machine_of(const FactLines &lines, const TargetInfo &target, const std::string &like) {
    const bool is_known = find_processor(lines.names.processor, target.family) != nullptr;
    const std::string row = !like.empty() ? like : is_known ? lines.names.processor : kGenericProcessor;
    MachineFile machine = machine_file_of(*find_processor(row, target.family), target.family);
    machine.cpu = lines.names.model.empty() ? "unknown" : lines.names.model;
    machine.cpu_name = is_known ? lines.names.processor : name_of(lines.names.model);
    machine.target = target.name;
    machine.date = today();
    machine.tconv = TCONV_VERSION;
    put_core(machine, lines);
    const auto smallest = static_cast<double>(lines.reads.front().bytes);
    machine.facts["l1_bytes"] = cache_size(lines, 1, smallest);
    const double l1_bytes = machine.facts["l1_bytes"].value;
    machine.facts["l2_bytes"] = cache_size(lines, 2, 2 * l1_bytes);
    const double l2_bytes = machine.facts["l2_bytes"].value;
    if (lines.line_bytes > 0) {
        machine.facts["line_bytes"] = {Source::kSystem, static_cast<double>(lines.line_bytes), 0, 0};
    }
    const Batches &in_l2 = Sweep(lines.reads).at(std::max(l2_bytes / 2, l1_bytes)).batches;
    const double memory = undisturbed(lines.memory_read), l2 = undisturbed(in_l2);
    machine.facts["l2"] = measured(l2, spread(in_l2));
    machine.facts["memory"] = measured(memory, spread(lines.memory_read));
    machine.facts["to_memory"] = measured(undisturbed(lines.memory_write), spread(lines.memory_write));
    put_third_level(machine, lines, l2_bytes, l2, memory);
    if (!lines.barrier.empty()) {
        // Another program on one of the two processors makes it several times as long: here the best batch counts.
        machine.facts["barrier"] = measured(1 / quantile(lines.barrier, 1), spread(lines.barrier));
    }
    return machine;
}

Expected<MachineFile> calibrate(const TargetInfo &target, const CalibrationOptions &options) {
    if (Status status = can_measure(target, options); !status) {
        return status.error();
    }
    // Not find_toolchain(), which wants an emulator for what this machine does not run.
    const Expected<std::vector<std::string>> compiler = find_compiler(target, options.cc);
    if (!compiler) {
        return compiler.error();
    }
    Expected<Board> board = Board::create(options.runner);
    if (!board) {
        return board.error();
    }
    if (Status status = write_embedded_programs(board->folder().path()); !status) {
        return status.error();
    }
    // Static: a board needs nothing but the file.
    const std::string program = board->folder().path("machine_facts");
    if (Status status = compile_program({*compiler, {}, false}, board->folder().path("machine_facts.c"), program,
                                        {"-pthread", "-static", "-DTCONV_SECONDS=" + std::to_string(options.seconds)});
        !status) {
        return status.error();
    }
    const auto problem = [](const std::string &output) {
        const Expected<FactLines> lines = read_fact_lines(output);
        return lines ? "" : lines.error().message;
    };
    const Expected<std::string> output = board->run(program, 0, problem);
    if (!output) {
        return output.error();
    }
    const Expected<FactLines> lines = read_fact_lines(*output);
    // What an emulator does may be what no processor does, and the file would be refused.
    Expected<MachineFile> machine = machine_from_text(machine_file_text(machine_of(*lines, target, options.like)));
    if (!machine) {
        const std::string whose = board->is_remote() ? board->name() : "machine_facts";
        return Error{StatusCode::kFailed, whose + ": measured what no processor does: " + machine.error().message};
    }
    return machine;
}

}  // namespace tconv
