// SPDX-License-Identifier: Apache-2.0
#include "generators/variants/softmax_stage.h"

#include <algorithm>

#include "generators/kernels/softmax.h"
#include "runtime/base/integers.h"

namespace tconv {

namespace {

// Rows that one task takes: enough cells to be worth a call, and not so few tasks that a long line of pixels, which has
// neither y nor z, is left to a single thread.
constexpr int64_t kCellsPerTask = 4096, kMostTasksPerLine = 64, kWholeVectors = 16;

Table row_table(int64_t rows, int64_t length, Cut cut) {
    const int64_t least = std::max((rows + kMostTasksPerLine - 1) / kMostTasksPerLine, kCellsPerTask / length);
    const int64_t chunk = std::min(rows, round_up(std::max<int64_t>(least, 1), kWholeVectors));
    if (cut == Cut::kWhole || chunk == rows) {
        return single_row(rows);
    }
    Table table;
    table.rows = (rows + chunk - 1) / chunk;
    table.add_progression("first", 0, chunk);
    std::vector<int64_t> counts(table.rows, chunk);
    counts.back() = rows - (table.rows - 1) * chunk;
    table.add_column("count", counts);
    return table;
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
    const SoftmaxSpec spec{length, channels_last, layer.types.output};

    Stage stage;
    stage.name = "softmax";
    stage.kernels = {plan.kernels.size()};
    plan.kernels.push_back({"softmax", [=](const std::string &symbol, const Halide::Target &target) {
                                return softmax_module(symbol, spec, machine, target);
                            }});
    stage.grid = {{"n", batch_table(layer, cut)},
                  {"z", cut_table(z.output, cut)},
                  {"y", cut_table(y.output, cut)},
                  {"row", row_table(rows, length, cut)}};
    stage.call = [=](const TaskSymbols &task) {
        const auto stride = [&](CanonicalDim dim) { return task.stride(TensorId::kOutput, dim); };
        View view{TensorId::kOutput, int64_constant(0), {{0, static_cast<int>(length), stride(cell_dim)}}};
        for (auto [name, dim] :
             {std::pair("row", row_dim), std::pair("y", kDimY), std::pair("z", kDimZ), std::pair("n", kDimN)}) {
            view.offset += Halide::cast(Halide::Int(64), task.at(name, "first")) * stride(dim);
            view.dims.push_back({0, task.at(name, "count"), stride(dim)});
        }
        return KernelCall{0, {view, view}};
    };
    plan.add_stage(stage);
}

}  // namespace tconv
