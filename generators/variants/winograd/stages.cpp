// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/stages.h"

#include <algorithm>
#include <string>

#include "generators/cache_line.h"
#include "generators/number.h"
#include "generators/variants/winograd/calls.h"
#include "generators/variants/winograd/input.h"
#include "generators/variants/winograd/matrix_product.h"
#include "generators/variants/winograd/output.h"
#include "generators/variants/winograd/toom_cook.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Whole lines, an odd number of them: neighbours at that distance spread over all sets of a cache.
int64_t odd_lines(int64_t elements, DataType type) {
    const int64_t line = cache_line_elements(type);
    return (ceil_div(elements, line) | 1) * line;
}

class Job {
public:
    Job(LayerPlan &plan, const WinogradContext &context, const WinogradJob &job, const std::string &name)
        : plan_(plan),
          context_(context),
          name_(name),
          band_{context.layer,
                job,
                WinogradStorage(context.layer, job, context.layout, winograd_panel(context.layer, context.machine)),
                context.layout,
                context.products_offset,
                band_table(job, context.layout),
                strip_table(job, context.layer),
                lane_set_table(job, context.layer)},
          strips_{"strip", band_.strip.table, job.window} {}

    void append() {
        for (int axis = 0; axis < 3; axis++) {
            matrices_[axis] = toom_cook(band_.kind(axis).outputs, band_.kind(axis).taps);
        }
        plan_.passes.push_back({{input_stage(), product_stage(), output_stage()}, {"band", band_.band.table}});
    }

private:
    Stage input_stage() {
        WinogradInputSpec spec;
        for (int axis = 0; axis < 3; axis++) {
            spec.matrix[axis] = matrices_[axis].input;
            spec.step[axis] = band_.kind(axis).step;
        }
        spec.tile_step = band_.advance();
        spec.panel = number(band_.storage.panel);
        spec.panel_stride = band_.storage.panel_stride;
        spec.point_stride = band_.storage.window_points;
        spec.dtype = context_.layer.types.accumulate;
        Stage stage;
        stage.name = "input" + name_;
        stage.grid = {strips_};
        const PartTable part = three_parts();
        stage.steps = {{"part", part.table}};
        for (const bool edge : {false, true}) {
            spec.edge = edge;
            stage.kernels.push_back(plan_.add_kernel(
                winograd_input_kernel("input" + name_ + (edge ? "_edge" : ""), spec, context_.machine)));
        }
        stage.call = input_call(band_, part);
        return stage;
    }

    Stage product_stage() {
        Stage stage;
        stage.name = "product" + name_;
        const PointTable point = point_table(band_.job, context_.layout);
        const RangeTable co = chunk_table(context_.layout.blocks(), context_.blocks_per_task);
        stage.grid = {{"point", point.table}, {"co", co.table}};
        // As evenly as they go: some with one row more than the others.
        const int64_t tiles = band_.job.tiles(), count = ceil_div(tiles, context_.tile.rows);
        const int64_t least = tiles / count, longer = tiles % count;
        struct Rows {
            int64_t rows, tiles, first;
        };
        std::vector<Rows> parts;
        if (longer > 0) {
            parts.push_back({least + 1, longer, 0});
        }
        parts.push_back({least, count - longer, longer * (least + 1)});
        RowsTable rows{Table(static_cast<int64_t>(parts.size())), {}, {}, {}, {}};
        rows.rows = rows.table.add("rows", parts, [](const Rows &part) { return part.rows; });
        rows.tiles = rows.table.add("tiles", parts, [](const Rows &part) { return part.tiles; });
        rows.first = rows.table.add("first", parts, [](const Rows &part) { return part.first; });
        rows.kernel = rows.table.add_progression("kernel", 0, 1);
        stage.steps = {{"rows", rows.table}};
        for (const Rows &part : parts) {
            MatrixProductTile tile = context_.tile;
            tile.rows = number(part.rows);
            stage.kernels.push_back(product_kernel(tile));
        }
        stage.call = product_call(band_, point, co, rows);
        return stage;
    }

    size_t product_kernel(const MatrixProductTile &tile) {
        const MatrixProductSpec spec{context_.layer.in_channels, number(band_.storage.panel),
                                     context_.layer.types.accumulate};
        return plan_.add_kernel(
            matrix_product_kernel("product_rows" + std::to_string(tile.rows), spec, tile, context_.machine));
    }

    Stage output_stage() {
        WinogradOutputSpec spec;
        for (int axis = 0; axis < 3; axis++) {
            spec.matrix[axis] = matrices_[axis].output;
        }
        spec.channels = context_.layer.out_channels;
        spec.tile_stride = band_.storage.tile_stride;
        spec.point_stride = band_.storage.product_points;
        spec.bias = context_.layer.bias;
        spec.activation = context_.layer.activation;
        spec.dtype = context_.layer.types.accumulate;
        Stage stage;
        stage.name = "output" + name_;
        stage.grid = {strips_, {"lane_set", band_.lane_set.table}};
        const PartTable part = three_parts();
        stage.steps = {{"part", part.table}};
        for (const bool clipped : {false, true}) {
            spec.clipped = clipped;
            stage.kernels.push_back(plan_.add_kernel(
                winograd_output_kernel("output" + name_ + (clipped ? "_edge" : ""), spec, context_.machine)));
        }
        stage.call = output_call(band_, part);
        return stage;
    }

    LayerPlan &plan_;
    const WinogradContext &context_;
    std::string name_;
    WinogradBand band_;
    GridAxis strips_;
    std::array<ToomCook, 3> matrices_;
};

}  // namespace

WinogradStorage::WinogradStorage(const Layer &layer, const WinogradJob &job, const FilterLayout &layout, int panel)
    : panel(panel),
      panels(layer.in_channels / panel),
      panel_stride(odd_lines(job.tiles() * panel, layer.types.accumulate)),
      window_points(odd_lines(panels * panel_stride, layer.types.accumulate)),
      tile_stride(odd_lines(layout.blocks() * layout.block() + cache_line_elements(layer.types.accumulate),
                            layer.types.accumulate)),
      product_points(odd_lines(job.tiles() * tile_stride, layer.types.accumulate)),
      points(job.points()) {}

WinogradScratch::WinogradScratch(const Layer &layer, const Machine &machine, const std::vector<WinogradJob> &jobs,
                                 const FilterLayout &layout) {
    for (const WinogradJob &job : jobs) {
        const WinogradStorage storage(layer, job, layout, winograd_panel(layer, machine));
        windows = std::max(windows, storage.windows());
        products = std::max(products, storage.products());
    }
}

int winograd_panel(const Layer &layer, const Machine &machine) {
    int panel = std::min(machine.lanes(layer.types.accumulate), 8);
    while (layer.in_channels % panel != 0) {
        panel /= 2;
    }
    return panel;
}

void append_winograd_job(LayerPlan &plan, const WinogradContext &context, const WinogradJob &job,
                         const std::string &name) {
    Job(plan, context, job, name).append();
}

}  // namespace tconv
