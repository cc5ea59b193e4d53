// SPDX-License-Identifier: Apache-2.0
// Knobs: the named, bounded integers that a schedule can be tuned by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tconv {

using Knobs = std::map<std::string, int>;

// One dimension of a knob space. `values` lists what is allowed, in ascending order.
struct KnobSpec {
    std::string name;
    std::vector<int> values;
    std::string meaning;  // what it does and what larger values cost
};

// The dimension of that name, which the space must have.
const KnobSpec &spec_of(const std::vector<KnobSpec> &space, const std::string &name);
const std::vector<int> &values_of(const std::vector<KnobSpec> &space, const std::string &name);

// "tile_co=2 tile_x=6"
std::string to_string(const Knobs &knobs);

// 1, 2, ... `last`, and at least 1.
std::vector<int> count_to(int64_t last);
// 1, 2, 4, ... and at most `last`.
std::vector<int> powers_of_two_to(int last);
// What divides `number` without rest and is at most `last`.
std::vector<int> divisors_to(int64_t number, int last);

// Every combination of the values, the last knob changing fastest.
void for_each_combination(const std::vector<KnobSpec> &space, const std::function<void(const Knobs &)> &visitor);

// What is wrong with a variant's knobs, as one line: a knob that the space lacks, a value that its list lacks, a knob that
// is missing. Empty: nothing.
std::string space_problem(const std::string &variant, const std::vector<KnobSpec> &space, const Knobs &knobs);

}  // namespace tconv
