// SPDX-License-Identifier: Apache-2.0
// Knobs: the named, bounded integers that a schedule can be tuned by.
#pragma once

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

// "tile_co=2 tile_x=6"
std::string to_string(const Knobs &knobs);

}  // namespace tconv
