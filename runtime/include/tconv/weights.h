// SPDX-License-Identifier: Apache-2.0
/// \file
/// The trained weights that a layer file names.
#pragma once

#include <cstdint>
#include <string>
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

/// Reads the files of `layer.weights`. An error names layer, key and file when it is no .npy file of the layer's element
/// type or its shape is not the one that the layer needs. Precondition of success: `layer.weights` has a value.
Expected<Weights> read_weights(const Layer &layer);

/// The NaN and Inf among the elements of tensors.
struct Nonfinite {
    int64_t count = 0, elements = 0;
    std::string first;  ///< such as "filter[0, 1, 2, 3] = nan"

    /// One phrase: "2 of 4128 are NaN or Inf, the first filter[0, 1, 2, 3] = nan". Precondition: there are some.
    std::string text() const;
};

/// Of a dense tensor in C order.
Nonfinite find_nonfinite(const std::string &name, const std::vector<int64_t> &shape, const float *elements);

/// Of the filter, then of the bias (null without one), as in Weights.
Nonfinite find_nonfinite_weights(const Layer &layer, const float *filter, const float *bias);

/// A flag for each output channel: 1 where one of its weights is NaN or Inf. They spoil nothing in other channels, but by
/// softmax.
std::vector<char> nonfinite_channels(const Layer &layer, const float *filter, const float *bias);

}  // namespace tconv
