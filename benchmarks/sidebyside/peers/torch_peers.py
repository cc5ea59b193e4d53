# SPDX-License-Identifier: Apache-2.0
"""PyTorch: eager, and its oneDNN operator with weights packed in advance."""

import numpy as np
import torch

from sidebyside.peers import Case, Unsupported

CHANNELS_LAST = {1: torch.contiguous_format, 2: torch.channels_last, 3: torch.channels_last_3d}


def channels_last_array(tensor):
    return np.moveaxis(tensor.numpy(), 1, -1)


def tensors(data, threads, channels_last):
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    memory_format = CHANNELS_LAST[data.layer.rank] if channels_last else torch.contiguous_format
    return [torch.from_numpy(array).contiguous(memory_format=memory_format)
            for array in (data.input_channels_first, data.filter_in_out_kernel)]


def eager(data, threads, options, channels_last):
    layer = data.layer
    if channels_last and layer.rank == 1:
        raise Unsupported('no channels-last memory format in 1-D')
    x, w = tensors(data, threads, channels_last)
    function = getattr(torch.nn.functional, f'conv_transpose{layer.rank}d')
    strides, padding, appended, dilations = layer.strides, layer.both, layer.appended, layer.dilations
    return Case(lambda: function(x, w, None, strides, padding, appended, 1, dilations), channels_last_array,
                layer.both)


def prepacked(data, threads, options, channels_last):
    layer = data.layer
    x, w = tensors(data, threads, channels_last)
    padding, appended, strides, dilations = (
        list(values) for values in (layer.both, layer.appended, layer.strides, layer.dilations))
    if layer.rank == 1:  # the operator is 2-D and 3-D only
        x, w = x.unsqueeze(2), w.unsqueeze(2)
        padding, appended, strides, dilations = [0] + padding, [0] + appended, [1] + strides, [1] + dilations
        if channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
    operators = torch.ops.mkldnn
    w = operators._reorder_convolution_transpose_weight(w, padding, appended, strides, dilations, 1, list(x.shape))
    convolve = operators._convolution_transpose_pointwise

    def run():
        return convolve(x, w, None, padding, appended, strides, dilations, 1, 'none', [], '')

    def fetch(output):
        return channels_last_array(output.squeeze(2) if layer.rank == 1 else output)

    return Case(run, fetch, layer.both)
