// SPDX-License-Identifier: Apache-2.0
// Column rows: for few output channels and a kernel that is larger than the stride. The taps along x are lanes of a
// product over input channels and row taps; its rows of columns stay in the first-level cache and are overlap-added there.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {

Variant column_rows_variant();

}  // namespace tconv
