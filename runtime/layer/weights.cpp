// SPDX-License-Identifier: Apache-2.0
#include "tconv/weights.h"

#include <cmath>
#include <functional>
#include <numeric>

#include "runtime/base/text.h"
#include "tconv/npy.h"

namespace tconv {

namespace {

// A file of a layer, and what it has to hold.
struct WeightFile {
    std::string argument, path;
    std::vector<int64_t> shape;
    std::string meaning;  // of that shape
    DataType type;
};

WeightFile filter_file(const Layer &layer) {
    const std::string order = layer.filter_order.empty() ? "" : ", which is " + layer.filter_order;
    return {layer.name + ": weights.filter", layer.weights->filter, layer.filter_shape(),
            "the layer's filter_shape" + order, layer.types.filter};
}

WeightFile bias_file(const Layer &layer) {
    return {layer.name + ": weights.bias",
            layer.weights->bias,
            {layer.out_channels},
            "one value an output channel",
            layer.types.bias()};
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
    const Expected<NpyInfo> info = read_npy_info(file.path, file.type);
    return info ? check_shape(file, info->shape) : of_layer(file, info.error());
}

Expected<std::vector<float>> read_file(const WeightFile &file) {
    Expected<Array> array = read_npy(file.path, file.type);
    if (!array) return of_layer(file, array.error());
    if (Status status = check_shape(file, array->shape); !status) return status.error();
    return std::move(array->data);
}

// "filter[0, 1, 2, 3] = nan", of the element at a flat index.
std::string element_text(const std::string &name, const std::vector<int64_t> &shape, int64_t index, float value) {
    std::vector<int64_t> position(shape.size());
    for (size_t d = shape.size(); d-- > 0; index /= shape[d]) position[d] = index % shape[d];
    return name + to_text(position) + " = " + (std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
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

std::string Nonfinite::text() const {
    return std::to_string(count) + " of " + std::to_string(elements) + (count == 1 ? " is" : " are") +
           " NaN or Inf, the first " + first;
}

Nonfinite find_nonfinite(const std::string &name, const std::vector<int64_t> &shape, const float *elements) {
    Nonfinite found;
    found.elements = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
    for (int64_t i = 0; i < found.elements; i++) {
        if (!std::isfinite(elements[i]) && found.count++ == 0) found.first = element_text(name, shape, i, elements[i]);
    }
    return found;
}

Nonfinite find_nonfinite_weights(const Layer &layer, const float *filter, const float *bias) {
    Nonfinite found = find_nonfinite("filter", layer.filter_shape(), filter);
    if (!bias) return found;
    const Nonfinite of_bias = find_nonfinite("bias", {layer.out_channels}, bias);
    return {found.count + of_bias.count, found.elements + of_bias.elements,
            found.count > 0 ? found.first : of_bias.first};
}

std::vector<char> nonfinite_channels(const Layer &layer, const float *filter, const float *bias) {
    std::vector<char> channels(static_cast<size_t>(layer.out_channels), 0);
    const int64_t step = layer.filter_strides().out_channel;
    for (int64_t i = 0; i < layer.filter_elements(); i++) {
        if (!std::isfinite(filter[i])) channels[static_cast<size_t>(i / step % layer.out_channels)] = 1;
    }
    for (size_t co = 0; bias && co < channels.size(); co++) channels[co] |= !std::isfinite(bias[co]);
    return channels;
}

}  // namespace tconv
