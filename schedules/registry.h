// SPDX-License-Identifier: Apache-2.0
// The schedule families: for each kernel, how it is computed on one kind of machine, and what a tile may count on there. One
// file a family; `reference` is what an unknown machine gets and stands last.
#pragma once

#include <string>
#include <vector>

#include "schedules/kernel_funcs.h"
#include "schedules/knobs.h"
#include "schedules/machine.h"

namespace tconv {

struct ChannelBlocksFuncs;    // schedules/channel_lanes.h
struct ChannelLanesFuncs;     // the same
struct ChannelLanesTile;      // the same
struct ColumnRowsFuncs;       // schedules/column_rows.h
struct GeneralMapFuncs;       // schedules/general_tile.h
struct GeneralProductFuncs;   // the same
struct GeneralTile;           // the same
struct MatrixProductFuncs;    // schedules/matrix_product.h
struct MatrixProductTile;     // the same
struct PlanarBorderFuncs;     // schedules/planar.h
struct PlanarCopyFuncs;       // the same
struct PlanarRowsFuncs;       // the same
struct PlanarTile;            // the same
struct PackRowsFuncs;         // schedules/streamed.h
struct StartCellsFuncs;       // the same
struct StoreCellsFuncs;       // the same
struct StreamedProductFuncs;  // the same
struct StreamedTile;          // the same
struct WinogradInputFuncs;    // schedules/winograd.h
struct WinogradOutputFuncs;   // the same

// A kernel's Funcs, what its knobs say, and the machine.
template<typename Funcs, typename... Choices>
using Schedule = void (*)(const Funcs &, const Choices &..., const Machine &);

// What becomes of a tile in registers when LLVM has reordered its loads, beyond what registers_needed() counts. Found in
// assembly; each family's file has the reasons.
struct TileRules {
    // Registers of a matrix product's tile for loads that are moved ahead of their multiply-adds.
    int (*product_loads_ahead)(int vectors, int rows) = [](int, int) { return 0; };
    int widest_product = 3;  // vectors of columns of a matrix product's tile that are worth a try
    // A streamed product loads all rows of a panel before it multiplies.
    bool loads_rows_first = false;
    // A tap product of more pixels than this loads the unrolled channels of each as one vector, and spreads them from there.
    int most_unspread_pixels = 12;
};

struct ScheduleFamily {
    std::string name;
    TileRules tiles;

    // Null where no variant that serves the family has the kernel.
    Schedule<TapProductFuncs, Knobs> tap_product = nullptr;
    Schedule<RepackFuncs> repack = nullptr;
    Schedule<GatherFuncs> gather = nullptr;
    Schedule<SoftmaxFuncs> softmax = nullptr;
    Schedule<PackFilterFuncs> pack_filter = nullptr;
    Schedule<SumFilterFuncs> sum_filter = nullptr;
    Schedule<ColumnRowsFuncs, Knobs> column_rows = nullptr;
    Schedule<ChannelLanesFuncs, ChannelLanesTile> channel_lanes = nullptr;
    Schedule<ChannelBlocksFuncs, ChannelLanesTile> channel_blocks = nullptr;
    Schedule<PlanarRowsFuncs, PlanarTile> planar_rows = nullptr;
    Schedule<PlanarCopyFuncs> planar_copy = nullptr;
    Schedule<PlanarBorderFuncs> planar_border = nullptr;
    Schedule<StreamedProductFuncs, StreamedTile> streamed_product = nullptr;
    Schedule<PackRowsFuncs> pack_rows = nullptr;
    Schedule<StartCellsFuncs> start_cells = nullptr;
    Schedule<StoreCellsFuncs> store_cells = nullptr;
    Schedule<WinogradInputFuncs> winograd_input = nullptr;
    Schedule<WinogradOutputFuncs> winograd_output = nullptr;
    Schedule<MatrixProductFuncs, MatrixProductTile> matrix_product = nullptr;
    Schedule<GeneralProductFuncs, GeneralTile> general_product = nullptr;
    Schedule<GeneralMapFuncs> general_map = nullptr;
};

const std::vector<ScheduleFamily> &schedule_families();

// The family that the machine names, else `reference`.
const ScheduleFamily &family_for(const Machine &machine);

}  // namespace tconv
