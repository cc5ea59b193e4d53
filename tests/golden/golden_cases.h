// SPDX-License-Identifier: Apache-2.0
// The golden data as C++ values: what TensorFlow and Keras compute for the layers of tf_layers.py and keras_layers.py, and
// PyTorch and ONNX for those of explicit_layers.py. make_golden.py and make_explicit_golden.py write the files and document
// their form.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv::test {

struct GoldenCase {
    std::string name;
    std::string layer_text;  // the layer file
    std::vector<int64_t> output_shape;
    std::vector<float> input;
    std::vector<float> filter;
    std::vector<float> bias;  // empty where the layer has none
    std::vector<float> output;
    bool exact = false;  // float32 arithmetic is exact on this data: results must be equal

    const float *bias_or_null() const { return bias.empty() ? nullptr : bias.data(); }
};

// GoogleTest prints a case by its name.
void PrintTo(const GoldenCase &golden, std::ostream *stream);

// Of TensorFlow and Keras, and of PyTorch and ONNX.
inline constexpr const char *kGoldenFiles[] = {"cases.json", "explicit_cases.json"};

// All cases of one of these files of `directory`, with the data that it names.
Expected<std::vector<GoldenCase>> load_golden_cases(const std::string &directory, const std::string &cases_file);

// Those of all files, for GoogleTest's lists of parameters: none where they cannot be loaded, which a test of its own reports.
std::vector<GoldenCase> golden_cases_or_none();

// Something that computes a layer: the oracle, a compiled library, ...
using RunLayer = std::function<Expected<std::vector<float>>(const Layer &layer, const GoldenCase &golden)>;

// Parses the layer file of the case, compares its output shape, runs it, and compares the result: equal for exact
// data, else within 1e-5 of the largest |output|. The error says what differs.
Status check_golden_case(const GoldenCase &golden, const RunLayer &run_layer);

}  // namespace tconv::test
