// SPDX-License-Identifier: Apache-2.0
// What memory a call of `tconv run` needs. Linux grants memory that it does not have, and then ends a process that uses
// it; so the question is asked before.
#pragma once

#include <string>

#include "tconv/isa.h"
#include "tconv/layer.h"
#include "tconv/status.h"
#include "tools/cli/tensor_files.h"

namespace tconv {

// An error where the call needs more than available_memory().
Status check_memory(const Layer &layer, const TensorFiles &files, Isa isa);

// What to say when an allocation failed all the same. `available` goes on after "the call needs ... bytes of memory, ".
Error no_memory(const Layer &layer, const TensorFiles &files, Isa isa, const std::string &available);

}  // namespace tconv
