// SPDX-License-Identifier: Apache-2.0
// Every form in which an argument may be given: in a file, and in C++, it makes the layer that the plainest form makes.
#include "operator_rules.h"

namespace tconv {
namespace {

template<typename Arguments>
struct Form {
    const char *changes;                      // to the arguments of a file
    std::function<void(Arguments &)> in_cpp;  // the same
};

Expected<Plan> plan_of(const nn::Conv1dTransposeArguments &arguments, const CallShapes &shapes) {
    return nn::conv1d_transpose_plan(shapes.input, view_of(shapes.filter), arguments);
}

Expected<Plan> plan_of(const ConvTransposeArguments &arguments, const CallShapes &shapes) {
    return conv_transpose_plan(shapes.input, view_of(shapes.filter), arguments);
}

Expected<Plan> plan_of(const nn::Conv2dTransposeArguments &arguments, const CallShapes &shapes) {
    return nn::conv2d_transpose_plan(shapes.input, view_of(shapes.filter), arguments);
}

Expected<Plan> plan_of(const nn::AtrousConv2dTransposeArguments &arguments, const CallShapes &shapes) {
    return nn::atrous_conv2d_transpose_plan(shapes.input, view_of(shapes.filter), arguments);
}

Expected<Plan> plan_of(const nn::Conv3dTransposeArguments &arguments, const CallShapes &shapes) {
    return nn::conv3d_transpose_plan(shapes.input, view_of(shapes.filter), arguments);
}

Expected<Plan> plan_of(const keras::ops::ConvTransposeArguments &arguments, const CallShapes &shapes) {
    return keras::ops::conv_transpose_plan(shapes.input, view_of(shapes.filter), arguments);
}

Expected<Plan> plan_of(const keras::layers::Conv2DTransposeArguments &arguments, const CallShapes &shapes) {
    const auto layer = keras::layers::Conv2DTranspose::create(arguments);
    if (!layer) return layer.error();
    return layer->plan(shapes.input, view_of(shapes.filter), bias_of(shapes));
}

template<typename Arguments>
void check_forms(const Call &call, const Arguments &arguments, const std::string &workload,
                 const std::vector<Form<Arguments>> &forms) {
    for (const Form<Arguments> &form : forms) {
        EXPECT_EQ(layer_of(Call{with(call.arguments, json(form.changes)), call.shapes}).workload(), workload)
            << form.changes;
        Arguments changed = arguments;
        form.in_cpp(changed);
        const Expected<Plan> plan = plan_of(changed, call.shapes);
        EXPECT_EQ(plan ? plan->layer().workload() : message_of(plan), workload) << form.changes;
    }
}

std::string workload(const Call &call) { return layer_of(call).workload(); }

using Conv1dForms = std::vector<Form<nn::Conv1dTransposeArguments>>;
using ExplicitForms = std::vector<Form<ConvTransposeArguments>>;
using Conv2dForms = std::vector<Form<nn::Conv2dTransposeArguments>>;
using AtrousForms = std::vector<Form<nn::AtrousConv2dTransposeArguments>>;
using Conv3dForms = std::vector<Form<nn::Conv3dTransposeArguments>>;
using OpsForms = std::vector<Form<keras::ops::ConvTransposeArguments>>;
using LayerForms = std::vector<Form<keras::layers::Conv2DTransposeArguments>>;

TEST(Conv2dForms, StridesAndDilations) {
    check_forms(conv2d_call(), conv2d_arguments(), workload(conv2d_call()),
                Conv2dForms{
                    {R"({"strides": 2})", [](auto &a) { a.strides = 2; }},
                    {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; }},
                    {R"({"strides": [2, 2]})", [](auto &a) { a.strides = {2, 2}; }},
                    {R"({"strides": [1, 2, 2, 1]})", [](auto &a) { a.strides = {1, 2, 2, 1}; }},
                    {R"({"dilations": null})", [](auto &a) { a.dilations = std::nullopt; }},
                    {R"({"dilations": 1})", [](auto &a) { a.dilations = 1; }},
                    {R"({"dilations": [1, 1, 1, 1]})", [](auto &a) { a.dilations = {1, 1, 1, 1}; }},
                });
    check_forms(conv2d_call(), conv2d_arguments(), workload(conv2d_call(R"({"dilations": [3, 3]})")),
                Conv2dForms{
                    {R"({"dilations": 3})", [](auto &a) { a.dilations = 3; }},
                    {R"({"dilations": [3]})", [](auto &a) { a.dilations = {3}; }},
                    {R"({"dilations": [1, 3, 3, 1]})", [](auto &a) { a.dilations = {1, 3, 3, 1}; }},
                });
}

TEST(Conv2dForms, Defaults) {
    check_forms(conv2d_call(), conv2d_arguments(), workload(conv2d_call()),
                Conv2dForms{
                    {R"({"padding": "SAME"})", [](auto &a) { a.padding = "SAME"; }},
                    {R"({"data_format": "NHWC"})", [](auto &a) { a.data_format = "NHWC"; }},
                    {R"({"data_format": null})", [](auto &a) { a.data_format = std::nullopt; }},
                    {R"({"name": "up"})", [](auto &a) { a.name = "up"; }},
                    {R"({"name": null})", [](auto &a) { a.name = std::nullopt; }},
                    {R"({"activation": null, "bias": false})", [](auto &a) { a.epilogue = {}; }},
                    {R"({"activation": "linear"})", [](auto &a) { a.epilogue.activation = "linear"; }},
                });
    const Call unit = conv2d_call(R"({"output_shape": [1, 4, 4, 5], "strides": 1})");
    nn::Conv2dTransposeArguments arguments = conv2d_arguments();
    arguments.output_shape = {1, 4, 4, 5};
    check_forms(unit, arguments, workload(unit),
                Conv2dForms{{R"({"strides": null})", [](auto &a) { a.strides = {}; }},
                            {R"({"strides": "remove"})", [](auto &a) { a.strides = std::nullopt; }}});
}

TEST(Conv2dForms, OneAxisEach) {
    const Call call = conv2d_call(R"({"strides": [2, 3], "dilations": [2, 1], "output_shape": [1, 7, 12, 5]})");
    EXPECT_EQ(outputs(layer_of(call)), (Outputs{{7, 2}, {12, 0}}));
    check_forms(call, conv2d_arguments(), workload(call), Conv2dForms{{R"({"strides": [1, 2, 3, 1]})", [](auto &a) {
                                                                           a.strides = {1, 2, 3, 1};
                                                                           a.dilations = {1, 2, 1, 1};
                                                                           a.output_shape = {1, 7, 12, 5};
                                                                       }}});
}

TEST(Conv2dForms, ChannelsFirst) {
    Call call = conv2d_call(R"({"data_format": "NCHW", "output_shape": [1, 5, 8, 8]})");
    call.shapes.input = {1, 6, 4, 4};
    nn::Conv2dTransposeArguments arguments = conv2d_arguments();
    arguments.data_format = "NCHW";
    arguments.output_shape = {1, 5, 8, 8};
    check_forms(call, arguments, workload(call),
                Conv2dForms{{R"({"strides": [1, 1, 2, 2]})", [](auto &a) { a.strides = {1, 1, 2, 2}; }},
                            {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; }}});
    EXPECT_EQ(layer_of(call).output_shape(), (Shape{1, 5, 8, 8}));
    EXPECT_EQ(layer_of(call).layout, Layout::kChannelsFirst);
}

TEST(AtrousForms, IsConv2dWithDilations) {
    const Call call = conv2d_call(R"({"strides": 1, "dilations": 2, "output_shape": [1, 4, 5, 5]})");
    const Call same{call.arguments, atrous_call().shapes};
    check_forms(atrous_call(), atrous_arguments(), workload(same),
                AtrousForms{{R"({"rate": 2})", [](auto &a) { a.rate = 2; }},
                            {R"({"name": "x"})", [](auto &a) { a.name = "x"; }}});
    const Call valid{with(call.arguments, json(R"({"padding": "VALID", "output_shape": [1, 8, 9, 5]})")), same.shapes};
    check_forms(atrous_call(), atrous_arguments(), workload(valid),
                AtrousForms{{R"({"padding": "VALID", "output_shape": [1, 8, 9, 5]})", [](auto &a) {
                                 a.padding = "VALID";
                                 a.output_shape = {1, 8, 9, 5};
                             }}});
}

TEST(Conv1dForms, Arguments) {
    check_forms(conv1d_call(), conv1d_arguments(), workload(conv1d_call()),
                Conv1dForms{
                    {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; }},
                    {R"({"strides": [1, 2, 1]})", [](auto &a) { a.strides = {1, 2, 1}; }},
                    {R"({"dilations": null})", [](auto &a) { a.dilations = std::nullopt; }},
                    {R"({"dilations": [1, 1, 1]})", [](auto &a) { a.dilations = {1, 1, 1}; }},
                    {R"({"padding": "SAME", "data_format": "NWC"})", [](auto &a) { a.padding = "SAME"; }},
                    {R"({"data_format": null, "name": "up"})", [](auto &a) { a.data_format = std::nullopt; }},
                });
    Call first = conv1d_call(R"({"data_format": "NCW", "output_shape": [1, 5, 7]})");
    first.shapes.input = {1, 6, 4};
    nn::Conv1dTransposeArguments arguments = conv1d_arguments();
    arguments.data_format = "NCW";
    arguments.output_shape = {1, 5, 7};
    check_forms(first, arguments, workload(first),
                Conv1dForms{{R"({"strides": [1, 1, 2]})", [](auto &a) { a.strides = {1, 1, 2}; }}});
    EXPECT_EQ(outputs(layer_of(first)), (Outputs{{7, 1}}));
}

TEST(ExplicitForms, Arguments) {
    check_forms(explicit_call(), explicit_arguments(), workload(explicit_call()),
                ExplicitForms{
                    {R"({"strides": [2, 2]})", [](auto &a) { a.strides = {2, 2}; }},
                    {R"({"dilations": 1, "pads": 0})", [](auto &a) { a.pads = 0; }},
                    {R"({"pads": [0, 0, 0, 0]})", [](auto &a) { a.pads = {0, 0, 0, 0}; }},
                    {R"({"padding": [0, 0]})", [](auto &a) { a.padding = {0, 0}; }},
                    {R"({"output_padding": 0})", [](auto &a) { a.output_padding = {0, 0}; }},
                    {R"({"auto_pad": "VALID"})", [](auto &a) { a.auto_pad = "VALID"; }},
                    {R"({"output_shape": 9})", [](auto &a) { a.output_shape = {9, 9}; }},
                    {R"({"group": 1, "data_format": "channels_first"})", [](auto &a) { a.groups = 1; }},
                    {R"({"filter_layout": "IOHW"})", [](auto &a) { a.filter_layout = "IOHW"; }},
                });
    const Call halved = explicit_call(R"({"pads": [0, 0, 1, 1]})");
    check_forms(explicit_call(), explicit_arguments(), workload(halved),
                ExplicitForms{
                    {R"({"auto_pad": "SAME_UPPER"})", [](auto &a) { a.auto_pad = "SAME_UPPER"; }},
                    {R"({"output_shape": 8, "auto_pad": "SAME_UPPER"})",
                     [](auto &a) {
                         a.output_shape = 8;
                         a.auto_pad = "SAME_UPPER";
                     }},
                });
}

TEST(Conv3dForms, StridesAndDilations) {
    check_forms(conv3d_call(), conv3d_arguments(), workload(conv3d_call()),
                Conv3dForms{
                    {R"({"strides": 2})", [](auto &a) { a.strides = 2; }},
                    {R"({"strides": [2]})", [](auto &a) { a.strides = {2}; }},
                    {R"({"strides": [2, 2, 2]})", [](auto &a) { a.strides = {2, 2, 2}; }},
                    {R"({"strides": [1, 2, 2, 2, 1]})", [](auto &a) { a.strides = {1, 2, 2, 2, 1}; }},
                    {R"({"dilations": null, "data_format": null})", [](auto &a) { a.data_format = std::nullopt; }},
                    {R"({"data_format": "NDHWC", "padding": "SAME"})", [](auto &a) { a.padding = "SAME"; }},
                });
    check_forms(conv3d_call(), conv3d_arguments(), workload(conv3d_call(R"({"dilations": 2})")),
                Conv3dForms{
                    {R"({"dilations": [2]})", [](auto &a) { a.dilations = {2}; }},
                    {R"({"dilations": [2, 2, 2]})", [](auto &a) { a.dilations = {2, 2, 2}; }},
                    {R"({"dilations": [1, 2, 2, 2, 1]})", [](auto &a) { a.dilations = {1, 2, 2, 2, 1}; }},
                });
    Call first = conv3d_call(R"({"data_format": "NCDHW", "output_shape": [1, 5, 4, 6, 8]})");
    first.shapes.input = {1, 6, 2, 3, 4};
    nn::Conv3dTransposeArguments arguments = conv3d_arguments();
    arguments.data_format = "NCDHW";
    arguments.output_shape = {1, 5, 4, 6, 8};
    check_forms(first, arguments, workload(first),
                Conv3dForms{{R"({"strides": [1, 1, 2, 2, 2]})", [](auto &a) { a.strides = {1, 1, 2, 2, 2}; }}});
}

TEST(KerasOpsForms, Arguments) {
    check_forms(ops_call(), ops_arguments(), workload(ops_call()),
                OpsForms{
                    {R"({"strides": 2})", [](auto &a) { a.strides = 2; }},
                    {R"({"strides": [2, 2]})", [](auto &a) { a.strides = {2, 2}; }},
                    {R"({"dilation_rate": 1})", [](auto &a) { a.dilation_rate = 1; }},
                    {R"({"dilation_rate": [1, 1]})", [](auto &a) { a.dilation_rate = {1, 1}; }},
                    {R"({"padding": "valid"})", [](auto &a) { a.padding = "valid"; }},
                    {R"({"padding": "VaLiD"})", [](auto &a) { a.padding = "VaLiD"; }},
                    {R"({"output_padding": null})", [](auto &a) { a.output_padding = std::nullopt; }},
                    {R"({"output_padding": 0})", [](auto &a) { a.output_padding = 0; }},  // K >= s: the same extent
                    {R"({"output_padding": [0, 0]})", [](auto &a) { a.output_padding = {0, 0}; }},
                    {R"({"data_format": null})", [](auto &a) { a.data_format = std::nullopt; }},
                    {R"({"data_format": "channels_last"})", [](auto &a) { a.data_format = "channels_last"; }},
                    {R"({"data_format": "CHANNELS_LAST"})", [](auto &a) { a.data_format = "CHANNELS_LAST"; }},
                });
    check_forms(ops_call(), ops_arguments(), workload(ops_call(R"({"strides": 1})")),
                OpsForms{{R"({"strides": "remove"})",
                          [](auto &a) { a.strides = keras::ops::ConvTransposeArguments().strides; }}});
    const Call both = ops_call(R"({"strides": [2, 3], "dilation_rate": [3, 2], "output_padding": [1, 2]})");
    EXPECT_EQ(outputs(layer_of(both)), (Outputs{{14, 0}, {16, 0}}));
}

TEST(KerasOpsForms, OneAndThreeAxes) {
    Call line = ops_call();
    line.shapes = {{2, 4, 6}, {3, 5, 6}, std::nullopt};
    check_forms(line, ops_arguments(), workload(line),
                OpsForms{{R"({"strides": [2]})", [](auto &a) { a.strides = {2}; }}});
    Call solid = ops_call(R"({"data_format": "Channels_First", "padding": "same"})");
    solid.shapes = {{2, 6, 4, 3, 2}, {3, 2, 1, 5, 6}, std::nullopt};
    EXPECT_EQ(layer_of(solid).output_shape(), (Shape{2, 5, 8, 6, 4}));
    check_forms(solid, ops_arguments(), workload(solid), OpsForms{{R"({"strides": [2, 2, 2]})", [](auto &a) {
                                                                       a.strides = {2, 2, 2};
                                                                       a.data_format = "channels_first";
                                                                       a.padding = "Same";
                                                                   }}});
}

TEST(KerasLayerForms, Arguments) {
    check_forms(layer_call(), layer_arguments(), workload(layer_call()),
                LayerForms{
                    {R"({"kernel_size": [3, 3]})", [](auto &a) { a.kernel_size = {3, 3}; }},
                    {R"({"strides": [2, 2]})", [](auto &a) { a.strides = {2, 2}; }},
                    {R"({"dilation_rate": [1, 1]})", [](auto &a) { a.dilation_rate = 1; }},
                    {R"({"padding": "SAME"})", [](auto &a) { a.padding = "SAME"; }},
                    {R"({"output_padding": 1})", [](auto &a) { a.output_padding = {1, 1}; }},  // 2H, as without
                    {R"({"data_format": "Channels_Last"})", [](auto &a) { a.data_format = "Channels_Last"; }},
                    {R"({"use_bias": true, "activation": null})", [](auto &a) { a.use_bias = true; }},
                    {R"({"activation": "linear"})", [](auto &a) { a.activation = "linear"; }},
                    {R"({"trainable": false, "name": "up/1", "dtype": "float32", "autocast": true})",
                     [](auto &a) {
                         a.trainable = false;
                         a.name = "up/1";
                         a.dtype = "float32";
                     }},
                    {R"({"kernel_initializer": "zeros", "bias_initializer": {"class_name": "Zeros", "config": {}},
                 "kernel_regularizer": "l2", "bias_regularizer": null, "activity_regularizer": "l1",
                 "kernel_constraint": "non_neg", "bias_constraint": "max_norm"})",
                     [](auto &a) {
                         a.kernel_initializer = "zeros";
                         a.bias_initializer = std::nullopt;
                         a.kernel_regularizer = a.bias_regularizer = "l2";
                         a.activity_regularizer = "l1";
                         a.kernel_constraint = a.bias_constraint = "non_neg";
                     }},
                });
}

}  // namespace
}  // namespace tconv
