// SPDX-License-Identifier: Apache-2.0
// Lists of layers: an array whose entries are layer files, objects of get_config() or benchmark entries.
#include <algorithm>
#include <numeric>
#include <set>

#include "runtime/base/text.h"
#include "runtime/layer/layer_reader.h"
#include "runtime/layer/validate.h"

namespace tconv {

namespace {

constexpr size_t kNamesShown = 8;

// What the entry's layer will be called, which --layers chooses by.
std::optional<std::string> entry_name(const Json &entry) {
    if (!entry.is_object()) return std::nullopt;
    if (is_keras_config(entry)) {
        const std::string name = keras_config_name(entry);
        return name.empty() ? std::nullopt : std::optional(name);
    }
    const auto name = entry.find("name");
    return name == entry.end() || !name->is_string() ? std::nullopt : std::optional(name->get<std::string>());
}

// Where the wanted names stand in the list; all of them when none are wanted.
Expected<std::vector<size_t>> choose(const std::vector<std::string> &names, const std::vector<std::string> &wanted) {
    std::vector<size_t> chosen;
    if (wanted.empty()) {
        chosen.resize(names.size());
        std::iota(chosen.begin(), chosen.end(), size_t{0});
    }
    for (const std::string &name : wanted) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            std::vector<std::string> some(
                names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown)));
            if (names.size() > kNamesShown) some.push_back("...");
            return invalid_argument(
                "layers", printable(name),
                "not in the list, which has " + printable(join(some), 300) + did_you_mean(name, names));
        }
        const auto index = static_cast<size_t>(found - names.begin());
        if (std::find(chosen.begin(), chosen.end(), index) != chosen.end()) {
            return invalid_argument("layers", printable(name), "must not be chosen twice");
        }
        chosen.push_back(index);
    }
    return chosen;
}

Expected<Layer> read_entry(const Json &entry, const Source &source) {
    return is_benchmark_entry(entry) ? read_benchmark_entry(entry) : read_object(entry, source, {});
}

}  // namespace

Expected<std::vector<std::string>> entry_names(const Json &list) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Json &entry : list) {
        const std::string which = "entry " + std::to_string(names.size());
        const std::optional<std::string> name = entry_name(entry);
        if (!name) return invalid_argument(which, to_text(entry), "must be an object with a name");
        names.push_back(*name);
        if (!seen.insert(names.back()).second) {
            return invalid_argument("name of " + which, to_text(Json(*name)), "must not appear twice in the list");
        }
    }
    return names;
}

Expected<std::vector<Layer>> read_layer_list(const Json &list, const std::string &directory,
                                             const LayerFileOptions &options) {
    if (options.name) return invalid_argument("name", *options.name, "the layers of a list have names of their own");
    if (options.input_shape) {
        return invalid_argument("input_shape", to_text(*options.input_shape), "the layers of a list have their own");
    }
    if (list.empty()) return invalid_argument("the list", "[]", "must have at least one layer");
    const Expected<std::vector<std::string>> names = entry_names(list);
    if (!names) return names.error();
    const Expected<std::vector<size_t>> chosen = choose(*names, options.layers);
    if (!chosen) return chosen.error();
    std::vector<Layer> layers;
    for (size_t index : *chosen) {
        Source source{directory};
        source.in_list = true;
        source.warnings = options.warnings;
        source.read_tensors = options.read_tensors;
        Expected<Layer> layer = read_entry(list[index], source);
        if (!layer) {
            const Error &error = layer.error();
            return Error{error.code, "layer " + printable((*names)[index]) + ": " + error.message};
        }
        layers.push_back(*layer);
    }
    return layers;
}

}  // namespace tconv
