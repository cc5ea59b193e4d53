// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/phases.h"

#include <algorithm>
#include <optional>

#include "generators/kernels/repack.h"
#include "generators/kernels/tap_product.h"
#include "generators/variants/phase_knobs.h"
#include "generators/variants/phase_tables.h"
#include "generators/variants/softmax_stage.h"
#include "generators/variants/views.h"

namespace tconv {

namespace {

using Halide::cast;
using Halide::Expr;
using Halide::Int;

constexpr int kZ = 0, kY = 1, kX = 2;
constexpr int64_t kUnbounded = int64_t{1} << 31;

// Distinct tap counts of the x axis that are not zero: one kernel each (there are at most two).
std::vector<int64_t> kernel_taps(const Axis &axis) {
    std::vector<int64_t> counts;
    for (const Phase &phase : phases(axis)) {
        if (phase.outputs > 0 && phase.taps > 0 && std::find(counts.begin(), counts.end(), phase.taps) == counts.end()) {
            counts.push_back(phase.taps);
        }
    }
    if (counts.empty()) {
        counts.push_back(1);  // only phases without taps: the kernel runs with empty sums
    }
    return counts;
}

// The copy of the input that the tap product reads in place of the caller's tensor: channels innermost, zeros beside the
// columns (on a GPU also around rows and planes, where one launch covers a whole phase).
struct PaddedInput {
    std::array<Range, 3> range;  // z, y, x of the input that it holds
    int64_t channels = 1;

    int64_t extent(int axis) const { return range[axis].end - range[axis].begin; }
    // In floating point, which does not overflow.
    double elements(int64_t batch) const {
        double count = static_cast<double>(batch * channels);
        for (int axis : {kZ, kY, kX}) {
            count *= static_cast<double>(extent(axis));
        }
        return count;
    }
    int64_t stride(CanonicalDim dim) const {
        int64_t stride = 1;
        for (int d = kDimC; d < dim; d++) {
            stride *= d == kDimC ? channels : extent(kX - (d - kDimX));
        }
        return stride;
    }
};

std::optional<PaddedInput> padded_input(const Layer &layer, const Machine &machine) {
    PaddedInput padded{{}, layer.in_channels};
    bool needed = layer.layout == Layout::kChannelsFirst;
    for (int a : {kZ, kY, kX}) {
        const Axis &axis = layer.axes[a];
        Range range = input_range(axis);
        if (range.begin == range.end) {
            range = {0, 1};
        }
        const bool trims = a != kX && !machine.is_gpu;
        if (trims) {
            range = {0, axis.input};
        } else {
            needed |= range.begin < 0 || range.end > axis.input;
        }
        padded.range[a] = range;
    }
    return needed ? std::optional(padded) : std::nullopt;
}

// Says for each row of x which kernel computes it. A phase without taps goes through the first kernel with empty sums:
// `live` is 0, and `taps` becomes that kernel's, whose views have to be as wide as it expects.
void assign_kernels(Table &columns, const std::vector<int64_t> &kernels) {
    Table::Column &taps = columns.columns[kPhaseTableTaps];
    std::vector<int64_t> chosen, live, kernel_taps;
    for (int64_t row = 0; row < columns.rows; row++) {
        const int64_t count = taps.values.empty() ? taps.first + taps.step * row : taps.values[row];
        const auto found = std::find(kernels.begin(), kernels.end(), count);
        chosen.push_back(found == kernels.end() ? 0 : found - kernels.begin());
        live.push_back(count > 0 ? 1 : 0);
        kernel_taps.push_back(kernels[chosen.back()]);
    }
    columns.columns.pop_back();
    columns.add_column("taps", kernel_taps);
    columns.add_column("kernel", chosen);
    columns.add_column("live", live);
}

Table channel_table(const FilterLayout &layout, const Layer &layer, bool one_row) {
    Table table = one_row ? single_row(layer.out_channels) : Table();
    if (!one_row) {
        table.rows = layout.blocks();
        table.add_progression("first", 0, layout.block());
        std::vector<int64_t> counts(layout.blocks(), layout.block());
        counts.back() = layer.out_channels - (layout.blocks() - 1) * layout.block();
        table.add_column("count", counts);
    }
    table.add_progression("first_block", 0, 1);
    table.add_progression("blocks", one_row ? layout.blocks() : 1, 0);
    return table;
}

// One task copies one row (CPU) or everything (GPU).
Stage repack_stage(const Layer &layer, const PaddedInput &padded, const Machine &machine, size_t kernel) {
    Stage stage;
    stage.name = "repack";
    stage.kernels = {kernel};
    const auto rows = [&](int axis) {
        return machine.is_gpu ? single_row(padded.extent(axis)) : counting_table(padded.extent(axis));
    };
    stage.grid = {{"n", batch_table(layer, machine.is_gpu)}, {"z", rows(kZ)}, {"y", rows(kY)}};
    stage.call = [=](const TaskSymbols &task) {
        View to{TensorId::kWorkspace, int64_constant(0), {}};
        for (auto [name, dim] : {std::pair("n", kDimN), std::pair("z", kDimZ), std::pair("y", kDimY)}) {
            to.offset += elements(task.at(name, "first"), padded.stride(dim));
        }
        const int range_x = static_cast<int>(padded.range[kX].begin);
        to.dims = {constant_dim(layer.in_channels, 1),
                   {range_x, static_cast<int>(padded.extent(kX)), static_cast<int>(padded.stride(kDimX))}};
        View from = whole_image_view(TensorId::kInput, layer, task);
        for (auto [axis, name, dim] : {std::tuple(kY, "y", kDimY), std::tuple(kZ, "z", kDimZ)}) {
            const Expr first = task.at(name, "first") + static_cast<int>(padded.range[axis].begin);
            to.dims.push_back({first, task.at(name, "count"), static_cast<int>(padded.stride(dim))});
        }
        to.dims.push_back({0, task.at("n", "count"), static_cast<int>(padded.stride(kDimN))});
        return KernelCall{0, {from, to}};
    };
    return stage;
}

// Everything about the product stage that its views are made of.
struct Product {
    Layer layer;
    FilterLayout layout;
    std::optional<PaddedInput> padded;
    std::array<int64_t, 3> step{};

    Expr input_stride(const TaskSymbols &task, CanonicalDim dim) const {
        return padded ? int64_constant(padded->stride(dim)) : task.stride(TensorId::kInput, dim);
    }

    View input(const TaskSymbols &task) const {
        View view{padded ? TensorId::kWorkspace : TensorId::kInput, int64_constant(0), {}};
        view.offset = cast(Int(64), task.at("n", "first")) * input_stride(task, kDimN);
        view.dims = {constant_dim(layer.in_channels, 1)};
        for (auto [axis, name, dim] : {std::tuple(kX, "x", kDimX), std::tuple(kY, "y", kDimY), std::tuple(kZ, "z", kDimZ)}) {
            view.offset += cast(Int(64), task.at(name, "first_input")) * input_stride(task, dim);
            // The window starts at the input of the last tap, which lies `reach` before that of tap 0.
            const Expr reach = static_cast<int>(step[axis]) * Halide::max(task.at(name, "taps") - 1, 0);
            view.dims.push_back({-reach, task.at(name, "outputs") + reach, input_stride(task, dim)});
        }
        view.dims.push_back({0, task.at("n", "count"), input_stride(task, kDimN)});
        return view;
    }

    View filter(const TaskSymbols &task) const {
        View view{TensorId::kFilter, int64_constant(0), {}};
        view.offset = elements(task.at("co", "first_block"), layout.block_stride());
        view.dims = {constant_dim(layout.block(), 1), constant_dim(layer.in_channels, layout.block())};
        for (auto [axis, name] : {std::pair(kX, "x"), std::pair(kY, "y"), std::pair(kZ, "z")}) {
            view.offset += elements(task.at(name, "first_tap"), layout.axis_stride(axis));
            // A phase of x without taps: no tap of y or z may contribute either.
            Expr taps = axis == kX ? task.at(name, "taps") : task.at(name, "taps") * task.at("x", "live");
            view.dims.push_back({0, taps, static_cast<int>(layout.axis_stride(axis))});
        }
        view.dims.push_back({0, task.at("co", "blocks"), static_cast<int>(layout.block_stride())});
        return view;
    }

    View bias(const TaskSymbols &task) const {
        const int block = layout.block();
        return {TensorId::kBias, elements(task.at("co", "first_block"), block),
                {constant_dim(block, 1), {0, task.at("co", "blocks"), block}}};
    }

    View output(const TaskSymbols &task) const {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        View view{TensorId::kOutput, int64_constant(0), {}};
        view.offset = cast(Int(64), task.at("n", "first")) * stride(kDimN) +
                      cast(Int(64), task.at("co", "first")) * stride(kDimC);
        view.dims = {{0, task.at("co", "count"), stride(kDimC)}};
        for (auto [axis, name, dim] : {std::tuple(kX, "x", kDimX), std::tuple(kY, "y", kDimY), std::tuple(kZ, "z", kDimZ)}) {
            view.offset += cast(Int(64), task.at(name, "first_output")) * stride(dim);
            view.dims.push_back({0, task.at(name, "outputs"), stride(dim) * int64_constant(layer.axes[axis].stride)});
        }
        view.dims.push_back({0, task.at("n", "count"), stride(kDimN)});
        return view;
    }
};

LayerPlan plan(const Layer &layer, const Machine &machine, const Knobs &knobs) {
    LayerPlan plan;
    // On a GPU one block of all channels: neighbouring threads read neighbouring elements.
    const int block = machine.is_gpu ? static_cast<int>(layer.out_channels) : knobs.at("tile_co") * machine.vector_lanes;
    plan.filter_layout = FilterLayout(layer, block);
    Product product{layer, plan.filter_layout, padded_input(layer, machine), {}};
    for (int axis : {kZ, kY, kX}) {
        product.step[axis] = phases(layer.axes[axis]).front().input_step;
    }
    if (product.padded) {
        plan.workspace_elements = layer.batch * product.padded->stride(kDimN);
        RepackSpec spec{layer.in_channels, layer.layout == Layout::kChannelsLast, layer.dtype};
        plan.kernels.push_back({"repack", [=](const std::string &symbol, const Halide::Target &target) {
                                    return repack_module(symbol, spec, machine, target);
                                }});
        plan.add_stage(repack_stage(layer, *product.padded, machine, 0));
    }

    const bool input_outer = knobs.at("order") == kInputOuter;
    const auto rows = [&](int axis, int64_t chunk) {
        PhaseTableOptions options;
        options.trim = axis != kX && !machine.is_gpu;
        options.chunk = machine.is_gpu || axis == kX ? kUnbounded : chunk;
        options.origin = product.padded ? product.padded->range[axis].begin : 0;
        options.order = input_outer ? RowOrder::kByInput : RowOrder::kByPhase;
        return phase_table(plan.filter_layout, layer, axis, options);
    };
    Stage stage;
    stage.name = "product";
    const std::vector<int64_t> taps = kernel_taps(layer.axes[kX]);
    Table columns = rows(kX, 0);
    assign_kernels(columns, taps);
    const GridAxis co{"co", channel_table(plan.filter_layout, layer, machine.is_gpu)}, x{"x", columns};
    const GridAxis n{"n", batch_table(layer, machine.is_gpu)}, z{"z", rows(kZ, 1)}, y{"y", rows(kY, knobs.at("task_rows"))};
    stage.grid = input_outer ? std::vector{n, z, y, co, x} : std::vector{co, n, z, x, y};
    for (int64_t taps_x : taps) {
        TapProductSpec spec{taps_x,  product.step[kX], product.step[kY], product.step[kZ], layer.in_channels, layer.out_channels,
                            block,   layer.bias,       layer.layout == Layout::kChannelsLast, layer.activation, layer.dtype};
        stage.kernels.push_back(plan.kernels.size());
        plan.kernels.push_back({"taps" + std::to_string(taps_x), [=](const std::string &symbol, const Halide::Target &target) {
                                    return tap_product_module(symbol, spec, knobs, machine, target);
                                }});
    }
    stage.call = [product](const TaskSymbols &task) {
        KernelCall call{task.at("x", "kernel"), {product.input(task), product.filter(task)}};
        if (product.layer.bias) {
            call.views.push_back(product.bias(task));
        }
        call.views.push_back(product.output(task));
        return call;
    };
    plan.add_stage(stage);
    append_softmax(plan, layer, machine);
    plan.pack_kernel = plan.kernels.size();
    plan.kernels.push_back(pack_kernel(layer, plan.filter_layout, machine));
    return plan;
}

// Tables of phases and rows are written into the library, and kernels count in 32 bits: layers that go beyond are left to
// the reference. Nobody has met one.
bool accepts(const Layer &layer, const Machine &machine) {
    constexpr int64_t most_phases = int64_t{1} << 16, most_rows = int64_t{1} << 20, most_elements = (int64_t{1} << 31) - 1;
    if (machine.family == "reference") {
        return false;
    }
    for (int axis : {kZ, kY, kX}) {
        if (layer.axes[axis].stride > most_phases || (axis != kX && layer.axes[axis].output > most_rows)) {
            return false;
        }
    }
    const int64_t largest_block = 4 * machine.vector_lanes;
    const int64_t packed = (layer.out_channels + largest_block) * (layer.filter_elements() / layer.out_channels);
    const std::optional<PaddedInput> padded = padded_input(layer, machine);
    return packed <= most_elements && (!padded || padded->elements(layer.batch) <= static_cast<double>(most_elements));
}

}  // namespace

Variant phases_variant() {
    return {"phases",           "one stride-1 correlation for each stride phase, vectors along output channels",
            accepts,            phase_knob_space,
            phase_default_knobs, phase_check_knobs,
            plan,               phase_cost};
}

}  // namespace tconv
