// SPDX-License-Identifier: Apache-2.0
/// \file
/// The trained weights that a layer file names.
#pragma once

#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

/// Elements in C order: filter [kernel..., out_channels, in_channels], bias [out_channels] (empty without bias).
struct Weights {
    std::vector<float> filter;
    std::vector<float> bias;
};

/// Whether the files of `layer.weights`, if it has any, are what read_weights() takes, by their headers.
Status check_weights(const Layer &layer);

/// Reads the files of `layer.weights`. An error names layer, key and file when it is no float32 .npy file or its shape is
/// not the one that the layer needs. Precondition of success: `layer.weights` has a value.
Expected<Weights> read_weights(const Layer &layer);

}  // namespace tconv
