// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/calls.h"

#include <string>

#include "generators/variants/plan_pieces.h"
#include "runtime/base/integers.h"

namespace tconv {

using Halide::cast;
using Halide::clamp;
using Halide::Expr;
using Halide::Int;
using Halide::max;
using Halide::min;
using Halide::select;

namespace {

constexpr std::array<const char *, 3> kAxisNames = {"z", "y", "x"};
constexpr std::array<CanonicalDim, 3> kAxisDims = {kDimZ, kDimY, kDimX};
constexpr int64_t kLine = 16;  // elements of a cache line

int number(int64_t value) { return static_cast<int>(value); }

Expr ceil_quotient(const Expr &a, int64_t b) {
    return (a + number(b - 1)) / number(b);  // Halide rounds down
}

// A band with the views of its scratch.
struct Band : WinogradBand {
    explicit Band(const WinogradBand &band) : WinogradBand(band) {}

    // A column of the phase of an axis: of the lane group, or of the band.
    Expr phase(const TaskSymbols &task, int axis, const std::string &column) const {
        return task.at(kind(axis).shared ? "group" : "band", column + "_" + kAxisNames[axis]);
    }

    Expr window_start(const TaskSymbols &task, int axis) const { return task.at("strip", kAxisNames[axis]); }

    // The transformed windows of the strip, from its tile `first` on.
    View windows(const TaskSymbols &task, const Expr &first, const Expr &count) const {
        View view{
            TensorId::kWorkspace, elements(task.at("strip", "slot") * number(job.strip) + first, storage.group), {}};
        view.dims = {constant_dim(storage.group, 1),
                     {0, count, number(storage.group)},
                     constant_dim(storage.channel_groups, storage.group_stride)};
        add_points(view, storage.window_points);
        return view;
    }

    View products(const TaskSymbols &task, const Expr &first, const Expr &count) const {
        const Expr tile = task.at("strip", "slot") * number(job.strip) + first;
        View view{TensorId::kWorkspace, int64_constant(products_offset) + elements(tile, storage.tile_stride), {}};
        view.offset += elements(task.at("group", "lane"), 1);
        // Vectors that reach beyond the channels read what lies between rows.
        view.dims = {constant_dim(ceil_div(layer.out_channels, kLine) * kLine, 1)};
        add_points(view, storage.product_points);
        view.dims.push_back({0, count, number(storage.tile_stride)});
        return view;
    }

    void add_points(View &view, int64_t stride) const {
        for (int axis : {2, 1, 0}) {
            view.dims.push_back(constant_dim(kind(axis).points(), stride));
            stride *= kind(axis).points();
        }
    }
};

// Tiles [begin, end) of a strip, the part of it that one call takes.
struct Part {
    Expr begin, end;
    Expr count() const { return max(end - begin, 0); }
};

Expr choose(const Expr &index, const Expr &zero, const Expr &one, const Expr &two) {
    return select(index == 0, zero, index == 1, one, two);
}

// Which outputs of a tile that starts at `start` the phase has, and where the first of them lies.
struct Clip {
    Expr first, count, whole;
    Expr output;  // index in the caller's tensor
};

Clip clip(const Band &band, const TaskSymbols &task, int axis, const Expr &start) {
    const AxisKind &kind = band.kind(axis);
    const Expr base = band.phase(task, axis, "base"), end = base + band.phase(task, axis, "count");
    const int outputs = number(kind.outputs);
    const Expr low = max(0, ceil_quotient(base - start, kind.step));
    const Expr high = min(outputs, ceil_quotient(end - start, kind.step));
    // None: one that no tile has, so that the view is as valid as any.
    const Expr none = high <= low;
    const Expr first = select(none, outputs, low);
    return {first, select(none, 1, high - low), low == 0 && high == outputs,
            band.phase(task, axis, "first") + number(kind.stride) * (start + first * number(kind.step) - base)};
}

}  // namespace

Table three_parts() {
    Table table;
    table.rows = 3;
    table.add_progression("index", 0, 1);
    return table;
}

// Tiles whose windows lie inside the image are the middle part; the others take the kernel for edges.
KernelCall input_call(const WinogradBand &job_band, const TaskSymbols &task) {
    const Band band(job_band);
    const int strip = number(band.job.strip), advance = number(band.advance());
    const auto reach = [&](int axis) { return number((band.kind(axis).points() - 1) * band.kind(axis).step); };
    const auto input = [&](int axis) { return number(band.layer.axes[axis].input); };
    const Expr x = band.window_start(task, 2);
    Expr inside = Halide::cast<bool>(1);
    for (int axis : {0, 1}) {
        const Expr start = band.window_start(task, axis);
        inside = inside && start >= 0 && start + reach(axis) < input(axis);
    }
    const Expr first = select(inside, clamp(ceil_quotient(-x, advance), 0, strip), strip);
    const Expr last = clamp((input(2) - 1 - reach(2) - x + advance) / advance, first, strip);
    const Expr index = task.at("part", "index");
    const Part part{choose(index, 0, first, last), choose(index, first, last, strip)};

    View from{TensorId::kInput, cast(Int(64), task.at("strip", "n")) * task.stride(TensorId::kInput, kDimN), {}};
    from.dims = {constant_dim(band.layer.in_channels, 1)};
    for (int axis : {2, 1, 0}) {
        const Expr start = band.window_start(task, axis) + (axis == 2 ? part.begin * advance : Expr(0));
        from.dims.push_back({-start, input(axis), task.stride(TensorId::kInput, kAxisDims[axis])});
    }
    return {select(index == 1 && part.count() > 0, 0, 1), {from, band.windows(task, part.begin, part.count())}};
}

// The middle part has all of its outputs; a tile before it and one behind it have some.
KernelCall output_call(const WinogradBand &job_band, const TaskSymbols &task) {
    const Band band(job_band);
    const int strip = number(band.job.strip), advance = number(band.advance());
    const Expr x = band.window_start(task, 2);
    const Expr base = band.phase(task, 2, "base"), end = base + band.phase(task, 2, "count");
    const Expr first = clamp(ceil_quotient(base - x, advance), 0, 1);
    const int reach = number((band.kind(2).outputs - 1) * band.kind(2).step);
    const Expr last = clamp((end - 1 - reach - x + advance) / advance, first, strip);
    const Expr index = task.at("part", "index");
    const Part part{choose(index, 0, first, last), choose(index, first, last, min(last + 1, strip))};

    View to{TensorId::kOutput, cast(Int(64), task.at("strip", "n")) * task.stride(TensorId::kOutput, kDimN), {}};
    to.dims = {constant_dim(band.layer.out_channels, 1)};
    Expr whole = Halide::cast<bool>(1);
    for (int axis : {2, 1, 0}) {
        const AxisKind &kind = band.kind(axis);
        const Expr stride = task.stride(TensorId::kOutput, kAxisDims[axis]);
        Clip inside =
            clip(band, task, axis, band.window_start(task, axis) + (axis == 2 ? part.begin * advance : Expr(0)));
        to.offset += cast(Int(64), inside.output) * stride;
        to.dims.push_back({inside.first, inside.count, stride * int64_constant(kind.stride * kind.step)});
        whole = whole && (axis == 2 ? index == 1 : inside.whole);
    }
    to.dims.push_back({0, part.count(),
                       task.stride(TensorId::kOutput, kDimX) * int64_constant(band.kind(2).stride * band.advance())});
    KernelCall call{select(whole, 0, 1), {band.products(task, part.begin, part.count())}};
    if (band.layer.bias) {
        call.views.push_back({TensorId::kBias, int64_constant(0), {constant_dim(band.layer.out_channels, 1)}});
    }
    call.views.push_back(to);
    return call;
}

KernelCall product_call(const WinogradBand &job_band, const TaskSymbols &task) {
    const Band band(job_band);
    const int64_t block = band.layout.block();
    const Expr rows = task.at("rows", "rows"), tiles = task.at("rows", "tiles"), first = task.at("rows", "first");
    const Expr blocks = task.at("co", "blocks"), first_block = task.at("co", "first");
    const int group = number(band.storage.group), lanes = number(band.storage.tile_stride);
    View windows{TensorId::kWorkspace, elements(task.at("point", "point"), band.storage.window_points), {}};
    windows.offset += elements(first, group);
    windows.dims = {{0, group, 1},
                    {0, rows, group},
                    constant_dim(band.storage.channel_groups, band.storage.group_stride),
                    {0, tiles, rows * group}};
    View filter{TensorId::kFilter,
                elements(task.at("band", "position") + task.at("point", "position"), band.layout.tap_stride()),
                {}};
    filter.offset += elements(first_block, band.layout.block_stride());
    filter.dims = {constant_dim(block, 1),
                   constant_dim(band.layer.in_channels, block),
                   {0, blocks, number(band.layout.block_stride())}};
    View products{TensorId::kWorkspace, int64_constant(band.products_offset), {}};
    products.offset += elements(task.at("point", "point"), band.storage.product_points);
    products.offset += elements(first, lanes) + elements(first_block, block);
    products.dims = {constant_dim(block, 1), {0, rows, lanes}, {0, tiles, rows * lanes}, {0, blocks, number(block)}};
    return {task.at("rows", "kernel"), {windows, filter, products}};
}

}  // namespace tconv
