// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden_cases.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "tconv/layer_file.h"
#include "tconv/npy.h"

namespace tconv::test {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;  // of the largest |output|

Error failed(const std::string &message) { return {StatusCode::kFailed, message}; }

// A tensor of a case, stored as [offset, count]; empty where the case has none. Throws when it leaves the data.
std::vector<float> tensor(const json &entry, const char *name, const std::vector<float> &data) {
    if (!entry.contains(name)) return {};
    const auto offset = entry[name].at(0).get<size_t>();
    const auto count = entry[name].at(1).get<size_t>();
    if (offset > data.size() || count > data.size() - offset)
        throw std::out_of_range(std::string(name) + " leaves the data");
    const auto begin = data.begin() + static_cast<std::ptrdiff_t>(offset);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

GoldenCase golden_case(const json &entry, const std::vector<float> &data) {
    GoldenCase golden;
    golden.name = entry.at("layer").at("name").get<std::string>();
    json layer = entry.at("layer");
    if (entry.contains("alpha")) layer["activation"]["alpha"] = tensor(entry, "alpha", data);
    golden.layer_text = layer.dump();
    golden.output_shape = entry.at("output_shape").get<std::vector<int64_t>>();
    golden.input = tensor(entry, "input", data);
    golden.filter = tensor(entry, "filter", data);
    golden.bias = tensor(entry, "bias", data);
    golden.output = tensor(entry, "output", data);
    golden.exact = entry.at("exact").get<bool>();
    return golden;
}

std::string text_of(const std::vector<int64_t> &shape) {
    std::string text;
    for (const int64_t extent : shape) text += (text.empty() ? "[" : ", ") + std::to_string(extent);
    return text + "]";
}

Status check_output(const GoldenCase &golden, const std::vector<float> &output) {
    if (output.size() != golden.output.size())
        return failed("the output has " + std::to_string(output.size()) + " elements instead of " +
                      std::to_string(golden.output.size()));
    double largest = 0.0;
    for (const float value : golden.output) largest = std::max(largest, std::fabs(static_cast<double>(value)));
    const double tolerance = golden.exact ? 0.0 : kTolerance * largest;
    for (size_t i = 0; i < output.size(); i++) {
        const double difference = std::fabs(static_cast<double>(output[i]) - golden.output[i]);
        if (difference <= tolerance) continue;
        std::ostringstream text;
        text << "output element " << i << " = " << output[i] << ": must be within " << tolerance << " of "
             << golden.output[i];
        return failed(text.str());
    }
    return Success{};
}

}  // namespace

void PrintTo(const GoldenCase &golden, std::ostream *stream) { *stream << golden.name; }

Expected<std::vector<GoldenCase>> load_golden_cases(const std::string &directory, const std::string &cases_file) {
    try {
        std::ifstream file(directory + "/" + cases_file);
        const json document = json::parse(file);
        const auto data = read_npy(directory + "/" + document.at("data").get<std::string>());
        if (!data) return data.error();
        std::vector<GoldenCase> cases;
        for (const json &entry : document.at("cases")) cases.push_back(golden_case(entry, data->data));
        return cases;
    } catch (const std::exception &error) {
        return failed(directory + "/" + cases_file + ": " + error.what());
    }
}

std::vector<GoldenCase> golden_cases_or_none() {
    std::vector<GoldenCase> all;
    for (const char *file : kGoldenFiles) {
        auto cases = load_golden_cases(TCONV_GOLDEN_DIR, file);
        if (cases) std::move(cases->begin(), cases->end(), std::back_inserter(all));
    }
    return all;
}

Status check_golden_case(const GoldenCase &golden, const RunLayer &run_layer) {
    const auto layers = parse_layer_text(golden.layer_text, ".");
    if (!layers) return layers.error();
    const Layer &layer = layers->front();
    if (layer.output_shape() != golden.output_shape)
        return failed("output shape " + text_of(layer.output_shape()) + ": must be " + text_of(golden.output_shape));
    if (layer.input_elements() != static_cast<int64_t>(golden.input.size()) ||
        layer.filter_elements() != static_cast<int64_t>(golden.filter.size()) || layer.bias == golden.bias.empty())
        return failed("input, filter or bias do not match the data");
    const auto output = run_layer(layer, golden);
    if (!output) return output.error();
    return check_output(golden, *output);
}

}  // namespace tconv::test
