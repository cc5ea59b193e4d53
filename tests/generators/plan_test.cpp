// SPDX-License-Identifier: Apache-2.0
// Plans without their code: that they fit together, that their views stay inside the tensors, and how they read.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <stdexcept>

#include "generators/kernels/make_kernel.h"
#include "generators/kernels/pack_filter.h"
#include "generators/plan_check.h"
#include "generators/plan_text.h"
#include "generators/variants/plan_pieces.h"
#include "generators/variants/variant.h"
#include "runtime/layer/validate.h"
#include "schedules/machine.h"
#include "tests/generators/corner_layers.h"
#include "tests/support/variant_calls.h"

namespace tconv::test {
namespace {

// A task of a stage: the row of each axis, and dense tensors.
class TaskValues : public IndexValues {
public:
    explicit TaskValues(const Layer &layer) : layer_(layer) {}

    void set_row(const GridAxis &axis, int64_t row) {
        for (const Column &column : axis.table.columns()) columns_[column.id()] = column.at(row);
    }
    int64_t column(const Column &column) const override { return columns_.at(column.id()); }
    int64_t stride(TensorId tensor, CanonicalDim dim) const override {
        const bool input = tensor == TensorId::kInput;
        const auto &[z, y, x] = layer_.axes;
        const int64_t channels = input ? layer_.in_channels : layer_.out_channels;
        const int64_t extents[] = {channels, input ? x.input : x.output, input ? y.input : y.output,
                                   input ? z.input : z.output};
        const bool first = layer_.layout == Layout::kChannelsFirst;
        if (dim == kDimC) return first ? extents[kDimX] * extents[kDimY] * extents[kDimZ] : 1;
        int64_t stride = first ? 1 : channels;
        for (int d = kDimX; d < dim && d <= kDimZ; d++) stride *= extents[d];
        return dim == kDimN && first ? stride * channels : stride;
    }

private:
    const Layer &layer_;
    std::map<const void *, int64_t> columns_;
};

void for_each_row(const std::vector<GridAxis> &axes, int64_t round, size_t axis, TaskValues &values,
                  const std::function<void()> &body) {
    if (axis == axes.size()) return body();
    for (int64_t row = 0; row < axes[axis].rows(); row++) {
        values.set_row(axes[axis], round * axes[axis].window + row);
        for_each_row(axes, round, axis + 1, values, body);
    }
}

int64_t elements_of(TensorId tensor, const Layer &layer, const LayerPlan &plan) {
    switch (tensor) {
    case TensorId::kInput: return layer.input_elements();
    case TensorId::kOutput: return layer.output_elements();
    case TensorId::kFilter: return plan.filter_layout.filter_elements();
    case TensorId::kBias: return plan.filter_layout.elements() - plan.filter_layout.bias_offset();
    case TensorId::kSlopes: return plan.filter_layout.elements() - plan.filter_layout.slopes_offset();
    case TensorId::kWorkspace: return plan.workspace_elements;
    }
    return 0;
}

// The elements that a view covers: the first, and one behind the last. Equal where it has none.
std::pair<int64_t, int64_t> elements_covered(const View &view, const TaskValues &values) {
    int64_t first = evaluate(view.offset, values), last = first;
    for (const ViewDim &dim : view.dims) {
        const int64_t extent = evaluate(dim.extent, values), stride = evaluate(dim.stride, values);
        EXPECT_GE(extent, 0);
        if (extent <= 0) return {0, 0};
        (stride < 0 ? first : last) += (extent - 1) * stride;
    }
    return {first, last + 1};
}

void expect_views_inside(const Layer &layer, const LayerPlan &plan, bool caller_clips) {
    for (const Pass &pass : plan.passes) {
        for (const Stage &stage : pass.stages) {
            TaskValues values(layer);
            const auto check_call = [&] {
                const int64_t kernel = evaluate(stage.call.kernel, values);
                EXPECT_TRUE(kernel >= 0 && kernel < static_cast<int64_t>(stage.kernels.size())) << kernel;
                // Without a tap nothing is read of the input: its view is as wide as the kernel expects.
                bool any_tap = true;
                for (const Binding &binding : stage.call.views) {
                    const auto [first, end] = elements_covered(binding.view, values);
                    any_tap &= binding.view.tensor != TensorId::kFilter || end > first;
                }
                for (const Binding &binding : stage.call.views) {
                    const TensorId tensor = binding.view.tensor;
                    if (caller_clips && tensor == TensorId::kOutput) continue;
                    if (!any_tap && binding.buffer == "input") continue;
                    const auto [first, end] = elements_covered(binding.view, values);
                    EXPECT_GE(first, 0) << stage.name << " " << binding.buffer;
                    EXPECT_LE(end, elements_of(tensor, layer, plan)) << stage.name << " " << binding.buffer;
                }
            };
            for (int64_t round = 0; round < pass.rounds(); round++) {
                if (pass.band.table.rows() > 0) values.set_row(pass.band, round);
                for_each_row(stage.grid, round, 0, values,
                             [&] { for_each_row(stage.steps, 0, 0, values, check_call); });
            }
        }
    }
}

TEST(Plans, FitTogetherOnEveryCornerLayer) {
    for (const char *family : {"x86_avx2", "x86_avx512", "arm_neon", "gpu", "reference"}) {
        const Machine machine = machine_for(family);
        for (const Layer &layer : corner_layers()) {
            for (const Variant &variant : variants()) {
                if (!takes(variant, layer, machine)) continue;
                SCOPED_TRACE(layer.name + " " + variant.id + " " + family);
                const LayerPlan plan = variant.plan(layer, machine, proposed_knobs(variant, layer, machine));
                EXPECT_EQ(plan_problem(plan), "");
                EXPECT_EQ(plan_text(plan).find("  kernels"), 0u);
                // A tile of which no output exists has a view outside, of one cell that its kernel leaves out.
                expect_views_inside(layer, plan, variant.id == "winograd");
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

// A kernel without code, and a stage that calls it for every batch entry.
struct SmallPlan {
    SmallPlan() {
        plan.kernels = {{"copy", {{"input", 2}, {"output", 2, true}}, nullptr}, {"pack", {}, nullptr}};
        plan.pack_kernel = 1;
        Stage stage;
        stage.name = "copy";
        stage.grid = {{"n", n.table}};
        stage.kernels = {0};
        stage.call = {0, {{"output", view(TensorId::kOutput)}, {"input", view(TensorId::kInput)}}};
        plan.add_stage(stage);
    }
    View view(TensorId tensor) const {
        return {tensor, wide(n.first) * stride_of(tensor, kDimN), {{0, n.count, stride_of(tensor, kDimN)}}};
    }
    Stage &stage() { return plan.passes[0].stages[0]; }
    std::string problem() const { return plan_problem(plan); }

    RangeTable n = counting_table(3);
    LayerPlan plan;
};

TEST(Plans, AreRefusedWhereTheyDoNotFitTogether) {
    EXPECT_EQ(SmallPlan().problem(), "");
    const auto problem_of = [](const std::function<void(SmallPlan &)> &change) {
        SmallPlan small;
        change(small);
        return small.problem();
    };
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views.pop_back(); }),
              "stage copy: buffer input has 0 views");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views[0].buffer = "input"; }),
              "stage copy: buffer input has 2 views");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views.push_back({"bias", p.view(TensorId::kBias)}); }),
              "stage copy: a view for bias, which no kernel takes");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views[1].view.dims.clear(); }),
              "stage copy: the view for input has 1 dimensions, not 2");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views[0].view.tensor = TensorId::kInput; }),
              "stage copy: the view for output is of a tensor that is only read");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views[1].view.tensor = TensorId::kWorkspace; }),
              "stage copy: the view for input is of the workspace, and there is none");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views[1].view.offset = 0; }),
              "stage copy: the offset of input has the wrong type");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.views[1].view.dims[0].extent = counting_table(3).count; }),
              "stage copy: an extent of input is made of a column count that the stage lacks");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().grid.push_back({"m", p.n.table}); }),
              "stage copy: column m.first is in two axes");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().grid.push_back({"n", counting_table(1).table}); }),
              "stage copy: two axes n");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().grid[0].window = 4; }),
              "stage copy: axis n has too few rows for its windows");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().kernels.clear(); }), "stage copy: no kernel");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().call.kernel = 1; }), "stage copy: calls kernel 1 of 1");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.stage().kernels = {1}; }), "stage copy: kernel 1 of 2");
    EXPECT_EQ(problem_of([](SmallPlan &p) {
                  p.plan.kernels.push_back({"other", {{"output", 2, true}}, nullptr});
                  p.stage().kernels = {0, 2};
              }),
              "stage copy: kernels copy and other take different buffers");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.plan.kernels[1].name = "copy"; }), "two kernels copy");
    EXPECT_EQ(problem_of([](SmallPlan &p) { p.plan.pack_kernel = 2; }), "no packing kernel");
}

TEST(Plans, RefuseKernelsWithOtherBuffersThanDeclared) {
    const Kernel kernel = pack_filter_kernel("pack", {20, 8, DataType::kFloat32}, machine_for("x86_avx2"));
    const Halide::Module module = kernel.lower("up__pack", Halide::Target("x86-64-linux-no_runtime"));
    EXPECT_NO_THROW(require_buffers(module, "up__pack", kernel.buffers));
    try {
        require_buffers(module, "up__pack", {{"filter", 3}, {"output", 5, true}});
        FAIL() << "took a declaration that is wrong";
    } catch (const std::logic_error &error) {
        EXPECT_STREQ(
            error.what(),
            "internal error: kernel up__pack takes filter(3), out output(4), not filter(3), out output(5) as its "
            "plan says");
    }
}

std::string text_of(const std::vector<int64_t> &values) {
    Table table(static_cast<int64_t>(values.size()));
    const Column column = table.add("column", values);
    EXPECT_EQ(column.values(), values);
    EXPECT_EQ(column.rows(), table.rows());
    for (size_t row = 0; row < values.size(); row++) EXPECT_EQ(column.at(static_cast<int64_t>(row)), values[row]);
    return column_text(column);
}

TEST(PlanTables, KeepHeadMiddleAndTailApart) {
    EXPECT_EQ(text_of({}), "");
    EXPECT_EQ(text_of({5}), "5");
    EXPECT_EQ(text_of({5, 3}), "5 3");
    EXPECT_EQ(text_of({0, 2, 4, 6, 8}), "0 2 .. 8");
    EXPECT_EQ(text_of({4, 4, 4, 1}), "4 x 3, 1");
    EXPECT_EQ(text_of({2, 4, 4, 4, 4, 1}), "2, 4 x 4, 1");
    EXPECT_EQ(text_of({7, 0, 1, 2, 9}), "7, 0 1 2, 9");
    EXPECT_EQ(column_text(chunk_table(10, 4).count), "4, 4, 2");
    EXPECT_EQ(column_text(chunk_table(18, 4).count), "4 x 4, 2");
    EXPECT_EQ(column_text(chunk_table(18, 4).first), "0 4 .. 16");
    EXPECT_EQ(chunk_table(0, 4).table.rows(), 0);
    Table table(2);
    EXPECT_THROW(table.add("column", {1, 2, 3}), std::logic_error);
}

TEST(PlanIndex, ReadsAsC) {
    Table table(4);
    const Column first = table.add("first", {0, 4, 8, 11}), count = table.add("count", {4, 4, 3, 1});
    const ColumnNames names = {{first.id(), "y.first"}, {count.id(), "y.count"}};
    std::vector<std::pair<std::string, std::string>> meanings;
    const auto text = [&](const Index &index) { return index_text(index, names, meanings); };
    EXPECT_EQ(text(wide(0) + wide(first) * stride_of(TensorId::kInput, kDimY)), "y.first * input.stride_y");
    EXPECT_EQ(text((first - 1) * (count + 2) - (first - count)), "(y.first - 1) * (y.count + 2) - (y.first - y.count)");
    EXPECT_EQ(text(select(first == 0 && count > 1, 1, -max(count, 2))),
              "y.first == 0 && y.count > 1 ? 1 : -max(y.count, 2)");
    EXPECT_EQ(text(elements(first, 1) + wide(0)), "y.first");
    EXPECT_EQ(text((first + count) / 2 * 3), "(y.first + y.count) / 2 * 3");
    EXPECT_TRUE(meanings.empty());
    const Index begin = named("begin", first + 1), end = named("end", begin + count);
    EXPECT_EQ(text(end - begin), "end - begin");
    EXPECT_EQ(text(begin), "begin");
    EXPECT_EQ(meanings,
              (std::vector<std::pair<std::string, std::string>>{{"begin", "y.first + 1"}, {"end", "begin + y.count"}}));
}

TEST(PlanIndex, IsEvaluatedAsKernelsAreCalled) {
    const Layer layer = corner_layers()[0];
    RangeTable rows = chunk_table(11, 4);
    TaskValues values(layer);
    values.set_row({"y", rows.table}, 2);
    const auto value = [&](const Index &index) { return evaluate(index, values); };
    EXPECT_EQ(value(rows.first + rows.count), 11);
    EXPECT_EQ(value((3 - rows.first) / 2), -3);  // rounded down
    EXPECT_EQ(value(clamp(rows.count, 5, 1)), 5);
    EXPECT_EQ(value(select(rows.count < 4 || rows.first != 8, 10, 20)), 10);
    EXPECT_EQ(value(wide(rows.first) * wide(int64_t{1} << 40)), int64_t{1} << 43);
    EXPECT_THROW(value(rows.first * (1 << 30)), std::logic_error);
}

}  // namespace
}  // namespace tconv::test
