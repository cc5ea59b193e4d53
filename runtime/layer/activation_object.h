// SPDX-License-Identifier: Apache-2.0
// Activations with their parameters, as objects: {"name": "leaky_relu", "negative_slope": 0.01}.
#pragma once

#include <optional>
#include <string>

#include "runtime/layer/layer_common.h"

namespace tconv {

// The activation of a bare name.
std::optional<Activation> find_activation(const std::string &name);

// Whether an activation of that name has parameters, and how it is stated.
bool is_parametric(const std::string &name);
std::string form_of(const std::string &name);

// Precondition: `value` is an object with the key "name". Sets activation and, of a prelu, slopes and slopes_file.
void read_parametric_activation(Fields &fields, const Json &value, Layer &layer, const Source &source);

}  // namespace tconv
