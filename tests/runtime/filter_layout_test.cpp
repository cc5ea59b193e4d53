// SPDX-License-Identifier: Apache-2.0
// The packed filter against its definition, element by element.
#include "tconv/filter_layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>

namespace tconv::test {
namespace {

constexpr int64_t kIn = 5, kOut = 3;

Layer layer_with(std::array<int64_t, 3> kernel, bool bias) {
    Layer layer;
    layer.spatial_rank = 3;
    layer.in_channels = kIn;
    layer.out_channels = kOut;
    layer.bias = bias;
    for (int axis = 0; axis < 3; axis++) {
        layer.axes[axis].input = 4;
        layer.axes[axis].kernel = kernel[axis];
        layer.axes[axis].stride = 2;
        layer.axes[axis].output = 8;
    }
    return layer;
}

// No two elements alike, all exact in float32 with the weights below.
std::vector<float> distinct_filter(const Layer &layer) {
    std::vector<float> filter(static_cast<size_t>(layer.filter_elements()));
    for (size_t i = 0; i < filter.size(); i++) filter[i] = static_cast<float>(i + 1);
    return filter;
}

// The same filter with its axes in another order; counted here, not by the layer's strides.
std::vector<float> in_order(const Layer &layer, const std::vector<float> &dhwoi, const std::string &order) {
    const std::string axes = "DHWOI";
    const std::array<int64_t, 5> extents = {layer.axes[0].kernel, layer.axes[1].kernel, layer.axes[2].kernel,
                                            layer.out_channels, layer.in_channels};
    std::vector<float> moved;
    std::array<int64_t, 5> at{};  // along each of `axes`
    while (moved.size() < dhwoi.size()) {
        int64_t from = 0;
        for (size_t a = 0; a < 5; a++) from = from * extents[a] + at[a];
        moved.push_back(dhwoi[static_cast<size_t>(from)]);
        for (size_t d = 5; d-- > 0;) {
            const size_t axis = axes.find(order[d]);
            if (++at[axis] < extents[axis]) break;
            at[axis] = 0;
        }
    }
    return moved;
}

constexpr const char *kOrders[] = {"IODHW", "OIDHW", "ODHWI", "IDHWO", "DHWIO", "WIHOD", "DHWOI"};

// As the header defines it: a sum over the taps of the three axes.
double defined_element(const Layer &layer, const std::array<FilterAxis, 3> &axes, const std::vector<float> &filter,
                       std::array<int64_t, 3> position, int64_t lane, int64_t ci) {
    const int64_t co = lane % kOut;
    std::array<int64_t, 3> set{};
    int64_t rest = lane / kOut;
    for (int axis = 2; axis >= 0; axis--) {
        set[axis] = rest % axes[axis].lane_sets;
        rest /= axes[axis].lane_sets;
    }
    if (rest > 0) return 0;
    const auto weight = [&](int axis, int64_t k) {
        const FilterAxis::Row &row = axes[axis].row(position[axis], set[axis]);
        for (size_t t = 0; t < row.weights.size(); t++)
            if (row.first_tap + static_cast<int64_t>(t) * axes[axis].tap_step == k) return row.weights[t];
        return 0.0;
    };
    double sum = 0;
    for (int64_t z = 0; z < layer.axes[0].kernel; z++)
        for (int64_t y = 0; y < layer.axes[1].kernel; y++)
            for (int64_t x = 0; x < layer.axes[2].kernel; x++) {
                const int64_t tap = (z * layer.axes[1].kernel + y) * layer.axes[2].kernel + x;
                sum += weight(0, z) * weight(1, y) * weight(2, x) * filter[(tap * kOut + co) * kIn + ci];
            }
    return sum;
}

// Tap k at position k, as a plain layout has it.
FilterAxis one_tap_each(int64_t kernel) {
    FilterAxis axis{kernel, 1, 1, {}};
    for (int64_t k = 0; k < kernel; k++) axis.rows.push_back({k, {1}});
    return axis;
}

// Two lane sets and three positions of every kind of row: none, one tap, several with a step.
FilterAxis mixed_axis() {
    return {3, 2, 2, {{0, {}}, {3, {1}}, {0, {1, 0.5}}, {1, {-0.25, 2}}, {0, {1, -1, 0.5}}, {2, {}}}};
}

void expect_as_defined(const Layer &layer, const std::array<FilterAxis, 3> &axes, int block, BlockOrder order) {
    const FilterLayout layout(layer, block, axes, order);
    const std::vector<float> filter = distinct_filter(layer);
    const std::vector<float> bias = {7, 8, 9};
    const std::vector<float> packed = layout.pack(filter.data(), layer.bias ? bias.data() : nullptr);
    ASSERT_EQ(packed.size(), static_cast<size_t>(layout.elements()));
    for (int64_t cb = 0; cb < layout.blocks(); cb++)
        for (int64_t z = 0; z < axes[0].positions; z++)
            for (int64_t y = 0; y < axes[1].positions; y++)
                for (int64_t x = 0; x < axes[2].positions; x++)
                    for (int64_t ci = 0; ci < kIn; ci++)
                        for (int64_t v = 0; v < block; v++) {
                            const int64_t at = cb * layout.block_stride() + z * layout.axis_stride(0) +
                                               y * layout.axis_stride(1) + x * layout.axis_stride(2) + ci * block + v;
                            ASSERT_EQ(packed[at], defined_element(layer, axes, filter, {z, y, x}, cb * block + v, ci))
                                << cb << " " << z << " " << y << " " << x << " " << ci << " " << v;
                        }
    for (int64_t lane = 0; layer.bias && lane < layout.blocks() * block; lane++)
        EXPECT_EQ(packed[layout.bias_offset() + lane], lane < layout.lanes() ? bias[lane % kOut] : 0) << lane;
}

TEST(FilterLayout, SumsWeightedTaps) {
    for (const bool bias : {false, true})
        for (const int block : {1, 4, 8})
            for (const BlockOrder order : {BlockOrder::kOuter, BlockOrder::kInner}) {
                expect_as_defined(layer_with({5, 5, 5}, bias), {mixed_axis(), mixed_axis(), mixed_axis()}, block,
                                  order);
                expect_as_defined(layer_with({1, 2, 5}, bias), {one_tap_each(1), one_tap_each(2), mixed_axis()}, block,
                                  order);
            }
}

TEST(FilterLayout, PlainLayoutsAreOneTapAPosition) {
    const Layer layer = layer_with({2, 3, 4}, true);
    const std::vector<float> filter = distinct_filter(layer);
    const std::vector<float> bias = {7, 8, 9};
    for (const BlockOrder order : {BlockOrder::kOuter, BlockOrder::kInner}) {
        const FilterLayout plain(layer, 8, TapOrder::kNatural, order);
        const FilterLayout sums(layer, 8, {one_tap_each(2), one_tap_each(3), one_tap_each(4)}, order);
        EXPECT_TRUE(plain.plain());
        EXPECT_FALSE(sums.plain());
        EXPECT_EQ(plain.pack(filter.data(), bias.data()), sums.pack(filter.data(), bias.data()));
        EXPECT_EQ(plain.block_stride(), sums.block_stride());
        for (int axis = 0; axis < 3; axis++) EXPECT_EQ(plain.axis_stride(axis), sums.axis_stride(axis));
    }
}

// More lanes, channels and taps than any piece that the packer works on.
TEST(FilterLayout, PacksLargeFiltersInAnyOrderOfTasks) {
    Layer layer = layer_with({1, 9, 25}, true);
    for (const auto &[in, out] : {std::pair(131, 77), std::pair(1, 70), std::pair(2, 3)}) {
        layer.in_channels = in;
        layer.out_channels = out;
        const std::vector<float> filter = distinct_filter(layer);
        const std::vector<float> bias(static_cast<size_t>(out), 0.5f);
        const FilterLayout layout(layer, 48);
        std::vector<float> packed(static_cast<size_t>(layout.elements()), NAN);
        for (int64_t task = layout.pack_tasks(); task-- > 0;)
            layout.pack_task(task, filter.data(), bias.data(), packed.data());
        for (int64_t lane = 0; lane < layout.blocks() * 48; lane++)
            for (int64_t y = 0; y < 9; y++)
                for (int64_t x = 0; x < 25; x++)
                    for (int64_t ci = 0; ci < in; ci++) {
                        const int64_t at = lane / 48 * layout.block_stride() + ci * 48 + lane % 48 +
                                           layout.position(1, y) * layout.axis_stride(1) +
                                           layout.position(2, x) * layout.axis_stride(2);
                        const int64_t from = ((y * 25 + x) * out + lane) * in + ci;
                        ASSERT_EQ(packed[at], lane < out ? filter[from] : 0) << lane << " " << y << " " << x;
                    }
        EXPECT_EQ(packed, layout.pack(filter.data(), bias.data()));
    }
}

// What stands in the packed filter does not depend on how the dense one lies, nor on how its layout is packed.
TEST(FilterLayout, PacksFiltersOfAnyOrderAlike) {
    const Layer layer = layer_with({2, 5, 5}, true);
    const std::vector<float> filter = distinct_filter(layer), bias = {7, 8, 9};
    const std::array<FilterAxis, 3> sums = {one_tap_each(2), mixed_axis(), mixed_axis()};
    const std::array<FilterAxis, 3> taps = {one_tap_each(2), one_tap_each(5), one_tap_each(5)};
    for (const char *order : kOrders) {
        Layer other = layer;
        other.filter_order = order;
        const std::vector<float> moved = in_order(layer, filter, order);
        for (const int block : {1, 4, 8, 48})
            for (const BlockOrder blocks : {BlockOrder::kOuter, BlockOrder::kInner}) {
                for (const TapOrder tap_order : {TapOrder::kByPhase, TapOrder::kNatural})
                    EXPECT_EQ(FilterLayout(other, block, tap_order, blocks).pack(moved.data(), bias.data()),
                              FilterLayout(layer, block, tap_order, blocks).pack(filter.data(), bias.data()))
                        << order << " " << block;
                for (const auto &axes : {sums, taps})
                    EXPECT_EQ(FilterLayout(other, block, axes, blocks).pack(moved.data(), bias.data()),
                              FilterLayout(layer, block, axes, blocks).pack(filter.data(), bias.data()))
                        << order << " " << block;
            }
    }
}

// Several tasks of each way to pack: by input channels, where these are not innermost, and by matrices.
TEST(FilterLayout, PacksFiltersOfAnyOrderInAnyOrderOfTasks) {
    Layer layer = layer_with({1, 9, 25}, true);
    for (const auto &[in, out] : {std::pair(131, 77), std::pair(1, 70), std::pair(300, 1)}) {
        layer.in_channels = in;
        layer.out_channels = out;
        const std::vector<float> filter = distinct_filter(layer), bias(static_cast<size_t>(out), 0.5f);
        const std::vector<float> expected = FilterLayout(layer, 48).pack(filter.data(), bias.data());
        for (const char *order : kOrders) {
            Layer other = layer;
            other.filter_order = order;
            const std::vector<float> moved = in_order(layer, filter, order);
            const FilterLayout layout(other, 48);
            EXPECT_GE(layout.pack_tasks(), in > 1 ? 2 : 1) << order;
            std::vector<float> packed(expected.size(), NAN);
            for (int64_t task = layout.pack_tasks(); task-- > 0;)
                layout.pack_task(task, moved.data(), bias.data(), packed.data());
            EXPECT_EQ(packed, expected) << order << " " << in;
        }
    }
}

TEST(FilterLayout, KeepsSlopesBehindTheBias) {
    for (const bool bias : {false, true})
        for (const int block : {1, 4, 16}) {
            Layer layer = layer_with({1, 2, 5}, bias);
            EXPECT_FALSE(FilterLayout(layer, block).has_slopes());
            layer.activation = Activation::kPrelu;
            layer.slopes = {0.5f, -1, 2};
            const std::array<FilterAxis, 3> axes = {one_tap_each(1), one_tap_each(2), mixed_axis()};
            for (const FilterLayout &layout : {FilterLayout(layer, block), FilterLayout(layer, block, axes)}) {
                ASSERT_TRUE(layout.has_slopes());
                const int64_t lanes = layout.blocks() * block;
                EXPECT_EQ(layout.slopes_offset_bytes() % kPackedAlignment, 0);
                EXPECT_EQ(layout.slopes_offset() * 4, layout.slopes_offset_bytes());
                EXPECT_GE(layout.slopes_offset(), layout.bias_offset() + (bias ? lanes : 0));
                EXPECT_EQ(layout.bytes(), layout.slopes_offset_bytes() + lanes * 4);
                const std::vector<float> filter = distinct_filter(layer), values = {7, 8, 9};
                const std::vector<float> packed = layout.pack(filter.data(), bias ? values.data() : nullptr);
                ASSERT_EQ(static_cast<int64_t>(packed.size()), layout.elements());
                for (int64_t lane = 0; lane < lanes; lane++) {
                    const bool used = lane < layout.lanes();
                    const int64_t channel = lane % kOut;
                    EXPECT_EQ(packed[layout.slopes_offset() + lane], used ? layer.slopes[channel] : 0) << lane;
                    EXPECT_EQ(bias ? packed[layout.bias_offset() + lane] : 0, bias && used ? values[channel] : 0);
                }
            }
        }
}

// Sizes of an element are in bytes alone: where elements lie does not depend on their type.
void expect_bytes_of_types(const Layer &float32, const std::array<FilterAxis, 3> *axes, int block, BlockOrder order) {
    const auto layout_of = [&](const Layer &layer) {
        return axes == nullptr ? FilterLayout(layer, block, TapOrder::kByPhase, order)
                               : FilterLayout(layer, block, *axes, order);
    };
    const FilterLayout wide = layout_of(float32);
    const int64_t lanes = wide.blocks() * block;
    constexpr DataType kHalf = DataType::kFloat16, kSingle = DataType::kFloat32;
    for (const ElementTypes &types : {ElementTypes::all(kSingle), ElementTypes::all(kHalf),
                                      ElementTypes{kHalf, kHalf, kSingle, kHalf}, ElementTypes{kSingle, kHalf}}) {
        Layer layer = float32;
        layer.types = types;
        const FilterLayout layout = layout_of(layer);
        EXPECT_EQ(layout.filter_elements(), wide.filter_elements());
        EXPECT_EQ(layout.block_stride(), wide.block_stride());
        for (int axis = 0; axis < 3; axis++) EXPECT_EQ(layout.axis_stride(axis), wide.axis_stride(axis));

        const int64_t filter_bytes = wide.filter_elements() * element_bytes(types.filter);
        EXPECT_EQ(layout.filter_bytes(), filter_bytes);
        EXPECT_EQ(layout.bias_offset_bytes() % kPackedAlignment, 0);
        EXPECT_GE(layout.bias_offset_bytes(), filter_bytes);
        EXPECT_LT(layout.bias_offset_bytes(), filter_bytes + kPackedAlignment);
        EXPECT_EQ(layout.bias_offset() * element_bytes(types.accumulate), layout.bias_offset_bytes());
        EXPECT_EQ(layout.bytes(),
                  layer.bias ? layout.bias_offset_bytes() + lanes * element_bytes(types.accumulate) : filter_bytes);
        EXPECT_EQ(layout.elements() * element_bytes(types.filter), layout.bytes());
    }
}

TEST(FilterLayout, HasTheBytesOfTheElementTypes) {
    const std::array<FilterAxis, 3> axes = {one_tap_each(1), one_tap_each(2), mixed_axis()};
    for (const bool bias : {false, true})
        for (const int block : {1, 4, 16})
            for (const BlockOrder order : {BlockOrder::kOuter, BlockOrder::kInner}) {
                expect_bytes_of_types(layer_with({1, 2, 5}, bias), nullptr, block, order);
                expect_bytes_of_types(layer_with({1, 2, 5}, bias), &axes, block, order);
            }
}

// Single taps go another way than sums: lanes of taps, with some left out, in more than one block.
TEST(FilterLayout, PlacesTapsInLanes) {
    FilterAxis lanes{1, 41, 1, {}};
    for (int64_t k = 0; k < lanes.lane_sets; k++) {
        lanes.rows.push_back({k * 7 % 41, {}});
        if (k % 5 != 3) lanes.rows.back().weights = {1};
    }
    for (const int block : {4, 16, 32, 40})
        for (const BlockOrder order : {BlockOrder::kOuter, BlockOrder::kInner})
            expect_as_defined(layer_with({2, 3, 41}, true), {one_tap_each(2), one_tap_each(3), lanes}, block, order);
}

}  // namespace
}  // namespace tconv::test
