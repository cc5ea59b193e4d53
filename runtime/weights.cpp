// SPDX-License-Identifier: Apache-2.0
#include "tconv/weights.h"

#include "tconv/npy.h"
#include "text.h"

namespace tconv {

namespace {

// A file of a layer, and what it has to hold.
struct WeightFile {
    std::string argument, path;
    std::vector<int64_t> shape;
    std::string meaning;  // of that shape
};

WeightFile filter_file(const Layer &layer) {
    return {layer.name + ": weights.filter", layer.weights->filter, layer.filter_shape(), "the layer's filter_shape"};
}

WeightFile bias_file(const Layer &layer) {
    return {layer.name + ": weights.bias", layer.weights->bias, {layer.out_channels}, "one value an output channel"};
}

// A message of read_npy() begins with the file's name, and does not know whose file it is.
Error of_layer(const WeightFile &file, const Error &error) {
    const std::string own = printable(file.path) + ": ";
    const bool named = error.message.compare(0, own.size(), own) == 0;
    return {error.code, file.argument + " = " + (named ? "" : own) + error.message};
}

Status check_shape(const WeightFile &file, const std::vector<int64_t> &shape) {
    if (shape == file.shape) return Success{};
    return invalid_argument(
        file.argument, printable(file.path),
        "the array has shape " + to_text(shape) + ", must have " + to_text(file.shape) + ", " + file.meaning);
}

Status check_file(const WeightFile &file) {
    const Expected<NpyInfo> info = read_npy_info(file.path);
    return info ? check_shape(file, info->shape) : of_layer(file, info.error());
}

Expected<std::vector<float>> read_file(const WeightFile &file) {
    Expected<Array> array = read_npy(file.path);
    if (!array) return of_layer(file, array.error());
    if (Status status = check_shape(file, array->shape); !status) return status.error();
    return std::move(array->data);
}

}  // namespace

Status check_weights(const Layer &layer) {
    if (!layer.weights) return Success{};
    Status status = check_file(filter_file(layer));
    return status && layer.bias ? check_file(bias_file(layer)) : status;
}

Expected<Weights> read_weights(const Layer &layer) {
    if (!layer.weights) return invalid_argument("weights", "none", "layer " + layer.name + " names no weight files");
    Weights weights;
    Expected<std::vector<float>> filter = read_file(filter_file(layer));
    if (!filter) return filter.error();
    weights.filter = std::move(*filter);
    if (layer.bias) {
        Expected<std::vector<float>> bias = read_file(bias_file(layer));
        if (!bias) return bias.error();
        weights.bias = std::move(*bias);
    }
    return weights;
}

}  // namespace tconv
