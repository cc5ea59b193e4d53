// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/taps/product_views.h"

#include "generators/number.h"

namespace tconv {

Index ProductViews::dense() const {
    return folded() ? named("dense", stride_of(TensorId::kOutput, kDimX) == wide(cell_channels())) : truth(true);
}

Index ProductViews::input_stride(CanonicalDim dim) const {
    return padded ? wide(padded->stride(dim)) : stride_of(TensorId::kInput, dim);
}

View ProductViews::input() const {
    View view{padded ? TensorId::kWorkspace : TensorId::kInput, wide(n.first) * input_stride(kDimN), {}};
    view.dims = {constant_dim(layer().in_channels, 1)};
    for (int axis : {kX, kY, kZ}) {
        add_window(view, spans(axis), step[axis], input_stride(kAxisDims[axis]));
    }
    view.dims.push_back({0, n.count, input_stride(kDimN)});
    return view;
}

// Cells apart take all blocks in the call for the first.
Index ProductViews::blocks() const { return folded() ? select(dense(), 1, number(layout.blocks())) : Index(1); }

Index ProductViews::first_block() const { return folded() ? select(dense(), co.block, 0) : Index(co.block); }

View ProductViews::filter() const {
    View view{TensorId::kFilter, elements(first_block(), layout.block_stride()), {}};
    view.dims = {constant_dim(layout.block(), 1), constant_dim(layer().in_channels, layout.block())};
    for (int axis : {kX, kY, kZ}) {
        // A phase of x without taps: no tap of y or z may contribute either.
        const Index taps = axis == kX ? Index(x.spans.taps) : spans(axis).taps * x.live;
        add_taps(view, spans(axis).first_tap, taps, layout.axis_stride(axis));
    }
    view.dims.push_back({0, blocks(), number(layout.block_stride())});
    return view;
}

View ProductViews::bias() const {
    View view = bias_view(elements(first_block(), layout.block()), layout.block());
    view.dims.push_back({0, blocks(), layout.block()});
    return view;
}

View ProductViews::output() const {
    const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
    View view{TensorId::kOutput, wide(n.first) * stride(kDimN) + wide(co.first) * stride(kDimC), {}};
    view.dims = {{0, co.count, stride(kDimC)}};
    for (int axis : {kX, kY, kZ}) {
        const Index along = stride(kAxisDims[axis]);
        const int64_t cells = axis == kX ? tap_layer.cells : 1;
        view.offset += wide(spans(axis).first_output) * along * wide(cells);
        view.dims.push_back({0, spans(axis).outputs, along * wide(layer().axes[axis].stride * cells)});
    }
    view.dims.push_back({0, n.count, stride(kDimN)});
    return folded() ? folded_output(view) : view;
}

// Columns of a row that is dense are vectors of the channels of all their cells. In any other a view has the cells one by
// one, and the call for the first block stores them all.
View ProductViews::folded_output(View view) const {
    const Index is_dense = dense(), cells = x.cells, first = co.first;
    const int all_cells = number(tap_layer.cells), channels = number(cell_channels());
    ViewDim &c = view.dims[0], &columns = view.dims[1], &rows = view.dims[2];
    view.offset -= select(is_dense, wide(0), wide(first));
    c.extent = select(is_dense, clamp(cells * channels - first, 0, c.extent), channels);
    columns.extent = select(is_dense, columns.extent, (columns.extent - 1) * all_cells + cells);
    columns.stride = select(is_dense, columns.stride, stride_of(TensorId::kOutput, kDimX));
    rows.extent = select(is_dense || co.block == 0, rows.extent, 0);
    return view;
}

}  // namespace tconv
