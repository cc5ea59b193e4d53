# SPDX-License-Identifier: Apache-2.0
"""ncnn, with plain tensors and with tensors in its packed layout."""

import tempfile
from pathlib import Path

import ncnn
import numpy as np

from sidebyside.peers import Case, Unsupported

# ncnn numbers its parameters; along width, height, depth.
KERNEL, DILATION, STRIDE = (1, 11, 21), (2, 12, 22), (3, 13, 23)
PAD_BEFORE = {1: (4,), 2: (4, 14), 3: (4, 14, 24)}
PAD_AFTER = {1: (15,), 2: (15, 16), 3: (15, 16, 17)}
APPENDED = {1: (18,), 2: (18, 19), 3: (18, 19, 20)}
KIND = {1: 'Deconvolution1D', 2: 'Deconvolution', 3: 'Deconvolution3D'}
ANY_PACKING, UNPACKED = 1, 0


def parameters(layer):
    def along_axes(numbers, values):
        return ' '.join(f'{number}={value}' for number, value in zip(numbers, reversed(values)))
    per_axis = ' '.join([along_axes(KERNEL, layer.kernel), along_axes(DILATION, layer.dilations),
                         along_axes(STRIDE, layer.strides), along_axes(PAD_BEFORE[layer.rank], layer.before),
                         along_axes(PAD_AFTER[layer.rank], layer.both),
                         along_axes(APPENDED[layer.rank], [max(-after, 0) for after in layer.after])])
    size = np.prod(layer.filter_shape)
    return (f'7767517\n2 2\nInput x 0 1 x\n{KIND[layer.rank]} y 1 1 x y 0={layer.out_channels} {per_axis} 5=0 '
            f'6={size}\n')


def make_net(data, threads):
    net = ncnn.Net()
    settings = net.opt
    settings.num_threads, settings.use_vulkan_compute = threads, False
    settings.use_fp16_packed = settings.use_fp16_storage = settings.use_fp16_arithmetic = False
    settings.use_bf16_storage = False
    with tempfile.TemporaryDirectory() as folder:
        param, weights = Path(folder, 'layer.param'), Path(folder, 'layer.bin')
        param.write_text(parameters(data.layer))
        out_in_kernel = np.ascontiguousarray(data.filter_in_out_kernel.swapaxes(0, 1))
        weights.write_bytes(b'\0\0\0\0' + out_in_kernel.tobytes())  # a tag: plain float32
        if net.load_param(str(param)) or net.load_model(str(weights)):
            raise Unsupported('the model does not load')
    return net


def load(data, threads, options, packed):
    layer, net = data.layer, make_net(data, threads)

    def repacked(mat, elements):
        result = ncnn.Mat()
        ncnn.convert_packing(mat, result, elements, net.opt)
        return result

    images = [ncnn.Mat(np.ascontiguousarray(image)).clone() for image in data.input_channels_first]
    if packed and layer.in_channels % 4 == 0:
        images = [repacked(image, 8 if layer.in_channels % 8 == 0 else 4) for image in images]
    packing = ANY_PACKING if packed else UNPACKED

    def run():
        outputs = []
        for image in images:
            extractor = net.create_extractor()
            extractor.input('x', image)
            outputs.append(extractor.extract('y', packing)[1])
        return outputs

    def fetch(outputs):
        return np.moveaxis(np.stack([np.array(repacked(output, 1)) for output in outputs]), 1, -1)

    return Case(run, fetch, layer.before)
