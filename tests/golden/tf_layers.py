# SPDX-License-Identifier: Apache-2.0
"""The layers of tf.nn.conv1d_transpose to conv3d_transpose and atrous_conv2d_transpose; see golden_layers.py."""

from golden_layers import ACTIVATIONS, ATROUS, CONV1D, CONV2D, CONV3D, functional

SAME, VALID = {"padding": "SAME"}, {"padding": "VALID"}


def conv1d(name, size, kernel, ci, co, output, **arguments):
    return functional(CONV1D, "conv1d_" + name, [size], [kernel], ci, co, [output], **arguments)


def conv2d(name, *rest, **arguments):
    return functional(CONV2D, "conv2d_" + name, *rest, **arguments)


def pairs(name, pads, *rest, **arguments):
    """tf.nn.conv2d_transpose with the pads of a forward convolution, a pair for height and one for width."""
    batch, channel = [0, 0], [0, 0]
    first = arguments.get("data_format") == "NCHW"
    return conv2d("pairs_" + name, *rest, padding=[batch, channel, *pads] if first else [batch, *pads, channel],
                  **arguments)


def atrous(name, *rest, **arguments):
    return functional(ATROUS, "atrous_" + name, *rest, **arguments)


def conv3d(name, *rest, **arguments):
    return functional(CONV3D, "conv3d_" + name, *rest, **arguments)


def extreme_outputs(padding, size, kernel, stride, dilation):
    """The smallest and the largest output extent that the operator accepts."""
    span = (kernel - 1) * dilation + 1
    low = (size - 1) * stride + (1 if padding == "SAME" else span)
    return low, low + stride - 1


# ---- tf.nn.conv2d_transpose ------------------------------------------------------------------------------------------

def conv2d_shapes():
    # name, input, kernel, ci, co, output: SAME takes every output in ((H-1)*s, H*s] and crops differently for each.
    yield conv2d("k3s2_same_even", [4, 5], [3, 3], 3, 4, [8, 10], strides=2, **SAME)
    yield conv2d("k3s2_same_odd", [4, 5], [3, 3], 3, 4, [7, 9], strides=2, **SAME)
    yield conv2d("k3s2_same_mixed", [4, 5], [3, 3], 3, 4, [8, 9], strides=[2, 2], **SAME)
    yield conv2d("k4s2_same", [4, 6], [4, 4], 5, 8, [8, 12], strides=[2], data="random", **SAME)
    yield conv2d("k4s2_default_padding", [3, 3], [4, 4], 2, 3, [6, 6], strides=2)
    yield conv2d("k4s1_same", [5, 4], [4, 4], 3, 2, [5, 4], strides=1, **SAME)
    yield conv2d("k5s3_same_low", [3, 3], [5, 5], 2, 3, [7, 9], strides=3, **SAME)
    yield conv2d("k5s3_same_middle", [3, 3], [5, 5], 2, 3, [8, 8], strides=3, **SAME)
    yield conv2d("k5s3_same_high", [3, 3], [5, 5], 2, 3, [9, 7], strides=[1, 3, 3, 1], **SAME)
    yield conv2d("k5s2_same", [4, 4], [5, 5], 7, 5, [8, 8], strides=2, data="random", **SAME)
    yield conv2d("k7s2_same", [3, 5], [7, 7], 2, 2, [6, 10], strides=2, **SAME)
    yield conv2d("k2s2_same", [3, 4], [2, 2], 8, 16, [6, 8], strides=2, **SAME)
    yield conv2d("k2s2_valid", [3, 4], [2, 2], 5, 3, [6, 8], strides=2, **VALID)
    yield conv2d("k3s2_valid_low", [3, 4], [3, 3], 3, 4, [7, 9], strides=2, **VALID)
    yield conv2d("k3s2_valid_high", [3, 4], [3, 3], 3, 4, [8, 10], strides=2, **VALID)
    yield conv2d("k6s2_valid", [3, 3], [6, 6], 2, 3, [10, 10], strides=2, data="random", **VALID)
    yield conv2d("k5s1_valid", [3, 4], [5, 5], 3, 3, [7, 8], strides=[1, 1], **VALID)
    yield conv2d("k1s1_same", [4, 5], [1, 1], 6, 7, [4, 5], strides=1, **SAME)
    yield conv2d("k1s2_same", [3, 4], [1, 1], 3, 3, [6, 7], strides=2, **SAME)
    yield conv2d("k1s3_valid", [3, 2], [1, 1], 3, 2, [9, 4], strides=3, **VALID)
    yield conv2d("k2s3_same", [3, 4], [2, 2], 3, 4, [9, 10], strides=3, **SAME)
    yield conv2d("k2s3_valid_low", [3, 2], [2, 2], 2, 3, [8, 5], strides=3, **VALID)
    yield conv2d("k2s3_valid_high", [3, 2], [2, 2], 2, 3, [10, 7], strides=3, **VALID)
    yield conv2d("k3x5_s2x3", [4, 3], [3, 5], 3, 5, [8, 9], strides=[2, 3], **SAME)
    yield conv2d("k5x2_s1x2_nhwc", [3, 4], [5, 2], 4, 3, [7, 8], strides=[1, 1, 2, 1], data_format="NHWC", **VALID)
    yield conv2d("k4x3_s2x1_batch2", [3, 4], [4, 3], 3, 4, [6, 4], batch=2, strides=[2, 1], data="random", **SAME)
    yield conv2d("width1", [5, 1], [3, 3], 3, 2, [10, 1], strides=[2, 1], **SAME)
    yield conv2d("pixel", [1, 1], [4, 4], 11, 5, [4, 4], strides=1, **VALID)
    yield conv2d("pixel_all_cropped_but_one", [1, 1], [5, 5], 4, 3, [1, 1], strides=1, **SAME)
    yield conv2d("pixel_s5_same", [1, 1], [3, 2], 3, 4, [5, 4], strides=5, bias=True, **SAME)
    yield conv2d("nchw_pixel_valid_high", [1, 1], [2, 3], 3, 4, [5, 6], strides=4, data_format="NCHW", **VALID)
    yield conv2d("one_channel", [6, 7], [4, 4], 1, 1, [12, 14], strides=2, data="random", **SAME)
    yield conv2d("prime_channels", [3, 3], [3, 3], 13, 11, [6, 6], strides=2, data="random", **SAME)
    yield conv2d("many_outputs", [2, 3], [3, 3], 2, 33, [4, 6], strides=2, **SAME)
    yield conv2d("many_inputs_valid", [2, 2], [2, 3], 67, 2, [4, 5], strides=2, data="random", **VALID)
    yield conv2d("dilation2_s1_same", [5, 6], [3, 3], 3, 2, [5, 6], strides=1, dilations=2, **SAME)
    yield conv2d("dilation2_s2_same", [4, 4], [3, 3], 2, 3, [8, 7], strides=2, dilations=[2], **SAME)
    yield conv2d("dilation2_s3_valid", [3, 3], [3, 3], 2, 3, [11, 12], strides=3, dilations=[2, 2], **VALID)
    yield conv2d("dilation3x1_s2x1", [3, 5], [2, 4], 3, 3, [6, 5], strides=[2, 1], dilations=[1, 3, 1, 1], **SAME)
    yield conv2d("dilation6_s4", [3, 3], [3, 2], 2, 2, [22, 16], strides=4, dilations=6, **VALID)
    yield conv2d("dilation7_beyond_image_same", [3, 4], [3, 3], 3, 2, [3, 4], strides=1, dilations=7, **SAME)
    yield conv2d("nchw_k3s2_same", [4, 3], [3, 3], 3, 4, [8, 5], strides=2, data_format="NCHW", **SAME)
    yield conv2d("nchw_k2s3_valid", [3, 3], [2, 2], 4, 3, [9, 8], strides=[1, 1, 3, 3], data_format="NCHW", **VALID)
    yield conv2d("nchw_k4s2_batch2", [3, 4], [4, 4], 3, 5, [6, 8], batch=2, strides=2, data_format="NCHW",
                 data="random", **SAME)
    yield conv2d("batch0", [3, 4], [3, 3], 3, 4, [6, 8], batch=0, strides=2, **SAME)
    yield conv2d("nchw_batch0_bias", [3, 4], [3, 3], 3, 4, [7, 9], batch=0, strides=2, data_format="NCHW", bias=True,
                 activation="relu", **VALID)
    yield conv2d("batch3_dilation2", [3, 4], [3, 2], 3, 4, [7, 6], batch=3, strides=1, dilations=2, **VALID)
    yield conv2d("bias", [3, 4], [3, 3], 3, 5, [6, 8], strides=2, bias=True, **SAME)
    yield conv2d("bias_hole_phases_relu", [3, 3], [2, 2], 3, 4, [9, 9], strides=3, bias=True, activation="relu",
                 **SAME)
    yield conv2d("bias_dilation_holes_sigmoid", [3, 3], [2, 2], 3, 4, [7, 8], strides=2, dilations=2, bias=True,
                 activation="sigmoid", data="random", **VALID)
    yield conv2d("nchw_bias_relu6", [4, 3], [4, 4], 3, 4, [8, 6], strides=2, bias=True, activation="relu6",
                 data_format="NCHW", **SAME)
    yield conv2d("leaky_relu", [4, 3], [3, 3], 3, 4, [8, 6], strides=2, activation="leaky_relu", data="random",
                 **SAME)
    yield conv2d("bias_sigmoid", [4, 4], [2, 2], 6, 1, [8, 8], strides=2, bias=True, activation="sigmoid",
                 data="random", **SAME)
    yield conv2d("bias_tanh", [4, 4], [4, 4], 6, 3, [8, 8], strides=2, bias=True, activation="tanh", data="random",
                 **SAME)


def conv2d_argument_forms():
    yield conv2d("null_arguments", [3, 3], [3, 3], 2, 2, [3, 3], strides=None, data_format=None, dilations=None)
    yield conv2d("no_optional_argument", [3, 3], [3, 3], 2, 2, [3, 3])
    # The same layer in every form of its arguments.
    for form, strides in {"int": 2, "list1": [2], "list2": [2, 2], "list4": [1, 2, 2, 1]}.items():
        yield conv2d("strides_" + form, [3, 4], [3, 4], 2, 3, [6, 8], strides=strides, **SAME)
        yield conv2d("dilations_" + form, [3, 4], [3, 2], 2, 3, [7, 6], strides=1, dilations=strides, **VALID)
    for form, strides in {"list1": [2], "list2": [2, 2], "list4": [1, 1, 2, 2]}.items():
        yield conv2d("nchw_strides_" + form, [3, 4], [3, 4], 2, 3, [6, 8], strides=strides, data_format="NCHW", **SAME)
        yield conv2d("nchw_dilations_" + form, [3, 4], [3, 2], 2, 3, [7, 6], strides=1, dilations=strides,
                     data_format="NCHW", **VALID)
    # Axes that differ show which one an element belongs to.
    yield conv2d("mixed_list2", [3, 2], [2, 3], 2, 3, [6, 6], strides=[2, 3], dilations=[3, 1], **SAME)
    yield conv2d("mixed_list4", [3, 2], [2, 3], 2, 3, [8, 8], strides=[1, 2, 3, 1], dilations=[1, 3, 2, 1], **VALID)
    yield conv2d("nchw_mixed_list4", [3, 2], [2, 3], 2, 3, [8, 8], strides=[1, 1, 2, 3], dilations=[1, 1, 3, 2],
                 data_format="NCHW", **VALID)


def conv2d_extreme_outputs():
    """The smallest legal output on one axis with the largest on the other: crops, and zeros beyond the last tap."""
    kernels_and_strides = ((1, 4), (2, 1), (2, 2), (2, 4), (3, 1), (3, 2), (3, 3), (4, 2), (4, 3), (5, 2), (5, 4),
                           (6, 3), (7, 4), (8, 4), (9, 2))
    dilated = ((3, 1, 3), (2, 2, 2), (3, 2, 3), (4, 2, 3), (3, 3, 2), (2, 3, 3), (3, 4, 2), (3, 4, 6), (3, 6, 4))
    for i, (k, s, d) in enumerate([(k, s, 1) for k, s in kernels_and_strides] + list(dilated)):
        for padding in ("SAME", "VALID"):
            (low, _), (_, high) = (extreme_outputs(padding, size, k, s, d) for size in (3, 2))
            formats = {"data_format": "NCHW"} if i % 4 == 3 else {}
            yield conv2d(f"extremes_k{k}s{s}d{d}_{padding.lower()}", [3, 2], [k, k], 2, 3, [low, high], strides=s,
                         dilations=d, padding=padding, **formats)


def conv2d_activations():
    names = ("selu", "celu", "gelu", "softsign", "mish", "exponential", "hard_silu", "softmax")
    for name in names:
        yield conv2d("activation_" + name, [3, 3], [4, 3], 4, 5, [6, 5], strides=2, bias=True, activation=name,
                     data=ACTIVATIONS[name], **SAME)
    for name in names[4:]:
        yield conv2d("nchw_activation_" + name, [3, 3], [3, 4], 4, 5, [7, 8], strides=2, bias=True, activation=name,
                     data_format="NCHW", data=ACTIVATIONS[name], **VALID)


# ---- tf.nn.atrous_conv2d_transpose -----------------------------------------------------------------------------------

def atrous_layers():
    yield atrous("rate2_same", [6, 7], [3, 3], 3, 4, [6, 7], rate=2, **SAME)
    yield atrous("rate3_same_even_kernel", [5, 6], [2, 4], 3, 2, [5, 6], rate=3, **SAME)
    yield atrous("rate2_valid", [4, 5], [3, 3], 4, 3, [8, 9], rate=2, **VALID)
    yield atrous("rate4_valid_batch2", [3, 4], [2, 3], 3, 3, [7, 12], batch=2, rate=4, data="random", **VALID)
    yield atrous("rate1_same", [5, 4], [3, 3], 3, 3, [5, 4], rate=1, **SAME)
    yield atrous("rate1_same_even_kernel", [5, 4], [4, 2], 3, 3, [5, 4], rate=1, **SAME)
    yield atrous("rate1_valid", [3, 4], [4, 3], 3, 2, [6, 6], rate=1, **VALID)
    yield atrous("rate2_same_k1", [3, 4], [1, 1], 5, 4, [3, 4], rate=2, **SAME)
    yield atrous("rate3_same_k5", [5, 4], [5, 5], 2, 3, [5, 4], rate=3, **SAME)
    yield atrous("rate5_same_beyond_image", [3, 4], [3, 3], 3, 4, [3, 4], rate=5, **SAME)
    yield atrous("rate3_valid_k1x4", [4, 3], [1, 4], 3, 4, [4, 12], rate=3, **VALID)
    yield atrous("rate8_valid", [3, 3], [2, 2], 2, 3, [11, 11], rate=8, **VALID)
    yield atrous("pixel_same", [1, 1], [3, 3], 5, 4, [1, 1], rate=2, **SAME)
    yield atrous("pixel_valid", [1, 1], [3, 2], 5, 4, [5, 3], rate=2, **VALID)
    yield atrous("batch0_valid", [3, 4], [3, 3], 2, 3, [7, 8], batch=0, rate=2, **VALID)
    yield atrous("batch3_same", [4, 3], [3, 3], 2, 3, [4, 3], batch=3, rate=2, **SAME)
    yield atrous("rate2_bias_relu", [5, 5], [3, 3], 5, 7, [5, 5], rate=2, bias=True, activation="relu", data="random",
                 **SAME)
    yield atrous("rate3_valid_bias_softplus", [3, 3], [2, 2], 5, 3, [6, 6], rate=3, bias=True, activation="softplus",
                 data="wide", **VALID)
    yield atrous("rate2_softmax", [4, 4], [3, 3], 5, 6, [4, 4], rate=2, bias=True, activation="softmax",
                 data="random", **SAME)


# ---- tf.nn.conv3d_transpose ------------------------------------------------------------------------------------------

def conv3d_layers():
    yield conv3d("k2s2_valid", [2, 3, 2], [2, 2, 2], 4, 3, [4, 6, 4], strides=2, **VALID)
    yield conv3d("k3s2_same", [3, 2, 3], [3, 3, 3], 2, 3, [6, 4, 5], strides=[2, 2, 2], **SAME)
    yield conv3d("k4s2_default", [2, 2, 3], [4, 4, 4], 3, 2, [4, 4, 6], strides=[2], data="random")
    yield conv3d("k3x1x2_s1x2x3", [3, 3, 2], [3, 1, 2], 3, 4, [3, 6, 5], strides=[1, 1, 2, 3, 1], **SAME)
    yield conv3d("k2s3_valid_high", [2, 2, 2], [2, 2, 2], 2, 2, [7, 6, 5], strides=3, **VALID)
    yield conv3d("dilation2", [3, 3, 3], [2, 2, 3], 2, 2, [5, 5, 7], strides=1, dilations=2, **VALID)
    yield conv3d("dilation_mixed_s2", [3, 2, 3], [2, 3, 2], 2, 2, [6, 4, 5], strides=2, dilations=[2, 1, 3], **SAME)
    yield conv3d("ncdhw_k3s2_batch2", [2, 2, 3], [3, 3, 3], 2, 2, [4, 4, 6], batch=2, strides=2,
                 data_format="NCDHW", **SAME)
    yield conv3d("bias_tanh", [2, 3, 3], [2, 2, 2], 3, 2, [4, 6, 6], strides=2, bias=True, activation="tanh",
                 data="random", **SAME)
    yield conv3d("k1s2_same", [2, 3, 2], [1, 1, 1], 3, 4, [4, 5, 3], strides=2, **SAME)
    yield conv3d("voxel_valid", [1, 1, 1], [3, 2, 4], 5, 3, [3, 2, 4], strides=1, **VALID)
    yield conv3d("voxel_same_s3", [1, 1, 1], [2, 4, 3], 5, 3, [3, 2, 1], strides=3, **SAME)
    yield conv3d("batch0", [2, 2, 2], [2, 2, 2], 2, 3, [4, 4, 4], batch=0, strides=2, **SAME)
    yield conv3d("ncdhw_bias_softmax", [2, 2, 3], [2, 3, 2], 3, 4, [4, 4, 6], strides=2, bias=True,
                 activation="softmax", data_format="NCDHW", data="random", **SAME)
    yield conv3d("bias_elu", [2, 2, 2], [3, 2, 3], 3, 4, [5, 4, 5], strides=2, bias=True, activation="elu",
                 data="wide", **VALID)
    yield conv3d("null_format_and_dilations", [2, 3, 2], [2, 2, 3], 2, 2, [2, 3, 2], strides=1, data_format=None,
                 dilations=None, **SAME)
    # The same layer in every form of its arguments.
    for form, values in {"int": 2, "list1": [2], "list3": [2, 2, 2], "list5": [1, 2, 2, 2, 1]}.items():
        yield conv3d("strides_" + form, [2, 3, 2], [3, 2, 4], 2, 3, [4, 6, 3], strides=values, **SAME)
        yield conv3d("dilations_" + form, [2, 3, 2], [3, 2, 2], 2, 3, [6, 5, 4], strides=1, dilations=values, **VALID)
    yield conv3d("ncdhw_mixed_list5", [2, 2, 3], [2, 3, 2], 2, 3, [3, 9, 9], strides=[1, 1, 1, 2, 3],
                 dilations=[1, 1, 1, 3, 1], data_format="NCDHW", **VALID)
    for k, s, d in ((2, 2, 1), (3, 3, 1), (5, 2, 1), (2, 3, 2), (3, 2, 2)):
        for padding in ("SAME", "VALID"):
            (low, high) = extreme_outputs(padding, 2, k, s, d)
            yield conv3d(f"extremes_k{k}s{s}d{d}_{padding.lower()}", [2, 2, 1], [k, k, 2], 2, 2,
                         [low, high, extreme_outputs(padding, 1, 2, s, d)[1]], strides=s, dilations=d,
                         padding=padding)


# ---- tf.nn.conv1d_transpose ------------------------------------------------------------------------------------------

def conv1d_layers():
    yield conv1d("k3s2_same_even", 5, 3, 3, 4, 10, strides=2, **SAME)
    yield conv1d("k3s2_same_odd", 5, 3, 3, 4, 9, strides=[2], data_format="NWC", **SAME)
    yield conv1d("k16s8_default_padding", 4, 16, 5, 3, 32, strides=[1, 8, 1], data="random")
    yield conv1d("null_arguments", 6, 4, 2, 3, 6, strides=None, data_format=None, dilations=None)
    yield conv1d("k5s3_valid_low", 4, 5, 2, 3, 14, strides=3, **VALID)
    yield conv1d("k2s4_valid_high", 4, 2, 3, 2, 17, strides=4, **VALID)
    yield conv1d("k2s3_bias_hole_phases_relu", 5, 2, 3, 4, 13, strides=3, bias=True, activation="relu", **SAME)
    yield conv1d("prime_channels_batch3", 7, 4, 13, 11, 14, batch=3, strides=2, bias=True, data="random", **SAME)
    yield conv1d("dilation3_s1_same", 8, 4, 2, 3, 8, strides=1, dilations=3, **SAME)
    yield conv1d("dilation2_s4_valid", 3, 3, 2, 3, 15, strides=[1, 4, 1], dilations=[1, 2, 1], **VALID)
    yield conv1d("point", 1, 5, 7, 3, 3, strides=3, **SAME)
    yield conv1d("batch0", 4, 3, 2, 3, 9, batch=0, strides=2, bias=True, **VALID)
    yield conv1d("bias_softmax", 4, 4, 5, 6, 8, strides=2, bias=True, activation="softmax", data="random", **SAME)
    yield conv1d("ncw_k4s2_batch2", 5, 4, 3, 4, 10, batch=2, strides=[2], data_format="NCW", **SAME)
    yield conv1d("ncw_dilation3_s2_valid", 4, 3, 3, 2, 14, strides=[1, 1, 2], dilations=[1, 1, 3], data_format="NCW",
                 **VALID)
    yield conv1d("ncw_dilation2_same", 6, 3, 2, 3, 11, strides=2, dilations=[2], data_format="NCW", **SAME)
    yield conv1d("ncw_bias_gelu", 5, 3, 5, 4, 10, strides=2, bias=True, activation="gelu", data_format="NCW",
                 data="wide", **SAME)
    yield conv1d("ncw_softmax", 4, 3, 4, 3, 7, strides=2, activation="softmax", data_format="NCW", data="random",
                 **SAME)


# ---- tf.nn.conv2d_transpose with pairs of pads -----------------------------------------------------------------------

def conv2d_pairs():
    # Legal are the outputs that a forward convolution with these pads takes to the input: `stride` extents an axis.
    yield pairs("unequal", [[1, 0], [2, 1]], [4, 5], [3, 4], 3, 4, [8, 10], strides=2)
    yield pairs("unequal_low", [[0, 2], [1, 2]], [4, 5], [3, 4], 3, 4, [7, 9], strides=2)
    yield pairs("zero", [[0, 0], [0, 0]], [3, 4], [3, 3], 3, 4, [7, 10], strides=2)
    yield pairs("s3_low_high_bias_relu", [[0, 1], [1, 0]], [3, 4], [2, 2], 2, 3, [7, 12], strides=3, bias=True,
                activation="relu")
    yield pairs("s4_beyond_last_tap", [[1, 0], [0, 1]], [3, 2], [2, 3], 2, 3, [12, 9], strides=4, bias=True)
    yield pairs("above_kernel", [[3, 2], [4, 1]], [5, 6], [2, 3], 2, 3, [6, 3], strides=[2, 1])
    yield pairs("above_kernel_s3", [[0, 7], [5, 0]], [5, 4], [2, 3], 2, 3, [7, 9], strides=3)
    yield pairs("one_cell_left", [[2, 3], [3, 0]], [3, 2], [2, 2], 5, 4, [1, 1], strides=2, bias=True)
    yield pairs("pixel", [[1, 1], [0, 2]], [1, 1], [4, 3], 11, 5, [3, 2], strides=[2, 3], data="random")
    yield pairs("no_cell_left", [[2, 2], [1, 0]], [2, 3], [3, 2], 2, 3, [0, 3], strides=[1, 1])
    yield pairs("no_input", [[0, 1], [1, 0]], [0, 3], [5, 2], 2, 3, [3, 6], strides=[3, 2], bias=True)
    yield pairs("batch0", [[1, 1], [0, 1]], [3, 4], [3, 3], 2, 3, [5, 9], batch=0, strides=2)
    yield pairs("dilations", [[2, 0], [1, 3]], [4, 5], [3, 2], 3, 2, [6, 9], strides=[1, 2], dilations=[2, 3],
                bias=True)
    yield pairs("above_dilated_kernel_s2", [[4, 3], [0, 5]], [5, 4], [2, 2], 2, 3, [6, 4], strides=2,
                dilations=[1, 3, 2, 1])
    yield pairs("nchw_unequal_batch2", [[0, 1], [2, 0]], [3, 4], [3, 4], 3, 2, [6, 9], batch=2, strides=2,
                data_format="NCHW")
    yield pairs("nchw_s3_above_kernel_bias", [[3, 1], [0, 4]], [4, 3], [2, 3], 3, 4, [9, 5], strides=[1, 1, 3, 3],
                data_format="NCHW", bias=True)
    yield pairs("nchw_dilations_bias_tanh", [[1, 2], [2, 2]], [3, 4], [3, 2], 4, 5, [7, 9], strides=[2, 3],
                dilations=[1, 1, 2, 3], data_format="NCHW", bias=True, activation="tanh", data="random")


def layers():
    for table in (conv2d_shapes, conv2d_argument_forms, conv2d_extreme_outputs, conv2d_activations, atrous_layers,
                  conv3d_layers):
        yield from table()


def later_layers():
    """Those that follow Keras' in the files, where new cases leave the others in their places."""
    for table in (conv1d_layers, conv2d_pairs):
        yield from table()
