// SPDX-License-Identifier: Apache-2.0
#include "schedules/knobs.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "runtime/base/text.h"

namespace tconv {

std::string to_string(const Knobs &knobs) {
    std::string text;
    for (const auto &[name, value] : knobs) {
        text += (text.empty() ? "" : " ") + name + "=" + std::to_string(value);
    }
    return text;
}

const KnobSpec &spec_of(const std::vector<KnobSpec> &space, const std::string &name) {
    return *std::find_if(space.begin(), space.end(), [&](const KnobSpec &spec) { return spec.name == name; });
}

const std::vector<int> &values_of(const std::vector<KnobSpec> &space, const std::string &name) {
    return spec_of(space, name).values;
}

std::vector<int> count_to(int64_t last) {
    std::vector<int> values(std::max<int64_t>(last, 1));
    std::iota(values.begin(), values.end(), 1);
    return values;
}

std::vector<int> powers_of_two_to(int last) {
    std::vector<int> values;
    for (int value = 1; value <= last; value *= 2) {
        values.push_back(value);
    }
    return values;
}

std::vector<int> divisors_to(int64_t number, int last) {
    std::vector<int> values = count_to(last);
    values.erase(std::remove_if(values.begin(), values.end(), [=](int value) { return number % value != 0; }),
                 values.end());
    return values;
}

void for_each_combination(const std::vector<KnobSpec> &space, const std::function<void(const Knobs &)> &visitor) {
    Knobs knobs;
    const std::function<void(size_t)> visit = [&](size_t index) {
        if (index == space.size()) {
            visitor(knobs);
            return;
        }
        for (int value : space[index].values) {
            knobs[space[index].name] = value;
            visit(index + 1);
        }
    };
    visit(0);
}

std::string space_problem(const std::string &variant, const std::vector<KnobSpec> &space, const Knobs &knobs) {
    for (const auto &[name, value] : knobs) {
        const auto spec =
            std::find_if(space.begin(), space.end(), [&n = name](const KnobSpec &s) { return s.name == n; });
        const std::string given = name + " = " + std::to_string(value) + ": ";
        if (spec == space.end()) {
            std::vector<std::string> names;
            std::transform(space.begin(), space.end(), std::back_inserter(names),
                           [](const KnobSpec &s) { return s.name; });
            return given + "variant " + variant + " has no such knob" + did_you_mean(name, names);
        }
        if (std::find(spec->values.begin(), spec->values.end(), value) == spec->values.end()) {
            std::string allowed;
            for (int v : spec->values) {
                allowed += (allowed.empty() ? "" : ", ") + std::to_string(v);
            }
            return given + "must be one of " + allowed + " for this layer";
        }
    }
    for (const KnobSpec &spec : space) {
        if (knobs.count(spec.name) == 0) {
            return spec.name + " is missing from the knobs";
        }
    }
    return "";
}

}  // namespace tconv
