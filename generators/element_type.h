// SPDX-License-Identifier: Apache-2.0
// The one place where a layer's element type becomes a Halide type.
#pragma once

#include <Halide.h>

#include "tconv/layer.h"

namespace tconv {

inline Halide::Type element_type(DataType dtype) {
    switch (dtype) {
    case DataType::kFloat32: return Halide::Float(32);
    case DataType::kFloat16: return Halide::Float(16);
    }
    return Halide::Float(32);
}

}  // namespace tconv
