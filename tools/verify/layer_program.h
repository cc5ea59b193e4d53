// SPDX-License-Identifier: Apache-2.0
// A library built into a work folder, and the programs that are linked with it there.
#pragma once

#include <string>

#include "tconv/layer.h"
#include "tools/compiler/build_library.h"
#include "tools/verify/toolchain.h"
#include "tools/verify/work_folder.h"

namespace tconv {

// Links programs/<program>.c with the library; returns the path of the program. `folder` holds the library's header.
Expected<std::string> link_layer_program(const std::string &program, const Layer &layer, const TargetInfo &target,
                                         const BuiltLibrary &library, const Toolchain &toolchain,
                                         const WorkFolder &folder);

}  // namespace tconv
