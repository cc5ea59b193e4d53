# SPDX-License-Identifier: Apache-2.0
"""A layer of benchmarks/layers.json: geometry, test data, the right answer, and what it costs at least."""

import json
import math
from pathlib import Path

import numpy as np

ALIGNMENT = 64


def aligned(shape):
    """Uninitialised float32 at an address that is a multiple of 64 bytes."""
    count = math.prod(shape)
    raw = np.empty(count + ALIGNMENT // 4, np.float32)
    start = -raw.ctypes.data % ALIGNMENT // 4
    return raw[start:start + count].reshape(shape)


def aligned_copy(array):
    """A C-ordered copy at an aligned address."""
    copy = aligned(array.shape)
    copy[...] = array
    return copy


class Layer:
    """Input [batch, spatial.., in], filter [kernel.., out, in], output [batch, output.., out].

    `output_shape` is what the library says that tconv made for it. Per axis the transposed convolution is the full one,
    (input-1)*stride + dilation*(kernel-1) + 1 long, less `before` in front and `after` behind, where the odd cell goes.
    Where the output is longer than the full one (strides above the kernel), `before` is 0 and `after` negative. Peers
    that know one crop for both sides take `both` and append `appended` cells: the same work, shifted by one.
    """

    def __init__(self, entry, output_shape):
        self.entry, self.output_shape = entry, tuple(output_shape)
        self.name, self.batch = entry['name'], entry['batch']
        self.in_channels, self.out_channels = entry['in_channels'], entry['out_channels']
        self.input, self.kernel, self.strides, self.dilations = (
            tuple(entry[key]) for key in ('spatial', 'kernel', 'strides', 'dilations'))
        self.rank = len(self.input)
        self.padding = entry['padding'].upper()
        if self.padding not in ('SAME', 'VALID') or entry.get('output_padding') is not None:
            raise ValueError(f'{self.name}: the benchmark knows padding same and valid, without output_padding')
        self.output = self.output_shape[1:-1]
        if (self.output_shape[0], self.output_shape[-1], len(self.output)) != (self.batch, self.out_channels, self.rank):
            raise ValueError(f'{self.name}: an output of {self.output_shape} is not that of this layer')
        self.full = tuple((i - 1) * s + d * (k - 1) + 1
                          for i, k, s, d in zip(self.input, self.kernel, self.strides, self.dilations))
        crop = [f - o for f, o in zip(self.full, self.output)]
        self.before = tuple(max(c, 0) // 2 for c in crop)
        self.after = tuple(c - b for c, b in zip(crop, self.before))
        self.both = tuple(max(a, 0) for a in self.after)
        self.appended = tuple(2 * b - c for c, b in zip(crop, self.both))

    @property
    def input_shape(self):
        return (self.batch, *self.input, self.in_channels)

    @property
    def filter_shape(self):
        return (*self.kernel, self.out_channels, self.in_channels)

    @property
    def flops(self):
        """Two for every pair of input and filter value, what a crop removes included: how such lists count."""
        return 2 * math.prod(self.input_shape) * math.prod(self.kernel) * self.out_channels

    @property
    def useful_macs(self):
        """Multiply-adds whose result lands inside the output."""
        macs = self.batch * self.in_channels * self.out_channels
        for i, k, s, d, b, o in zip(self.input, self.kernel, self.strides, self.dilations, self.before, self.output):
            macs *= sum(0 <= x * s + tap * d - b < o for x in range(i) for tap in range(k))
        return macs

    @property
    def compulsory_bytes(self):
        """Input, filter and output once, as float32."""
        return 4 * sum(math.prod(shape) for shape in (self.input_shape, self.filter_shape, self.output_shape))

    def shape_text(self):
        def times(values):
            return 'x'.join(map(str, values))
        dilation = f' d{self.dilations[0]}' if max(self.dilations) > 1 else ''
        return (f'{self.batch}x{times(self.input)}x{self.in_channels}→{self.out_channels} k{times(self.kernel)} '
                f's{self.strides[0]}{dilation} {self.padding.lower()}')


class Data:
    """Test data of a layer: the driver makes and saves it, workers map it."""

    def __init__(self, layer, input_, filter_, bias):
        self.layer, self.input, self.filter, self.bias = layer, input_, filter_, bias

    @staticmethod
    def random(layer):
        generator = np.random.default_rng(0)
        scale = np.float32(math.sqrt(layer.in_channels * math.prod(layer.kernel)))
        return Data(layer, generator.standard_normal(layer.input_shape, np.float32),
                    generator.standard_normal(layer.filter_shape, np.float32) / scale,
                    generator.standard_normal(layer.out_channels, np.float32))

    def save(self, folder):
        Path(folder, 'layer.json').write_text(json.dumps([self.layer.entry, self.layer.output_shape]))
        for name in ('input', 'filter', 'bias'):
            getattr(self, name).tofile(Path(folder, name + '.f32'))

    @staticmethod
    def load(folder):
        layer = Layer(*json.loads(Path(folder, 'layer.json').read_text()))
        shapes = {'input': layer.input_shape, 'filter': layer.filter_shape, 'bias': (layer.out_channels,)}
        arrays = [aligned_copy(np.fromfile(Path(folder, name + '.f32'), np.float32).reshape(shape))
                  for name, shape in shapes.items()]
        return Data(layer, *arrays)

    @property
    def input_channels_first(self):
        return aligned_copy(np.moveaxis(self.input, -1, 1))

    @property
    def filter_in_out_kernel(self):
        return aligned_copy(np.moveaxis(self.filter, (-1, -2), (0, 1)))

    def full_output(self):
        """The uncropped transposed convolution, in double precision."""
        layer = self.layer
        output = np.zeros((layer.batch, *layer.full, layer.out_channels))
        exact_input = self.input.astype(np.float64)
        for tap in np.ndindex(*layer.kernel):
            cells = tuple(slice(t * d, t * d + (i - 1) * s + 1, s)
                          for t, d, i, s in zip(tap, layer.dilations, layer.input, layer.strides))
            output[(slice(None), *cells)] += exact_input @ self.filter[tap].T.astype(np.float64)
        return output


def cropped(full_output, before, output_extents):
    """What is left of the full output when `before` is cut off in front of each axis; zeros where it ends too early."""
    part = full_output[(slice(None), *(slice(b, b + o) for b, o in zip(before, output_extents)))]
    missing = [(0, o - p) for o, p in zip(output_extents, part.shape[1:])]
    return np.pad(part, [(0, 0), *missing, (0, 0)]) if np.any(missing) else part
