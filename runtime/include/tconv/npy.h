// SPDX-License-Identifier: Apache-2.0
/// \file
/// NumPy's .npy format (versions 1.0 to 3.0), float32 only, C or Fortran order, little or big endian.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/status.h"

namespace tconv {

/// Elements in C order.
struct Array {
    std::vector<int64_t> shape;
    std::vector<float> data;
};

/// Reads a file whole. A header that is malformed, another element type, a size that does not match the file, or
/// more than 2^31 - 1 elements is an error that names the file and the rule.
Expected<Array> read_npy(const std::string &path);

/// Writes version 1.0, C order, little endian. A short write is an error; the file may then be left incomplete.
Status write_npy(const std::string &path, const Array &array);

}  // namespace tconv
