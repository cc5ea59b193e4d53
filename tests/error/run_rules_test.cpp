// SPDX-License-Identifier: Apache-2.0
// Calls that mean nothing: every rule of every operator reaches the user of `tconv run` as one line that names the
// argument, its value and the rule. What each rule says exactly is tested in tests/runtime.
#include "tests/error/run_calls.h"

namespace tconv::test {
namespace {

using nlohmann::json;

class RunRules : public RunCalls {
protected:
    // The same call with a tensor of another shape.
    void expect_input_refused(Call call, const Shape &input, const std::vector<std::string> &parts) const {
        call.input = input;
        expect_call_refused(call, json::object(), parts);
    }
    void expect_filter_refused(Call call, const Shape &filter, const std::vector<std::string> &parts) const {
        call.filter = filter;
        expect_call_refused(call, json::object(), parts);
    }
    void expect_bias_refused(Call call, const std::vector<Shape> &bias, const json &changes,
                             const std::vector<std::string> &parts) const {
        call.bias = bias;
        expect_call_refused(call, changes, parts);
    }
    void expect_text_refused(const std::string &text, const std::vector<std::string> &parts) const {
        SCOPED_TRACE(text.substr(0, 200));
        write_call(good_keras_op());
        write("case.json", text);
        expect_refused(command(), parts);
    }
};

TEST_F(RunRules, Ranks) {
    expect_input_refused(good_conv2d(), {4, 4, 5}, {"input = [4,4,5]", "must have 4 dimensions"});
    expect_input_refused(good_conv2d(), {1, 4, 4, 4, 5}, {"input = [1,4,4,4,5]", "must have 4 dimensions"});
    expect_input_refused(good_atrous(), {4, 4, 5}, {"input = [4,4,5]", "must have 4 dimensions"});
    expect_input_refused(good_conv3d(), {1, 4, 4, 5}, {"input = [1,4,4,5]", "must have 5 dimensions"});
    expect_input_refused(good_keras_op(), {4, 5}, {"input = [4,5]", "must have 3, 4 or 5 dimensions"});
    expect_input_refused(good_keras_op(), {1, 1, 1, 4, 4, 5}, {"input = [1,1,1,4,4,5]", "must have 3, 4 or 5 dim"});
    expect_input_refused(good_keras_op(), {}, {"input = []", "must have 3, 4 or 5 dimensions"});
    expect_input_refused(good_keras_layer(), {1, 4, 5}, {"input = [1,4,5]", "must have 4 dimensions"});
    expect_filter_refused(good_conv2d(), {3, 3, 5}, {"filter = [3,3,5]", "must have 4 dimensions"});
    expect_filter_refused(good_conv3d(), {3, 3, 3, 5}, {"filter = [3,3,3,5]", "must have 5 dimensions"});
    expect_filter_refused(good_keras_op(), {3, 3, 5}, {"filter = [3,3,5]", "must have 4 dimensions"});
    expect_filter_refused(good_keras_op(), {}, {"filter = []", "must have 4 dimensions"});
}

TEST_F(RunRules, ChannelsOfTheFilter) {
    const std::vector<std::string> parts = {"filter = [3,3,3,6]", "last extent must equal the channels of input, 5"};
    expect_filter_refused(good_conv2d(), {3, 3, 3, 6}, parts);
    expect_filter_refused(good_atrous(), {3, 3, 3, 6}, parts);
    expect_filter_refused(good_keras_op(), {3, 3, 3, 6}, parts);
    expect_filter_refused(good_conv3d(), {3, 3, 3, 3, 6}, {"filter = [3,3,3,3,6]", "channels of input, 5"});
    expect_filter_refused(good_keras_layer(), {3, 3, 3, 6}, {"filter = [3,3,3,6]", "[3, 3, 3, 5]"});
}

TEST_F(RunRules, EmptyExtents) {
    expect_input_refused(good_conv2d(), {1, 0, 4, 5}, {"output_shape = [1,8,8,3]", "spatial axis 0 must be 0"});
    expect_input_refused(good_conv2d(), {1, 4, 4, 0}, {"input = [1,4,4,0]", "the channels must not be 0"});
    expect_filter_refused(good_conv2d(), {3, 0, 3, 5}, {"filter = [3,0,3,5]", "must not be below 1"});
    expect_filter_refused(good_conv2d(), {3, 3, 0, 5}, {"filter = [3,3,0,5]", "must not be below 1"});
}

TEST_F(RunRules, OutputShape) {
    expect_call_refused(good_conv2d(), {{"output_shape", nullptr}}, {"output_shape = (missing)", "requires it"});
    expect_call_refused(good_conv2d(), {{"output_shape", 8}}, {"output_shape = 8: must be a list of 4 integers"});
    expect_call_refused(good_conv2d(), {{"output_shape", {8, 8}}}, {"output_shape = [8,8]: must be a list of 4"});
    expect_call_refused(good_conv2d(), {{"output_shape", {1, 8, 8, 3, 1}}},
                        {"output_shape = [1,8,8,3,1]", "4 integers"});
    expect_call_refused(good_conv2d(), {{"output_shape", {1, -8, 8, 3}}}, {"output_shape = [1,-8,8,3]", "below 0"});
    expect_call_refused(good_conv2d(), {{"output_shape", {2, 8, 8, 3}}}, {"output_shape", "batch must equal", "1"});
    expect_call_refused(good_conv2d(), {{"output_shape", {1, 8, 8, 6}}}, {"output_shape", "channels must equal", "3"});
    expect_call_refused(good_conv2d(), {{"output_shape", {1, 8, 9, 3}}},
                        {"[1,8,9,3]: spatial axis 1 must be from 7 to 8"});
    expect_call_refused(good_conv2d(), {{"output_shape", {1, 6, 8, 3}}},
                        {"[1,6,8,3]: spatial axis 0 must be from 7 to 8"});
    expect_call_refused(good_conv2d(), {{"padding", "VALID"}}, {"[1,8,8,3]: spatial axis 0 must be from 9 to 10"});
    expect_call_refused(good_conv2d(), {{"padding", "VALID"}, {"dilations", 2}, {"output_shape", {1, 9, 11, 3}}},
                        {"[1,9,11,3]: spatial axis 0 must be from 11 to 12", "effective kernel_size 5"});
    expect_call_refused(good_atrous(), {{"output_shape", nullptr}}, {"output_shape = (missing)"});
    expect_call_refused(good_atrous(), {{"output_shape", {4, 4}}}, {"output_shape = [4,4]: must be a list of 4"});
    expect_call_refused(good_atrous(), {{"rate", 1}, {"output_shape", {4, 4}}}, {"output_shape = [4,4]"});
    expect_call_refused(good_atrous(), {{"output_shape", {1, 5, 4, 3}}}, {"[1,5,4,3]: spatial axis 0 must be 4"});
    expect_call_refused(good_atrous(), {{"padding", "VALID"}}, {"[1,4,4,3]: spatial axis 0 must be 8"});
    expect_call_refused(good_conv3d(), {{"output_shape", {1, 8, 8, 3}}}, {"output_shape = [1,8,8,3]", "5 integers"});
    expect_call_refused(good_conv3d(), {{"output_shape", {1, 8, 8, 9, 3}}}, {"spatial axis 2 must be from 7 to 8"});
    // Batch and channels stand where data_format puts them.
    expect_call_refused(good_conv2d(), {{"data_format", "NCHW"}}, {"filter = [3,3,3,5]", "channels of input, 4"});
}

TEST_F(RunRules, Padding) {
    for (const char *padding : {"same", "Same", "valid", "FULL", ""}) {
        expect_call_refused(good_conv2d(), {{"padding", padding}}, {"padding = \"", "must be \"SAME\" or \"VALID\""});
        expect_call_refused(good_atrous(), {{"padding", padding}}, {"padding = \"", "must be \"SAME\" or \"VALID\""});
        expect_call_refused(good_conv3d(), {{"padding", padding}}, {"padding = \"", "must be \"SAME\" or \"VALID\""});
    }
    const json pairs = {{0, 0}, {1, 1}, {1, 1}, {0, 0}};
    for (const Call &call : {good_atrous(), good_conv3d()}) {
        expect_call_refused(call, {{"padding", pairs}},
                            {"padding = [[0,0],[1,1],[1,1],[0,0]]", "must be", "\"op\": \"conv_transpose\""});
    }
    const json channels = {{0, 0}, {1, 1}, {1, 1}, {0, 1}};
    expect_call_refused(good_conv2d(), {{"padding", channels}}, {"must be [0, 0] for batch and channels"});
    expect_call_refused(good_atrous(), {{"padding", nullptr}}, {"padding = (missing)", "requires it"});
    for (const char *padding : {"causal", "full", ""}) {
        expect_call_refused(good_keras_op(), {{"padding", padding}}, {"padding = \"", "must be \"valid\" or \"same\""});
        expect_call_refused(good_keras_layer(), {{"padding", padding}}, {"padding = \"", "\"valid\" or \"same\""});
    }
}

TEST_F(RunRules, StridesAndDilationsOfTensorFlow) {
    for (const char *key : {"strides", "dilations"}) {
        const std::string name = key;
        expect_call_refused(good_conv2d(), {{key, {2, 2, 2}}}, {name + " = [2,2,2]", "a list of 1, 2 or 4 integers"});
        expect_call_refused(good_conv2d(), {{key, json::array()}}, {name + " = []", "a list of 1, 2 or 4 integers"});
        expect_call_refused(good_conv2d(), {{key, 0}}, {name + " = 0: must not be below 1"});
        expect_call_refused(good_conv2d(), {{key, {2, -1}}}, {name + " = [2,-1]: must not be below 1"});
        expect_call_refused(good_conv2d(), {{key, {0, 2, 2, 0}}}, {name + " = [0,2,2,0]: must not be below 1"});
        expect_call_refused(good_conv2d(), {{key, {1, 2, 2, 2}}}, {name + " = [1,2,2,2]", "1 for batch and channels"});
        expect_call_refused(good_conv2d(), {{key, {2, 2, 2, 1}}}, {name + " = [2,2,2,1]", "1 for batch and channels"});
        expect_call_refused(good_conv2d(), {{key, "2"}}, {name + " = \"2\": must be"});
        expect_call_refused(good_conv2d(), {{key, 2.0}}, {name + " = 2.0: must be"});
        expect_call_refused(good_conv2d(), {{key, true}}, {name + " = true: must be"});
        expect_call_refused(good_conv3d(), {{key, {2, 2}}}, {name + " = [2,2]", "a list of 1, 3 or 5 integers"});
        expect_call_refused(good_conv3d(), {{key, {1, 2, 2, 2, 3}}}, {name + " = [1,2,2,2,3]", "batch and channels"});
        expect_call_refused(good_atrous(), {{key, 1}}, {name + " = 1: unknown key; tf.nn.atrous_conv2d_transpose has"});
    }
    expect_call_refused(good_conv3d(), {{"strides", nullptr}}, {"strides = (missing)", "requires it"});
    expect_call_refused(good_conv2d(), {{"strides", 1 << 20}}, {"stride", "1048576: more than 65536 is not supported"});
    expect_call_refused(good_conv2d(), {{"strides", 4611686018427387904}}, {"strides = 4611686018427387904"});
    expect_call_refused(good_conv2d(), {{"dilations", 2000000000}}, {"dilation", "more than 2147483647"});
}

TEST_F(RunRules, Rate) {
    expect_call_refused(good_atrous(), {{"rate", nullptr}}, {"rate = (missing)", "requires it"});
    expect_call_refused(good_atrous(), {{"rate", 0}}, {"rate = 0: must not be below 1"});
    expect_call_refused(good_atrous(), {{"rate", -2}}, {"rate = -2: must not be below 1"});
    expect_call_refused(good_atrous(), {{"rate", {2, 2}}}, {"rate = [2,2]: must be an integer"});
    expect_call_refused(good_conv2d(), {{"rate", 2}}, {"rate = 2: unknown key; tf.nn.conv2d_transpose has"});
}

TEST_F(RunRules, StridesAndDilationsOfKeras) {
    for (const char *key : {"strides", "dilation_rate"}) {
        const std::string name = key;
        for (const Call &call : {good_keras_op(), good_keras_layer()}) {
            expect_call_refused(call, {{key, {2}}}, {name + " = [2]", "a list of 2 integers"});
            expect_call_refused(call, {{key, {1, 2, 2, 1}}}, {name + " = [1,2,2,1]", "a list of 2 integers"});
            expect_call_refused(call, {{key, 0}}, {name + " = 0: must not be below 1"});
            expect_call_refused(call, {{key, {1, 0}}}, {name + " = [1,0]: must not be below 1"});
        }
    }
    // On the same axis, and on different ones. keras.ops.conv_transpose computes both.
    expect_call_refused(good_keras_layer(), {{"strides", 2}, {"dilation_rate", 2}}, {"dilation_rate = 2: ", "strides"});
    expect_call_refused(good_keras_layer(), {{"strides", {2, 1}}, {"dilation_rate", {1, 2}}},
                        {"dilation_rate = [1,2]: ", "strides > 1", "[2,1]"});
    expect_call_refused(good_keras_op(), {{"dilations", 2}}, {"dilations = 2: unknown key"});
}

TEST_F(RunRules, OutputPadding) {
    for (Call call : {good_keras_op(), good_keras_layer()}) {
        call.arguments["strides"] = 2;
        expect_call_refused(call, {{"output_padding", 2}}, {"output_padding = 2: must be below the stride, 2"});
        expect_call_refused(call, {{"output_padding", -1}}, {"output_padding = -1: must not be below 0"});
        expect_call_refused(call, {{"output_padding", {0, 2}}}, {"output_padding = [0,2]", "2 on spatial axis 1"});
        expect_call_refused(call, {{"output_padding", {0, 0, 0}}},
                            {"output_padding = [0,0,0]", "a list of 2 integers"});
        expect_call_refused(call, {{"output_padding", {1}}}, {"output_padding = [1]", "a list of 2 integers"});
    }
    expect_call_refused(good_conv2d(), {{"output_padding", 1}}, {"output_padding = 1: unknown key"});
}

TEST_F(RunRules, DataFormat) {
    for (const char *format : {"channels_last", "nhwc", "NDHWC", ""}) {
        expect_call_refused(good_conv2d(), {{"data_format", format}}, {"data_format = \"", "\"NHWC\" or \"NCHW\""});
    }
    expect_call_refused(good_conv3d(), {{"data_format", "NHWC"}}, {"data_format = \"NHWC\"", "\"NDHWC\" or \"NCDHW\""});
    expect_call_refused(good_atrous(), {{"data_format", "NHWC"}}, {"data_format = \"NHWC\": unknown key"});
    for (const Call &call : {good_keras_op(), good_keras_layer()}) {
        expect_call_refused(call, {{"data_format", "NHWC"}}, {"data_format = \"NHWC\"", "channels_first"});
        expect_call_refused(call, {{"data_format", 1}}, {"data_format = 1", "channels_first"});
    }
}

TEST_F(RunRules, FiltersAndKernelSize) {
    expect_call_refused(good_keras_layer(), {{"filters", nullptr}}, {"filters = (missing)", "requires it"});
    expect_call_refused(good_keras_layer(), {{"filters", 0}}, {"filters = 0: must not be below 1"});
    expect_call_refused(good_keras_layer(), {{"filters", 4}}, {"filter = [3,3,3,5]", "[3, 3, 4, 5]"});
    expect_call_refused(good_keras_layer(), {{"kernel_size", nullptr}}, {"kernel_size = (missing)", "requires it"});
    expect_call_refused(good_keras_layer(), {{"kernel_size", 0}}, {"kernel_size = 0: must not be below 1"});
    expect_call_refused(good_keras_layer(), {{"kernel_size", {3}}}, {"kernel_size = [3]", "a list of 2 integers"});
    expect_call_refused(good_keras_layer(), {{"kernel_size", {3, 2}}}, {"filter = [3,3,3,5]", "[3, 2, 3, 5]"});
    expect_call_refused(good_keras_layer(), {{"groups", 3}}, {"groups = 3: must be 1"});
}

TEST_F(RunRules, Bias) {
    expect_bias_refused(good_keras_layer(), {}, json::object(), {"bias = (missing)", "use_bias is true", "[3]"});
    expect_bias_refused(good_keras_layer(), {{4}}, json::object(), {"bias = [4]: must have the shape [3]"});
    expect_bias_refused(good_keras_layer(), {{1, 3}}, json::object(), {"bias = [1, 3]: must have the shape [3]"});
    expect_bias_refused(good_keras_layer(), {{3}}, {{"use_bias", false}}, {"bias = [3]", "use_bias is false"});
    for (const Call &call : {good_conv2d(), good_atrous(), good_conv3d(), good_keras_op()}) {
        expect_bias_refused(call, {{3}}, json::object(), {"bias = [3]: the layer has no bias", "not true"});
        expect_bias_refused(call, {{3}}, {{"bias", false}}, {"bias = [3]: the layer has no bias"});
        expect_bias_refused(call, {}, {{"bias", true}}, {"bias = (missing)", "[3]"});
        expect_bias_refused(call, {{4}}, {{"bias", true}}, {"bias = [4]: must have the shape [3]"});
    }
    expect_call_refused(good_keras_layer(), {{"use_bias", 1}}, {"use_bias = 1: must be true or false"});
    expect_call_refused(good_keras_layer(), {{"bias", true}}, {"bias = true: unknown key"});
    expect_call_refused(good_conv2d(), {{"use_bias", true}}, {"use_bias = true: unknown key"});
}

TEST_F(RunRules, Activation) {
    for (const Call &call : {good_conv2d(), good_keras_layer()}) {
        for (const char *name : {"Relu", "RELU", "relu7", "", "softmax "}) {
            expect_call_refused(call, {{"activation", name}}, {"activation = \"", "unknown; must be one of"});
        }
        expect_call_refused(call, {{"activation", "log_softmax"}}, {"activation = \"log_softmax\"", "not supported"});
        expect_call_refused(call, {{"activation", 3}}, {"activation = 3: must be"});
    }
}

TEST_F(RunRules, KeysThatAreNoArguments) {
    for (const Call &call : {good_conv2d(), good_atrous(), good_conv3d(), good_keras_op(), good_keras_layer()}) {
        expect_call_refused(call, {{"stride", 2}}, {"stride = 2: unknown key; ", call.arguments["op"]});
        expect_call_refused(call, {{"two\nlines", 2}}, {"unknown key"});
    }
    expect_call_refused(good_keras_op(), {{"output_shape", {1, 8, 8, 3}}}, {"output_shape = [1,8,8,3]: unknown key"});
    expect_call_refused(good_keras_op(), {{"input", "x.npy"}}, {"input = \"x.npy\"", "--input"});
    expect_call_refused(good_keras_op(), {{"dtype", "float16"}}, {"dtype = \"float16\"", "float32"});
}

TEST_F(RunRules, ShapesThatContradictTheTensors) {
    expect_call_refused(good_keras_op(), {{"input_shape", {1, 4, 4, 6}}},
                        {"input_shape = [1,4,4,6]", "shape of the given tensor, [1, 4, 4, 5]"});
    expect_call_refused(good_keras_op(), {{"filter_shape", {3, 3, 5, 3}}},
                        {"filter_shape = [3,3,5,3]", "shape of the given tensor, [3, 3, 3, 5]"});
}

TEST_F(RunRules, Operators) {
    expect_call_refused(good_keras_op(), {{"op", nullptr}}, {"op = (missing): must be one of", "conv_transpose"});
    for (const char *op : {"conv2d_transpose", "tf.nn.conv2d", "keras.layers.conv2dtranspose", ""}) {
        expect_call_refused(good_keras_op(), {{"op", op}},
                            {"op = \"", "must be one of tf.nn.conv1d_transpose, tf.nn.conv2d_transpose"});
    }
    expect_call_refused(good_keras_op(), {{"op", 7}}, {"op = 7: must be a string"});
}

TEST_F(RunRules, TextThatIsNoCall) {
    const std::string good = good_keras_op().arguments.dump();
    for (size_t size : {size_t{1}, good.size() / 2, good.size() - 1}) {
        expect_text_refused(good.substr(0, size), {"case.json: not valid JSON"});
    }
    expect_text_refused(good + "}", {"case.json: not valid JSON"});
    expect_text_refused("", {"case.json: ", "empty"});
    expect_text_refused(std::string(4096, '\0'), {"case.json: not valid JSON"});
    expect_text_refused("[]", {"case.json: the file = []"});
    expect_text_refused("\"text\"", {"case.json: the file = \"text\""});
    expect_text_refused("null", {"case.json: the file = null"});
    expect_text_refused("[" + good + "]", {"case.json: the file = "});
    expect_text_refused("{}", {"case.json: op = (missing)"});
    expect_text_refused(R"({"op": "keras.ops.conv_transpose", "strides": 1, "strides": 2})",
                        {"\"strides\" appears twice"});
    expect_text_refused("{\"op\": \"\xff\xfe\"}", {"case.json: not valid JSON"});
    expect_text_refused("{\"op\": \"keras.ops.conv_transpose\", \"\xc3\x28\": 1}", {"case.json: not valid JSON"});
    expect_text_refused(R"({"op": "keras.ops.conv_transpose", "strides": NaN})", {"case.json: not valid JSON"});
    expect_text_refused(R"({"op": "keras.ops.conv_transpose", "strides": 1e999})", {"case.json: "});
    expect_text_refused(R"({"op": "keras.ops.conv_transpose", "strides": 99999999999999999999})", {"strides = "});
}

// Neither reading nor printing may need a stack as deep as the text.
TEST_F(RunRules, DeepText) {
    for (const char *open : {"[", "{\"a\":", "{\"op\":["}) {
        std::string text;
        for (int i = 0; i < 100000; i++) text += open;
        expect_text_refused(text, {"case.json: nested deeper than 32 levels"});
    }
    expect_text_refused(std::string(17 * 1024 * 1024, ' '), {"case.json: larger than 16 MiB"});
}

}  // namespace
}  // namespace tconv::test
