// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads layer files: our own JSON, the JSON of a Keras get_config(), and lists of them or of benchmark entries
/// (layers.json); and the same JSON as one call of an operator on tensors that are at hand.
/// Validation happens here and nowhere else; an error names the key, its value and the rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

struct LayerFileOptions {
    /// Entries of a list to take, in this order; empty takes all. An error for a file that is no list.
    std::vector<std::string> layers;
    /// Complete a get_config() file, or override `name`/`input_shape` of a layer file.
    std::optional<std::string> name;
    std::optional<std::vector<int64_t>> input_shape;
    /// Gets a line for each option that takes the place of something else in the file; null: they are not told.
    std::vector<std::string> *notes = nullptr;
    /// The same for what the file states without effect.
    std::vector<std::string> *warnings = nullptr;
    /// Whether the .npy file of a prelu's slopes is opened; without, the slopes are 0, and only the file's path is known.
    bool read_tensors = true;
};

/// The layers of a file: one, or the chosen entries of a list. At least one on success.
Expected<std::vector<Layer>> read_layer_file(const std::string &path, const LayerFileOptions &options = {});

/// The same from text; `directory` is what weight paths are relative to.
Expected<std::vector<Layer>> parse_layer_text(const std::string &text, const std::string &directory,
                                              const LayerFileOptions &options = {});

/// The names of a list's entries, whatever else these hold; none of a file that is no list.
Expected<std::vector<std::string>> read_layer_names(const std::string &path);

/// Shapes of the tensors of one call, each in the order that Layer documents; `bias` where one is given.
struct CallShapes {
    std::vector<int64_t> input;
    std::vector<int64_t> filter;
    std::optional<std::vector<int64_t>> bias;
};

/// The layer of one call, as `tconv run` takes it: `op` and the operator's arguments under their own names, or a
/// get_config(). Extents come from `shapes`, and messages name the tensors `input`, `filter` and `bias`. Every other
/// key of a layer file is optional:
/// - `name` is any string, or null; the layer gets the nearest C identifier.
/// - `input_shape` and `filter_shape` must agree with the tensors, where null stands for any extent.
/// - `weights` are checked and not used: the tensors of the call take their place.
/// A bias is required by the layers of Keras unless `use_bias` is false, and by the other operators where
/// `bias` is true; otherwise it is refused. `warnings` gets a line for what is ignored.
Expected<Layer> parse_call(const std::string &text, const std::string &directory, const CallShapes &shapes,
                           std::vector<std::string> *warnings = nullptr);

/// The same from a file of one call; messages begin with its name.
Expected<Layer> read_call(const std::string &path, const CallShapes &shapes,
                          std::vector<std::string> *warnings = nullptr);

}  // namespace tconv
