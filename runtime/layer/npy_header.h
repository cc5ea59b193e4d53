// SPDX-License-Identifier: Apache-2.0
// The header of a .npy file: a Python dict literal with the keys descr, fortran_order and shape. Text only; the file
// around it belongs to npy.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tconv/status.h"

namespace tconv {

struct NpyHeader {
    bool big_endian = false;
    bool fortran_order = false;
    std::vector<int64_t> shape;
};

// Accepts float32 only. The error is the rule without the file's name.
Expected<NpyHeader> parse_npy_header(const std::string &text);

// The literal for little-endian float32 in C order, without padding and newline.
std::string npy_header_text(const std::vector<int64_t> &shape);

}  // namespace tconv
