// SPDX-License-Identifier: Apache-2.0
// Layer files as text, and what the tests of this folder ask about them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tconv/layer_file.h"

namespace tconv {

using Json = nlohmann::json;

// What refusals of padding end with.
inline const std::string kCropsElsewhere = "; crops of PyTorch and ONNX are stated by \"op\": \"conv_transpose\"";

inline Json json(const char *text) { return Json::parse(text); }

// `base` with the members of `changes` put in; "remove" as a value takes the member out.
inline Json with(Json base, const Json &changes) {
    for (const auto &member : changes.items()) {
        if (member.value() == "remove") {
            base.erase(member.key());
        } else {
            base[member.key()] = member.value();
        }
    }
    return base;
}

inline Expected<std::vector<Layer>> parse(const Json &file, const LayerFileOptions &options = {}) {
    return parse_layer_text(file.dump(), "models", options);
}

// The one layer of a file that must be good.
inline Layer layer_of(const Json &file, const LayerFileOptions &options = {}) {
    const auto layers = parse(file, options);
    if (!layers) {
        ADD_FAILURE() << layers.error().message << "\n" << file.dump();
        return {};
    }
    EXPECT_EQ(layers->size(), 1u);
    return layers->front();
}

// The message of what must be refused; always one line.
template<typename T>
std::string message_of(const Expected<T> &result) {
    if (result) return "(accepted)";
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    return result.error().message;
}

inline std::string message_of(const Json &file, const LayerFileOptions &options = {}) {
    return message_of(parse(file, options));
}

inline bool is_unsupported(const Json &file) {
    const auto layers = parse(file);
    return !layers && layers.error().code == StatusCode::kUnsupported;
}

// {output, pad_before} of every spatial axis.
inline std::vector<std::vector<int64_t>> outputs(const Layer &layer) {
    std::vector<std::vector<int64_t>> result;
    for (size_t a = 3 - static_cast<size_t>(layer.spatial_rank); a < 3; a++) {
        result.push_back({layer.axes[a].output, layer.axes[a].pad_before});
    }
    return result;
}

using Outputs = std::vector<std::vector<int64_t>>;
using Shape = std::vector<int64_t>;

}  // namespace tconv
