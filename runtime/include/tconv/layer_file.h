// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads layer files: our own JSON, the JSON of a Keras get_config(), and benchmark lists (layers.json).
/// Validation happens here and nowhere else; an error names the key, its value and the rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

struct LayerFileOptions {
    /// Entries of a benchmark list to take, in this order; empty takes all. An error for a file that is no list.
    std::vector<std::string> layers;
    /// Complete a get_config() file, or override `name`/`input_shape` of a layer file.
    std::optional<std::string> name;
    std::optional<std::vector<int64_t>> input_shape;
};

/// The layers of a file: one, or the chosen entries of a benchmark list. At least one on success.
Expected<std::vector<Layer>> read_layer_file(const std::string &path, const LayerFileOptions &options = {});

/// The same from text; `directory` is what weight paths are relative to.
Expected<std::vector<Layer>> parse_layer_text(const std::string &text, const std::string &directory,
                                              const LayerFileOptions &options = {});

}  // namespace tconv
