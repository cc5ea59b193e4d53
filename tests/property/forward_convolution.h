// SPDX-License-Identifier: Apache-2.0
// The convolution whose transpose a call computes, from the call's own arguments: it knows neither Layer nor crops.
#pragma once

#include <vector>

#include "tests/property/operator_call.h"

namespace tconv::test {

// Of a signal in the shape of the call's output, padded as TensorFlow pads it for SAME and VALID; the result has the
// shape of the call's input. In double precision; exact on small integers.
std::vector<double> forward_convolution(const OperatorCall &call, const std::vector<float> &signal,
                                        const std::vector<float> &filter);

}  // namespace tconv::test
