// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/candidate_builds.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/base/files.h"
#include "tools/compiler/compile_task.h"

namespace tconv {

namespace {

constexpr ChildLimits kLimits = {60, int64_t{8} << 30};

}  // namespace

CandidateBuilds::CandidateBuilds(const Layer &layer, const TargetInfo &target, WorkFolder folder)
    : layer_(layer), target_(&target), folder_(std::move(folder)) {
    layer_.weights.reset();
}

Expected<CandidateBuilds> CandidateBuilds::create(const Layer &layer, const TargetInfo &target) {
    Expected<WorkFolder> folder = WorkFolder::create();
    if (!folder) {
        return folder.error();
    }
    return CandidateBuilds(layer, target, std::move(*folder));
}

std::vector<Expected<std::string>> CandidateBuilds::build(const std::vector<Candidate> &candidates) {
    std::vector<std::string> names;
    std::vector<ChildTask> tasks;
    for (const Candidate &candidate : candidates) {
        Layer layer = layer_;
        layer.name = "tconv_candidate_" + std::to_string(next_++);
        names.push_back(layer.name);
        tasks.push_back(compile_task("candidate", [layer, candidate, this]() -> Status {
            BuildOptions options;
            options.variant = candidate.variant;
            options.knobs = candidate.knobs;
            options.stack = false;
            const Expected<BuiltLibrary> library = build_library(layer, *target_, folder_.path(), options);
            return library ? Status(Success{}) : Status(library.error());
        }));
    }
    std::vector<Expected<std::string>> built;
    const std::vector<Status> results = try_in_children(tasks, kLimits);
    for (size_t i = 0; i < results.size(); i++) {
        if (!results[i]) {
            built.push_back(results[i].error());
            continue;
        }
        const Expected<std::string> sidecar = read_file(folder_.path(names[i] + ".json"));
        if (!sidecar) {
            built.push_back(sidecar.error());
            continue;
        }
        const auto json = nlohmann::json::parse(*sidecar, nullptr, false);
        bytes_[names[i]] = {json.value("weights_bytes", int64_t{0}), json.value("workspace_bytes", int64_t{0})};
        built.push_back(names[i]);
    }
    return built;
}

void CandidateBuilds::remove(const std::string &name) {
    bytes_.erase(name);
    std::error_code ignored;
    for (const std::string &file : {"lib" + name + ".a", name + ".h", name + ".json"}) {
        std::filesystem::remove(folder_.path(file), ignored);
    }
}

size_t CandidateBuilds::fitting(const std::string &first, const std::vector<std::string> &names, int64_t bytes) const {
    int64_t shared = layer_.input_bytes() + layer_.output_bytes() + layer_.filter_bytes() + bytes_.at(first).weights;
    int64_t workspace = bytes_.at(first).workspace;
    size_t count = 0;
    for (; count < names.size(); count++) {
        const Bytes &own = bytes_.at(names[count]);
        shared += own.weights;
        workspace = std::max(workspace, own.workspace);
        if (shared + workspace > bytes) break;
    }
    return count;
}

}  // namespace tconv
