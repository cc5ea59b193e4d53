// SPDX-License-Identifier: Apache-2.0
// A call as a layer file states it.
#pragma once

#include <string>

#include "tests/property/operator_call.h"

namespace tconv::test {

// In one of the argument forms that the operator has for it: integers or lists, defaults written or left out, names in
// any case where that is allowed, arguments without effect added, keys in any order.
std::string layer_file_text(const OperatorCall &call, Random &random);

}  // namespace tconv::test
