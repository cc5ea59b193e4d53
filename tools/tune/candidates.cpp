// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/candidates.h"

#include <algorithm>
#include <cmath>

namespace tconv {

namespace {

constexpr size_t kCentres = 3;      // how many of the quickest have their neighbours tried
constexpr int kMutations = 24;      // of each centre
constexpr int kFarTries = 200;      // in each variant
constexpr size_t kWorstCentre = 8;  // the first that no mutation starts from

}  // namespace

Candidates::Candidates(const Layer &layer, const Machine &machine, uint64_t seed)
    : layer_(layer), machine_(machine), random_(seed) {
    const std::vector<Ranking::Entry> ranking = rank_variants(layer, machine).proposals;
    least_cycles_ = ranking.front().proposal.cycles;
    for (const auto &[variant, proposal] : ranking) {
        const bool only = ranking.size() == 1;
        if (!only && (variant->is_reference || proposal.cycles > kReach * least_cycles_)) continue;
        const std::vector<KnobSpec> space = variant->knob_space(layer, machine);
        rooms_.emplace(variant->id, Room{variant, space, ResidualModel(space), proposal.cycles});
        starts_.push_back({variant->id, proposal.knobs});
    }
}

void Candidates::timed(const Candidate &candidate, double log_time) {
    seen(candidate);
    const auto at = std::lower_bound(timed_.begin(), timed_.end(), log_time,
                                     [](const auto &entry, double time) { return entry.first < time; });
    timed_.insert(at, {log_time, candidate});
    const auto room = rooms_.find(candidate.variant);
    if (room == rooms_.end()) return;  // of a record, and beyond reach by estimate
    const double cycles = room->second.variant->cycles(layer_, machine_, candidate.knobs);
    room->second.model.add(candidate.knobs, log_time - std::log(cycles / least_cycles_));
}

bool Candidates::fits(const Room &room, const Knobs &knobs) const {
    return seen_.count({room.variant->id, knobs}) == 0 && room.variant->check_knobs(layer_, machine_, knobs).empty() &&
           room.variant->workspace_bytes(layer_, machine_, knobs) <= layer_.workspace_limit();
}

double Candidates::promise(const Room &room, const Knobs &knobs) const {
    return std::log(room.variant->cycles(layer_, machine_, knobs) / least_cycles_) + room.model.predict(knobs);
}

// One knob changed, to the next two values on either side.
void Candidates::add_neighbours(const Room &room, const Knobs &knobs, std::set<Candidate> &pool) const {
    for (const KnobSpec &spec : room.space) {
        const auto at = std::find(spec.values.begin(), spec.values.end(), knobs.at(spec.name)) - spec.values.begin();
        for (const std::ptrdiff_t step : {-2, -1, 1, 2}) {
            if (at + step < 0 || at + step >= static_cast<std::ptrdiff_t>(spec.values.size())) continue;
            Knobs next = knobs;
            next[spec.name] = spec.values[static_cast<size_t>(at + step)];
            if (fits(room, next)) pool.insert({room.variant->id, next});
        }
    }
}

// Two or three knobs changed: a tile may only be valid with another's.
void Candidates::add_mutations(const Room &room, const Knobs &knobs, std::set<Candidate> &pool) {
    for (int i = 0; i < kMutations; i++) {
        Knobs next = knobs;
        for (size_t changed = 0, changes = 2 + below(2); changed < changes; changed++) {
            const KnobSpec &spec = room.space[below(room.space.size())];
            next[spec.name] = spec.values[below(spec.values.size())];
        }
        if (fits(room, next)) pool.insert({room.variant->id, next});
    }
}

void Candidates::add_random(const Room &room, std::set<Candidate> &pool) {
    for (int i = 0; i < kFarTries; i++) {
        Knobs next;
        for (const KnobSpec &spec : room.space) next[spec.name] = spec.values[below(spec.values.size())];
        if (fits(room, next)) pool.insert({room.variant->id, next});
    }
}

std::vector<Candidate> Candidates::next(size_t count, bool far) {
    for (auto &[id, room] : rooms_) room.model.fit();
    std::set<Candidate> pool;
    for (size_t i = 0; i < std::min(timed_.size(), far ? kWorstCentre : kCentres); i++) {
        const Candidate &centre = timed_[i].second;
        const auto room = rooms_.find(centre.variant);
        if (room == rooms_.end() || room->second.space.empty()) continue;
        if (!far) add_neighbours(room->second, centre.knobs, pool);
        add_mutations(room->second, centre.knobs, pool);
    }
    if (far || pool.empty()) {
        for (const auto &[id, room] : rooms_) {
            if (!room.space.empty()) add_random(room, pool);
        }
    }
    std::vector<std::pair<double, Candidate>> order;
    for (const Candidate &candidate : pool) {
        order.emplace_back(promise(rooms_.at(candidate.variant), candidate.knobs), candidate);
    }
    std::sort(order.begin(), order.end());
    // The last place is for one that the model does not believe in, from which it learns most.
    if (order.size() > count && count > 1) {
        std::swap(order[count - 1], order[count - 1 + below(order.size() - count + 1)]);
    }
    std::vector<Candidate> chosen;
    for (size_t i = 0; i < std::min(count, order.size()); i++) {
        chosen.push_back(order[i].second);
        seen(order[i].second);
    }
    return chosen;
}

}  // namespace tconv
