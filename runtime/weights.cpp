// SPDX-License-Identifier: Apache-2.0
#include "tconv/weights.h"

#include "text.h"
#include "tconv/npy.h"

namespace tconv {

namespace {

// A message of read_npy() begins with the file's name, and does not know whose file it is.
Error of_layer(const std::string &argument, const std::string &path, const Error &error) {
    const std::string own = printable(path) + ": ";
    const bool named = error.message.compare(0, own.size(), own) == 0;
    return {error.code, argument + " = " + (named ? "" : own) + error.message};
}

Expected<std::vector<float>> read_checked(const std::string &key, const std::string &path,
                                          const std::vector<int64_t> &shape, const std::string &meaning) {
    Expected<Array> array = read_npy(path);
    if (!array) return of_layer(key, path, array.error());
    if (array->shape != shape) {
        return invalid_argument(key, printable(path),
                                "the array has shape " + to_text(array->shape) + ", must have " + to_text(shape) +
                                    ", " + meaning);
    }
    return std::move(array->data);
}

}  // namespace

Expected<Weights> read_weights(const Layer &layer) {
    if (!layer.weights) return invalid_argument("weights", "none", "layer " + layer.name + " names no weight files");
    Weights weights;
    Expected<std::vector<float>> filter = read_checked(layer.name + ": weights.filter", layer.weights->filter,
                                                       layer.filter_shape(), "the layer's filter_shape");
    if (!filter) return filter.error();
    weights.filter = std::move(*filter);
    if (layer.bias) {
        Expected<std::vector<float>> bias = read_checked(layer.name + ": weights.bias", layer.weights->bias,
                                                         {layer.out_channels}, "one value an output channel");
        if (!bias) return bias.error();
        weights.bias = std::move(*bias);
    }
    return weights;
}

}  // namespace tconv
