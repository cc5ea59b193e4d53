// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/cost.h"

#include <algorithm>

#include "generators/variants/element_sizes.h"
#include "runtime/base/integers.h"
#include "schedules/register_tile.h"

namespace tconv {

namespace {

// Fitted to the times of benchmarks/layers.json on znver3 with AVX2 (benchmarks/results, 2026-11-22).
constexpr double kFittedCyclesPerInputPoint = 6;  // of a vector: its part of a load, additions, a store that misses
constexpr double kFittedCyclesPerOutputPoint = 6;

}  // namespace

WinogradWork::WinogradWork(const Layer &layer, const TileSizes &sizes)
    : layer_(layer), jobs_(winograd_jobs(layer, sizes)) {
    for (const WinogradJob &job : jobs_) {
        double phases = 1;
        for (const AxisKind &kind : job.kinds) {
            phases *= static_cast<double>(kind.phases.size());
        }
        filter_bytes_ += bytes_of(phases * static_cast<double>(job.points() * layer.in_channels * layer.out_channels),
                                  layer.types.filter);
    }
}

// Of one band. The first tile of rows waits for a block of the filter, the others find it in the cache.
double WinogradWork::product_cycles(const WinogradJob &job, const Machine &machine,
                                    const MatrixProductTile &tile) const {
    const int64_t block = tile.vectors * machine.lanes(layer_.types.accumulate), tiles = job.tiles();
    const int64_t count = ceil_div(tiles, int64_t{tile.rows}), least = tiles / count, longer = tiles % count;
    const double blocks = static_cast<double>(ceil_div(job.lane_sets() * layer_.out_channels, block));
    const double channels = static_cast<double>(layer_.in_channels),
                 line = bytes_of(static_cast<double>(block), layer_.types.filter);
    const double windows = bytes_of(static_cast<double>(tiles) * channels, layer_.types.accumulate);
    const auto step = [&](int64_t rows, double filter_rate) {
        const double arithmetic = cycles_per_channel({tile.vectors, static_cast<int>(rows), 1}, machine);
        const double loads = line / filter_rate +
                             bytes_of(static_cast<double>(rows), layer_.types.accumulate) / machine.read_rate(windows);
        return std::max(1.05 * arithmetic, loads);
    };
    const int64_t first = least + (longer > 0 ? 1 : 0);
    const double rate = machine.read_rate(filter_bytes_);
    const double again = line * channels <= machine.l1_bytes / 2.0 ? 4 * machine.rates.l2 : machine.rates.l2;
    const double steps = step(first, rate) + static_cast<double>(longer) * step(least + 1, again) +
                         static_cast<double>(count - longer) * step(least, again) - step(first, again);
    const double calls = machine.call_cycles * (longer > 0 ? 2 : 1) / 4 + 30 * static_cast<double>(count);
    return static_cast<double>(job.points()) * blocks * (channels * steps + calls);
}

// With several threads the last task of a stage keeps the others waiting: half a task on average with two, which counts here,
// lest bands be cut so small that only one thread finds work.
double WinogradWork::transform_cycles(const WinogradJob &job, const Machine &machine) const {
    const double tiles = static_cast<double>(job.tiles() * job.points()),
                 lanes = std::min(machine.lanes(layer_.types.accumulate), 8);
    const double columns = static_cast<double>(job.lane_sets() * layer_.out_channels);
    const double channels = static_cast<double>(layer_.in_channels);
    const double scratch = bytes_of(tiles * (columns + channels), layer_.types.accumulate);
    // What does not stay in the second-level cache goes out, and comes in for writing and again for reading.
    const double beyond = 3 * std::max(0.0, scratch - 0.75 * machine.l2_bytes) / machine.rates.l3;
    const double inputs = tiles * channels * kFittedCyclesPerInputPoint / lanes,
                 outputs = tiles * columns * kFittedCyclesPerOutputPoint / lanes;
    const double input_tasks = static_cast<double>(job.window),
                 output_tasks = static_cast<double>(job.window * job.lane_sets());
    const double calls = 3 * machine.call_cycles * (input_tasks + output_tasks);
    const double waiting = inputs / input_tasks / 2 + outputs / output_tasks / 2 + 3 * machine.barrier_cycles;
    return inputs + outputs + beyond + calls + waiting;
}

double WinogradWork::cycles(const Machine &machine, const MatrixProductTile &tile) const {
    double cycles = 0;
    for (const WinogradJob &job : jobs_) {
        cycles +=
            static_cast<double>(job.rounds) * (product_cycles(job, machine, tile) + transform_cycles(job, machine));
    }
    return cycles;
}

}  // namespace tconv
