# SPDX-License-Identifier: Apache-2.0
"""The layers of keras.ops.conv_transpose and keras.layers.Conv2DTranspose; see golden_layers.py."""

from golden_layers import ACTIVATIONS, KERAS_OPS, functional, keras_layer

FIRST = {"data_format": "channels_first"}


def ops(name, *rest, **arguments):
    return functional(KERAS_OPS, "ops_" + name, *rest, **arguments)


def layer(name, *rest, **arguments):
    return keras_layer("layer_" + name, *rest, **arguments)


# ---- keras.ops.conv_transpose ----------------------------------------------------------------------------------------

def ops_shapes():
    yield ops("1d_defaults", [9], [3], 3, 4, strides=1)
    yield ops("1d_no_argument", [5], [4], 3, 2)
    yield ops("1d_k4s2_same", [8], [4], 5, 3, strides=2, padding="same", data="random")
    yield ops("1d_k16s8_same", [6], [16], 8, 4, strides=8, padding="same", data="random")
    yield ops("1d_k2s3_valid", [5], [2], 3, 3, strides=[3], padding="valid")
    yield ops("1d_k3s2_output_padding0", [6], [3], 3, 3, strides=2, padding="same", output_padding=0)
    yield ops("1d_k3s2_output_padding1", [6], [3], 3, 3, strides=2, padding="SAME", output_padding=[1])
    yield ops("1d_dilation3_s2", [5], [3], 2, 3, strides=2, padding="same", dilation_rate=[3])
    yield ops("1d_dilation6_s4_valid", [4], [3], 2, 3, strides=[4], padding="Valid", dilation_rate=6, output_padding=3)
    yield ops("1d_channels_first_batch2", [7], [5], 3, 4, batch=2, strides=2, padding="same", **FIRST)
    yield ops("1d_channels_first_dilation2", [5], [4], 3, 4, strides=3, padding="valid", dilation_rate=2, **FIRST)
    yield ops("1d_point", [1], [5], 7, 3, strides=3, padding="same")
    yield ops("1d_batch0", [4], [3], 2, 3, batch=0, strides=2)
    yield ops("1d_bias_gelu", [5], [4], 5, 3, strides=2, padding="same", bias=True, activation="gelu", data="wide")
    yield ops("1d_channels_first_softmax", [4], [3], 4, 3, strides=2, padding="same", activation="softmax",
              data="random", **FIRST)
    yield ops("2d_k3s2_same", [4, 5], [3, 3], 3, 4, strides=2, padding="same")
    yield ops("2d_k3s2_same_output_padding0", [4, 5], [3, 3], 3, 4, strides=2, padding="same", output_padding=0)
    yield ops("2d_k3s2_same_output_padding1", [4, 5], [3, 3], 3, 4, strides=2, padding="same", output_padding=1)
    yield ops("2d_k5s3_output_padding_list", [3, 3], [5, 5], 2, 3, strides=[3, 3], padding="same",
              output_padding=[2, 0])
    yield ops("2d_k4s2_even_output_padding0", [3, 4], [4, 4], 2, 3, strides=2, padding="same", output_padding=0)
    yield ops("2d_k4s2_even_output_padding1", [3, 4], [4, 4], 2, 3, strides=2, padding="same", output_padding=1)
    yield ops("2d_k3s2_valid", [3, 4], [3, 3], 3, 3, strides=2, padding="valid", output_padding=None)
    yield ops("2d_k3s2_valid_output_padding1", [3, 4], [3, 3], 3, 3, strides=2, output_padding=1)
    yield ops("2d_k1s3_valid", [3, 3], [1, 1], 3, 3, strides=3, padding="valid")
    yield ops("2d_k2d2_same_odd_span", [4, 4], [2, 2], 2, 3, strides=2, padding="same", dilation_rate=2)
    yield ops("2d_dilation2x3_s3x2", [3, 3], [3, 2], 2, 2, strides=[3, 2], padding="valid", dilation_rate=[2, 3])
    yield ops("2d_channels_first", [3, 4], [4, 4], 3, 5, strides=2, padding="same", data="random", **FIRST)
    yield ops("2d_format_any_case", [3, 4], [3, 4], 3, 5, strides=2, padding="sAmE", data_format="Channels_First")
    yield ops("2d_pixel_same", [1, 1], [5, 4], 5, 3, strides=[2, 3], padding="same")
    yield ops("2d_pixel_valid", [1, 1], [2, 3], 5, 3, strides=4, padding="valid", **FIRST)
    yield ops("2d_batch0", [3, 4], [3, 3], 2, 3, batch=0, strides=2, padding="same", **FIRST)
    yield ops("2d_batch3_dilation", [3, 3], [2, 3], 2, 3, batch=3, strides=[1, 3], padding="same", dilation_rate=[3, 2])
    yield ops("2d_bias_leaky_relu", [3, 4], [4, 4], 3, 5, strides=2, padding="same", data_format=None, bias=True,
              activation="leaky_relu", data="random")
    yield ops("2d_channels_first_bias_mish", [3, 4], [3, 4], 3, 5, strides=2, padding="same", bias=True,
              activation="mish", data="wide", **FIRST)
    yield ops("3d_k2s2", [2, 3, 2], [2, 2, 2], 4, 3, strides=2, padding="same")
    yield ops("3d_k3s2_output_padding", [2, 2, 3], [3, 3, 3], 2, 3, strides=2, padding="same",
              output_padding=[0, 1, 0])
    yield ops("3d_channels_first", [2, 3, 2], [4, 2, 3], 2, 3, strides=[2, 1, 3], padding="valid", **FIRST)
    yield ops("3d_dilation2_s3", [2, 2, 2], [2, 3, 1], 2, 3, strides=3, padding="valid", dilation_rate=2)
    yield ops("3d_dilation_list_same", [2, 3, 2], [2, 2, 3], 2, 2, strides=[2, 1, 2], padding="same",
              dilation_rate=[3, 2, 2], **FIRST)
    yield ops("3d_voxel_batch2", [1, 1, 1], [3, 4, 2], 4, 3, batch=2, strides=2, padding="same")
    yield ops("3d_bias_sigmoid", [2, 2, 3], [3, 3, 3], 3, 2, strides=2, padding="same", bias=True,
              activation="sigmoid", data="random")
    yield ops("3d_bias_softmax", [2, 2, 2], [2, 3, 2], 3, 4, strides=2, padding="valid", bias=True,
              activation="softmax", data="random")


def ops_output_paddings():
    """Every output_padding, with both paddings, odd and even spans; same with an even span and 0 is among them."""
    for kernel, stride, dilation in ((2, 2, 1), (3, 3, 1), (4, 3, 1), (5, 2, 1), (1, 3, 1), (2, 3, 2), (2, 2, 3)):
        for padding in ("same", "valid"):
            for output_padding in (None, *range(stride)):
                # The shape alternates, for the operator is the same in one and in two dimensions.
                rank = 1 + (output_padding or 0) % 2
                arguments = {"strides": stride, "padding": padding, "output_padding": output_padding}
                if dilation > 1:
                    arguments["dilation_rate"] = dilation
                yield ops(f"padding_k{kernel}s{stride}d{dilation}_{padding}_{str(output_padding).lower()}",
                          [4, 2][:rank], [kernel] * rank, 2, 3, **arguments)


# ---- keras.layers.Conv2DTranspose ------------------------------------------------------------------------------------

def layer_shapes():
    yield layer("defaults", [4, 3], 3, 3, 4)
    yield layer("k3s2_same_relu", [4, 5], [3, 3], 3, 4, strides=[2, 2], padding="same", activation="relu")
    yield layer("k3s2_output_padding0_relu6", [4, 5], 3, 3, 4, strides=2, padding="same", output_padding=0,
                activation="relu6")
    yield layer("k3s2_output_padding1_leaky", [4, 5], 3, 3, 4, strides=2, padding="same", output_padding=[1, 1],
                activation="leaky_relu", data="random")
    yield layer("k4s2_tanh_batch2", [3, 4], 4, 5, 3, batch=2, strides=2, padding="same", activation="tanh",
                data="random")
    yield layer("k2s2_sigmoid", [4, 4], 2, 7, 1, strides=2, padding="valid", activation="sigmoid", data="random")
    yield layer("k2s3_valid_bias_in_holes", [3, 3], 2, 3, 4, strides=3, padding="valid", activation="linear")
    yield layer("no_bias_k5s2", [3, 3], [5, 5], 3, 4, strides=2, padding="same", use_bias=False)
    yield layer("dilation2_valid", [4, 4], 3, 3, 3, dilation_rate=2, activation=None)
    yield layer("dilation3x1_same", [5, 4], [3, 2], 3, 3, padding="same", dilation_rate=[3, 1], activation="relu")
    yield layer("k4x3_s2x1_output_padding", [3, 4], [4, 3], 3, 3, strides=[2, 1], padding="same",
                output_padding=[1, 0])
    yield layer("channels_first_relu", [3, 4], 3, 3, 5, strides=2, padding="same", activation="relu", **FIRST)
    yield layer("channels_first_valid_tanh", [3, 3], 4, 3, 4, strides=2, activation="tanh", data="random", **FIRST)
    yield layer("pixel", [1, 1], [4, 3], 6, 5, strides=[1, 2], padding="valid")
    yield layer("batch0_channels_last", [3, 3], 3, 2, 3, batch=0, strides=2, padding="same", activation="softmax")
    yield layer("batch0_channels_first", [3, 3], 3, 2, 3, batch=0, strides=2, **FIRST)
    yield layer("batch3_no_bias_first", [2, 3], [2, 4], 3, 2, batch=3, strides=[3, 2], padding="same", use_bias=False,
                **FIRST)
    yield layer("even_output_padding0", [3, 4], [4, 2], 3, 2, strides=2, padding="same", output_padding=0)
    yield layer("even_output_padding0_first", [3, 4], 2, 3, 2, strides=3, padding="same", output_padding=[0, 2],
                activation="relu", **FIRST)
    yield layer("dilation_first", [4, 3], [2, 3], 3, 4, padding="same", dilation_rate=[2, 3], **FIRST)


def layer_argument_forms():
    for padding in ("Same", "SAME", "Valid", "VALID", "vAlId"):
        yield layer("padding_" + padding, [3, 3], [3, 2], 2, 3, strides=2, padding=padding)
    yield layer("format_null", [3, 3], [3, 2], 2, 3, strides=2, data_format=None, output_padding=None)
    yield layer("format_any_case", [3, 2], [3, 2], 2, 3, strides=2, data_format="Channels_First")
    yield layer("strides_list_dilation_ones", [3, 2], [2, 3], 2, 3, strides=[3, 2], dilation_rate=[1, 1])
    yield layer("training_arguments", [3, 3], 3, 2, 3, strides=2, kernel_initializer="he_normal",
                bias_initializer="ones", kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2",
                kernel_constraint="non_neg", bias_constraint="max_norm")


def layer_activations():
    shapes = ({"kernel_size": [4, 3], "strides": 2, "padding": "same"},
              {"kernel_size": 2, "strides": [3, 2], "padding": "valid"},
              {"kernel_size": [3, 2], "dilation_rate": [2, 1], "padding": "same"})
    for i, (name, data) in enumerate(ACTIVATIONS.items()):
        for formats in ({}, FIRST):
            shape = dict(shapes[(i + bool(formats)) % len(shapes)])
            suffix = "_first" if formats else ""
            yield layer(f"activation_{name}{suffix}", [3, 4], shape.pop("kernel_size"), 5, 3, activation=name,
                        data=data, **shape, **formats)


def layers():
    for table in (ops_shapes, ops_output_paddings, layer_shapes, layer_argument_forms, layer_activations):
        yield from table()
