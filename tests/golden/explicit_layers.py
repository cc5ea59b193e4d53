# SPDX-License-Identifier: Apache-2.0
"""The layers of "conv_transpose", the operator of PyTorch and ONNX; golden_layers.py tells of the kinds of data.

An entry is (layer file, kind of data, shapes of the tensors that are drawn). To add one: a line in a table, then
make_explicit_golden.py. Left out is what neither PyTorch nor onnxruntime computes: output_padding of the stride or more
beside unequal pads, output_shape, SAME_UPPER or SAME_LOWER.
"""

LAST = {"data_format": "channels_last"}
FILTER_LAST = ({"filter_layout": "WOI"}, {"filter_layout": "HWOI"}, {"filter_layout": "DHWOI"})
UPPER, LOWER, VALID = {"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"}, {"auto_pad": "VALID"}
# Inputs of every rank.
SPATIAL = ([7], [3, 4], [2, 3, 2])
LARGER_SPATIAL = ([19], [5, 7], [3, 4, 3])


def layer(name, spatial, kernel, ci, co, batch=1, data="integers", alpha_shape=None, **arguments):
    """A layer whose prelu has a tensor if `alpha_shape` is given."""
    name = f"explicit_{len(spatial)}d_{name}"
    last, filter_last = arguments.get("data_format") == "channels_last", arguments.get("filter_layout", "I")[0] != "I"
    shapes = {"input": [batch, *spatial, ci] if last else [batch, ci, *spatial],
              "filter": [*kernel, co, ci] if filter_last else [ci, co, *kernel]}
    if arguments.get("bias", False):
        shapes["bias"] = [co]
    if alpha_shape is not None:
        shapes["alpha"] = alpha_shape
        arguments["activation"] = {"name": "prelu", "alpha": name + "_alpha.npy"}
    return {"name": name, "op": "conv_transpose", "input_shape": shapes["input"], "filter_shape": shapes["filter"],
            **arguments}, data, shapes


def cube(name, rank, k, ci, co, spatial=SPATIAL, **arguments):
    """A layer whose kernel is the same on every axis."""
    return layer(name, spatial[rank - 1], [k] * rank, ci, co, **arguments)


# ---- Geometry --------------------------------------------------------------------------------------------------------

def common_layers():
    channels = ((3, 4), (5, 7), (1, 1), (8, 6), (13, 11), (2, 3), (7, 2), (1, 5))
    parameters = ((3, 2, 1, 1), (5, 2, 1, 0), (5, 2, 2, 1), (4, 2, 1, 0), (2, 2, 0, 0), (7, 1, 3, 0), (1, 1, 0, 0),
                  (3, 1, 1, 0))
    for i, (k, s, p, output_padding) in enumerate(parameters):
        for rank in (1, 2, 3):
            spelling = {"stride": s, "padding": p} if rank % 2 else {"strides": [s] * rank, "pads": [p] * (2 * rank)}
            if output_padding:
                spelling["output_padding"] = output_padding
            if i % 3 == rank % 3:
                spelling["bias"] = True
            yield cube(f"k{k}s{s}p{p}op{output_padding}", rank, k, *(channels[i] if rank < 3 else (2, 3)),
                       spatial=LARGER_SPATIAL, data=("integers", "random")[(i + rank) % 2], **spelling)


def kernels_and_channels():
    yield layer("defaults", [5], [3], 2, 3)
    yield layer("defaults", [3, 4], [3, 2], 2, 3)
    yield layer("defaults", [2, 3, 2], [2, 3, 1], 2, 3)
    yield layer("k3x5_s2x3", [4, 3], [3, 5], 3, 5, strides=[2, 3], pads=[1, 2, 1, 2], output_padding=[1, 0])
    yield layer("k1x4_s1x2_batch2", [3, 5], [1, 4], 3, 2, batch=2, stride=[1, 2], padding=[0, 1])
    yield layer("k3x1x2_s1x2x3", [3, 3, 2], [3, 1, 2], 3, 4, strides=[1, 2, 3], pads=[1, 0, 0, 1, 0, 0], bias=True)
    yield layer("k16s8_batch3", [4], [16], 5, 3, batch=3, stride=8, padding=4, data="random", bias=True)
    yield layer("k2s3_holes", [3, 4], [2, 2], 2, 3, strides=3)
    yield layer("k2s3_holes_bias_relu", [3, 3], [2, 2], 2, 3, strides=3, output_padding=2, bias=True, activation="relu")
    yield layer("k1s3_holes_bias", [4], [1], 3, 2, batch=2, stride=3, output_padding=1, bias=True)
    yield layer("k1s2_holes_bias", [2, 2, 3], [1, 1, 1], 3, 2, stride=2, bias=True)
    yield layer("point", [1], [5], 7, 3, stride=3, padding=1)
    yield layer("pixel", [1, 1], [4, 3], 11, 5, strides=[2, 3], bias=True)
    yield layer("voxel", [1, 1, 1], [3, 2, 4], 5, 3, batch=2, stride=2, padding=[1, 0, 1])
    yield layer("one_channel", [6, 7], [4, 4], 1, 1, stride=2, padding=1, data="random")
    yield layer("prime_channels", [3, 3], [3, 3], 13, 11, batch=2, stride=2, padding=1, data="random", bias=True)
    yield layer("many_outputs", [2, 3], [3, 3], 2, 19, stride=2, padding=1, output_padding=1)
    yield layer("many_inputs", [4], [4], 37, 2, strides=2, pads=1, data="random")


def pads():
    yield layer("begin", [5], [4], 3, 2, strides=2, pads=[2, 0])
    yield layer("end", [5], [4], 3, 2, strides=2, pads=[0, 2])
    yield layer("unequal_output_padding", [5], [4], 3, 2, strides=3, pads=[1, 2], output_padding=2, bias=True)
    yield layer("begin_above_kernel", [6], [2], 2, 3, pads=[3, 2])
    yield layer("end_above_kernel_s3", [6], [2], 2, 3, strides=3, pads=[4, 5], bias=True)
    yield layer("equal_above_kernel", [7], [3], 2, 3, stride=2, padding=5)
    yield layer("above_kernel_output_padding", [5], [3], 3, 2, stride=3, padding=4, output_padding=2, bias=True)
    yield layer("one_cell_left", [3], [2], 5, 4, strides=2, pads=[2, 3], bias=True)
    yield layer("unequal", [3, 4], [3, 4], 3, 4, strides=2, pads=[0, 1, 2, 1])
    yield layer("unequal_axes", [4, 3], [5, 2], 3, 2, strides=[2, 3], pads=[3, 0, 1, 1], output_padding=[1, 2])
    yield layer("begin_only_batch2", [3, 3], [4, 3], 2, 3, batch=2, strides=[2, 1], pads=[3, 2, 0, 0], bias=True)
    yield layer("end_only", [3, 3], [4, 3], 2, 3, strides=[2, 1], pads=[0, 0, 3, 2], data="random")
    yield layer("above_kernel", [5, 6], [2, 3], 2, 3, strides=[2, 1], pads=[3, 4, 2, 1])
    yield layer("above_kernel_equal", [4, 5], [1, 2], 2, 3, stride=2, padding=[2, 3], output_padding=1, bias=True)
    yield layer("above_dilated_kernel", [4, 5], [2, 2], 2, 3, strides=2, dilations=[3, 1], pads=[4, 3, 0, 2])
    yield layer("one_cell_left", [2, 2], [3, 2], 5, 4, strides=[2, 3], pads=[2, 1, 2, 3])
    yield layer("unequal", [2, 3, 2], [3, 2, 4], 2, 3, strides=[2, 1, 2], pads=[0, 1, 2, 2, 0, 1])
    yield layer("unequal_batch2", [2, 2, 2], [2, 3, 3], 2, 2, batch=2, strides=2, pads=[1, 0, 2, 0, 2, 1],
                output_padding=[0, 1, 1], bias=True)
    yield layer("above_kernel", [3, 4, 3], [2, 1, 2], 2, 3, strides=[2, 2, 1], pads=[2, 3, 0, 1, 1, 2])


def causal_pads():
    """Only cells that later inputs cannot change any more: 1-D, k - s of them cropped at the end, or at the begin."""
    for i, (k, s) in enumerate(((3, 1), (2, 2), (4, 2), (5, 2), (6, 3), (7, 3), (16, 8), (7, 1))):
        yield layer(f"causal_k{k}s{s}", [6], [k], 3, (4, 5, 1)[i % 3], batch=1 + i % 2, strides=s, pads=[0, k - s],
                    bias=i % 2 == 0, data=("integers", "random")[i % 2])
    for k, s, d in ((3, 1, 4), (2, 2, 3)):
        yield layer(f"causal_k{k}s{s}d{d}", [6], [k], 3, 4, strides=s, dilations=d, pads=[0, (k - 1) * d + 1 - s])
    yield layer("anticausal_k4s2", [6], [4], 3, 4, strides=2, pads=[2, 0])


def dilations():
    pairs = ((1, 2), (1, 5), (2, 1), (2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (3, 6), (4, 2), (4, 6), (5, 3), (6, 4))
    for i, (s, d) in enumerate(pairs):
        yield layer(f"s{s}d{d}", [4], [3], 2, 3, stride=s, dilation=d, padding=i % 3, bias=i % 2 == 0)
        yield layer(f"s{s}d{d}", [2, 3], [3, 2], 2, 3, strides=[s, s], dilations=[d, d], pads=[i % 2, 0, 0, i % 3],
                    bias=i % 2 == 1)
    yield layer("s2x3d3x1", [3, 2], [2, 3], 2, 3, batch=2, strides=[2, 3], dilations=[3, 1], output_padding=[1, 2])
    yield layer("s4d1x6", [3, 2], [3, 2], 2, 3, stride=4, dilation=[1, 6], padding=[2, 3], data="random", bias=True)
    yield layer("s2x1x3d3x2x2", [2, 3, 2], [2, 2, 3], 2, 2, strides=[2, 1, 3], dilations=[3, 2, 2], bias=True)
    yield layer("s2d2", [2, 2, 3], [2, 3, 2], 2, 2, stride=2, dilation=2, padding=1, output_padding=1)
    yield layer("s1d3", [2, 2, 3], [2, 3, 2], 2, 2, dilations=3, pads=[1, 2, 0, 2, 4, 3])


def output_paddings():
    for s in (2, 3, 4):
        for output_padding in range(1, s):
            yield layer(f"k3s{s}_output_padding{output_padding}", [4], [3], 2, 3, stride=s, padding=1,
                        output_padding=output_padding, bias=s == 3)
    yield layer("output_padding1x0", [3, 3], [3, 3], 2, 3, stride=2, padding=1, output_padding=[1, 0])
    yield layer("output_padding0x2x1", [2, 2, 2], [2, 2, 2], 2, 2, stride=[1, 3, 2], output_padding=[0, 2, 1])
    yield layer("output_padding_unequal_pads", [3, 3], [3, 4], 2, 3, strides=[2, 3], pads=[2, 0, 1, 1],
                output_padding=[1, 2], bias=True)
    yield layer("output_padding_dilation", [3, 3], [3, 2], 2, 3, strides=[3, 2], dilations=[2, 3], pads=[1, 0, 0, 2],
                output_padding=[2, 1], bias=True)
    # Of the stride or more, which a larger dilation allows.
    yield layer("output_padding1_s1d2", [4], [3], 2, 3, dilation=2, output_padding=1, bias=True)
    yield layer("output_padding2_s2d3", [4], [2], 2, 3, stride=2, dilation=3, padding=1, output_padding=2, bias=True)
    yield layer("output_padding5_s2d6", [4], [2], 2, 3, batch=2, stride=2, dilation=6, padding=3, output_padding=5)
    yield layer("output_padding4_s1d5_valid", [1], [2], 3, 2, strides=1, dilations=5, output_padding=4, bias=True,
                **VALID)
    yield layer("output_padding_s2d3", [3, 3], [3, 2], 2, 3, stride=2, dilation=3, padding=[2, 0], output_padding=2)
    yield layer("output_padding_s1x3d4x2", [3, 2], [2, 3], 2, 3, stride=[1, 3], dilation=[4, 2], padding=1,
                output_padding=[3, 2], bias=True, activation="relu")
    yield layer("output_padding_s2d3_valid", [2, 3], [2, 2], 2, 3, strides=2, dilations=3, output_padding=[2, 0],
                bias=True, **VALID)
    yield layer("output_padding_s1x2x2d2x1x4", [2, 2, 2], [2, 2, 2], 2, 2, stride=[1, 2, 2], dilation=[2, 1, 4],
                output_padding=[1, 1, 3], bias=True)


def output_shapes():
    """Outputs from one cell to the largest, which ends before the next input would begin; cropped by even and odd
    numbers of cells, and with cells that no input reaches."""
    for k, s, d, size in ((3, 2, 1, 3), (4, 3, 1, 3), (2, 4, 1, 3), (3, 2, 3, 2), (1, 3, 1, 2)):
        full = (size - 1) * s + (k - 1) * d + 1
        for i, extent in enumerate((1, full - 2, full - 1, full, full + s - 1)):
            crop = ("notset", "upper", "lower")[(i + k) % 3]
            yield layer(f"k{k}s{s}d{d}_to{extent}_{crop}", [size], [k], 2, 3, strides=s, dilations=d,
                        output_shape=[extent], bias=i % 2 == 0, **{"notset": {}, "upper": UPPER, "lower": LOWER}[crop])
    crops = {"notset": {}, "notset_stated": {"auto_pad": "NOTSET"}, "upper": UPPER, "lower": LOWER, "valid": VALID}
    for crop, arguments in crops.items():
        yield layer(f"output_shape_odd_{crop}", [3, 4], [3, 4], 2, 3, strides=2, output_shape=[6, 7], **arguments)
        yield layer(f"output_shape_even_{crop}", [3, 4], [3, 5], 2, 3, strides=2, output_shape=[5, 7], bias=True,
                    **arguments)
        yield layer(f"output_shape_output_padding_{crop}", [3, 2], [3, 3], 2, 3, strides=[2, 3], output_shape=[7, 5],
                    output_padding=[1, 2], data="random", **arguments)
        yield layer(f"output_shape_beyond_{crop}", [3, 2], [2, 3], 2, 3, batch=2, strides=[3, 2], output_shape=[9, 6],
                    bias=True, activation="relu", **arguments)
    yield layer("output_shape_beyond_output_padding", [3, 2], [2, 3], 2, 3, strides=[3, 4], output_shape=[10, 10],
                output_padding=[1, 2], bias=True)
    yield layer("output_shape_beyond_dilation", [2, 3], [2, 2], 2, 3, strides=[4, 3], dilations=[3, 2],
                output_shape=[11, 7], bias=True, **UPPER)
    yield layer("output_shape_crops_and_exceeds", [2, 3], [4, 1], 2, 3, strides=[2, 3], output_shape=[3, 9], bias=True,
                activation="sigmoid", data="random")
    yield layer("output_shape_with_pads", [3], [3], 2, 3, strides=2, pads=[1, 0], output_shape=[5], bias=True)
    yield layer("output_shape_with_pads", [3, 3], [3, 4], 2, 3, strides=2, pads=[0, 2, 1, 0], output_shape=[6, 5])
    yield layer("output_shape", [2, 2, 3], [3, 2, 4], 2, 3, strides=[2, 3, 2], output_shape=[4, 6, 5], bias=True)
    yield layer("output_shape_upper", [2, 2, 3], [3, 2, 4], 2, 3, strides=[2, 3, 2], output_shape=[2, 4, 7], **UPPER)
    yield layer("output_shape_lower", [2, 2, 2], [2, 3, 2], 2, 2, batch=2, strides=[2, 1, 3], output_shape=[3, 3, 6],
                output_padding=[1, 0, 2], bias=True, **LOWER)


def auto_pads():
    # Kernel, stride, dilation, output_padding; together they reach the stride.
    parameters = ((3, 2, 1, 0), (4, 2, 1, 0), (5, 2, 1, 0), (2, 2, 1, 0), (3, 1, 1, 0), (4, 1, 1, 0), (5, 3, 1, 0),
                  (3, 2, 1, 1), (2, 3, 1, 1), (2, 3, 1, 2), (1, 2, 1, 1), (3, 2, 2, 1), (2, 3, 2, 0), (3, 4, 2, 0))
    for i, (k, s, d, output_padding) in enumerate(parameters):
        for crop, arguments in (("upper", UPPER), ("lower", LOWER)):
            padding = {"output_padding": output_padding} if output_padding else {}
            dilation = {"dilations": d} if d > 1 else {}
            rank = 1 + (i + (crop == "lower")) % 2
            yield cube(f"k{k}s{s}d{d}op{output_padding}_{crop}", rank, k, 2, 3, strides=s, bias=i % 2 == 0, **dilation,
                       **padding, **arguments)
    for crop, arguments in (("upper", UPPER), ("lower", LOWER)):
        yield layer(f"k4x3x2_{crop}", [2, 2, 3], [4, 3, 2], 2, 2, strides=[1, 2, 2], data="random", bias=True,
                    **arguments)
        yield layer(f"k5x4_output_padding_{crop}", [3, 2], [5, 4], 3, 4, batch=2, strides=[2, 3],
                    output_padding=[1, 2], **arguments)
    yield layer("k3s2_valid", [5], [3], 2, 3, strides=2, **VALID)
    yield layer("k2s3_valid_output_padding", [4], [2], 2, 3, strides=3, output_padding=2, bias=True, **VALID)
    yield layer("k2x4_valid", [3, 4], [2, 4], 2, 3, strides=[3, 2], bias=True, **VALID)
    yield layer("k3_valid_dilation_output_padding", [2, 3], [3, 3], 2, 3, strides=2, dilations=[2, 1],
                output_padding=[1, 0], **VALID)
    yield layer("k2s2_valid", [2, 3, 2], [2, 2, 2], 2, 2, strides=2, output_padding=[1, 0, 1], bias=True, **VALID)


# ---- Spellings and layouts -------------------------------------------------------------------------------------------

def spellings():
    """The same layers in every form of their arguments; unequal lists show which axis an element belongs to."""
    for rank in (1, 2, 3):
        for name in ("stride", "strides"):
            for form, value in (("int", 2), ("list", [2, 3, 1][:rank])):
                yield cube(f"{name}_{form}", rank, 3, 2, 2, **{name: value})
        for name in ("dilation", "dilations"):
            for form, value in (("int", 2), ("list", [2, 1, 3][:rank])):
                yield cube(f"{name}_{form}", rank, 2, 2, 2, **{name: value})
        for form, value in (("int", 1), ("list", [0, 2, 1][:rank])):
            yield cube(f"padding_{form}", rank, 3, 2, 2, stride=2, padding=value)
            yield cube(f"pads_{form}", rank, 3, 2, 2, strides=2, pads=value)
        yield cube("pads_both", rank, 3, 2, 2, strides=2, pads=[[2, 0], [0, 2, 1, 0], [0, 1, 2, 0, 2, 1]][rank - 1])
        for form, value in (("int", 1), ("list", [1, 0, 2][:rank])):
            yield cube(f"output_padding_{form}", rank, 2, 2, 2, stride=3, output_padding=value)
        yield cube("kernel_shape", rank, 3, 2, 2, strides=2, kernel_shape=[3] * rank)
        yield cube("kernel_size_list", rank, 3, 2, 2, stride=2, kernel_size=[3] * rank)
    yield cube("kernel_size_int", 2, 3, 2, 2, stride=2, kernel_size=3)
    yield layer("kernel_shape_unequal", [3, 4], [3, 2], 2, 2, strides=2, kernel_shape=[3, 2], group=1,
                pads=[1, 0, 1, 0], auto_pad="NOTSET")
    yield cube("defaults_stated", 2, 3, 2, 2, stride=1, dilation=1, padding=0, output_padding=0, groups=1, bias=False,
               activation="none", data_format="channels_first", filter_layout="IOHW")
    yield cube("defaults_stated", 1, 3, 2, 2, filter_layout="IOW", pads=0)
    yield cube("defaults_stated", 3, 2, 2, 2, filter_layout="IODHW", dilations=[1, 1, 1])


def layouts():
    arguments = ({"stride": 2, "padding": 1, "output_padding": 1}, {"strides": [2, 3], "pads": [2, 0, 1, 1]},
                 {"strides": [2, 1, 2], "pads": [0, 1, 2, 1, 0, 0]})
    for rank in (1, 2, 3):
        for name, formats in (("last", LAST), ("filter_last", FILTER_LAST[rank - 1]),
                              ("both_last", {**LAST, **FILTER_LAST[rank - 1]})):
            yield layer(name, SPATIAL[rank - 1], [4, 3, 2][:rank], 3, 10, bias=True, **arguments[rank - 1], **formats)
            yield layer(f"{name}_batch2", SPATIAL[rank - 1], [2, 3, 2][:rank], 6, 5, batch=2, data="random",
                        dilations=2, **arguments[rank - 1], **formats)
    for name, formats in (("last", LAST), ("both_last", {**LAST, **FILTER_LAST[1]})):
        yield layer(f"output_shape_{name}", [2, 3], [3, 2], 3, 4, strides=[2, 3], output_shape=[6, 7], bias=True,
                    **UPPER, **formats)
        yield layer(f"auto_pad_{name}", [2, 3], [3, 4], 3, 4, batch=3, strides=2, **LOWER, **formats)
        yield layer(f"one_channel_{name}", [3, 3], [3, 3], 1, 1, stride=2, padding=1, output_padding=1, **formats)
        yield layer(f"output_padding_s2d3_{name}", [2, 3], [2, 2], 3, 2, stride=2, dilation=3, output_padding=2,
                    bias=True, **formats)


def layers():
    for table in (common_layers, kernels_and_channels, pads, causal_pads, dilations, output_paddings, output_shapes,
                  auto_pads, spellings, layouts):
        yield from table()
