// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/softmax_stage.h"

#include <algorithm>

#include "generators/kernels/softmax.h"
#include "generators/number.h"
#include "generators/variants/plan_pieces.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Rows that one task takes: enough cells to be worth a call, and not so few tasks that a long line of pixels, which has
// neither y nor z, is left to a single thread.
constexpr int64_t kCellsPerTask = 4096, kMostTasksPerLine = 64, kWholeVectors = 16;

RangeTable row_table(int64_t rows, int64_t length, Cut cut) {
    const int64_t least = std::max((rows + kMostTasksPerLine - 1) / kMostTasksPerLine, kCellsPerTask / length);
    const int64_t chunk = std::min(rows, round_up(std::max<int64_t>(least, 1), kWholeVectors));
    return cut == Cut::kWhole || chunk == rows ? single_row(rows) : chunk_table(rows, chunk);
}

}  // namespace

void append_softmax(LayerPlan &plan, const Layer &layer, const Machine &machine, Cut cut) {
    if (layer.activation != Activation::kSoftmax || layer.output_elements() == 0) {
        return;
    }
    const bool channels_last = layer.layout == Layout::kChannelsLast;
    const auto &[z, y, x] = layer.axes;
    const int64_t length = channels_last ? layer.out_channels : x.output;
    const int64_t rows = channels_last ? x.output : layer.out_channels;
    const CanonicalDim cell_dim = channels_last ? kDimC : kDimX, row_dim = channels_last ? kDimX : kDimC;

    struct Line {
        const char *name;
        CanonicalDim dim;
        RangeTable range;
    };
    const Line row{"row", row_dim, row_table(rows, length, cut)}, in_y{"y", kDimY, cut_table(y.output, cut)};
    const Line in_z{"z", kDimZ, cut_table(z.output, cut)}, in_n{"n", kDimN, batch_table(layer, cut)};

    Stage stage;
    stage.name = "softmax";
    stage.kernels = {plan.add_kernel(softmax_kernel("softmax", {length, channels_last, layer.types.output}, machine))};
    for (const Line &line : {in_n, in_z, in_y, row}) {
        stage.grid.push_back({line.name, line.range.table});
    }
    const auto stride = [](CanonicalDim dim) { return stride_of(TensorId::kOutput, dim); };
    View view{TensorId::kOutput, wide(0), {{0, number(length), stride(cell_dim)}}};
    for (const Line &line : {row, in_y, in_z, in_n}) {
        view.offset += wide(line.range.first) * stride(line.dim);
        view.dims.push_back({0, line.range.count, stride(line.dim)});
    }
    stage.call = {0, {{"input", view}, {"output", view}}};
    plan.add_stage(stage);
}

}  // namespace tconv
