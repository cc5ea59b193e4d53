// SPDX-License-Identifier: Apache-2.0
// The operators as C++ functions compute what the oracle computes for the same call of a file, on views of every kind.
#include <thread>

#include "operator_rules.h"
#include "tests/support/layer_data.h"
#include "tools/verify/oracle.h"

namespace tconv {
namespace {

using Function = std::function<Status(const TensorView &input, const TensorView &filter,
                                      const std::optional<TensorView> &bias, const MutableTensorView &output)>;

struct Case {
    const char *name;
    Call call;  // what the function computes, for the oracle
    Function function;
};

// Elements far apart, the last dimension outermost and backwards: nothing that code could take for dense.
class Strided {
public:
    explicit Strided(const Shape &shape) : shape_(shape), strides_(shape.size()) {
        int64_t stride = 3;
        for (size_t d = 0; d < shape.size(); d++) {
            strides_[d] = stride;
            stride *= shape[d] + 1;
        }
        strides_.back() = -strides_.back();
        first_ = -strides_.back() * (shape.back() - 1);
        elements_.assign(static_cast<size_t>(stride), -77.0f);
    }

    Strided(const Shape &shape, const std::vector<float> &dense) : Strided(shape) {
        for (size_t i = 0; i < dense.size(); i++) elements_[offset(i)] = dense[i];
    }

    TensorView view() const { return {elements_.data() + first_, shape_, strides_}; }
    MutableTensorView mutable_view() { return {elements_.data() + first_, shape_, strides_}; }

    // Takes the elements out in C order; what remains must be as it was.
    std::vector<float> dense() {
        std::vector<float> result;
        int64_t count = 1;
        for (int64_t extent : shape_) count *= extent;
        for (int64_t i = 0; i < count; i++) {
            result.push_back(elements_[offset(static_cast<size_t>(i))]);
            elements_[offset(static_cast<size_t>(i))] = -77.0f;
        }
        for (float rest : elements_) EXPECT_EQ(rest, -77.0f) << "written outside the view";
        return result;
    }

private:
    size_t offset(size_t index) const {
        int64_t at = first_;
        auto rest = static_cast<int64_t>(index);
        for (size_t d = shape_.size(); d-- > 0;) {
            at += rest % shape_[d] * strides_[d];
            rest /= shape_[d];
        }
        return static_cast<size_t>(at);
    }

    Shape shape_;
    Shape strides_;
    int64_t first_ = 0;
    std::vector<float> elements_;
};

Case conv2d_case(const char *name, const char *changes, const Shape &input,
                 const std::function<void(nn::Conv2dTransposeArguments &)> &change) {
    Call call = conv2d_call(changes);
    call.shapes.input = input;
    nn::Conv2dTransposeArguments arguments = conv2d_arguments();
    change(arguments);
    return {name, call, [=](const auto &x, const auto &w, const auto &bias, const auto &y) {
                nn::Conv2dTransposeArguments with_bias = arguments;
                with_bias.epilogue.bias = bias;
                return nn::conv2d_transpose(x, w, with_bias, y);
            }};
}

Case ops_case(const char *name, const char *changes, const CallShapes &shapes,
              const std::function<void(keras::ops::ConvTransposeArguments &)> &change) {
    Call call = ops_call(changes);
    call.shapes = shapes;
    keras::ops::ConvTransposeArguments arguments = ops_arguments();
    change(arguments);
    return {name, call, [=](const auto &x, const auto &w, const auto &bias, const auto &y) {
                keras::ops::ConvTransposeArguments with_bias = arguments;
                with_bias.epilogue.bias = bias;
                return keras::ops::conv_transpose(x, w, with_bias, y);
            }};
}

Case layer_case(const char *name, const char *changes, const Shape &input, const std::optional<Shape> &bias,
                const std::function<void(keras::layers::Conv2DTransposeArguments &)> &change) {
    Call call = layer_call(changes);
    call.shapes.input = input;
    call.shapes.bias = bias;
    keras::layers::Conv2DTransposeArguments arguments = layer_arguments();
    change(arguments);
    return {name, call, [=](const auto &x, const auto &w, const auto &given_bias, const auto &y) -> Status {
                const auto layer = keras::layers::Conv2DTranspose::create(arguments);
                if (!layer) return layer.error();
                return (*layer)(x, w, given_bias, y);
            }};
}

std::vector<Case> tf_cases() {
    std::vector<Case> cases;
    cases.push_back(conv2d_case("conv2d NHWC SAME", "{}", {1, 4, 4, 6}, [](auto &) {}));
    cases.push_back(conv2d_case("conv2d NHWC uneven", R"({"output_shape": [2, 8, 7, 5], "strides": [1, 2, 2, 1]})",
                                {2, 4, 4, 6}, [](auto &a) { a.output_shape = {2, 8, 7, 5}; }));
    cases.push_back(conv2d_case("conv2d NCHW VALID dilated",
                                R"({"data_format": "NCHW", "padding": "VALID", "dilations": [2, 1],
                                    "output_shape": [1, 5, 12, 9], "bias": true, "activation": "relu"})",
                                {1, 6, 4, 4}, [](auto &a) {
                                    a.data_format = "NCHW";
                                    a.padding = "VALID";
                                    a.dilations = {2, 1};
                                    a.output_shape = {1, 5, 12, 9};
                                    a.epilogue.activation = "relu";
                                }));
    cases.back().call.shapes.bias = Shape{5};
    cases.push_back({"atrous", atrous_call(), [](const auto &x, const auto &w, const auto &, const auto &y) {
                         return nn::atrous_conv2d_transpose(x, w, atrous_arguments(), y);
                     }});
    cases.push_back({"conv3d NDHWC", conv3d_call(), [](const auto &x, const auto &w, const auto &, const auto &y) {
                         return nn::conv3d_transpose(x, w, conv3d_arguments(), y);
                     }});
    Call first = conv3d_call(R"({"data_format": "NCDHW", "dilations": [3, 1, 2], "output_shape": [1, 5, 3, 6, 8]})");
    first.shapes.input = {1, 6, 2, 3, 4};
    cases.push_back({"conv3d NCDHW dilated", first, [](const auto &x, const auto &w, const auto &, const auto &y) {
                         nn::Conv3dTransposeArguments arguments = conv3d_arguments();
                         arguments.data_format = "NCDHW";
                         arguments.dilations = {3, 1, 2};
                         arguments.output_shape = {1, 5, 3, 6, 8};
                         return nn::conv3d_transpose(x, w, arguments, y);
                     }});
    return cases;
}

std::vector<Case> keras_cases() {
    std::vector<Case> cases;
    cases.push_back(ops_case("ops 1-D", "{}", {{3, 7, 6}, {4, 5, 6}, {}}, [](auto &) {}));
    cases.push_back(ops_case("ops 2-D channels_first",
                             R"({"data_format": "channels_first", "padding": "same", "output_padding": [1, 0],
                                 "dilation_rate": [2, 1], "bias": true})",
                             {{1, 6, 4, 5}, {3, 3, 5, 6}, Shape{5}}, [](auto &a) {
                                 a.data_format = "channels_first";
                                 a.padding = "same";
                                 a.output_padding = {1, 0};
                                 a.dilation_rate = {2, 1};
                             }));
    cases.push_back(ops_case("ops 3-D", R"({"strides": [2, 1, 3], "padding": "SAME"})",
                             {{1, 2, 3, 2, 6}, {2, 3, 1, 5, 6}, {}}, [](auto &a) {
                                 a.strides = {2, 1, 3};
                                 a.padding = "SAME";
                             }));
    cases.push_back(layer_case("layer", R"({"activation": "leaky_relu"})", {2, 4, 3, 6}, Shape{5},
                               [](auto &a) { a.activation = "leaky_relu"; }));
    cases.push_back(layer_case("layer channels_first without bias",
                               R"({"data_format": "channels_first", "use_bias": false, "output_padding": 0})",
                               {1, 6, 4, 3}, std::nullopt, [](auto &a) {
                                   a.data_format = "channels_first";
                                   a.use_bias = false;
                                   a.output_padding = 0;
                               }));
    return cases;
}

std::vector<Case> all_cases() {
    std::vector<Case> cases = tf_cases();
    for (Case &keras : keras_cases()) cases.push_back(std::move(keras));
    return cases;
}

// Sums of small integers are exact, so only an exact result is right.
void expect_oracle(const Layer &layer, const test::LayerData &data, const std::vector<float> &output,
                   const char *name) {
    const OracleResult reference = oracle(layer, data.input.data(), data.filter.data(), data.bias_or_null());
    ASSERT_EQ(output.size(), reference.value.size()) << name;
    const Comparison comparison = layer.activation == Activation::kLeakyRelu
                                      ? compare(layer, reference, output.data(), 1.0)
                                      : compare_exactly(layer, reference, output.data());
    EXPECT_TRUE(comparison.pass) << name << ": " << comparison.message;
}

std::optional<TensorView> dense_bias(const test::LayerData &data) {
    if (data.bias.empty()) return std::nullopt;
    return TensorView{data.bias.data(), {static_cast<int64_t>(data.bias.size())}, {}};
}

TEST(Operators, ComputeWhatTheOracleComputes) {
    for (const Case &one : all_cases()) {
        const Layer layer = layer_of(one.call);
        const test::LayerData data = test::small_integer_layer_data(layer, 1);
        std::vector<float> output(static_cast<size_t>(layer.output_elements()), -77.0f);
        const Status status =
            one.function({data.input.data(), layer.input_shape(), {}}, {data.filter.data(), layer.filter_shape(), {}},
                         dense_bias(data), {output.data(), layer.output_shape(), {}});
        EXPECT_EQ(message_of(status), "(accepted)") << one.name;
        expect_oracle(layer, data, output, one.name);
    }
}

TEST(Operators, TakeViewsWithStrides) {
    for (const Case &one : all_cases()) {
        const Layer layer = layer_of(one.call);
        const test::LayerData data = test::small_integer_layer_data(layer, 2);
        const Strided input(layer.input_shape(), data.input), filter(layer.filter_shape(), data.filter);
        const Strided bias({layer.out_channels}, data.bias);
        Strided output(layer.output_shape());
        const Status status = one.function(
            input.view(), filter.view(), layer.bias ? std::optional(bias.view()) : std::nullopt, output.mutable_view());
        EXPECT_EQ(message_of(status), "(accepted)") << one.name;
        expect_oracle(layer, data, output.dense(), one.name);
    }
}

TEST(Operators, AnEmptyBatchIsAnEmptyResult) {
    nn::Conv2dTransposeArguments arguments = conv2d_arguments();
    arguments.output_shape = {0, 8, 8, 5};
    const std::vector<float> filter(3 * 3 * 5 * 6, 1.0f);
    EXPECT_EQ(message_of(nn::conv2d_transpose({nullptr, {0, 4, 4, 6}, {}}, {filter.data(), {3, 3, 5, 6}, {}}, arguments,
                                              {nullptr, {0, 8, 8, 5}, {}})),
              "(accepted)");
}

// Keras's "same" with an even kernel and output_padding 0: (H - 1)*s cells.
TEST(Operators, AnEmptyAxisIsAnEmptyResult) {
    keras::ops::ConvTransposeArguments arguments = ops_arguments();
    arguments.padding = "same";
    arguments.output_padding = 0;
    const Shape input = {1, 1, 6}, filter = {2, 5, 6};
    const Expected<Shape> shape = keras::ops::conv_transpose_shape(input, filter, arguments);
    ASSERT_TRUE(shape);
    EXPECT_EQ(*shape, (Shape{1, 0, 5}));
    EXPECT_EQ(message_of(keras::ops::conv_transpose(view_of(input), view_of(filter), arguments, {nullptr, *shape, {}})),
              "(accepted)");
}

TEST(Operators, PlansAreReusedByManyThreads) {
    const Layer layer = layer_of(ops_call());
    test::LayerData data = test::small_integer_layer_data(layer, 3);
    std::vector<float> filter = data.filter;
    const Expected<Plan> plan = keras::ops::conv_transpose_plan(
        layer.input_shape(), {filter.data(), layer.filter_shape(), {}}, ops_arguments());
    ASSERT_TRUE(plan);
    filter.assign(filter.size(), 0.0f);  // packed already
    std::vector<std::vector<float>> outputs(4, std::vector<float>(static_cast<size_t>(layer.output_elements())));
    std::vector<std::thread> threads;
    for (std::vector<float> &output : outputs) {
        threads.emplace_back([&] {
            const Status status =
                plan->run({data.input.data(), layer.input_shape(), {}}, {output.data(), layer.output_shape(), {}});
            EXPECT_EQ(message_of(status), "(accepted)");
        });
    }
    for (std::thread &thread : threads) thread.join();
    for (const std::vector<float> &output : outputs) expect_oracle(layer, data, output, "reused plan");
}

}  // namespace
}  // namespace tconv
