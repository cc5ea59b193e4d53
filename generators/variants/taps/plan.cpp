// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/plan.h"

#include <algorithm>

#include "generators/kernels/repack.h"
#include "generators/kernels/tap_product.h"
#include "generators/variants/plan_pieces.h"

namespace tconv {

namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Int;

// The axes of the tables of a product, as their views name them.
struct NamedAxis {
    int axis;
    const char *name;
    CanonicalDim dim;
};
constexpr NamedAxis kAxes[] = {{kX, "x", kDimX}, {kY, "y", kDimY}, {kZ, "z", kDimZ}};

Stage repack_stage(const Layer &layer, const PaddedInput &padded, Cut cut, size_t kernel) {
    Stage stage;
    stage.name = "repack";
    stage.kernels = {kernel};
    stage.grid = {{"n", batch_table(layer, cut)},
                  {"z", cut_table(padded.extent(kZ), cut)},
                  {"y", cut_table(padded.extent(kY), cut)}};
    stage.call = [=](const TaskSymbols &task) {
        View to{TensorId::kWorkspace, int64_constant(0), {}};
        for (auto [name, dim] : {std::pair("n", kDimN), std::pair("z", kDimZ), std::pair("y", kDimY)}) {
            to.offset += elements(task.at(name, "first"), padded.stride(dim));
        }
        const int range_x = static_cast<int>(padded.range[kX].begin);
        to.dims = {constant_dim(layer.in_channels, 1),
                   {range_x, static_cast<int>(padded.extent(kX)), static_cast<int>(padded.stride(kDimX))}};
        View from = whole_image_view(TensorId::kInput, layer, task);
        for (auto [axis, name, dim] : {kAxes[1], kAxes[2]}) {
            const Expr first = task.at(name, "first") + static_cast<int>(padded.range[axis].begin);
            to.dims.push_back({first, task.at(name, "count"), static_cast<int>(padded.stride(dim))});
        }
        to.dims.push_back({0, task.at("n", "count"), static_cast<int>(padded.stride(kDimN))});
        return KernelCall{0, {from, to}};
    };
    return stage;
}

// A tap product as it is compiled.
struct TapKernel {
    int64_t taps_x = 1;
    int pixels = 1, rows = 1;
    int64_t channels = 0;  // of every call; 0: as its view says
    bool cells_apart = false;

    bool operator==(const TapKernel &other) const {
        return taps_x == other.taps_x && pixels == other.pixels && rows == other.rows && channels == other.channels &&
               cells_apart == other.cells_apart;
    }
    std::string name() const {
        const std::string tile = cells_apart ? "apart" : std::to_string(pixels) + "x" + std::to_string(rows);
        return "taps" + std::to_string(taps_x) + "_" + tile + (channels > 0 ? "_" + std::to_string(channels) : "");
    }
};

// Everything about the product stage that its views are made of.
struct Product {
    TapLayer tap_layer;
    FilterLayout layout;
    std::optional<PaddedInput> padded;
    std::array<int64_t, 3> step{};

    bool folded() const { return tap_layer.cells > 1; }
    int64_t cell_channels() const { return tap_layer.layer.out_channels / tap_layer.cells; }
    // Whether the cells of a row lie side by side, as a folded column is stored.
    Expr dense(const TaskSymbols &task) const {
        return task.stride(TensorId::kOutput, kDimX) == int64_constant(cell_channels());
    }

    Expr input_stride(const TaskSymbols &task, CanonicalDim dim) const {
        return padded ? int64_constant(padded->stride(dim)) : task.stride(TensorId::kInput, dim);
    }

    View input(const TaskSymbols &task) const {
        View view{padded ? TensorId::kWorkspace : TensorId::kInput, int64_constant(0), {}};
        view.offset = cast(Int(64), task.at("n", "first")) * input_stride(task, kDimN);
        view.dims = {constant_dim(tap_layer.layer.in_channels, 1)};
        for (auto [axis, name, dim] : kAxes) {
            view.offset += cast(Int(64), task.at(name, "first_input")) * input_stride(task, dim);
            // The window starts at the input of the last tap, which lies `reach` before that of tap 0.
            const Expr reach = static_cast<int>(step[axis]) * Halide::max(task.at(name, "taps") - 1, 0);
            view.dims.push_back({-reach, task.at(name, "outputs") + reach, input_stride(task, dim)});
        }
        view.dims.push_back({0, task.at("n", "count"), input_stride(task, kDimN)});
        return view;
    }

    // Cells apart take all blocks in the call for the first.
    Expr blocks(const TaskSymbols &task) const {
        const int all = static_cast<int>(layout.blocks());
        return folded() ? select(dense(task), 1, all) : Expr(1);
    }
    Expr first_block(const TaskSymbols &task) const {
        return folded() ? select(dense(task), task.at("co", "block"), 0) : task.at("co", "block");
    }

    View filter(const TaskSymbols &task) const {
        View view{TensorId::kFilter, int64_constant(0), {}};
        view.offset = elements(first_block(task), layout.block_stride());
        view.dims = {constant_dim(layout.block(), 1), constant_dim(tap_layer.layer.in_channels, layout.block())};
        for (auto [axis, name, dim] : kAxes) {
            view.offset += elements(task.at(name, "first_tap"), layout.axis_stride(axis));
            // A phase of x without taps: no tap of y or z may contribute either.
            Expr taps = axis == kX ? task.at(name, "taps") : task.at(name, "taps") * task.at("x", "live");
            view.dims.push_back({0, taps, static_cast<int>(layout.axis_stride(axis))});
        }
        view.dims.push_back({0, blocks(task), static_cast<int>(layout.block_stride())});
        return view;
    }

    View bias(const TaskSymbols &task) const {
        const int block = layout.block();
        return {
            TensorId::kBias, elements(first_block(task), block), {constant_dim(block, 1), {0, blocks(task), block}}};
    }

    View output(const TaskSymbols &task) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        View view{TensorId::kOutput, int64_constant(0), {}};
        view.offset = cast(Int(64), task.at("n", "first")) * stride(kDimN) +
                      cast(Int(64), task.at("co", "first")) * stride(kDimC);
        view.dims = {{0, task.at("co", "count"), stride(kDimC)}};
        for (auto [axis, name, dim] : kAxes) {
            const int64_t apart = tap_layer.layer.axes[axis].stride * (axis == kX ? tap_layer.cells : 1);
            view.offset += cast(Int(64), task.at(name, "first_output")) * stride(dim) *
                           int64_constant(axis == kX ? tap_layer.cells : 1);
            view.dims.push_back({0, task.at(name, "outputs"), stride(dim) * int64_constant(apart)});
        }
        view.dims.push_back({0, task.at("n", "count"), stride(kDimN)});
        return folded() ? folded_output(task, view) : view;
    }

    // Columns of a row that is dense are vectors of the channels of all their cells. In any other a view has the cells one
    // by one, and the call for the first block stores them all.
    View folded_output(const TaskSymbols &task, View view) const {
        const Expr is_dense = dense(task), cells = task.at("x", "cells");
        const int all_cells = static_cast<int>(tap_layer.cells), channels = static_cast<int>(cell_channels());
        const Expr first = task.at("co", "first");
        ViewDim &c = view.dims[0], &x = view.dims[1], &y = view.dims[2];
        view.offset -= select(is_dense, int64_constant(0), cast(Int(64), first));
        c.extent = select(is_dense, clamp(cells * channels - first, 0, c.extent), channels);
        x.extent = select(is_dense, x.extent, (x.extent - 1) * all_cells + cells);
        x.stride = select(is_dense, x.stride, task.stride(TensorId::kOutput, kDimX));
        y.extent = select(is_dense || task.at("co", "block") == 0, y.extent, 0);
        return view;
    }
};

Table row_table(const std::vector<TapSpan> &spans, int64_t origin) {
    Table table = span_table(spans, origin);
    std::vector<int64_t> tall;
    for (const TapSpan &span : spans) {
        tall.push_back(span.rows > 1 ? 1 : 0);
    }
    table.add_column("tall", tall);
    return table;
}

// The kernels of a stage, and which of them each piece of a row takes.
class KernelChoice {
public:
    KernelChoice(const TapLayer &tap_layer, const FilterLayout &layout, const TapTiling &tiling)
        : tap_layer_(tap_layer),
          pieces_(tiling.columns),
          whole_(layout.block()),
          rest_(layout.lanes() % layout.block()) {
        for (const ColumnPiece &piece : pieces_) {
            most_taps_ = std::max(most_taps_, piece.span.taps);
        }
        for (const TapSpan &span : tiling.rows) {
            any_row_[span.rows > 1 ? 1 : 0] = true;
        }
        any_block_[0] = layout.lanes() >= whole_;
        any_block_[1] = rest_ > 0;
    }

    // A phase without taps goes through a kernel with empty sums: `live` is 0, and its view is as wide as the kernel
    // expects.
    void add_columns(Table &table) {
        const auto column = [&](const char *name, const auto &value) {
            std::vector<int64_t> values;
            for (const ColumnPiece &piece : pieces_) {
                values.push_back(value(piece));
            }
            table.add_column(name, values);
        };
        table.columns.pop_back();
        column("taps", [&](const ColumnPiece &piece) { return taps(piece); });
        column("live", [](const ColumnPiece &piece) { return piece.span.taps > 0 ? 1 : 0; });
        column("cells", [](const ColumnPiece &piece) { return piece.cells; });
        for (bool tall : {false, true}) {
            for (bool rest : {false, true}) {
                column(name(tall, rest), [&](const ColumnPiece &piece) -> int64_t {
                    const int64_t channels = piece.cells < tap_layer_.cells ? 0 : rest ? rest_ : whole_;
                    const bool used = any_row_[tall] && any_block_[rest];
                    return used ? index({taps(piece), piece.pixels, tall ? piece.rows : 1, channels, false}) : 0;
                });
            }
        }
        if (tap_layer_.cells > 1) {
            column("apart", [&](const ColumnPiece &piece) { return index({taps(piece), 1, 1, 0, true}); });
        }
    }

    const std::vector<TapKernel> &kernels() const { return kernels_; }

    Expr operator()(const TaskSymbols &task, const Expr &dense) const {
        const auto column = [&](bool tall, bool rest) { return task.at("x", name(tall, rest)); };
        const Expr tall = task.at("y", "tall") != 0, rest = task.at("co", "count") < static_cast<int>(whole_);
        const Expr kernel = select(tall, select(rest, column(true, true), column(true, false)),
                                   select(rest, column(false, true), column(false, false)));
        return tap_layer_.cells > 1 ? select(dense, kernel, task.at("x", "apart")) : kernel;
    }

private:
    static const char *name(bool tall, bool rest) {
        return tall ? (rest ? "tall_rest" : "tall") : rest ? "flat_rest" : "flat";
    }

    int64_t taps(const ColumnPiece &piece) const { return piece.span.taps > 0 ? piece.span.taps : most_taps_; }

    int64_t index(const TapKernel &kernel) {
        const auto found = std::find(kernels_.begin(), kernels_.end(), kernel);
        if (found == kernels_.end()) {
            kernels_.push_back(kernel);
            return static_cast<int64_t>(kernels_.size()) - 1;
        }
        return found - kernels_.begin();
    }

    TapLayer tap_layer_;
    std::vector<ColumnPiece> pieces_;
    int64_t whole_, rest_;                         // channels of a block, and of the last one where that is not whole
    std::array<bool, 2> any_row_{}, any_block_{};  // whether there are flat and tall rows, whole blocks and a rest
    int64_t most_taps_ = 1;
    std::vector<TapKernel> kernels_;
};

}  // namespace

TapStages tap_stages(const TapLayer &tap_layer, const Machine &machine, const Knobs &knobs) {
    return {tap_tiling(tap_layer, machine, knobs), padded_input(tap_layer.layer, tap_margin(knobs)), knobs.at("order"),
            Cut::kRows};
}

LayerPlan tap_plan(const Layer &original, const TapLayer &tap_layer, const FilterLayout &layout,
                   const TapStages &stages, const Machine &machine, const Knobs &knobs) {
    const Layer &layer = tap_layer.layer;
    LayerPlan plan;
    plan.filter_layout = layout;
    Product product{tap_layer, layout, stages.padded, {}};
    for (int axis : {kZ, kY, kX}) {
        product.step[axis] = phases(layer.axes[axis]).front().input_step;
    }
    if (product.padded) {
        plan.workspace_elements = layer.batch * product.padded->stride(kDimN);
        const RepackSpec spec{layer.in_channels, layer.layout == Layout::kChannelsLast, layer.types.input};
        plan.kernels.push_back({"repack", [=](const std::string &symbol, const Halide::Target &target) {
                                    return repack_module(symbol, spec, machine, target);
                                }});
        plan.add_stage(repack_stage(layer, *product.padded, stages.cut, 0));
    }

    const TapTiling &tiling = stages.tiling;
    const auto origin = [&](int axis) { return product.padded ? product.padded->range[axis].begin : 0; };
    std::vector<TapSpan> columns;
    for (const ColumnPiece &piece : tiling.columns) {
        columns.push_back(piece.span);
    }
    GridAxis x{"x", span_table(columns, origin(kX))};
    KernelChoice choice(tap_layer, layout, tiling);
    choice.add_columns(x.table);
    const GridAxis co{"co", block_table(layout)}, n{"n", batch_table(layer, stages.cut)};
    const GridAxis z{"z", row_table(tiling.planes, origin(kZ))}, y{"y", row_table(tiling.rows, origin(kY))};
    Stage stage;
    stage.name = "product";
    stage.grid = stages.order == kInputOuter ? std::vector{n, z, y, co, x} : std::vector{co, n, z, x, y};
    for (const TapKernel &kernel : choice.kernels()) {
        TapProductSpec spec{kernel.taps_x,
                            product.step[kX],
                            product.step[kY],
                            product.step[kZ],
                            layer.in_channels,
                            layer.out_channels,
                            kernel.channels,
                            kernel.cells_apart ? tap_layer.cells : 1,
                            layout.block(),
                            layer.bias,
                            layer.layout == Layout::kChannelsLast,
                            layer.activation,
                            layer.types.accumulate};
        Knobs tile = knobs;
        tile["tile_x"] = kernel.pixels;
        tile["tile_y"] = kernel.rows;
        stage.kernels.push_back(plan.kernels.size());
        plan.kernels.push_back({kernel.name(), [=](const std::string &symbol, const Halide::Target &target) {
                                    return tap_product_module(symbol, spec, tile, machine, target);
                                }});
    }
    stage.call = [product, choice](const TaskSymbols &task) {
        const Expr dense = product.folded() ? product.dense(task) : Halide::cast<bool>(1);
        KernelCall call{choice(task, dense), {product.input(task), product.filter(task)}};
        if (product.tap_layer.layer.bias) {
            call.views.push_back(product.bias(task));
        }
        call.views.push_back(product.output(task));
        return call;
    };
    plan.add_stage(stage);
    finish_plan(plan, original, machine, stages.cut);
    return plan;
}

}  // namespace tconv
