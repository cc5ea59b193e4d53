// SPDX-License-Identifier: Apache-2.0
// Benchmark lists (benchmarks/layers.json): an array of layers, each keras.ops.conv_transpose with its extents under
// names of their own.
#include <algorithm>
#include <numeric>
#include <set>

#include "layer_common.h"
#include "layer_reader.h"
#include "text.h"

namespace tconv {

namespace {

constexpr size_t kNamesShown = 8;

int read_spatial_rank(Fields &fields) {
    const std::string op = fields.string("op");
    for (int rank : {1, 2, 3}) {
        if (op == "conv" + std::to_string(rank) + "d_transpose") return rank;
    }
    fields.refuse("op", "must be conv1d_transpose, conv2d_transpose or conv3d_transpose");
    return 1;
}

void read_axes(Fields &fields, Layer &layer) {
    const auto rank = static_cast<size_t>(layer.spatial_rank);
    const auto read = [&](const char *key, int64_t Axis::*field, const Json *value) {
        if (value) set_axes(layer, field, fields.per_axis(key, *value, rank, 1));
    };
    read("spatial", &Axis::input, fields.require("spatial"));
    read("kernel", &Axis::kernel, fields.require("kernel"));
    read("strides", &Axis::stride, fields.find("strides"));
    read("dilations", &Axis::dilation, fields.find("dilations"));
}

Expected<Layer> read_entry(const Json &entry) {
    Fields fields(entry, "a benchmark entry");
    fields.allow_only({"name", "network", "op", "batch", "spatial", "in_channels", "out_channels", "kernel", "strides",
                       "dilations", "padding", "output_padding", "layout", "flops", "bias", "activation",
                       "strict_nonfinite", "max_error_growth"});
    const Source source;
    Layer layer;
    layer.op = Op::kKerasConvTranspose;
    read_common(fields, layer, source);
    fields.string("network", "");
    read_epilogue(fields, layer);
    layer.spatial_rank = read_spatial_rank(fields);
    layer.layout = read_keras_layout(fields, "layout");
    layer.batch = fields.integer("batch", 0);
    layer.in_channels = fields.integer("in_channels", 1);
    layer.out_channels = fields.integer("out_channels", 1);
    layer.flops = fields.count("flops");
    read_axes(fields, layer);
    const Padding padding = read_keras_padding(fields);
    const auto output_padding = read_output_padding(fields, layer);
    return finish_keras(fields, layer, padding, output_padding, source);
}

Expected<std::vector<std::string>> entry_names(const Json &list) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Json &entry : list) {
        const std::string which = "entry " + std::to_string(names.size());
        const auto name = entry.is_object() ? entry.find("name") : entry.end();
        if (name == entry.end() || !name->is_string()) {
            return invalid_argument(which, to_text(entry), "must be an object with a name");
        }
        names.push_back(name->get<std::string>());
        if (!seen.insert(names.back()).second) {
            return invalid_argument("name of " + which, to_text(*name), "must not appear twice in the list");
        }
    }
    return names;
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
            std::vector<std::string> some(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(
                                                                             std::min(names.size(), kNamesShown)));
            if (names.size() > kNamesShown) some.push_back("...");
            return invalid_argument("layers", printable(name),
                                    "not in the list, which has " + printable(join(some), 300));
        }
        const auto index = static_cast<size_t>(found - names.begin());
        if (std::find(chosen.begin(), chosen.end(), index) != chosen.end()) {
            return invalid_argument("layers", printable(name), "must not be chosen twice");
        }
        chosen.push_back(index);
    }
    return chosen;
}

}  // namespace

Expected<std::vector<Layer>> read_benchmark_list(const Json &list, const LayerFileOptions &options) {
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
        Expected<Layer> layer = read_entry(list[index]);
        if (!layer) {
            const Error &error = layer.error();
            return Error{error.code, "layer " + printable((*names)[index]) + ": " + error.message};
        }
        layers.push_back(*layer);
    }
    return layers;
}

}  // namespace tconv
