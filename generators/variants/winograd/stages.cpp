// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/stages.h"

#include <algorithm>
#include <string>

#include "generators/variants/winograd/calls.h"
#include "generators/variants/winograd/input.h"
#include "generators/variants/winograd/matrix_product.h"
#include "generators/variants/winograd/output.h"
#include "generators/variants/winograd/toom_cook.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

constexpr int64_t kLine = 16;  // elements of a cache line

int number(int64_t value) { return static_cast<int>(value); }

// Whole lines, an odd number of them: neighbours at that distance spread over all sets of a cache.
int64_t odd_lines(int64_t elements) { return (ceil_div(elements, kLine) | 1) * kLine; }

class Job {
public:
    Job(LayerPlan &plan, const WinogradContext &context, const WinogradJob &job, const std::string &name)
        : plan_(plan),
          context_(context),
          name_(name),
          band_{context.layer, job,
                WinogradStorage(context.layer, job, context.layout, channel_group(context.layer, context.machine)),
                context.layout, context.products_offset} {}

    void append() {
        for (int axis = 0; axis < 3; axis++) {
            matrices_[axis] = toom_cook(band_.kind(axis).outputs, band_.kind(axis).taps);
        }
        Pass pass;
        pass.band = {"band", band_table(band_.job, context_.layout)};
        strips_ = {"strip", strip_table(band_.job, context_.layer), band_.job.window};
        pass.stages = {input_stage(), product_stage(), output_stage()};
        plan_.passes.push_back(pass);
    }

private:
    size_t add_kernel(const std::string &name, decltype(Kernel::lower) lower) {
        for (size_t k = 0; k < plan_.kernels.size(); k++) {
            if (plan_.kernels[k].name == name) {
                return k;
            }
        }
        plan_.kernels.push_back({name, std::move(lower)});
        return plan_.kernels.size() - 1;
    }

    Stage input_stage() {
        WinogradInputSpec spec;
        for (int axis = 0; axis < 3; axis++) {
            spec.matrix[axis] = matrices_[axis].input;
            spec.step[axis] = band_.kind(axis).step;
        }
        spec.tile_step = band_.advance();
        spec.group = number(band_.storage.group);
        spec.group_stride = band_.storage.group_stride;
        spec.point_stride = band_.storage.window_points;
        spec.dtype = context_.layer.types.accumulate;
        Stage stage;
        stage.name = "input" + name_;
        stage.grid = {strips_};
        stage.steps = {{"part", three_parts()}};
        for (const bool edge : {false, true}) {
            spec.edge = edge;
            stage.kernels.push_back(
                add_kernel("input" + name_ + (edge ? "_edge" : ""),
                           [spec, machine = context_.machine](const std::string &symbol, const Halide::Target &target) {
                               return winograd_input_module(symbol, spec, machine, target);
                           }));
        }
        stage.call = [band = band_](const TaskSymbols &task) { return input_call(band, task); };
        return stage;
    }

    Stage product_stage() {
        const int64_t tiles = band_.job.tiles(), rows = context_.tile.rows, blocks = context_.layout.blocks();
        Stage stage;
        stage.name = "product" + name_;
        Table chunks;
        chunks.rows = ceil_div(blocks, context_.blocks_per_task);
        chunks.add_progression("first", 0, context_.blocks_per_task);
        std::vector<int64_t> counts(chunks.rows, context_.blocks_per_task);
        counts.back() = blocks - (chunks.rows - 1) * context_.blocks_per_task;
        chunks.add_column("blocks", counts);
        stage.grid = {{"point", point_table(band_.job, context_.layout)}, {"co", chunks}};
        // As evenly as they go: some with one row more than the others.
        const int64_t count = ceil_div(tiles, rows), least = tiles / count, longer = tiles % count;
        std::vector<std::array<int64_t, 3>> parts;  // rows, tiles, first
        if (longer > 0) {
            parts.push_back({least + 1, longer, 0});
        }
        parts.push_back({least, count - longer, longer * (least + 1)});
        Table table;
        table.rows = static_cast<int64_t>(parts.size());
        for (size_t column = 0; column < 3; column++) {
            std::vector<int64_t> values;
            for (const auto &part : parts) {
                values.push_back(part[column]);
            }
            table.add_column(std::array<const char *, 3>{"rows", "tiles", "first"}[column], values);
        }
        table.add_progression("kernel", 0, 1);
        stage.steps = {{"rows", table}};
        for (const auto &part : parts) {
            MatrixProductTile tile = context_.tile;
            tile.rows = number(part[0]);
            stage.kernels.push_back(product_kernel(tile));
        }
        stage.call = [band = band_](const TaskSymbols &task) { return product_call(band, task); };
        return stage;
    }

    size_t product_kernel(const MatrixProductTile &tile) {
        const MatrixProductSpec spec{context_.layer.in_channels, number(band_.storage.group), false,
                                     context_.layer.types.accumulate};
        return add_kernel("product_rows" + std::to_string(tile.rows),
                          [=, machine = context_.machine](const std::string &symbol, const Halide::Target &target) {
                              return matrix_product_module(symbol, spec, tile, machine, target);
                          });
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
        stage.grid = {strips_, {"group", group_table(band_.job, context_.layer)}};
        stage.steps = {{"part", three_parts()}};
        for (const bool clipped : {false, true}) {
            spec.clipped = clipped;
            stage.kernels.push_back(
                add_kernel("output" + name_ + (clipped ? "_edge" : ""),
                           [spec, machine = context_.machine](const std::string &symbol, const Halide::Target &target) {
                               return winograd_output_module(symbol, spec, machine, target);
                           }));
        }
        stage.call = [band = band_](const TaskSymbols &task) { return output_call(band, task); };
        return stage;
    }

    LayerPlan &plan_;
    const WinogradContext &context_;
    std::string name_;
    WinogradBand band_;
    std::array<ToomCook, 3> matrices_;
    GridAxis strips_;
};

}  // namespace

WinogradStorage::WinogradStorage(const Layer &layer, const WinogradJob &job, const FilterLayout &layout,
                                 int channel_group)
    : group(channel_group),
      channel_groups(layer.in_channels / channel_group),
      group_stride(odd_lines(job.tiles() * group)),
      window_points(odd_lines(channel_groups * group_stride)),
      tile_stride(odd_lines(layout.blocks() * layout.block() + kLine)),
      product_points(odd_lines(job.tiles() * tile_stride)),
      points(job.points()) {}

WinogradScratch::WinogradScratch(const Layer &layer, const Machine &machine, const std::vector<WinogradJob> &jobs,
                                 const FilterLayout &layout) {
    for (const WinogradJob &job : jobs) {
        const WinogradStorage storage(layer, job, layout, channel_group(layer, machine));
        windows = std::max(windows, storage.windows());
        products = std::max(products, storage.products());
    }
}

int channel_group(const Layer &layer, const Machine &machine) {
    int group = std::min(machine.vector_lanes, 8);
    while (layer.in_channels % group != 0) {
        group /= 2;
    }
    return group;
}

void append_winograd_job(LayerPlan &plan, const WinogradContext &context, const WinogradJob &job,
                         const std::string &name) {
    Job(plan, context, job, name).append();
}

}  // namespace tconv
