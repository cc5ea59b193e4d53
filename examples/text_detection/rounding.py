# SPDX-License-Identifier: Apache-2.0
"""How far two float32 implementations of a layer of the head may lie apart, cell by cell.

A sum of n products, in any order, is within (n + few) * u * (sum of their magnitudes) of the exact value, u being 2^-24;
two implementations are within twice that of each other. Normalisation, folded or not, adds a few roundings at the
magnitudes that it passes through. Relu does not enlarge a difference, sigmoid divides it by 4 at least. Tensors here are
channels last, in double precision.
"""

import numpy as np

UNIT_ROUNDOFF = 2.0**-24
FEW = 8  # adding the bias, four steps of normalisation with a rounded scale, rounding the folded weights
STEEPEST = {"relu": 1.0, "sigmoid": 0.25}
ACTIVATION_ERROR = {"relu": 0.0, "sigmoid": 1e-6}  # of both approximations of exp together; relu is exact


def rounding_bound(layer, x, input_difference=None):
    """Bound on the difference of two outputs of `layer` for input x, or for inputs `input_difference` apart."""
    magnitude = _upsample(np.abs(x), np.abs(layer.filter)) + np.abs(layer.offset) + np.abs(layer.mean)
    magnitude = magnitude * np.abs(layer.scale) + np.abs(layer.shift)
    bound = 2 * (layer.filter.shape[0] + FEW) * UNIT_ROUNDOFF * magnitude
    if input_difference is not None:
        bound += _upsample(input_difference, np.abs(layer.filter)) * np.abs(layer.scale)
    return bound * STEEPEST[layer.activation] + ACTIVATION_ERROR[layer.activation]


def _upsample(x, filter):
    """Transposed convolution with kernel size = stride: every input cell makes a block of the output by itself."""
    batch, height, width, _ = x.shape
    _, channels, kernel, _ = filter.shape
    blocks = np.einsum("nyxi,ioab->nyaxbo", x, filter, optimize=True)
    return blocks.reshape(batch, height * kernel, width * kernel, channels)


def largest(values):
    """The largest magnitude; NaN where there is one, which no limit accepts."""
    return float(np.abs(values).max())
