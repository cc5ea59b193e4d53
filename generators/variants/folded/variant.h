// SPDX-License-Identifier: Apache-2.0
// The variant `folded`: the stride cells of a row that follow each other are one column, whose lanes are the channels of
// all of them. Vectors are well filled where there are few channels, and stores run along the row without a gap.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant folded_variant();

}  // namespace tconv
