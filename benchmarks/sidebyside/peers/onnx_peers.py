# SPDX-License-Identifier: Apache-2.0
"""Systems that read ONNX: ONNX Runtime, OpenVINO, MNN."""

import tempfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from sidebyside.peers import Case, Unsupported


def onnx_model(data):
    layer = data.layer
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [layer.batch, channels, *extents])
               for name, channels, extents in (('x', layer.in_channels, layer.input),
                                               ('y', layer.out_channels, layer.output))]
    node = helper.make_node('ConvTranspose', ['x', 'w'], ['y'], kernel_shape=layer.kernel, strides=layer.strides,
                            dilations=layer.dilations, pads=[*layer.before, *layer.both],
                            output_padding=[max(-after, 0) for after in layer.after])
    graph = helper.make_graph([node], 'layer', tensors[:1], tensors[1:],
                              [numpy_helper.from_array(data.filter_in_out_kernel, 'w')])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8).SerializeToString()


def onnxruntime(data, threads, options):
    import onnxruntime as ort
    layer = data.layer
    settings = ort.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    session = ort.InferenceSession(onnx_model(data), settings, ['CPUExecutionProvider'])
    binding = session.io_binding()
    output = ort.OrtValue.ortvalue_from_shape_and_type([layer.batch, layer.out_channels, *layer.output], 'float32')
    x = data.input_channels_first
    binding.bind_ortvalue_input('x', ort.OrtValue.ortvalue_from_numpy(x))
    binding.bind_ortvalue_output('y', output)
    return Case(lambda: session.run_with_iobinding(binding), lambda _: np.moveaxis(output.numpy(), 1, -1), layer.before,
                keep=(x,))


def openvino(data, threads, options, channels_last):
    import openvino as ov
    layer = data.layer
    core = ov.Core()
    model = core.read_model(onnx_model(data))
    if channels_last:
        extents = {1: 'W', 2: 'HW', 3: 'DHW'}[layer.rank]
        steps = ov.preprocess.PrePostProcessor(model)
        for end in (steps.input(), steps.output()):
            end.tensor().set_layout(ov.Layout(f'N{extents}C'))
            end.model().set_layout(ov.Layout(f'NC{extents}'))
        model = steps.build()
    settings = {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY', 'INFERENCE_NUM_THREADS': threads,
                'ENABLE_CPU_PINNING': False}
    request = core.compile_model(model, 'CPU', settings).create_infer_request()
    x = data.input if channels_last else data.input_channels_first
    request.set_input_tensor(ov.Tensor(x, shared_memory=True))

    def fetch(_):
        output = request.get_output_tensor().data
        return output if channels_last else np.moveaxis(output, 1, -1)

    return Case(lambda: request.infer(share_outputs=True), fetch, layer.before, keep=(x,))


def mnn(data, threads, options):
    import MNN
    import _tools  # MNN's converter itself: MNN.tools.mnnconvert would also report its use to a server
    layer = data.layer
    if layer.rank == 3:
        raise Unsupported('no 3-D deconvolution on the CPU')
    with tempfile.TemporaryDirectory() as folder:
        onnx, converted = Path(folder, 'layer.onnx'), Path(folder, 'layer.mnn')
        onnx.write_bytes(onnx_model(data))
        _tools.mnnconvert(['', '-f', 'ONNX', '--modelFile', str(onnx), '--MNNModel', str(converted),
                           '--bizCode', 'layer'])
        runtime = MNN.nn.create_runtime_manager(({'backend': 'CPU', 'numThread': threads, 'precision': 'high'},))
        module = MNN.nn.load_module_from_file(str(converted), ['x'], ['y'], runtime_manager=runtime)
    array = data.input_channels_first
    x = MNN.expr.const(array, list(array.shape), MNN.expr.NCHW)

    def fetch(output):
        shape = (layer.batch, layer.out_channels, *layer.output)
        return np.moveaxis(np.array(output.read()).reshape(shape), 1, -1)

    return Case(lambda: module.forward([x])[0], fetch, layer.before, keep=(array,))
