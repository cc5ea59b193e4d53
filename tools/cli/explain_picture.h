// SPDX-License-Identifier: Apache-2.0
// The file that `tconv explain --svg` writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tconv/layer.h"
#include "tools/cli/layer_arguments.h"

namespace tconv {

// Nothing to do without a path. Refuses paths of the layer files, and more than one layer.
Status write_picture(const std::optional<std::string> &svg, const LayerArguments &arguments,
                     const std::vector<Layer> &layers);

}  // namespace tconv
