# SPDX-License-Identifier: Apache-2.0
"""The peers: each is a row of the benchmark. This table imports none of the systems; workers do.

A module here has functions load(data, threads, options, **arguments) -> Case, which prepare one layer in one system
with everything done in advance that the system can do in advance: weights packed and constant, input in place.
"""

import importlib
import os
import sys
from dataclasses import dataclass, field
from typing import Callable, Optional


TCONV, AUTOSCHEDULED = 'tconv', 'autoscheduled'


class Unsupported(Exception):
    """The system cannot run this layer; the text says why."""


@dataclass
class Case:
    """A layer, ready to run: run() computes it once, fetch(run()) is its output, channels last."""
    run: Callable
    fetch: Callable
    before: tuple  # cells cut off in front of each axis of the full output
    seconds: Optional[Callable] = None  # seconds(calls): a timing loop of its own
    close: Optional[Callable] = None
    reopen: Optional[Callable] = None  # reopen(data): the layer in other memory, where that needs no second load
    facts: dict = field(default_factory=dict)  # what the report tells of this row
    keep: tuple = ()  # memory that the system uses and does not own


@dataclass
class Peer:
    name: str
    function: str  # MODULE.FUNCTION in this folder
    arguments: dict
    packages: tuple  # of PyPI, for their versions
    imports: tuple  # modules without which the peer is not there
    layout: str
    how: str
    kind: str = 'peer'  # or TCONV, AUTOSCHEDULED: rows that are no competitor
    by_default: bool = True
    load_seconds: float = 0  # more patience than the driver's, for peers that compile
    environment: Callable = lambda threads: {}

    @property
    def epilogue(self):
        return self.arguments.get('epilogue', False)

    def load(self, data, threads, options):
        module, function = self.function.split('.')
        return getattr(importlib.import_module(f'{__name__}.{module}'), function)(data, threads, options,
                                                                                   **self.arguments)


def xla_environment(threads):
    eigen = 'true' if threads > 1 else 'false'
    return {'JAX_PLATFORMS': 'cpu',
            'XLA_FLAGS': f'--xla_cpu_multi_thread_eigen={eigen} intra_op_parallelism_threads={threads}'}


def tensorflow_environment(_):
    return {'TF_CPP_MIN_LOG_LEVEL': '3', 'CUDA_VISIBLE_DEVICES': ''}


def onednn_environment(_):
    """PyPI's oneDNN finds its SYCL runtime and CPU device beside itself."""
    folder = os.path.join(sys.prefix, 'lib')
    before = os.environ.get('LD_LIBRARY_PATH')
    return {'LD_LIBRARY_PATH': f'{folder}:{before}' if before else folder,
            'OCL_ICD_FILENAMES': os.path.join(folder, 'libintelocl.so')}


def table():
    torch, tensorflow, onednn = ('torch',), ('tensorflow_cpu',), ('onednn',)
    dnnl, dnnl_gomp = {'library': 'libdnnl.so.3.13'}, {'library': 'libdnnl.so.3.2'}
    yield Peer('tconv', 'tconv_peer.load', {}, (), (), 'NHWC', 'a library made for the layer, timed in C',
               TCONV, load_seconds=300)
    yield Peer('tconv_bias_relu', 'tconv_peer.load', {'epilogue': True}, (), (), 'NHWC',
               'the same with bias and ReLU in the store', TCONV, load_seconds=300)
    yield Peer('onednn_any', 'onednn_peer.load', {**dnnl, 'free': True}, onednn, (), 'its choice',
               'deconvolution primitive alone, all layouts of its own choice; SYCL runtime',
               environment=onednn_environment)
    yield Peer('onednn_nhwc', 'onednn_peer.load', {**dnnl, 'free': False}, onednn, (), 'NHWC',
               'the same, source and destination channels last', environment=onednn_environment)
    yield Peer('onednn_gomp_any', 'onednn_peer.load', {**dnnl_gomp, 'free': True}, ('onednn-cpu-gomp',), (),
               'its choice', 'an older oneDNN on OpenMP: cheaper calls')
    yield Peer('onednn_gomp_nhwc', 'onednn_peer.load', {**dnnl_gomp, 'free': False}, ('onednn-cpu-gomp',), (),
               'NHWC', 'the same, source and destination channels last')
    yield Peer('torch_nchw', 'torch_peers.eager', {'channels_last': False}, torch, torch, 'NCHW',
               'eager torch.nn.functional.conv_transpose*d')
    yield Peer('torch_nhwc', 'torch_peers.eager', {'channels_last': True}, torch, torch, 'NHWC',
               'the same, channels_last')
    yield Peer('torch_prepacked_nchw', 'torch_peers.prepacked', {'channels_last': False}, torch, torch,
               'NCHW in, NHWC out', 'oneDNN operator with reordered weights, which frozen torch.compile calls')
    yield Peer('torch_prepacked_nhwc', 'torch_peers.prepacked', {'channels_last': True}, torch, torch, 'NHWC',
               'the same, channels-last input')
    yield Peer('onnxruntime', 'onnx_peers.onnxruntime', {}, ('onnxruntime',), ('onnxruntime', 'onnx'), 'NCHW',
               'CPU execution provider, input and output bound in advance')
    yield Peer('openvino_nchw', 'onnx_peers.openvino', {'channels_last': False}, ('openvino',), ('openvino', 'onnx'),
               'NCHW', 'CPU plugin, f32, latency hint')
    yield Peer('openvino_nhwc', 'onnx_peers.openvino', {'channels_last': True}, ('openvino',), ('openvino', 'onnx'),
               'NHWC', 'the same, channels-last input and output tensors')
    yield Peer('mnn', 'onnx_peers.mnn', {}, ('MNN',), ('MNN', 'onnx'), 'NCHW',
               'Module API, precision high; converted from ONNX')
    yield Peer('ncnn', 'ncnn_peer.load', {'packed': False}, ('ncnn',), ('ncnn',), 'NCHW',
               'default options, f16 and bf16 off; a batch is a loop')
    yield Peer('ncnn_packed', 'ncnn_peer.load', {'packed': True}, ('ncnn',), ('ncnn',), 'NC8HW8',
               'the same, input and output left in its packed layout')
    yield Peer('litert', 'tensorflow_peers.litert', {}, ('ai-edge-litert',), ('tensorflow', 'ai_edge_litert'), 'NHWC',
               'TFLite model, XNNPACK delegate (3-D: built-in kernel)', environment=tensorflow_environment)
    yield Peer('tensorflow', 'tensorflow_peers.tensorflow', {'xla': False}, tensorflow, ('tensorflow',), 'NHWC',
               'tf.function', environment=tensorflow_environment)
    yield Peer('tensorflow_xla', 'tensorflow_peers.tensorflow', {'xla': True}, tensorflow, ('tensorflow',), 'NHWC',
               'tf.function(jit_compile=True)', environment=tensorflow_environment)
    yield Peer('jax', 'jax_peer.load', {}, ('jax',), ('jax',), 'NHWC',
               'jax.jit of conv_general_dilated with lhs_dilation (XLA)', environment=xla_environment)
    for scheduler in ('adams2019', 'mullapudi2016'):
        yield Peer(f'halide_{scheduler}', 'autoscheduled_peer.load', {'scheduler': scheduler}, (), (), 'NHWC',
                   'tconv\'s phases as one correlation each, scheduled by Halide\'s autoscheduler', AUTOSCHEDULED,
                   by_default=False, load_seconds=900)
    yield Peer('numpy', 'numpy_peer.load', {}, ('numpy',), ('numpy',), 'NHWC',
               'a matrix product for each tap, added in place; for tests', by_default=False)


PEERS = {peer.name: peer for peer in table()}
