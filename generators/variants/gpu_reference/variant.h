// SPDX-License-Identifier: Apache-2.0
// The reference on a GPU: the definition of the operation in one launch, a thread for each output element.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant gpu_reference_variant();

}  // namespace tconv
