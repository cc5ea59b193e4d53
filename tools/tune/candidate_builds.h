// SPDX-License-Identifier: Apache-2.0
// Libraries of candidates, each under a name of its own so that they link into one program.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/compiler/build_library.h"
#include "tools/tune/candidates.h"
#include "tools/verify/work_folder.h"

namespace tconv {

class CandidateBuilds {
public:
    // `target` must outlive it.
    static Expected<CandidateBuilds> create(const Layer &layer, const TargetInfo &target);

    // Their names, or why a candidate has no library: each is compiled in a process of its own, so one that crashes, hangs or
    // takes too much memory harms no other.
    std::vector<Expected<std::string>> build(const std::vector<Candidate> &candidates);
    Expected<std::string> build_one(const Candidate &candidate) { return build({candidate}).front(); }
    void remove(const std::string &name);

    // How many of `names`, from the first on, fit into one program with `first`.
    size_t fitting(const std::string &first, const std::vector<std::string> &names, int64_t bytes) const;

    // The layer with weights that come at run time: data of any kind is as fast.
    const Layer &plain_layer() const { return layer_; }
    const WorkFolder &folder() const { return folder_; }

private:
    CandidateBuilds(const Layer &layer, const TargetInfo &target, WorkFolder folder);

    Layer layer_;
    const TargetInfo *target_;
    WorkFolder folder_;
    struct Bytes {
        int64_t weights = 0, workspace = 0;
    };
    std::map<std::string, Bytes> bytes_;
    int next_ = 0;
};

}  // namespace tconv
