// SPDX-License-Identifier: Apache-2.0
// The device side of a layer program: tensors are copied to the device when the layer starts, the output is copied back
// at its end, and everything is freed on every way out.
#pragma once

#include "generators/program_views.h"

namespace tconv::ir {

DeviceTensors upload_tensors(Scope &scope, const ViewBuilder &views, const Layer &layer, const LayerPlan &plan,
                             const Halide::Target &target);
void download_output(Scope &scope, const DeviceTensors &device);

}  // namespace tconv::ir
