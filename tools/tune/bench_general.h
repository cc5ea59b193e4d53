// SPDX-License-Identifier: Apache-2.0
// Times the runtime's general kernels on one layer, in this process.
#pragma once

#include "tconv/isa.h"
#include "tconv/layer.h"
#include "tools/tune/bench_layer.h"

namespace tconv {

// Repeats as `layer_time` does them: the first call is not counted, each repeat lasts at least 50 ms.
Expected<LayerTime> bench_general(const Layer &layer, Isa isa, int threads, int repeats);

}  // namespace tconv
