// SPDX-License-Identifier: Apache-2.0
// generators/library_abi.h in C, for the template of the header: @NAME@ stands for the layer's name.
#pragma once

#include <string>

#include "tconv/element_types.h"

namespace tconv {

// An element. C99 has no half: a program passes the bits.
const char *c_type(DataType type);

// The enumerators of the status codes.
std::string library_status_lines();

// The cases of NAME_status_text.
std::string library_status_cases();

// The fields of NAME_args.
std::string library_args_lines();

}  // namespace tconv
