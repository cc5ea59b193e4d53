// SPDX-License-Identifier: Apache-2.0
// What `tconv run` computes, for every operator: small integers, so that every cell must be equal to the definition.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "tconv/npy.h"
#include "tests/error/run_calls.h"

namespace tconv::test {
namespace {

using nlohmann::json;

// The numbers of one axis, worked out by hand from the definition of each operator: output extent and begin crop are
// not taken from the code under test.
struct AxisNumbers {
    int64_t input, kernel, stride, dilation, output, crop;
};

struct Example {
    const char *name;
    json arguments;
    bool channels_first;
    int64_t batch, in_channels, out_channels;
    std::vector<AxisNumbers> axes;
    bool bias = false;
    float (*activation)(float) = nullptr;

    Shape tensor(int64_t channels, int64_t AxisNumbers::*extent) const {
        Shape shape = {batch};
        if (channels_first) shape.push_back(channels);
        for (const AxisNumbers &axis : axes) shape.push_back(axis.*extent);
        if (!channels_first) shape.push_back(channels);
        return shape;
    }
    Shape filter() const {
        Shape shape;
        for (const AxisNumbers &axis : axes) shape.push_back(axis.kernel);
        shape.insert(shape.end(), {out_channels, in_channels});
        return shape;
    }
};

void PrintTo(const Example &example, std::ostream *stream) { *stream << example.name; }

// Counts through all indices below `extents`, last index fastest.
bool next(Shape &index, const Shape &extents) {
    for (size_t d = extents.size(); d-- > 0; index[d] = 0) {
        if (++index[d] < extents[d]) return true;
    }
    return false;
}

size_t flat(const Shape &index, const Shape &shape) {
    int64_t position = 0;
    for (size_t d = 0; d < shape.size(); d++) position = position * shape[d] + index[d];
    return static_cast<size_t>(position);
}

// [batch, spatial..., channel] in the order of the tensor.
Shape ordered(const Example &example, int64_t n, const Shape &place, int64_t channel) {
    Shape index = {n};
    if (example.channels_first) index.push_back(channel);
    index.insert(index.end(), place.begin(), place.end());
    if (!example.channels_first) index.push_back(channel);
    return index;
}

// Where tap k of input i lands: x + crop = stride*i + dilation*k on every axis. False outside the output.
bool land(const Example &example, const Shape &i, const Shape &k, Shape &x) {
    for (size_t a = 0; a < x.size(); a++) {
        const AxisNumbers &axis = example.axes[a];
        x[a] = axis.stride * i[a] + axis.dilation * k[a] - axis.crop;
        if (x[a] < 0 || x[a] >= axis.output) return false;
    }
    return true;
}

// Every product of an input cell and a tap goes where it belongs.
void scatter(const Example &example, const Array &input, const Array &filter, Array &output) {
    const size_t rank = example.axes.size();
    Shape inputs, taps, x(rank);
    for (const AxisNumbers &axis : example.axes) {
        inputs.push_back(axis.input);
        taps.push_back(axis.kernel);
    }
    for (int64_t n = 0; n < example.batch; n++) {
        Shape i(rank, 0);
        do {
            Shape k(rank, 0);
            do {
                if (!land(example, i, k, x)) continue;
                for (int64_t co = 0; co < example.out_channels; co++) {
                    float &cell = output.data[flat(ordered(example, n, x, co), output.shape)];
                    Shape tap = k;
                    tap.insert(tap.end(), {co, 0});
                    for (int64_t &ci = tap.back(); ci < example.in_channels; ci++) {
                        cell += input.data[flat(ordered(example, n, i, ci), input.shape)] *
                                filter.data[flat(tap, filter.shape)];
                    }
                }
            } while (next(k, taps));
        } while (next(i, inputs));
    }
}

Array expected(const Example &example, const Array &input, const Array &filter, const Array &bias) {
    Array output;
    output.shape = example.tensor(example.out_channels, &AxisNumbers::output);
    size_t cells = 1;
    for (int64_t extent : output.shape) cells *= static_cast<size_t>(extent);
    output.data.resize(cells, 0.0f);
    scatter(example, input, filter, output);
    size_t inner = 1;  // cells of one channel that lie together
    for (const AxisNumbers &axis : example.axes) inner *= example.channels_first ? static_cast<size_t>(axis.output) : 1;
    for (size_t cell = 0; cell < cells; cell++) {
        if (example.bias) output.data[cell] += bias.data[cell / inner % static_cast<size_t>(example.out_channels)];
        if (example.activation) output.data[cell] = example.activation(output.data[cell]);
    }
    return output;
}

float relu(float v) { return std::max(v, 0.0f); }
float relu6(float v) { return std::min(std::max(v, 0.0f), 6.0f); }
float leaky_relu(float v) { return v < 0 ? 0.2f * v : v; }

const std::vector<Example> &examples() {
    // clang-format off: a table
    static const std::vector<Example> all = {
        // The crop depends on the extent that is asked for.
        {"conv2d_same", {{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {2, 8, 7, 3}}, {"strides", 2}},
         false, 2, 5, 3, {{4, 3, 2, 1, 8, 0}, {4, 3, 2, 1, 7, 1}}},
        {"conv2d_valid", {{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {1, 7, 9, 2}}, {"strides", {1, 2, 3, 1}},
                          {"padding", "VALID"}, {"data_format", nullptr}, {"name", "up sampling/1"}},
         false, 1, 4, 2, {{3, 2, 2, 1, 7, 0}, {2, 4, 3, 1, 9, 0}}},
        {"conv2d_nchw_dilated", {{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {1, 9, 5, 4}}, {"strides", nullptr},
                                 {"dilations", {1, 1, 2, 3}}, {"data_format", "NCHW"}},
         true, 1, 3, 9, {{5, 3, 1, 2, 5, 2}, {4, 2, 1, 3, 4, 1}}},
        {"conv2d_strided_and_dilated", {{"op", "tf.nn.conv2d_transpose"}, {"output_shape", {1, 8, 7, 17}},
                                        {"strides", {2}}, {"dilations", {3, 3}}, {"bias", true}, {"activation", "relu"}},
         false, 1, 1, 17, {{4, 3, 2, 3, 8, 2}, {4, 3, 2, 3, 7, 3}}, true, relu},
        {"atrous_same", {{"op", "tf.nn.atrous_conv2d_transpose"}, {"output_shape", {1, 5, 6, 3}}, {"rate", 2},
                         {"padding", "SAME"}},
         false, 1, 7, 3, {{5, 3, 1, 2, 5, 2}, {6, 2, 1, 2, 6, 1}}},
        {"atrous_valid", {{"op", "tf.nn.atrous_conv2d_transpose"}, {"output_shape", {3, 5, 8, 1}}, {"rate", 3},
                          {"padding", "VALID"}, {"bias", true}},
         false, 3, 2, 1, {{2, 2, 1, 3, 5, 0}, {5, 2, 1, 3, 8, 0}}, true},
        {"conv3d_same", {{"op", "tf.nn.conv3d_transpose"}, {"output_shape", {1, 3, 4, 6, 2}}, {"strides", 2}},
         false, 1, 3, 2, {{2, 3, 2, 1, 3, 1}, {2, 3, 2, 1, 4, 0}, {3, 4, 2, 1, 6, 1}}},
        {"conv3d_ncdhw_valid", {{"op", "tf.nn.conv3d_transpose"}, {"output_shape", {1, 2, 4, 6, 5}},
                                {"strides", {1, 1, 2, 3, 1}}, {"dilations", {1, 1, 1, 1, 2}}, {"padding", "VALID"},
                                {"data_format", "NCDHW"}},
         true, 1, 2, 2, {{2, 2, 2, 1, 4, 0}, {2, 2, 3, 1, 6, 0}, {3, 2, 1, 2, 5, 0}}},
        {"keras_1d_same", {{"op", "keras.ops.conv_transpose"}, {"strides", 2}, {"padding", "same"}},
         false, 2, 3, 5, {{5, 4, 2, 1, 10, 1}}},
        {"keras_2d_output_padding", {{"op", "keras.ops.conv_transpose"}, {"strides", 2}, {"padding", "SaMe"},
                                     {"output_padding", {1, 0}}, {"data_format", "Channels_Last"}},
         false, 1, 3, 4, {{4, 3, 2, 1, 8, 0}, {4, 3, 2, 1, 7, 1}}},
        {"keras_2d_even_kernel", {{"op", "keras.ops.conv_transpose"}, {"strides", {2, 2}}, {"padding", "same"},
                                  {"output_padding", 0}},
         false, 1, 3, 4, {{4, 4, 2, 1, 6, 2}, {3, 4, 2, 1, 4, 2}}},
        {"keras_3d_kernel_below_stride", {{"op", "keras.ops.conv_transpose"}, {"strides", 3},
                                          {"data_format", "channels_first"}},
         true, 1, 2, 3, {{2, 2, 3, 1, 6, 0}, {1, 1, 3, 1, 3, 0}, {2, 4, 3, 1, 7, 0}}},
        {"keras_2d_strided_and_dilated", {{"op", "keras.ops.conv_transpose"}, {"strides", 2}, {"dilation_rate", 2},
                                          {"padding", "same"}, {"activation", "relu6"}, {"bias", true}},
         false, 1, 3, 4, {{4, 2, 2, 2, 8, 0}, {3, 4, 2, 2, 6, 2}}, true, relu6},
        {"keras_1d_valid_output_padding", {{"op", "keras.ops.conv_transpose"}, {"strides", 3}, {"output_padding", 2},
                                           {"data_format", "channels_first"}},
         true, 2, 3, 2, {{3, 2, 3, 1, 10, 0}}},
        {"layer_same", {{"op", "keras.layers.Conv2DTranspose"}, {"filters", 6}, {"kernel_size", 3}, {"strides", 2},
                        {"padding", "same"}, {"data_format", "channels_first"}, {"activation", "relu"},
                        {"kernel_initializer", "zeros"}, {"kernel_regularizer", nullptr}, {"name", "decoder/up 1"}},
         true, 2, 4, 6, {{3, 3, 2, 1, 6, 0}, {4, 3, 2, 1, 8, 0}}, true, relu},
        {"layer_dilated_without_bias", {{"op", "keras.layers.Conv2DTranspose"}, {"filters", 5}, {"kernel_size", {2, 3}},
                                        {"dilation_rate", {2, 1}}, {"use_bias", false}, {"activation", "leaky_relu"}},
         false, 1, 2, 5, {{4, 2, 1, 2, 6, 0}, {4, 3, 1, 1, 6, 0}}, false, leaky_relu},
        {"layer_valid", {{"op", "keras.layers.Conv2DTranspose"}, {"filters", 2}, {"kernel_size", {1, 5}},
                         {"strides", {3, 1}}, {"padding", "VALID"}, {"activation", "linear"}},
         false, 1, 2, 2, {{2, 1, 3, 1, 6, 0}, {3, 5, 1, 1, 7, 0}}, true},
        // get_config() of a layer, with what concerns training only.
        {"layer_config", {{"name", "up"}, {"trainable", true}, {"dtype", "float32"}, {"filters", 3}, {"kernel_size", {3, 3}},
                          {"strides", {2, 2}}, {"padding", "same"}, {"data_format", "channels_last"},
                          {"dilation_rate", {1, 1}}, {"groups", 1}, {"activation", "relu"}, {"use_bias", true},
                          {"output_padding", nullptr}, {"kernel_initializer", {{"class_name", "GlorotUniform"}}}},
         false, 1, 4, 3, {{2, 3, 2, 1, 4, 0}, {3, 3, 2, 1, 6, 0}}, true, relu},
        {"batch_0", {{"op", "keras.ops.conv_transpose"}, {"strides", 2}},
         false, 0, 3, 5, {{5, 4, 2, 1, 12, 0}, {1, 1, 2, 1, 2, 0}}},
    };
    // clang-format on
    return all;
}

class RunResult : public RunCalls, public testing::WithParamInterface<Example> {
protected:
    Array read(const std::string &file) const {
        Expected<Array> array = read_npy(work_.file(file));
        if (!array) ADD_FAILURE() << array.error().message;
        return array ? *array : Array();
    }
};

TEST_P(RunResult, EqualsTheDefinition) {
    const Example &example = GetParam();
    write_call({example.arguments, example.tensor(example.in_channels, &AxisNumbers::input), example.filter(),
                example.bias ? std::vector<Shape>{{example.out_channels}} : std::vector<Shape>{}});
    const Array want = expected(example, read("x.npy"), read("w.npy"), example.bias ? read("b.npy") : Array());
    expect_runs(command(example.bias));
    EXPECT_EQ(read("y.npy").shape, want.shape);
    EXPECT_EQ(read("y.npy").data, want.data);
    EXPECT_TRUE(tree_of(temporary_.path()).empty());

    // In other threads, with the weakest instruction set, and in place of an older result.
    const std::string bytes = bytes_of("y.npy");
    expect_runs(command(example.bias, {"--threads", "3", "--isa", TCONV_BASELINE_ISA}));
    EXPECT_TRUE(bytes_of("y.npy") == bytes);
    EXPECT_EQ(
        bytes.rfind(npy_bytes(npy_dictionary("<f4", "False",
                                             bytes.substr(bytes.find('('), bytes.find(')') - bytes.find('(') + 1)),
                              ""),
                    0),
        0u);
}

INSTANTIATE_TEST_SUITE_P(Every, RunResult, testing::ValuesIn(examples()),
                         [](const auto &instance) { return instance.param.name; });

// An exponential is within 1e-6, and so is a sum of some; the division rounds once.
constexpr double kSoftmaxError = 2e-6 + 1e-7;

// keras.activations.softmax goes over the last axis, which is the width where channels come first.
TEST_F(RunResult, SoftmaxOverTheLastAxis) {
    for (const char *format : {"channels_last", "channels_first"}) {
        Call call = good_keras_op();
        call.arguments.update({{"activation", "softmax"}, {"data_format", format}, {"padding", "same"}});
        if (std::string(format) == "channels_first") call.input = {1, 5, 4, 4};
        write_call(call);
        expect_runs(command());
        const Array softmax = read("y.npy");
        call.arguments.erase("activation");
        write_call(call);
        expect_runs(command());
        const Array linear = read("y.npy");
        ASSERT_EQ(softmax.shape, linear.shape);
        const size_t row = static_cast<size_t>(linear.shape.back());
        EXPECT_EQ(row, std::string(format) == "channels_last" ? 3u : 8u);
        for (size_t begin = 0; begin < linear.data.size(); begin += row) {
            const float *v = &linear.data[begin];
            const double top = *std::max_element(v, v + row);
            double sum = 0;
            for (size_t i = 0; i < row; i++) sum += std::exp(v[i] - top);
            for (size_t i = 0; i < row; i++) {
                const double want = std::exp(v[i] - top) / sum;
                EXPECT_NEAR(softmax.data[begin + i], want, kSoftmaxError * want + FLT_MIN) << format << begin + i;
            }
        }
    }
}

}  // namespace
}  // namespace tconv::test
