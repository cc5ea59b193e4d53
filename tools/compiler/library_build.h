// SPDX-License-Identifier: Apache-2.0
// The files of one library, in a staging folder.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/staging.h"
#include "tools/compiler/build_library.h"

namespace tconv {

// Returns them under the paths that they get in `directory`, and adds their names to `files`.
Expected<BuiltLibrary> build_into(Staging &staging, const std::string &directory, const Layer &layer,
                                  const TargetInfo &target, const BuildOptions &options, const Choice &choice,
                                  std::vector<std::string> &files);

}  // namespace tconv
