// SPDX-License-Identifier: Apache-2.0
// Softmax over `cell`, a tensor's last axis, whichever that is:
//
//   output(cell, row, b, c, d) = e^(input(cell, ...) - most) / sum over k of e^(input(k, ...) - most)
//   with most = max over k of input(k, row, b, c, d)
//
// Input and output may be the same cells: what is written depends on all that is read of its row, and no cell is read
// after it was written. A row with NaN or +Inf, or of -Inf alone, becomes NaN, as in TensorFlow.
#pragma once

#include <string>

#include "generators/layer_plan.h"
#include "schedules/machine.h"
#include "tconv/layer.h"

namespace tconv {

struct SoftmaxSpec {
    int64_t length = 1;      // cells of a row
    bool contiguous = true;  // they lie side by side in memory
    DataType dtype = DataType::kFloat32;
};

Kernel softmax_kernel(const std::string &name, const SoftmaxSpec &spec, const Machine &machine);

}  // namespace tconv
