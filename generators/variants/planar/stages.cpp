// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/planar/stages.h"

#include <utility>

#include "generators/number.h"
#include "generators/variants/phase_tables.h"
#include "generators/variants/plan_pieces.h"

namespace tconv {

namespace {

constexpr int64_t kRowsPerCopy = 4;

Index image_offset(TensorId tensor, const PlanarBandTable &band) { return wide(band.n) * stride_of(tensor, kDimN); }

// A task of the rows stage: a row set of one phase of y, from q on.
struct RowSet {
    RowSet(const Layer &layer, const PlanarGeometry &geometry, const PlanarBandTable &band, const Column &first_row,
           const PlanarPhaseTable &phase) {
        const int rows = geometry.tile.rows, step = number(geometry.step[kY]);
        q = named("q", band.first + first_row);
        // Taps that reach an input row from any row of the set.
        const Index read = named("read", q + phase.offset);
        const int input = number(layer.axes[kY].input);
        const Index end = clamp((read + rows - 1) / step + 1, 0, phase.taps);
        first_tap = named("first_tap", clamp((read - input + step) / step, 0, end));
        taps = named("taps", end - first_tap);
        reach = named("reach", step * max(taps - 1, 0));
        lowest = q + phase.offset - step * first_tap - reach;
        // Rows of the set that are outputs.
        first = named("first_row", clamp(phase.first_q - q, 0, rows));
        count = clamp(phase.first_q + phase.outputs - q, first, rows) - first;
        output = phase.first_output + number(layer.axes[kY].stride) * (q + first - phase.first_q);
    }
    Index q;
    Index first_tap, taps, reach, lowest;
    Index first, count, output;
};

struct RowsViews {
    const Layer &layer;
    const PlanarGeometry &geometry;
    const FilterLayout &layout;
    PlanarBandTable band;
    SpanTable z;
    PlanarPhaseTable phase;
    PlanarChannelTable c;
    PlanarChunkTable x;
    RowSet set;

    View input() const {
        View view{TensorId::kWorkspace, wide(0), {}};
        const Index row = set.lowest - band.first - number(geometry.lowest_offset);
        view.offset =
            wide(x.first) + elements(row, geometry.row_stride()) + elements(z.first_input, geometry.plane_stride());
        const Index reach_z = number(geometry.step[kZ]) * max(z.taps - 1, 0);
        view.dims = {{number(-geometry.halo), number(geometry.halo + geometry.chunk), 1},
                     constant_dim(layer.in_channels, geometry.channel_stride()),
                     {-set.reach, set.reach + geometry.tile.rows, number(geometry.row_stride())},
                     {-reach_z, reach_z + 1, number(geometry.plane_stride())}};
        return view;
    }

    // From the first channel of the call on; a channel's lanes lie the output channels apart.
    ViewDim lanes_of_call() const { return {0, number(layout.block()) - c.first, 1}; }

    View filter() const {
        const int64_t lanes = layout.block();
        View view{TensorId::kFilter, wide(0), {}};
        view.offset = wide(c.first) + elements(phase.first_tap + set.first_tap, layout.axis_stride(kY)) +
                      elements(z.first_tap, layout.axis_stride(kZ));
        view.dims = {lanes_of_call(),
                     constant_dim(layer.in_channels, lanes),
                     constant_dim(layout.positions(kX), layout.axis_stride(kX)),
                     {0, set.taps, number(layout.axis_stride(kY))},
                     {0, z.taps, number(layout.axis_stride(kZ))}};
        return view;
    }

    Index lie_apart() const { return named("apart", stride_of(TensorId::kOutput, kDimX) != wide(layer.out_channels)); }

    View output() const {
        const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
        const bool channels_last = layer.layout == Layout::kChannelsLast;
        const Index inner = number(channels_last ? layer.out_channels : 1);
        View view{TensorId::kOutput, image_offset(TensorId::kOutput, band), {}};
        view.offset += wide(set.output) * stride(kDimY) + wide(z.first_output) * stride(kDimZ) +
                       wide(x.first_cell / inner) * stride(kDimX);
        if (planar_may_lie_apart(layer)) {
            const Index apart = lie_apart();
            view.dims = {{select(apart, 0, x.min), select(apart, inner, x.count), 1},
                         {select(apart, x.min / inner, 0), select(apart, x.count / inner, 1), stride(kDimX)}};
        } else {
            const Index channel_stride = channels_last ? wide(1) : stride(kDimC);
            view.offset += wide(c.first + c.skip) * channel_stride;
            view.dims = {{x.min, x.count, stride(kDimX)}, {c.skip, c.count, channel_stride}};
        }
        view.dims.push_back({set.first, set.count, stride(kDimY) * wide(layer.axes[kY].stride)});
        return view;
    }
};

}  // namespace

bool planar_may_lie_apart(const Layer &layer) {
    return layer.layout == Layout::kChannelsLast && layer.out_channels > 1;
}

Stage planar_border_stage(const Layer &layer, const PlanarGeometry &geometry, size_t kernel) {
    Table sides(2);
    const Column first = sides.add("first", {0, geometry.image.end});
    const Column count = sides.add("count", {geometry.image.begin, geometry.pitch - geometry.image.end});
    const RangeTable z = counting_table(geometry.planes);
    View to{TensorId::kWorkspace, wide(first), {}};
    to.offset += elements(z.first, geometry.plane_stride());
    to.dims = {{0, count, 1},
               constant_dim(layer.in_channels, geometry.channel_stride()),
               constant_dim(geometry.rows, geometry.row_stride()),
               constant_dim(1, geometry.plane_stride())};
    Stage stage;
    stage.name = "borders";
    stage.kernels = {kernel};
    stage.grid = {{"z", z.table}, {"x", sides}};
    stage.call = {0, {{"output", to}}};
    return stage;
}

Stage planar_copy_stage(const Layer &layer, const PlanarGeometry &geometry, const PlanarBandTable &band,
                        size_t kernel) {
    const RangeTable z = counting_table(geometry.planes), y = chunk_table(geometry.rows, kRowsPerCopy);
    View from{TensorId::kInput, image_offset(TensorId::kInput, band), {}};
    from.dims = {{0, number(layer.in_channels), stride_of(TensorId::kInput, kDimC)}};
    for (int axis : {kX, kY, kZ}) {
        from.dims.push_back({0, number(layer.axes[axis].input), stride_of(TensorId::kInput, kAxisDims[axis])});
    }
    View to{TensorId::kWorkspace, wide(0), {}};
    to.offset = elements(y.first, geometry.row_stride()) + elements(z.first, geometry.plane_stride()) +
                wide(geometry.image.begin);
    const Index row = band.first + number(geometry.lowest_offset) + y.first;
    to.dims = {{number(geometry.first_q_x - geometry.halo + geometry.image.begin),
                number(geometry.image.end - geometry.image.begin), 1},
               constant_dim(layer.in_channels, geometry.channel_stride()),
               {row, y.count, number(geometry.row_stride())},
               {z.first, 1, number(geometry.plane_stride())}};
    Stage stage;
    stage.name = "planes";
    stage.kernels = {kernel};
    stage.grid = {{"z", z.table}, {"y", y.table}};
    stage.call = {0, {{"input", from}, {"output", to}}};
    return stage;
}

Stage planar_rows_stage(const Layer &layer, const PlanarGeometry &geometry, const PlanarBandTable &band,
                        const FilterLayout &layout, const FilterLayout &by_phase, std::vector<size_t> kernels) {
    Table sets(geometry.band / geometry.tile.rows);
    const Column first_row = sets.add_progression("first", 0, geometry.tile.rows);
    const Axis &z = layer.axes[kZ];
    const PlanarPhaseTable phase = planar_phase_table(by_phase, layer.axes[kY]);
    const RowsViews views{layer,
                          geometry,
                          layout,
                          band,
                          span_table(chunks_of(tap_spans(z, true), z.stride, 1, 1), 0),
                          phase,
                          planar_channel_table(layer, geometry),
                          planar_chunk_table(geometry),
                          RowSet(layer, geometry, band, first_row, phase)};
    Stage stage;
    stage.name = "rows";
    stage.kernels = std::move(kernels);
    stage.grid = {
        {"z", views.z.table}, {"y", sets}, {"phase", phase.table}, {"c", views.c.table}, {"x", views.x.table}};
    stage.call = {planar_may_lie_apart(layer) ? select(views.lie_apart(), 1, 0) : Index(0),
                  {{"input", views.input()}, {"filter", views.filter()}, {"output", views.output()}}};
    View bias = bias_view(views.c.first, layout.block());
    bias.dims = {views.lanes_of_call()};
    bind_channel_values(stage.call, layer, bias);
    return stage;
}

}  // namespace tconv
