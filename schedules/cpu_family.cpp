// SPDX-License-Identifier: Apache-2.0
#include "schedules/channel_lanes.h"
#include "schedules/column_rows.h"
#include "schedules/families.h"
#include "schedules/general_tile.h"
#include "schedules/matrix_product.h"
#include "schedules/planar.h"
#include "schedules/register_tile.h"
#include "schedules/streamed.h"
#include "schedules/winograd.h"

namespace tconv {

ScheduleFamily cpu_family(const std::string &name, const TileRules &tiles) {
    ScheduleFamily family = reference_family();  // plain loops are enough for `gather` and `sum_filter`
    family.name = name;
    family.tiles = tiles;
    family.tap_product = schedule_register_tile;
    family.repack = schedule_repack;
    family.softmax = schedule_softmax;
    family.pack_filter = schedule_pack_filter;
    family.column_rows = schedule_column_rows;
    family.channel_lanes = schedule_channel_lanes;
    family.channel_blocks = schedule_channel_blocks;
    family.planar_rows = schedule_planar_rows;
    family.planar_copy = schedule_planar_copy;
    family.planar_border = schedule_planar_border;
    family.streamed_product = schedule_streamed_product;
    family.pack_rows = schedule_pack_rows;
    family.start_cells = schedule_start_cells;
    family.store_cells = schedule_store_cells;
    family.winograd_input = schedule_winograd_input;
    family.winograd_output = schedule_winograd_output;
    family.matrix_product = schedule_matrix_product;
    family.general_product = schedule_general_product;
    family.general_map = schedule_general_map;
    return family;
}

}  // namespace tconv
