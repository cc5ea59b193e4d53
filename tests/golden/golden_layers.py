# SPDX-License-Identifier: Apache-2.0
"""The layers of the golden data, as layer files. To add one: a line in the list of its operator, then make_golden.py.

Every function here yields (layer, data), where data is "integers" (float32 arithmetic is exact, so results must be
equal) or "random" (uniform in [-1, 1)).
"""

CONV2D = "tf.nn.conv2d_transpose"
ATROUS = "tf.nn.atrous_conv2d_transpose"
CONV3D = "tf.nn.conv3d_transpose"
KERAS_OPS = "keras.ops.conv_transpose"
KERAS_LAYER = "keras.layers.Conv2DTranspose"

CHANNELS_FIRST = ("NCHW", "NCDHW", "channels_first")


def tensor_shape(batch, spatial, channels, data_format):
    first = str(data_format).lower() in [name.lower() for name in CHANNELS_FIRST]
    return [batch, channels, *spatial] if first else [batch, *spatial, channels]


def functional(op, name, spatial, kernel, ci, co, output=None, batch=1, data="integers", **arguments):
    """A functional operator; `output` is the spatial part of output_shape where the operator has one."""
    data_format = arguments.get("data_format")
    layer = {"name": name, "op": op, "input_shape": tensor_shape(batch, spatial, ci, data_format),
             "filter_shape": [*kernel, co, ci]}
    if output is not None:
        layer["output_shape"] = tensor_shape(batch, output, co, data_format)
    layer.update(arguments)
    return layer, data


def conv2d_layers():
    def case(name, *rest, **arguments):
        return functional(CONV2D, "conv2d_" + name, *rest, **arguments)

    same, valid = {"padding": "SAME"}, {"padding": "VALID"}
    # name, input, kernel, ci, co, output: SAME takes every output in ((H-1)*s, H*s] and crops differently for each.
    yield case("k3s2_same_even", [4, 5], [3, 3], 3, 4, [8, 10], strides=2, **same)
    yield case("k3s2_same_odd", [4, 5], [3, 3], 3, 4, [7, 9], strides=2, **same)
    yield case("k3s2_same_mixed", [4, 5], [3, 3], 3, 4, [8, 9], strides=[2, 2], **same)
    yield case("k4s2_same", [4, 6], [4, 4], 5, 8, [8, 12], strides=[2], data="random", **same)
    yield case("k4s2_default_padding", [3, 3], [4, 4], 2, 3, [6, 6], strides=2)
    yield case("k4s1_same", [5, 4], [4, 4], 3, 2, [5, 4], strides=1, **same)
    yield case("k5s3_same_low", [3, 3], [5, 5], 2, 3, [7, 9], strides=3, **same)
    yield case("k5s3_same_middle", [3, 3], [5, 5], 2, 3, [8, 8], strides=3, **same)
    yield case("k5s3_same_high", [3, 3], [5, 5], 2, 3, [9, 7], strides=[1, 3, 3, 1], **same)
    yield case("k5s2_same", [4, 4], [5, 5], 7, 5, [8, 8], strides=2, data="random", **same)
    yield case("k7s2_same", [3, 5], [7, 7], 2, 2, [6, 10], strides=2, **same)
    yield case("k2s2_same", [3, 4], [2, 2], 8, 16, [6, 8], strides=2, **same)
    yield case("k2s2_valid", [3, 4], [2, 2], 5, 3, [6, 8], strides=2, **valid)
    yield case("k3s2_valid_low", [3, 4], [3, 3], 3, 4, [7, 9], strides=2, **valid)
    yield case("k3s2_valid_high", [3, 4], [3, 3], 3, 4, [8, 10], strides=2, **valid)
    yield case("k6s2_valid", [3, 3], [6, 6], 2, 3, [10, 10], strides=2, data="random", **valid)
    yield case("k5s1_valid", [3, 4], [5, 5], 3, 3, [7, 8], strides=[1, 1], **valid)
    yield case("k1s1_same", [4, 5], [1, 1], 6, 7, [4, 5], strides=1, **same)
    yield case("k1s2_same", [3, 4], [1, 1], 3, 3, [6, 7], strides=2, **same)
    yield case("k1s3_valid", [3, 2], [1, 1], 3, 2, [9, 4], strides=3, **valid)
    yield case("k2s3_same", [3, 4], [2, 2], 3, 4, [9, 10], strides=3, **same)
    yield case("k2s3_valid_low", [3, 2], [2, 2], 2, 3, [8, 5], strides=3, **valid)
    yield case("k2s3_valid_high", [3, 2], [2, 2], 2, 3, [10, 7], strides=3, **valid)
    yield case("k3x5_s2x3", [4, 3], [3, 5], 3, 5, [8, 9], strides=[2, 3], **same)
    yield case("k5x2_s1x2_nhwc", [3, 4], [5, 2], 4, 3, [7, 8], strides=[1, 1, 2, 1], data_format="NHWC", **valid)
    yield case("k4x3_s2x1_batch2", [3, 4], [4, 3], 3, 4, [6, 4], batch=2, strides=[2, 1], data="random", **same)
    yield case("width1", [5, 1], [3, 3], 3, 2, [10, 1], strides=[2, 1], **same)
    yield case("pixel", [1, 1], [4, 4], 11, 5, [4, 4], strides=1, **valid)
    yield case("pixel_all_cropped_but_one", [1, 1], [5, 5], 4, 3, [1, 1], strides=1, **same)
    yield case("one_channel", [6, 7], [4, 4], 1, 1, [12, 14], strides=2, data="random", **same)
    yield case("prime_channels", [3, 3], [3, 3], 13, 11, [6, 6], strides=2, data="random", **same)
    yield case("many_outputs", [2, 3], [3, 3], 2, 33, [4, 6], strides=2, **same)
    yield case("null_arguments", [3, 3], [3, 3], 2, 2, [3, 3], strides=None, data_format=None, dilations=None)
    yield case("dilation2_s1_same", [5, 6], [3, 3], 3, 2, [5, 6], strides=1, dilations=2, **same)
    yield case("dilation2_s2_same", [4, 4], [3, 3], 2, 3, [8, 7], strides=2, dilations=[2], **same)
    yield case("dilation2_s3_valid", [3, 3], [3, 3], 2, 3, [11, 12], strides=3, dilations=[2, 2], **valid)
    yield case("dilation3x1_s2x1", [3, 5], [2, 4], 3, 3, [6, 5], strides=[2, 1], dilations=[1, 3, 1, 1], **same)
    yield case("dilation6_s4", [3, 3], [3, 2], 2, 2, [22, 16], strides=4, dilations=6, **valid)
    yield case("nchw_k3s2_same", [4, 3], [3, 3], 3, 4, [8, 5], strides=2, data_format="NCHW", **same)
    yield case("nchw_k2s3_valid", [3, 3], [2, 2], 4, 3, [9, 8], strides=[1, 1, 3, 3], data_format="NCHW", **valid)
    yield case("nchw_k4s2_batch2", [3, 4], [4, 4], 3, 5, [6, 8], batch=2, strides=2, data_format="NCHW",
               data="random", **same)
    yield case("bias", [3, 4], [3, 3], 3, 5, [6, 8], strides=2, bias=True, **same)
    yield case("bias_hole_phases_relu", [3, 3], [2, 2], 3, 4, [9, 9], strides=3, bias=True, activation="relu", **same)
    yield case("nchw_bias_relu6", [4, 3], [4, 4], 3, 4, [8, 6], strides=2, bias=True, activation="relu6",
               data_format="NCHW", **same)
    yield case("leaky_relu", [4, 3], [3, 3], 3, 4, [8, 6], strides=2, activation="leaky_relu", data="random", **same)
    yield case("bias_sigmoid", [4, 4], [2, 2], 6, 1, [8, 8], strides=2, bias=True, activation="sigmoid",
               data="random", **same)
    yield case("bias_tanh", [4, 4], [4, 4], 6, 3, [8, 8], strides=2, bias=True, activation="tanh", data="random",
               **same)


def atrous_layers():
    def case(name, *rest, **arguments):
        return functional(ATROUS, "atrous_" + name, *rest, **arguments)

    yield case("rate2_same", [6, 7], [3, 3], 3, 4, [6, 7], rate=2, padding="SAME")
    yield case("rate3_same_even_kernel", [5, 6], [2, 4], 3, 2, [5, 6], rate=3, padding="SAME")
    yield case("rate2_valid", [4, 5], [3, 3], 4, 3, [8, 9], rate=2, padding="VALID")
    yield case("rate4_valid_batch2", [3, 4], [2, 3], 3, 3, [7, 12], batch=2, rate=4, padding="VALID", data="random")
    yield case("rate1_same", [5, 4], [3, 3], 3, 3, [5, 4], rate=1, padding="SAME")
    yield case("rate2_bias_relu", [5, 5], [3, 3], 5, 7, [5, 5], rate=2, padding="SAME", bias=True, activation="relu",
               data="random")


def conv3d_layers():
    def case(name, *rest, **arguments):
        return functional(CONV3D, "conv3d_" + name, *rest, **arguments)

    yield case("k2s2_valid", [2, 3, 2], [2, 2, 2], 4, 3, [4, 6, 4], strides=2, padding="VALID")
    yield case("k3s2_same", [3, 2, 3], [3, 3, 3], 2, 3, [6, 4, 5], strides=[2, 2, 2], padding="SAME")
    yield case("k4s2_default", [2, 2, 3], [4, 4, 4], 3, 2, [4, 4, 6], strides=[2], data="random")
    yield case("k3x1x2_s1x2x3", [3, 3, 2], [3, 1, 2], 3, 4, [3, 6, 5], strides=[1, 1, 2, 3, 1], padding="SAME")
    yield case("k2s3_valid_high", [2, 2, 2], [2, 2, 2], 2, 2, [7, 6, 5], strides=3, padding="VALID")
    yield case("dilation2", [3, 3, 3], [2, 2, 3], 2, 2, [5, 5, 7], strides=1, dilations=2, padding="VALID")
    yield case("dilation_mixed_s2", [3, 2, 3], [2, 3, 2], 2, 2, [6, 4, 5], strides=2, dilations=[2, 1, 3],
               padding="SAME")
    yield case("ncdhw_k3s2_batch2", [2, 2, 3], [3, 3, 3], 2, 2, [4, 4, 6], batch=2, strides=2, padding="SAME",
               data_format="NCDHW")
    yield case("bias_tanh", [2, 3, 3], [2, 2, 2], 3, 2, [4, 6, 6], strides=2, padding="SAME", bias=True,
               activation="tanh", data="random")


def keras_ops_layers():
    def case(name, *rest, **arguments):
        return functional(KERAS_OPS, "ops_" + name, *rest, **arguments)

    yield case("1d_defaults", [9], [3], 3, 4, strides=1)
    yield case("1d_k4s2_same", [8], [4], 5, 3, strides=2, padding="same", data="random")
    yield case("1d_k16s8_same", [6], [16], 8, 4, strides=8, padding="same", data="random")
    yield case("1d_k2s3_valid", [5], [2], 3, 3, strides=[3], padding="valid")
    yield case("1d_k3s2_output_padding0", [6], [3], 3, 3, strides=2, padding="same", output_padding=0)
    yield case("1d_k3s2_output_padding1", [6], [3], 3, 3, strides=2, padding="SAME", output_padding=[1])
    yield case("1d_dilation3_s2", [5], [3], 2, 3, strides=2, padding="same", dilation_rate=[3])
    yield case("1d_channels_first_batch2", [7], [5], 3, 4, batch=2, strides=2, padding="same",
               data_format="channels_first")
    yield case("2d_k3s2_same", [4, 5], [3, 3], 3, 4, strides=2, padding="same")
    yield case("2d_k3s2_same_output_padding0", [4, 5], [3, 3], 3, 4, strides=2, padding="same", output_padding=0)
    yield case("2d_k3s2_same_output_padding1", [4, 5], [3, 3], 3, 4, strides=2, padding="same", output_padding=1)
    yield case("2d_k5s3_output_padding_list", [3, 3], [5, 5], 2, 3, strides=[3, 3], padding="same",
               output_padding=[2, 0])
    yield case("2d_k4s2_even_output_padding0", [3, 4], [4, 4], 2, 3, strides=2, padding="same", output_padding=0)
    yield case("2d_k4s2_even_output_padding1", [3, 4], [4, 4], 2, 3, strides=2, padding="same", output_padding=1)
    yield case("2d_k3s2_valid", [3, 4], [3, 3], 3, 3, strides=2, padding="valid", output_padding=None)
    yield case("2d_k3s2_valid_output_padding1", [3, 4], [3, 3], 3, 3, strides=2, output_padding=1)
    yield case("2d_k1s3_valid", [3, 3], [1, 1], 3, 3, strides=3, padding="valid")
    yield case("2d_k2d2_same_odd_span", [4, 4], [2, 2], 2, 3, strides=2, padding="same", dilation_rate=2)
    yield case("2d_dilation2x3_s3x2", [3, 3], [3, 2], 2, 2, strides=[3, 2], padding="valid", dilation_rate=[2, 3])
    yield case("2d_channels_first", [3, 4], [4, 4], 3, 5, strides=2, padding="same", data_format="channels_first",
               data="random")
    yield case("2d_bias_leaky_relu", [3, 4], [4, 4], 3, 5, strides=2, padding="same", data_format=None, bias=True,
               activation="leaky_relu", data="random")
    yield case("3d_k2s2", [2, 3, 2], [2, 2, 2], 4, 3, strides=2, padding="same")
    yield case("3d_k3s2_output_padding", [2, 2, 3], [3, 3, 3], 2, 3, strides=2, padding="same",
               output_padding=[0, 1, 0])
    yield case("3d_channels_first", [2, 3, 2], [4, 2, 3], 2, 3, strides=[2, 1, 3], padding="valid",
               data_format="channels_first")
    yield case("3d_bias_sigmoid", [2, 2, 3], [3, 3, 3], 3, 2, strides=2, padding="same", bias=True,
               activation="sigmoid", data="random")


def keras_layer_layers():
    def case(name, spatial, kernel_size, ci, filters, batch=1, data="integers", **arguments):
        shape = tensor_shape(batch, spatial, ci, arguments.get("data_format"))
        layer = {"name": "layer_" + name, "op": KERAS_LAYER, "input_shape": shape, "filters": filters,
                 "kernel_size": kernel_size}
        layer.update(arguments)
        return layer, data

    yield case("defaults", [4, 3], 3, 3, 4)
    yield case("k3s2_same_relu", [4, 5], [3, 3], 3, 4, strides=[2, 2], padding="same", activation="relu")
    yield case("k3s2_output_padding0_relu6", [4, 5], 3, 3, 4, strides=2, padding="same", output_padding=0,
               activation="relu6")
    yield case("k3s2_output_padding1_leaky", [4, 5], 3, 3, 4, strides=2, padding="same", output_padding=[1, 1],
               activation="leaky_relu", data="random")
    yield case("k4s2_tanh_batch2", [3, 4], 4, 5, 3, batch=2, strides=2, padding="same", activation="tanh",
               data="random")
    yield case("k2s2_sigmoid", [4, 4], 2, 7, 1, strides=2, padding="valid", activation="sigmoid", data="random")
    yield case("k2s3_valid_bias_in_holes", [3, 3], 2, 3, 4, strides=3, padding="valid", activation="linear")
    yield case("no_bias_k5s2", [3, 3], [5, 5], 3, 4, strides=2, padding="same", use_bias=False)
    yield case("dilation2_valid", [4, 4], 3, 3, 3, dilation_rate=2, activation=None)
    yield case("dilation3x1_same", [5, 4], [3, 2], 3, 3, padding="same", dilation_rate=[3, 1], activation="relu")
    yield case("k4x3_s2x1_output_padding", [3, 4], [4, 3], 3, 3, strides=[2, 1], padding="same",
               output_padding=[1, 0])
    yield case("channels_first_relu", [3, 4], 3, 3, 5, strides=2, padding="same", data_format="channels_first",
               activation="relu")
    yield case("channels_first_valid_tanh", [3, 3], 4, 3, 4, strides=2, data_format="channels_first",
               activation="tanh", data="random")


def all_layers():
    for layers in (conv2d_layers, atrous_layers, conv3d_layers, keras_ops_layers, keras_layer_layers):
        yield from layers()
