// SPDX-License-Identifier: Apache-2.0
// What the functions take beside arguments: views, the layer as an object, and values that are an integer or a list.
#include "operator_rules.h"

namespace tconv {
namespace {

TEST(OperatorViews, AreCheckedBeforeTheyAreRead) {
    const Shape input = {1, 4, 4, 6}, filter = {3, 3, 5, 6};
    const auto plan = [&](const TensorView &filters, const std::optional<TensorView> &bias) {
        keras::ops::ConvTransposeArguments arguments = ops_arguments();
        arguments.epilogue.bias = bias;
        return message_of(keras::ops::conv_transpose_plan(input, filters, arguments));
    };
    const TensorView good = view_of(filter);
    EXPECT_EQ(plan(good, view_of({5})), "(accepted)");
    EXPECT_EQ(plan({nullptr, filter, {}}, {}), "filter.data = null: must point to the tensor");
    EXPECT_EQ(plan({good.data, filter, {1, 2}}, {}),
              "filter.strides = [1, 2]: must have one stride for each dimension of the shape");
    EXPECT_EQ(plan(good, TensorView{nullptr, {5}, {}}), "bias.data = null: must point to the tensor");
    EXPECT_EQ(plan(good, TensorView{good.data, {5}, {1, 1}}),
              "bias.strides = [1, 1]: must have one stride for each dimension of the shape");
    EXPECT_EQ(plan(good, view_of({4})), "bias = [4]: must have the shape [5], one value for each out channel");
    std::vector<float> output(1 * 9 * 9 * 5);
    EXPECT_EQ(message_of(
                  keras::ops::conv_transpose(view_of(input), good, ops_arguments(), {output.data(), {1, 8, 9, 5}, {}})),
              "output.shape = [1, 8, 9, 5]: must be that of the layer, [1, 9, 9, 5]");
}

TEST(KerasLayer, KeepsItsArgumentsAndSaysItsShape) {
    keras::layers::Conv2DTransposeArguments arguments = layer_arguments();
    arguments.kernel_regularizer = "l2";
    arguments.trainable = false;
    arguments.name = "decoder/up 1";
    const auto layer = keras::layers::Conv2DTranspose::create(arguments);
    ASSERT_TRUE(layer);
    EXPECT_EQ(layer->arguments().kernel_initializer, "glorot_uniform");
    EXPECT_EQ(layer->arguments().bias_initializer, "zeros");
    EXPECT_EQ(layer->arguments().kernel_regularizer, "l2");
    EXPECT_EQ(layer->arguments().bias_constraint, std::nullopt);
    EXPECT_FALSE(layer->arguments().trainable);
    EXPECT_EQ(layer->arguments().name, "decoder/up 1");
    const Expected<Shape> shape = layer->compute_output_shape({7, 16, 9, 3});
    ASSERT_TRUE(shape);
    EXPECT_EQ(*shape, (Shape{7, 32, 18, 5}));
    EXPECT_EQ(message_of(layer->compute_output_shape({16, 9, 3})),
              "input_shape = [16,9,3]: must be a list of 4 integers: batch, channels and the spatial extents");
}

TEST(IntOrList, IsNoneAnIntegerOrAList) {
    EXPECT_TRUE(IntOrList().is_none());
    EXPECT_TRUE(IntOrList(std::nullopt).is_none());
    IntOrList value = 2;
    EXPECT_TRUE(value.is_integer());
    value = {2};
    EXPECT_TRUE(value.is_list());
    EXPECT_EQ(value.values(), Shape{2});
    value = {};
    EXPECT_TRUE(value.is_none());
    value = Shape{};
    EXPECT_TRUE(value.is_list());
    EXPECT_EQ(IntOrList(~uint64_t{0}).values().front(), std::numeric_limits<int64_t>::max());
    EXPECT_EQ(IntOrList(-1).values().front(), -1);
    static_assert(!std::is_constructible_v<IntOrList, bool> && !std::is_constructible_v<IntOrList, double>);
}

}  // namespace
}  // namespace tconv
