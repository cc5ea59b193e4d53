// SPDX-License-Identifier: Apache-2.0
// The header of a .npy file: a Python dict literal with the keys descr, fortran_order and shape. Text only; the file
// around it belongs to npy.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/element_types.h"
#include "tconv/status.h"

namespace tconv {

struct NpyHeader {
    bool big_endian = false;
    bool fortran_order = false;
    std::vector<int64_t> shape;
};

// Accepts elements of `type` only. The error is the rule without the file's name.
Expected<NpyHeader> parse_npy_header(const std::string &text, DataType type);

// The literal for little-endian elements in C order, without padding and newline.
std::string npy_header_text(const std::vector<int64_t> &shape, DataType type);

}  // namespace tconv
