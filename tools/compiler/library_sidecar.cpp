// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "generators/layer_program.h"
#include "tools/compiler/library_description.h"

namespace tconv {

namespace {

using Json = nlohmann::ordered_json;

// Of each cell, in the words of docs/semantics.md: n of direct sums, else c, e and E for each spatial axis, outermost first.
Json error_bound(const LibraryDescription &library) {
    if (!library.choice.transforms) {
        return {{"n", direct_terms(library.layer)}, {"relative_to", "magnitudes of the cell"}};
    }
    Json json = {{"c", Json::array()}, {"e", Json::array()}, {"E", Json::array()}};
    for (size_t a = 3 - static_cast<size_t>(library.layer.spatial_rank); a < 3; a++) {
        const AxisRounding &axis = library.choice.rounding[a];
        json["c"].push_back(axis.growth);
        json["e"].push_back(axis.terms);
        json["E"].push_back(axis.reach);
    }
    json["relative_to"] = "magnitudes in the window of the cell's tile";
    return json;
}

Json range_of(const LibraryDescription &library) {
    const FiniteRange range = finite_range(library.layer, library.choice.rounding);
    return {{"input", range.input}, {"filter", range.filter}, {"terms", range.terms}};
}

}  // namespace

std::string library_sidecar(const LibraryDescription &library) {
    const Layer &layer = library.layer;
    nlohmann::ordered_json json;
    json["name"] = layer.name;
    json["abi"] = kLibraryAbi;
    json["tconv"] = TCONV_VERSION;
    json["halide"] = TCONV_HALIDE_VERSION;
    json["target"] = library.target.name;
    json["cpu"] = library.target.cpu;
    json["halide_target"] = library.target.halide;
    json["workload"] = layer.workload();
    json["op"] = to_string(layer.op);
    json["dtype"] = layer.dtype();
    json["layout"] = to_string(layer.layout);
    json["input_shape"] = layer.input_shape();
    json["output_shape"] = layer.output_shape();
    json["filter_shape"] = layer.filter_shape();
    json["filter_layout"] = layer.filter_layout();
    json["bias"] = layer.bias;
    json["activation"] = to_text(layer.activation);
    json["multiply_adds"] = layer.useful_macs();
    json["variant"] = library.choice.variant;
    json["knobs"] = library.choice.knobs;
    json["knobs_from"] = library.choice.knobs_from;
    if (!library.choice.passed_over.empty()) {
        json["records_passed_over"] = library.choice.passed_over;
    }
    json["error_growth"] = library.choice.error_growth;
    json["error_growth_is"] = "root mean square on flat data, of a direct sum's";
    json["error_bound"] = error_bound(library);
    json["finite_range"] = range_of(library);
    json["spreads_nonfinite"] = library.choice.spreads_nonfinite;
    json["weights_in_library"] = library.weights_inside;
    json["weights_bytes"] = library.weights_bytes;
    json["weights_alignment"] = kWeightsAlignment;
    json["workspace_bytes"] = library.workspace_bytes;
    json["workspace_alignment"] = kWeightsAlignment;
    json["stages"] = nlohmann::ordered_json::array();
    for (const auto &stage : library.stages) {
        json["stages"].push_back({{"name", stage.name}, {"tasks", stage.tasks}});
    }
    json["kernels"] = library.kernels;
    json["stack_bytes"] = library.stack_bytes;
    return json.dump(2) + "\n";
}

}  // namespace tconv
