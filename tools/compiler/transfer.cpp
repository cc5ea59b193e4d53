// SPDX-License-Identifier: Apache-2.0
#include "tools/compiler/transfer.h"

#include <algorithm>
#include <cmath>

#include "runtime/layer/workload.h"

namespace tconv {

namespace {

constexpr size_t kNeighbours = 6;
constexpr double kOtherProcessor = 0.5;
constexpr double kLeastTrust = 0.2;
constexpr double kClearGain = 1.05;

struct Neighbour {
    const TunedRecord *record;
    Layer layer;
    double trust;  // 0 to 1: how much of its surprise holds here
};

double log2_of(double value) { return std::log2(std::max(value, 1.0)); }

// Factors by which layers differ that make them as unlike as one of the others does.
double distance(const Layer &a, const Layer &b) {
    const auto apart = [&](const auto &feature, double scale) {
        return std::pow((log2_of(feature(a)) - log2_of(feature(b))) / scale, 2);
    };
    const auto axes = [](const Layer &layer, auto value) {
        double product = 1;
        for (const Axis &axis : layer.axes) product *= static_cast<double>(value(axis));
        return product;
    };
    const auto cells = [&](const Layer &layer) {
        return static_cast<double>(layer.batch) * axes(layer, [](const Axis &axis) { return axis.input; });
    };
    const auto taps = [&](const Layer &layer) {
        return axes(layer, [](const Axis &axis) { return axis.kernel; }) /
               axes(layer, [](const Axis &axis) { return std::min(axis.stride, axis.kernel); });
    };
    const auto stride = [&](const Layer &layer) { return axes(layer, [](const Axis &axis) { return axis.stride; }); };
    const auto dilation = [&](const Layer &layer) {
        return axes(layer, [](const Axis &axis) { return axis.dilation; });
    };
    const auto rank = [](const Layer &layer) { return std::exp2(layer.spatial_rank); };
    return std::sqrt(apart([](const Layer &layer) { return static_cast<double>(layer.in_channels); }, 2) +
                     apart([](const Layer &layer) { return static_cast<double>(layer.out_channels); }, 2) +
                     apart(cells, 4) + apart(taps, 1) + apart(stride, 2) + apart(dilation, 1) + apart(rank, 1));
}

// Those whose default was of the variant that this layer's is, the nearest first.
std::vector<Neighbour> neighbours(const std::vector<TunedRecord> &records, const Layer &layer, const TargetInfo &target,
                                  const Variant &by_default, int threads) {
    std::vector<Neighbour> found;
    for (const TunedRecord &record : records) {
        if (record.target != target.name || !record.is_measured || record.default_variant != by_default.id) continue;
        if ((record.threads > 1) != (threads > 1)) continue;
        const Expected<Layer> other = layer_of_workload(record.workload);
        if (!other || other->layout != layer.layout || !(other->types == layer.types)) continue;
        const double far = distance(layer, *other);
        const double trust = std::exp(-far * far / 4) * (record.cpu == target.cpu ? 1 : kOtherProcessor);
        if (trust >= kLeastTrust) found.push_back({&record, *other, trust});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Neighbour &a, const Neighbour &b) { return a.trust > b.trust; });
    if (found.size() > kNeighbours) found.resize(kNeighbours);
    return found;
}

int nearest(const std::vector<int> &values, int wanted) {
    return *std::min_element(values.begin(), values.end(),
                             [&](int a, int b) { return std::abs(a - wanted) < std::abs(b - wanted); });
}

// What a record changed from `base`, changed in the knobs that are proposed here, where these begin with the same values; the
// proposed ones alone where that does not fit.
Knobs fitting(const Variant &variant, const Layer &layer, const Machine &machine, const Knobs &proposed,
              const Knobs &base, const Knobs &best) {
    const std::vector<KnobSpec> space = variant.knob_space(layer, machine);
    Knobs knobs = proposed;
    for (auto &[name, value] : knobs) {
        const auto from = base.find(name), to = best.find(name);
        if (from == base.end() || to == best.end() || from->second != value) continue;
        value = nearest(values_of(space, name), to->second);
    }
    const bool fits = variant.check_knobs(layer, machine, knobs).empty() &&
                      variant.workspace_bytes(layer, machine, knobs) <= layer.workspace_limit();
    return fits ? knobs : proposed;
}

struct Change {
    const Variant *variant;
    Knobs knobs;
    double surprise;  // logarithm of the record's gain over what the estimates make of it
};

// What a record's change is here; nothing where it is none, or tconv has other knobs by now.
std::optional<Change> change_by(const Neighbour &near, const Layer &layer, const Machine &machine,
                                const Ranking &ranking) {
    const TunedRecord &record = *near.record;
    const Ranking::Entry &by_default = ranking.proposals.front();
    const auto proposed = std::find_if(ranking.proposals.begin(), ranking.proposals.end(),
                                       [&](const auto &entry) { return entry.variant->id == record.variant; });
    if (proposed == ranking.proposals.end()) return std::nullopt;
    const Variant &variant = *proposed->variant;
    const Machine there = machine_for(machine.family, record.cpu);
    if (!by_default.variant->check_knobs(near.layer, there, record.default_knobs).empty() ||
        !variant.check_knobs(near.layer, there, record.knobs).empty()) {
        return std::nullopt;
    }
    Knobs base = record.default_knobs;
    if (&variant != by_default.variant) {
        const Proposed begin = variant.propose(near.layer, there);
        if (!begin) return std::nullopt;
        base = begin->knobs;
    }
    Knobs knobs = fitting(variant, layer, machine, proposed->proposal.knobs, base, record.knobs);
    if (&variant == by_default.variant && knobs == by_default.proposal.knobs) return std::nullopt;
    // Another variant is a gain by itself; its knobs there may be of no use here.
    if (&variant != by_default.variant && variant.cycles(layer, machine, knobs) > proposed->proposal.cycles) {
        knobs = proposed->proposal.knobs;
    }
    const double estimated = by_default.variant->cycles(near.layer, there, record.default_knobs) /
                             variant.cycles(near.layer, there, record.knobs);
    return Change{&variant, knobs, std::log(record.default_ms / record.ms / estimated)};
}

}  // namespace

std::optional<Transfer> transfer_from(const std::vector<TunedRecord> &records, const Layer &layer,
                                      const TargetInfo &target, const Ranking &ranking, int threads) {
    const Machine machine = target.machine();
    const Ranking::Entry &by_default = ranking.proposals.front();
    struct Support {
        Change change;  // of the nearest record that makes it
        const TunedRecord *record;
        double surprise;  // of all of them, each by its trust
    };
    std::vector<Support> supports;
    double trust = 0;
    for (const Neighbour &near : neighbours(records, layer, target, *by_default.variant, threads)) {
        trust += near.trust;
        const std::optional<Change> change = change_by(near, layer, machine, ranking);
        if (!change) continue;
        const auto same = std::find_if(supports.begin(), supports.end(), [&](const Support &other) {
            return other.change.variant == change->variant &&
                   (change->variant != by_default.variant || other.change.knobs == change->knobs);
        });
        if (same != supports.end()) {
            same->surprise += near.trust * change->surprise;
        } else {
            supports.push_back({*change, near.record, near.trust * change->surprise});
        }
    }
    std::optional<Transfer> best;
    for (const auto &[change, record, surprise] : supports) {
        const double estimate = by_default.proposal.cycles / change.variant->cycles(layer, machine, change.knobs);
        const double gain = estimate * std::exp(surprise / std::max(trust, 1.0));
        if (gain >= kClearGain && (!best || gain > best->gain)) {
            best = Transfer{change.variant, change.knobs, *record, gain};
        }
    }
    return best;
}

}  // namespace tconv
