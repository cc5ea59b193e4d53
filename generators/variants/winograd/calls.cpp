// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/winograd/calls.h"

#include <string>

#include "generators/cache_line.h"
#include "generators/number.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

Index ceil_quotient(const Index &a, int64_t b) {
    return (a + number(b - 1)) / number(b);  // rounds down
}

// A column of the phase of an axis: of the lane set, or of the band.
Column phase_column(const WinogradBand &band, int axis, std::array<Column, 3> PhaseColumns::*column) {
    return ((band.kind(axis).shared ? band.lane_set.phase : band.band.phase).*column)[axis];
}

void add_points(View &view, const WinogradBand &band, int64_t stride) {
    for (int axis : {kX, kY, kZ}) {
        view.dims.push_back(constant_dim(band.kind(axis).points(), stride));
        stride *= band.kind(axis).points();
    }
}

// Tiles [begin, end) of a strip, the part of it that one call takes.
struct Part {
    Part(const Index &first, const Index &end)
        : begin(named("begin", first)), count(named("tiles", max(end - begin, 0))) {}
    Index begin, count;
};

// The transformed windows of the part.
View windows_view(const WinogradBand &band, const Part &part) {
    const WinogradStorage &storage = band.storage;
    View view{TensorId::kWorkspace,
              elements(band.strip.slot * number(band.job.strip) + part.begin, storage.panel),
              {constant_dim(storage.panel, 1),
               {0, part.count, number(storage.panel)},
               constant_dim(storage.panels, storage.panel_stride)}};
    add_points(view, band, storage.window_points);
    return view;
}

View products_view(const WinogradBand &band, const Part &part) {
    const WinogradStorage &storage = band.storage;
    const Index tile = band.strip.slot * number(band.job.strip) + part.begin;
    View view{TensorId::kWorkspace, wide(band.products_offset) + elements(tile, storage.tile_stride), {}};
    view.offset += elements(band.lane_set.lane, 1);
    // Vectors that reach beyond the channels read what lies between rows.
    view.dims = {constant_dim(round_up(band.layer.out_channels, cache_line_elements(band.layer.types.accumulate)), 1)};
    add_points(view, band, storage.product_points);
    view.dims.push_back({0, part.count, number(storage.tile_stride)});
    return view;
}

Index choose(const Index &index, const Index &zero, const Index &one, const Index &two) {
    return select(index == 0, zero, select(index == 1, one, two));
}

// Which outputs of a tile that starts at `start` the phase has, and where the first of them lies.
struct Clip {
    Index first, count, whole;
    Index output;  // index in the caller's tensor
};

Clip clip(const WinogradBand &band, int axis, const Index &start) {
    const AxisKind &kind = band.kind(axis);
    const Index base = phase_column(band, axis, &PhaseColumns::base);
    const Index end = base + phase_column(band, axis, &PhaseColumns::count);
    const int outputs = number(kind.outputs);
    const auto by_axis = [&](const char *name, const Index &value) {
        return named(std::string(name) + "_" + kAxisNames[axis], value);
    };
    const Index low = by_axis("low", max(0, ceil_quotient(base - start, kind.step)));
    const Index high = by_axis("high", min(outputs, ceil_quotient(end - start, kind.step)));
    // None: one that no tile has, so that the view is as valid as any.
    const Index none = high <= low;
    const Index first = by_axis("from", select(none, outputs, low));
    return {first, select(none, 1, high - low), low == 0 && high == outputs,
            phase_column(band, axis, &PhaseColumns::first) +
                number(kind.stride) * (start + first * number(kind.step) - base)};
}

// Where the first tile of the part starts.
Index window_start(const WinogradBand &band, int axis, const Part &part) {
    const Index offset = axis == kX ? part.begin * number(band.advance()) : Index(0);
    return named(std::string("start_") + kAxisNames[axis], band.strip.start[axis] + offset);
}

}  // namespace

PartTable three_parts() {
    Table table(3);
    const Column index = table.add_progression("index", 0, 1);
    return {table, index};
}

// Tiles whose windows lie inside the image are the middle part; the others take the kernel for edges.
KernelCall input_call(const WinogradBand &band, const PartTable &parts) {
    const int strip = number(band.job.strip), advance = number(band.advance());
    const auto reach = [&](int axis) { return number((band.kind(axis).points() - 1) * band.kind(axis).step); };
    const auto input = [&](int axis) { return number(band.layer.axes[axis].input); };
    const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kInput, dim); };
    const Index x = band.strip.start[kX];
    Index inside = truth(true);
    for (int axis : {kZ, kY}) {
        const Index start = band.strip.start[axis];
        inside = inside && start >= 0 && start + reach(axis) < input(axis);
    }
    const Index first = named("middle", select(inside, clamp(ceil_quotient(-x, advance), 0, strip), strip));
    const Index last = named("rest", clamp((input(kX) - 1 - reach(kX) - x + advance) / advance, first, strip));
    const Index index = parts.index;
    const Part part{choose(index, 0, first, last), choose(index, first, last, strip)};

    View from{TensorId::kInput, wide(band.strip.n) * stride(kDimN), {}};
    from.dims = {constant_dim(band.layer.in_channels, 1)};
    for (int axis : {kX, kY, kZ}) {
        from.dims.push_back({-window_start(band, axis, part), input(axis), stride(kAxisDims[axis])});
    }
    return {select(index == 1 && part.count > 0, 0, 1), {{"input", from}, {"output", windows_view(band, part)}}};
}

// The middle part has all of its outputs; a tile before it and one behind it have some.
KernelCall output_call(const WinogradBand &band, const PartTable &parts) {
    const int strip = number(band.job.strip), advance = number(band.advance());
    const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
    const Index x = band.strip.start[kX];
    const Index base = phase_column(band, kX, &PhaseColumns::base);
    const Index end = base + phase_column(band, kX, &PhaseColumns::count);
    const Index first = named("middle", clamp(ceil_quotient(base - x, advance), 0, 1));
    const int reach = number((band.kind(kX).outputs - 1) * band.kind(kX).step);
    const Index last = named("rest", clamp((end - 1 - reach - x + advance) / advance, first, strip));
    const Index index = parts.index;
    const Part part{choose(index, 0, first, last), choose(index, first, last, min(last + 1, strip))};

    View to{TensorId::kOutput, wide(band.strip.n) * stride(kDimN), {}};
    to.dims = {constant_dim(band.layer.out_channels, 1)};
    Index whole = truth(true);
    for (int axis : {kX, kY, kZ}) {
        const AxisKind &kind = band.kind(axis);
        const Clip inside = clip(band, axis, window_start(band, axis, part));
        to.offset += wide(inside.output) * stride(kAxisDims[axis]);
        to.dims.push_back({inside.first, inside.count, stride(kAxisDims[axis]) * wide(kind.stride * kind.step)});
        whole = whole && (axis == kX ? index == 1 : inside.whole);
    }
    to.dims.push_back({0, part.count, stride(kDimX) * wide(band.kind(kX).stride * band.advance())});
    KernelCall call{select(whole, 0, 1), {{"input", products_view(band, part)}, {"output", to}}};
    bind_channel_values(call, band.layer, bias_view(0, band.layer.out_channels));
    return call;
}

KernelCall product_call(const WinogradBand &band, const PointTable &point, const RangeTable &co,
                        const RowsTable &rows) {
    const int64_t block = band.layout.block();
    const WinogradStorage &storage = band.storage;
    const int panel = number(storage.panel), lanes = number(storage.tile_stride);
    View windows{TensorId::kWorkspace, elements(point.point, storage.window_points), {}};
    windows.offset += elements(rows.first, panel);
    windows.dims = {{0, panel, 1},
                    {0, rows.rows, panel},
                    constant_dim(storage.panels, storage.panel_stride),
                    {0, rows.tiles, rows.rows * panel}};
    View filter{TensorId::kFilter, elements(band.band.position + point.position, band.layout.tap_stride()), {}};
    filter.offset += elements(co.first, band.layout.block_stride());
    filter.dims = {constant_dim(block, 1),
                   constant_dim(band.layer.in_channels, block),
                   {0, co.count, number(band.layout.block_stride())}};
    View products{TensorId::kWorkspace, wide(band.products_offset), {}};
    products.offset += elements(point.point, storage.product_points);
    products.offset += elements(rows.first, lanes) + elements(co.first, block);
    products.dims = {constant_dim(block, 1),
                     {0, rows.rows, lanes},
                     {0, rows.tiles, rows.rows * lanes},
                     {0, co.count, number(block)}};
    return {rows.kernel, {{"input", windows}, {"filter", filter}, {"output", products}}};
}

}  // namespace tconv
