# SPDX-License-Identifier: Apache-2.0
"""The layers of "conv_transpose" that show what activations do; entries as in explicit_layers.py."""

from explicit_layers import FILTER_LAST, LAST, LOWER, UPPER, layer
from golden_layers import ACTIVATIONS

BARE = ("none", "linear", "relu", "relu6", "elu", "selu", "celu", "gelu", "softplus", "softsign", "silu", "mish",
        "sigmoid", "tanh", "exponential", "hard_silu")

# Parameters, and data that reach both sides of every bend.
PARAMETERS = {
    "leaky_relu": (("negative_slope",),
                   (((0.01,), "random"), ((0.25,), "integers"), ((0,), "integers"), ((1.5,), "integers"),
                    ((-0.5,), "random"))),
    "prelu": (("alpha",), (((0.25,), "integers"), ((0.1,), "random"), ((2,), "integers"))),
    "elu": (("alpha",), (((1,), "wide"), ((0.5,), "wide"), ((2.5,), "random"))),
    "celu": (("alpha",), (((1.0,), "wide"), ((0.5,), "random"), ((3,), "wide"))),
    "hard_tanh": (("min_value", "max_value"),
                  (((-1, 1), "wide"), ((-2.5, 7.5), "integers"), ((0, 6), "integers"), ((-0.1, 0.7), "wide"))),
    "clip": (("min", "max"),
             (((0, None), "integers"), ((None, 6), "integers"), ((-3, 20), "integers"), ((0.5, None), "random"),
              ((None, -0.3), "wide"))),
    "hard_sigmoid": (("alpha", "beta"),
                     (((0.2, 0.5), "wide"), ((1 / 6, 0.5), "wide"), ((0.25, 0.5), "integers"),
                      ((0.125, -0.25), "integers"))),
}

# In cells that no input reaches, the third has zeros and the last two have bias.
GEOMETRIES = (
    ([9], [4], {"stride": 2, "padding": 1}),
    ([4, 5], [3, 4], {"strides": [2, 1], "pads": [1, 0, 0, 2], "bias": True}),
    ([3, 4], [2, 2], {"stride": 3, "output_padding": 1}),
    ([2, 3, 2], [2, 3, 2], {"stride": 2, "padding": [0, 1, 0], "bias": True}),
    ([3, 3], [2, 2], {"stride": 2, "dilation": 2, "bias": True}),
    ([5], [2], {"strides": 3, "output_shape": [16], "bias": True}),
)


def channels_out(index):
    return (3, 9, 5, 17, 1)[index % 5]


def activated(name, index, ci=4, **arguments):
    """A layer of a geometry that `index` chooses, with channels first and last by turns."""
    spatial, kernel, geometry = GEOMETRIES[index % len(GEOMETRIES)]
    layout = LAST if index // len(GEOMETRIES) % 2 else {}
    suffix = "_last" if layout or "data_format" in arguments else ""
    return layer(name + suffix, spatial, kernel, ci, channels_out(index), **{**geometry, **layout, **arguments})


def bare_names():
    for i, name in enumerate(BARE):
        for rank, choices in enumerate(((0, 5), (1, 2, 4), (3,))):
            index = choices[i % len(choices)] + len(GEOMETRIES) * ((i + rank) % 2)
            yield activated("activation_" + name, index, activation=name, data=ACTIVATIONS.get(name, "integers"))
    for index in range(len(GEOMETRIES)):
        yield activated(f"activation_softmax_{index}", index, activation="softmax",
                        data=("random", "integers")[index % 4 == 3], **LAST)
    yield layer("activation_softmax_filter_last", [2, 3], [3, 3], 3, 7, batch=2, strides=2, activation="softmax",
                data="random", bias=True, **UPPER, **LAST, **FILTER_LAST[1])


def with_parameters():
    index = 0
    for name, (keys, values) in PARAMETERS.items():
        for number, (parameters, data) in enumerate(values):
            given = {key: value for key, value in zip(keys, parameters) if value is not None}
            for example in "ab":
                yield activated(f"activation_{name}_{number}{example}", index, data=data,
                                activation={"name": name, **given})
                index += 5  # goes through all geometries and both layouts


def prelu_tensors():
    for index in range(2 * len(GEOMETRIES)):
        yield activated(f"prelu_{index}", index, data=("random", "integers")[index % 2],
                        alpha_shape=[channels_out(index)] if index % 3 else [1])
    yield layer("prelu_one_channel", [4], [3], 3, 1, stride=2, bias=True, alpha_shape=[1])
    yield layer("prelu_many_channels_batch2", [2, 3], [3, 3], 2, 17, batch=2, strides=2, data="random", bias=True,
                alpha_shape=[17], **LOWER)
    yield layer("prelu_filter_last_batch2", [2, 2], [2, 3], 3, 4, batch=2, strides=[2, 3], bias=True, alpha_shape=[4],
                **LAST, **FILTER_LAST[1])
    yield layer("prelu_shared_batch3", [2, 2, 2], [2, 2, 2], 2, 3, batch=3, stride=2, data="random", alpha_shape=[1])


def layers():
    for table in (bare_names, with_parameters, prelu_tensors):
        yield from table()
