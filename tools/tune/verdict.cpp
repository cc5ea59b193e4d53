// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/verdict.h"

#include <cmath>
#include <sstream>

#include "tools/verify/test_data.h"

namespace tconv {

namespace {

constexpr int kLargestExponent = 8;

VerifyTensors rough_tensors(const Layer &layer, uint64_t seed) {
    VerifyTensors tensors = random_tensors(layer, seed);
    for (std::vector<float> *cells : {&tensors.input, &tensors.filter, &tensors.bias}) {
        const auto count = static_cast<int64_t>(cells->size());
        const std::vector<float> exponents = random_integers(count, ++seed, kLargestExponent);
        for (size_t i = 0; i < cells->size(); i++) {
            (*cells)[i] = std::ldexp((*cells)[i], static_cast<int>(exponents[i]));
        }
    }
    return tensors;
}

}  // namespace

Expected<std::string> verdict_on(const Candidate &candidate, const Layer &layer, const TargetInfo &target,
                                 const Toolchain &toolchain, uint64_t seed) {
    VerifyOptions options;
    options.build.variant = candidate.variant;
    options.build.knobs = candidate.knobs;
    options.seed = seed;
    options.tensors = rough_tensors(layer, seed);
    const Expected<Verification> verification = verify_layer(layer, target, toolchain, options);
    if (!verification) return verification.error();
    if (!verification->pass) return Error{StatusCode::kFailed, "wrong: " + verification->reason};
    if (!verification->accuracy) return verification->how;
    std::ostringstream text;
    text.precision(2);
    text << verification->how << ": " << verification->accuracy->bound_ratio << " of the bound";
    return text.str();
}

}  // namespace tconv
