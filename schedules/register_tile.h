// SPDX-License-Identifier: Apache-2.0
// The register tile that every CPU family uses for the tap product: `pixels` outputs along x in each of `rows` rows, times
// `vectors` vectors of output channels, are summed in registers over all taps and input channels. The budget and the
// unroll order, on which half of the speed hangs, stand here once.
#pragma once

#include "schedules/kernel_funcs.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"

namespace tconv {

struct RegisterTile {
    int vectors = 1;    // knob tile_co
    int pixels = 1;     // knob tile_x
    int unroll_ci = 1;  // input channels a loop iteration; divides the number of input channels
    int rows = 1;       // knob tile_y

    int outputs() const { return pixels * rows; }
};

// Vector registers the tile keeps alive: the sums, the smaller operand, and one register through which the other operand
// passes. (AVX-512 could broadcast from memory inside a multiply-add, but LLVM loads a broadcast that is used more than
// once into a register, and a tile that counts on it spills.)
int registers_needed(const RegisterTile &tile);

// Cycles that one input channel of one tap takes, by the narrowest of multiply-add throughput, their latency and loads.
double cycles_per_channel(const RegisterTile &tile, const Machine &machine);

// The tile that knobs stand for.
RegisterTile tile_of(const Knobs &knobs);

// Schedules the tap product around the tile of its knobs. The caller guarantees: funcs.block == vectors * lanes; the extents
// of x and y are multiples of pixels and rows in every call.
void schedule_register_tile(const TapProductFuncs &funcs, const Knobs &knobs, const Machine &machine);

// The kernels beside it need no tile; these serve every CPU family.
void schedule_repack(const RepackFuncs &funcs, const Machine &machine);
void schedule_pack_filter(const PackFilterFuncs &funcs, const Machine &machine);
void schedule_softmax(const SoftmaxFuncs &funcs, const Machine &machine);

}  // namespace tconv
