// SPDX-License-Identifier: Apache-2.0
// What the tests of `tconv run` share: a small call of every operator, its tensors, and what each refusal looks like.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/error/refusals.h"

namespace tconv::test {

using Shape = std::vector<int64_t>;

// One call: the case file and the shapes of its tensors. No bias: none is given.
struct Call {
    nlohmann::json arguments;
    Shape input, filter;
    std::vector<Shape> bias;  // none or one
};

// A call of each operator that succeeds. Inputs are 4 x 4 (x 4) with 5 channels, filters 3 x 3 (x 3) to 3 channels.
Call good_conv2d();
Call good_atrous();
Call good_conv3d();
Call good_keras_op();
Call good_keras_layer();

class RunCalls : public Refusals {
protected:
    // Small integers, the same for the same shape and seed.
    void write_tensor(const std::string &file, const Shape &shape, uint64_t seed = 1) const;

    // case.json, x.npy, w.npy and, where the call has one, b.npy.
    void write_call(const Call &call) const;

    // run case.json --input x.npy --filter w.npy --output y.npy, and --bias b.npy
    static std::vector<std::string> command(bool bias = false, const std::vector<std::string> &more = {});

    // The call with other or more arguments (null takes one out) fails and leaves no file.
    void expect_call_refused(Call call, const nlohmann::json &changes, const std::vector<std::string> &parts) const;

    // It succeeds without a word.
    void expect_runs(const std::vector<std::string> &arguments) const;

    std::string bytes_of(const std::string &file) const;
};

// One .npy file of version 1.0: a header of that dictionary, padded to 64 bytes, then the data.
std::string npy_bytes(const std::string &dictionary, const std::string &data);
std::string npy_dictionary(const std::string &type, const std::string &order, const std::string &shape);

}  // namespace tconv::test
