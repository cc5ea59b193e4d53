// SPDX-License-Identifier: Apache-2.0
// A layer from the word that names its problem, Layer::workload().
#pragma once

#include <string>

#include "tconv/layer.h"
#include "tconv/status.h"

namespace tconv {

// A layer with that workload, as conv_transpose: which operator it came from makes no difference to a kernel. Slopes of a
// prelu, which the word leaves out, are a quarter. The layer's name is "workload".
Expected<Layer> layer_of_workload(const std::string &workload);

}  // namespace tconv
