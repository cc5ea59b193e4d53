// SPDX-License-Identifier: Apache-2.0
#include "tests/codegen/layer_builds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <stdexcept>

#include "runtime/base/files.h"
#include "tests/schedules/schedule_layers.h"

namespace tconv::test {

namespace {

Activation activation_named(const std::string &name) {
    for (int value = 0; value <= static_cast<int>(Activation::kSoftmax); value++) {
        const auto activation = static_cast<Activation::Kind>(value);
        if (name == to_string(activation)) {
            return activation;
        }
    }
    throw std::invalid_argument(name + ": no such activation");
}

}  // namespace

Layer layer_named(const std::string &name) {
    if (const size_t plus = name.find('+'); plus != std::string::npos) {
        Layer layer = layer_named(name.substr(0, plus));
        layer.bias = true;
        layer.activation = activation_named(name.substr(plus + 1));
        return layer;
    }
    for (const auto *layers : {&benchmark_layers(), &odd_layers()}) {
        for (const Layer &layer : *layers) {
            if (layer.name == name) {
                return layer;
            }
        }
    }
    throw std::invalid_argument(name + ": no such layer");
}

LayerBuild::LayerBuild(const Layer &what, const std::string &target_name, BuildOptions options) : layer(what) {
    const auto target = find_target(target_name);
    if (!target) {
        ADD_FAILURE() << target.error().message;
        return;
    }
    if (!options.tuned) {
        options.tuned = folder.path();  // no records: default knobs
    }
    const auto built = build_library(layer, *target, folder.path(), options);
    if (!built) {
        ADD_FAILURE() << built.error().message;
        return;
    }
    library = *built;
}

std::string LayerBuild::assembly(const std::string &kernel) const {
    return file_text(folder.file(layer.name + "." + kernel + ".s"));
}

std::string file_text(const std::string &path) {
    const auto text = read_file(path);
    EXPECT_TRUE(text) << path;
    return text ? *text : "";
}

std::vector<BuildCase> every_combination(const std::vector<std::string> &layers,
                                         const std::vector<std::string> &targets) {
    std::vector<BuildCase> cases;
    for (const std::string &layer : layers) {
        for (const std::string &target : targets) {
            cases.push_back({layer, target});
        }
    }
    return cases;
}

std::string name_of(const BuildCase &build_case) {
    std::string name = build_case.layer + "_" + build_case.target;
    std::replace(name.begin(), name.end(), '-', '_');
    std::replace(name.begin(), name.end(), '+', '_');
    return name;
}

void PrintTo(const BuildCase &build_case, std::ostream *stream) { *stream << name_of(build_case); }

std::vector<std::string> cpu_targets() {
    std::vector<std::string> names;
    for (const TargetInfo &target : named_targets()) {
        if (!target.is_gpu()) {
            names.push_back(target.name);
        }
    }
    return names;
}

}  // namespace tconv::test
