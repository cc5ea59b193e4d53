// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/variant.h"

#include "generators/number.h"
#include "generators/variants/plan_pieces.h"
#include "generators/variants/planar/copy.h"
#include "generators/variants/planar/geometry.h"
#include "generators/variants/planar/knobs.h"
#include "generators/variants/planar/stages.h"

namespace tconv {

namespace {

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    const PlanarGeometry geometry(layer, machine, knobs);
    const FilterLayout by_phase(layer, 1);
    LayerPlan plan;
    plan.filter_layout = planar_filter_layout(layer, by_phase);
    plan.workspace_elements = planar_workspace(layer, machine, knobs);

    const bool channels_last = layer.layout == Layout::kChannelsLast;
    const PlanarCopySpec copy{number(layer.in_channels), number(geometry.image.end - geometry.image.begin),
                              channels_last, layer.types.input};
    const size_t border_kernel = plan.add_kernel(planar_border_kernel("borders", copy, machine));
    const size_t copy_kernel = plan.add_kernel(planar_copy_kernel("planes", copy, machine));
    PlanarRowsSpec rows;
    rows.runs = geometry.runs;
    rows.step_x = number(geometry.step[kX]);
    rows.step_y = number(geometry.step[kY]);
    rows.step_z = number(geometry.step[kZ]);
    rows.in_channels = number(layer.in_channels);
    rows.out_channels = number(layer.out_channels);
    rows.planes = number(geometry.channel_block);
    rows.columns = number(geometry.chunk);
    rows.channels_last = channels_last;
    rows.bias = layer.bias;
    rows.activation = layer.activation;
    rows.dtype = layer.types.accumulate;
    std::vector<size_t> row_kernels = {plan.add_kernel(planar_rows_kernel("rows", rows, geometry.tile, machine))};
    if (planar_may_lie_apart(layer)) {
        rows.pixels_apart = true;
        row_kernels.push_back(plan.add_kernel(planar_rows_kernel("rows_apart", rows, geometry.tile, machine)));
    }

    const PlanarBandTable band = planar_band_table(layer, geometry);
    if (band.table.rows() > 0) {
        plan.add_stage(planar_border_stage(layer, geometry, border_kernel));
        plan.passes.push_back({{planar_copy_stage(layer, geometry, band, copy_kernel),
                                planar_rows_stage(layer, geometry, band, plan.filter_layout, by_phase, row_kernels)},
                               {"band", band.table}});
    }
    finish_plan(plan, layer, machine);
    return plan;
}

}  // namespace

Variant planar_variant() {
    return {"planar",
            "vectors along x, over planes of the input",
            planar_obstacle,
            planar_knob_space,
            planar_search,
            planar_check_knobs,
            plan,
            planar_cycles,
            planar_workspace};
}

}  // namespace tconv
