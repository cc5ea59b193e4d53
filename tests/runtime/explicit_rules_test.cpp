// SPDX-License-Identifier: Apache-2.0
// Every rule of conv_transpose with its message, from files and from C++, and what it warns of.
#include <fstream>

#include "operator_rules.h"
#include "temporary_folder.h"

namespace tconv {
namespace {

using Explicit = Rule<ConvTransposeArguments>;

TEST(ExplicitRules, Shapes) {
    check_shape_rules(
        explicit_call(), explicit_arguments(),
        {
            {{{6, 4}, {6, 5, 3, 3}, {}},
             "input = [6,4]: must have 3, 4 or 5 dimensions: batch, channels and the spatial extents"},
            {{{1, 6, 4}, {6, 5, 3, 3}, {}},
             "input = [1,6,4]: must have 4 dimensions, as many as filter = [6,5,3,3]: batch, channels and the spatial "
             "extents; is the batch missing?"},
            {{{1, 6, 4, 4}, {6, 5, 3}, {}},
             "filter = [6,5,3]: must have 4 dimensions, as many as input: in channels, out channels, the spatial "
             "extents"},
            {{{1, 6, 4, 4}, {5, 6, 3, 3}, {}},
             "filter = [5,6,3,3]: the first extent must equal the channels of input, 6: the filter is IOHW"},
            {{{1, 6, 4, 4}, {3, 3, 5, 6}, {}},
             "filter = [3,3,5,6]: the first extent must equal the channels of input, 6: the filter is IOHW"},
            {{{1, 6, 4, 4}, {6, 5, 0, 3}, {}}, "filter = [6,5,0,3]: must not be below 1"},
            {{{1, 0, 4, 4}, {0, 5, 3, 3}, {}}, "input = [1,0,4,4]: the channels must not be 0"},
            {{{-1, 6, 4, 4}, {6, 5, 3, 3}, {}}, "input = [-1,6,4,4]: must not be below 0"},
            {{{1, 6, 65536, 65536}, {6, 5, 3, 3}, {}},
             "input = [1, 6, 65536, 65536]: more than 2147483647 elements in a tensor are not supported"},
        });
}

TEST(ExplicitRules, Window) {
    check_rules(
        explicit_call(), explicit_arguments(),
        std::vector<Explicit>{
            {R"({"stride": 2})", {}, "stride = 2: is another name of strides, which is given too"},
            {R"({"dilations": 1, "dilation": 1})",
             {},
             "dilation = 1: is another name of dilations, which is given too"},
            {R"({"strides": 0})", [](auto &a) { a.strides = 0; }, "strides = 0: must not be below 1"},
            {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; },
             "strides = [2]: must be an integer or a list of 2 integers"},
            {R"({"strides": [1, 1, 2, 2]})", [](auto &a) { a.strides = {1, 1, 2, 2}; },
             "strides = [1,1,2,2]: must be an integer or a list of 2 integers"},
            {R"({"strides": null})", [](auto &a) { a.strides = {}; },
             "strides = null: must be an integer or a list of 2 integers"},
            {R"({"strides": 65537})", [](auto &a) { a.strides = 65537; },
             "stride of spatial axis 0 = 65537: more than 65536 is not supported"},
            {R"({"strides": "remove", "stride": 2.5})", {}, "stride = 2.5: must be an integer or a list of 2 integers"},
            {R"({"dilations": [1, -1]})", [](auto &a) { a.dilations = {1, -1}; },
             "dilations = [1,-1]: must not be below 1"},
            {R"({"dilations": 2147483647})", [](auto &a) { a.dilations = 2147483647; },
             "(input - 1)*stride + (kernel_size - 1)*dilation + 1 of spatial axis 0 = 4294967301: an uncropped output "
             "of more than 2147483647 is not supported"},
            {R"({"kernel_shape": [3, 4]})", {}, "kernel_shape = [3,4]: must be that of the filter, [3, 3]"},
            {R"({"kernel_size": 5})", {}, "kernel_size = 5: must be that of the filter, [3, 3]"},
            {R"({"kernel_size": [3, 3, 3]})", {}, "kernel_size = [3,3,3]: must be an integer or a list of 2 integers"},
            {R"({"kernel_shape": 3, "kernel_size": 3})",
             {},
             "kernel_size = 3: is another name of kernel_shape, which is given too"},
            {R"({"groups": 2})", [](auto &a) { a.groups = 2; },
             "groups = 2: must be 1: grouped layers are not supported yet"},
            {R"({"groups": 0})", [](auto &a) { a.groups = 0; }, "groups = 0: must not be below 1"},
            {R"({"group": 2})", {}, "group = 2: must be 1: grouped layers are not supported yet"},
            {R"({"group": 1, "groups": 1})", {}, "groups = 1: is another name of group, which is given too"},
        });
    EXPECT_TRUE(is_unsupported(explicit_call(R"({"group": 2})")));
}

TEST(ExplicitRules, Pads) {
    check_rules(
        explicit_call(), explicit_arguments(),
        std::vector<Explicit>{
            {R"({"pads": -1})", [](auto &a) { a.pads = -1; }, "pads = -1: must not be below 0"},
            {R"({"pads": [1, 1, 1, -1]})", [](auto &a) { a.pads = {1, 1, 1, -1}; },
             "pads = [1,1,1,-1]: must not be below 0"},
            {R"({"pads": [1, 1, 1]})", [](auto &a) { a.pads = {1, 1, 1}; },
             "pads = [1,1,1]: must be an integer or a list of 2 or 4 integers: all begins, then all ends"},
            {R"({"pads": []})", [](auto &a) { a.pads = Shape(); },
             "pads = []: must be an integer or a list of 2 or 4 integers: all begins, then all ends"},
            {R"({"pads": [[1, 1], [1, 1]]})", {}, "pads = [[1,1],[1,1]]: must be an integer or a list of 2 integers"},
            {R"({"pads": [1, 1, 1, true]})", {}, "pads = [1,1,1,true]: must be a list of integers"},
            {R"({"pads": 2147483648})", [](auto &a) { a.pads = 2147483648; },
             "pads = 2147483648: must not exceed 2147483647"},
            {R"({"pads": 1, "padding": 1})",
             [](auto &a) {
                 a.pads = 1;
                 a.padding = 1;
             },
             "padding = 1: is another name of pads, which is given too"},
            {R"({"padding": -1})", [](auto &a) { a.padding = -1; }, "padding = -1: must not be below 0"},
            // PyTorch's are symmetric.
            {R"({"padding": [1, 1, 1, 1]})", [](auto &a) { a.padding = {1, 1, 1, 1}; },
             "padding = [1,1,1,1]: must be an integer or a list of 2 integers"},
            {R"({"padding": "same"})",
             {},
             "padding = \"same\": must be an integer or a list of integers; SAME and VALID are values of auto_pad: "
             "\"SAME_UPPER\", \"SAME_LOWER\", \"VALID\""},
            {R"({"pads": [0, 4, 0, 5]})", [](auto &a) { a.pads = {0, 4, 0, 5}; },
             "pads = [0,4,0,5]: leaves an output of 0 cells on spatial axis 1, of a full one of 9; must leave 1 at "
             "least"},
            {R"({"padding": 7})", [](auto &a) { a.padding = 7; },
             "padding = 7: leaves an output of -5 cells on spatial axis 0, of a full one of 9; must leave 1 at least"},
            {R"({"output_padding": 2})", [](auto &a) { a.output_padding = 2; },
             "output_padding = 2: must be below the larger of stride and dilation, 2 on spatial axis 0"},
            {R"({"dilations": [1, 3], "output_padding": [1, 3]})",
             [](auto &a) {
                 a.dilations = {1, 3};
                 a.output_padding = {1, 3};
             },
             "output_padding = [1,3]: must be below the larger of stride and dilation, 3 on spatial axis 1"},
            {R"({"output_padding": [0, -1]})", [](auto &a) { a.output_padding = {0, -1}; },
             "output_padding = [0,-1]: must not be below 0"},
            {R"({"output_padding": [1]})", [](auto &a) { a.output_padding = {1}; },
             "output_padding = [1]: must be an integer or a list of 2 integers"},
        });
    // Causal crops need k >= s: of k = 2, s = 3 they would be [0, -1].
    Call causal = explicit_call(R"({"strides": 3, "pads": [0, 0, -1, -1]})");
    causal.shapes.filter = {6, 5, 2, 2};
    EXPECT_EQ(message_of(causal), "pads = [0,0,-1,-1]: must not be below 0");
    // An input without cells leaves none without pads either.
    Call empty = explicit_call(R"({"strides": 4})");
    empty.shapes.input = {1, 6, 4, 0};
    EXPECT_EQ(message_of(empty),
              "pads = (absent): leaves an output of -1 cells on spatial axis 1, of a full one of -1; must leave 1 at "
              "least");
}

TEST(ExplicitRules, OutputShape) {
    check_rules(
        explicit_call(), explicit_arguments(),
        std::vector<Explicit>{
            {R"({"output_shape": [1, 5, 8, 8]})", [](auto &a) { a.output_shape = {1, 5, 8, 8}; },
             "output_shape = [1,5,8,8]: must have one extent a spatial axis, 2, without batch and channels"},
            {R"({"output_shape": [8, 8, 8]})", [](auto &a) { a.output_shape = {8, 8, 8}; },
             "output_shape = [8,8,8]: must be an integer or a list of 2 integers"},
            {R"({"output_shape": [0, 8]})", [](auto &a) { a.output_shape = {0, 8}; },
             "output_shape = [0,8]: must not be below 1"},
            {R"({"output_shape": [8, 11]})", [](auto &a) { a.output_shape = {8, 11}; },
             "output_shape = [8,11]: must not exceed 10 on spatial axis 1: the full output and stride - 1 cells more"},
            // output_padding does not stretch it.
            {R"({"output_shape": 11, "output_padding": 1})",
             [](auto &a) {
                 a.output_shape = 11;
                 a.output_padding = 1;
             },
             "output_shape = 11: must not exceed 10 on spatial axis 0: the full output and stride - 1 cells more"},
            {R"({"output_shape": 8, "padding": 0})",
             [](auto &a) {
                 a.output_shape = 8;
                 a.padding = 0;
             },
             "padding = 0: must not stand beside output_shape, which decides in its place"},
        });
}

TEST(ExplicitRules, AutoPad) {
    check_rules(explicit_call(), explicit_arguments(),
                std::vector<Explicit>{
                    {R"({"auto_pad": "SAME"})", [](auto &a) { a.auto_pad = "SAME"; },
                     "auto_pad = \"SAME\": must be one of NOTSET, SAME_UPPER, SAME_LOWER, VALID; did you mean "
                     "SAME_UPPER?"},
                    {R"({"auto_pad": "same_upper"})", [](auto &a) { a.auto_pad = "same_upper"; },
                     "auto_pad = \"same_upper\": must be one of NOTSET, SAME_UPPER, SAME_LOWER, VALID; did you mean "
                     "SAME_UPPER?"},
                    {R"({"auto_pad": ""})", [](auto &a) { a.auto_pad = ""; },
                     "auto_pad = \"\": must be one of NOTSET, SAME_UPPER, SAME_LOWER, VALID"},
                    {R"({"auto_pad": null})", {}, "auto_pad = null: must be a string"},
                    {R"({"auto_pad": "VALID", "pads": [0, 0, 1, 0]})",
                     [](auto &a) {
                         a.auto_pad = "VALID";
                         a.pads = {0, 0, 1, 0};
                     },
                     "auto_pad = \"VALID\": must be \"NOTSET\" beside pads other than 0"},
                    {R"({"auto_pad": "SAME_LOWER", "padding": 1})",
                     [](auto &a) {
                         a.auto_pad = "SAME_LOWER";
                         a.padding = 1;
                     },
                     "auto_pad = \"SAME_LOWER\": must be \"NOTSET\" beside padding other than 0"},
                    {R"({"auto_pad": "SAME_UPPER", "strides": [2, 4]})",
                     [](auto &a) {
                         a.auto_pad = "SAME_UPPER";
                         a.strides = {2, 4};
                     },
                     "auto_pad = \"SAME_UPPER\": needs an effective kernel_size and output_padding, together 3, that "
                     "are not below the stride, 4 on spatial axis 1"},
                    {R"({"auto_pad": "SAME_LOWER", "strides": 6, "output_padding": 2})",
                     [](auto &a) {
                         a.auto_pad = "SAME_LOWER";
                         a.strides = 6;
                         a.output_padding = 2;
                     },
                     "auto_pad = \"SAME_LOWER\": needs an effective kernel_size and output_padding, together 5, that "
                     "are not below the stride, 6 on spatial axis 0"},
                });
}

TEST(ExplicitRules, Formats) {
    check_rules(
        explicit_call(), explicit_arguments(),
        std::vector<Explicit>{
            {R"({"data_format": "NCHW"})", [](auto &a) { a.data_format = "NCHW"; },
             "data_format = \"NCHW\": must be \"channels_first\" or \"channels_last\""},
            {R"({"data_format": null})", {}, "data_format = null: must be a string"},
            {R"({"filter_layout": "OIHW"})", [](auto &a) { a.filter_layout = "OIHW"; },
             "filter_layout = \"OIHW\": must be \"IOHW\", as PyTorch and ONNX have it, or \"HWOI\", as TensorFlow and "
             "Keras do, for 2 spatial axes; did you mean IOHW?"},
            {R"({"filter_layout": "IOW"})", [](auto &a) { a.filter_layout = "IOW"; },
             "filter_layout = \"IOW\": must be \"IOHW\", as PyTorch and ONNX have it, or \"HWOI\", as TensorFlow and "
             "Keras do, for 2 spatial axes; did you mean IOHW?"},
            {R"({"filter_layout": "HWIO"})", [](auto &a) { a.filter_layout = "HWIO"; },
             "filter_layout = \"HWIO\": must be \"IOHW\", as PyTorch and ONNX have it, or \"HWOI\", as TensorFlow and "
             "Keras do, for 2 spatial axes; did you mean HWOI?"},
            {R"({"filter_layout": "HWOI"})", [](auto &a) { a.filter_layout = "HWOI"; },
             "filter = [6,5,3,3]: the last extent must equal the channels of input, 6"},
            {R"({"data_format": "channels_last"})", [](auto &a) { a.data_format = "channels_last"; },
             "filter = [6,5,3,3]: the first extent must equal the channels of input, 4: the filter is IOHW"},
        });
}

TEST(ExplicitRules, ArgumentsOfOthers) {
    const std::string has =
        ": unknown key; conv_transpose has name, op, input_shape, filter_shape, dtype, strict_nonfinite, "
        "max_error_growth, max_workspace_bytes, weights, strides, stride, dilations, dilation, pads, padding, "
        "output_padding, output_shape, auto_pad, kernel_shape, kernel_size, group, groups, data_format, "
        "filter_layout, bias, activation";
    for (const auto &[key, meant] : std::vector<std::pair<std::string, std::string>>{
             {"rate", ""}, {"use_bias", ""}, {"outputpadding", "output_padding"}, {"pad", "pads"}}) {
        Call call = explicit_call();
        call.arguments[key] = 1;
        EXPECT_EQ(message_of(call), key + " = 1" + has + (meant.empty() ? "" : "; did you mean " + meant + "?"));
    }
}

// The line of a call comes to whoever asks for it, without a failure.
TEST(ExplicitRules, WarnsOfPadsBesideOutputShape) {
    const auto warnings_of = [](const char *changes) {
        const Call call = explicit_call(changes);
        std::vector<std::string> warnings;
        EXPECT_EQ(message_of(parse_call(call.arguments.dump(), "", call.shapes, &warnings)), "(accepted)");
        EXPECT_EQ(message_of(parse_call(call.arguments.dump(), "", call.shapes)), "(accepted)");
        return warnings;
    };
    EXPECT_EQ(warnings_of(R"({"output_shape": 8, "pads": [1, 1, 0, 0]})"),
              std::vector<std::string>{"call: pads = [1,1,0,0]: ignored, since output_shape decides in their place"});
    EXPECT_EQ(warnings_of(R"({"output_shape": 8, "pads": 0})"), std::vector<std::string>{});
    EXPECT_EQ(warnings_of(R"({"pads": 1})"), std::vector<std::string>{});
    EXPECT_EQ(outputs(layer_of(explicit_call(R"({"output_shape": 8, "pads": 3})"))), (Outputs{{8, 1}, {8, 1}}));
}

TEST(ExplicitRules, WarningsOfAFileBeginWithItsName) {
    const TemporaryFolder folder;
    const std::string path = folder.file("up.json");
    const Call call = explicit_call(R"({"name": "up", "output_shape": 8, "pads": 3})");
    std::ofstream(path) << with(call.arguments,
                                {{"input_shape", call.shapes.input}, {"filter_shape", call.shapes.filter}});
    const std::vector<std::string> line = {path + ": up: pads = 3: ignored, since output_shape decides in their place"};
    LayerFileOptions options;
    std::vector<std::string> warnings, of_call;
    options.warnings = &warnings;
    EXPECT_EQ(message_of(read_layer_file(path, options)), "(accepted)");
    EXPECT_EQ(warnings, line);
    EXPECT_EQ(message_of(read_call(path, call.shapes, &of_call)), "(accepted)");
    EXPECT_EQ(of_call, line);
}

}  // namespace
}  // namespace tconv
