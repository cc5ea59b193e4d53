# SPDX-License-Identifier: Apache-2.0
"""TensorFlow, plain and through XLA, and LiteRT (TensorFlow Lite with XNNPACK)."""

import tensorflow as tf

from sidebyside.peers import Case


def concrete_function(data, xla=False):
    layer = data.layer
    shape = list(layer.output_shape)

    @tf.function(input_signature=[tf.TensorSpec(layer.input_shape, tf.float32)], jit_compile=xla or None)
    def function(x):
        weights = tf.constant(data.filter)
        if max(layer.dilations) > 1:
            return tf.nn.atrous_conv2d_transpose(x, weights, shape, layer.dilations[0], layer.padding)
        operator = {1: tf.nn.conv1d_transpose, 2: tf.nn.conv2d_transpose, 3: tf.nn.conv3d_transpose}[layer.rank]
        return operator(x, weights, shape, list(layer.strides), layer.padding)

    return function.get_concrete_function()


def tensorflow(data, threads, options, xla):
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        pass  # the second layer of this process: it has started, with these numbers
    function = concrete_function(data, xla)
    x = tf.constant(data.input)
    return Case(lambda: function(x), lambda output: output.numpy(), data.layer.before)


def litert(data, threads, options):
    from ai_edge_litert.interpreter import Interpreter
    model = tf.lite.TFLiteConverter.from_concrete_functions([concrete_function(data)]).convert()
    interpreter = Interpreter(model_content=model, num_threads=threads)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]['index'], data.input)
    output = interpreter.get_output_details()[0]['index']
    return Case(interpreter.invoke, lambda _: interpreter.get_tensor(output), data.layer.before)
