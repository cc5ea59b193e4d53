// SPDX-License-Identifier: Apache-2.0
// The reference: the definition of the operation, one task a batch entry. Accepts every layer on every machine.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant reference_variant();

}  // namespace tconv
