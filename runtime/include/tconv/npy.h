// SPDX-License-Identifier: Apache-2.0
/// \file
/// NumPy's .npy format (versions 1.0 to 3.0), C or Fortran order, little or big endian. Only float32 is supported yet;
/// another element type is refused by its name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/element_types.h"
#include "tconv/status.h"

namespace tconv {

/// Elements in C order.
struct Array {
    static constexpr DataType kType = DataType::kFloat32;

    std::vector<int64_t> shape;
    std::vector<float> data;
};

/// What the header of a file says. Reading a file in Fortran order needs memory for its elements twice.
struct NpyInfo {
    std::vector<int64_t> shape;
    bool fortran_order = false;
    DataType type = Array::kType;
};

/// Reads the header alone, so that a file can be judged before there is memory for it. A header that is malformed,
/// an element type other than `type`, a size that does not match the file, or more than 2^31 - 1 elements is an error
/// that names the file and the rule.
Expected<NpyInfo> read_npy_info(const std::string &path, DataType type = Array::kType);

/// Reads a file whole. Errors are those of read_npy_info(), and memory that the system does not have.
Expected<Array> read_npy(const std::string &path, DataType type = Array::kType);

/// The bytes of such a file before its data, for what is written piece by piece: version 1.0, C order, little endian.
std::string npy_preamble(const std::vector<int64_t> &shape, DataType type = Array::kType);

/// Writes version 1.0, C order, little endian. A short write is an error; the file may then be left incomplete.
Status write_npy(const std::string &path, const Array &array);

}  // namespace tconv
