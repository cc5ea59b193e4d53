// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/proposal.h"

#include <limits>

namespace tconv {

Limits limits_of(const Layer &layer) {
    return {layer.workspace_limit(), layer.max_error_growth, layer.strict_nonfinite};
}

Limits no_limits() { return {std::numeric_limits<int64_t>::max(), std::numeric_limits<double>::max(), false}; }

Layer with_limits(Layer layer, const Limits &limits) {
    layer.max_workspace_bytes = limits.workspace_bytes;
    layer.max_error_growth = limits.error_growth;
    layer.strict_nonfinite = limits.strict_nonfinite;
    return layer;
}

}  // namespace tconv
