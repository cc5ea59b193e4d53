# SPDX-License-Identifier: Apache-2.0
"""oneDNN's deconvolution primitive through its C API (version 3), without anything around it."""

import ctypes
import os
import sys

import numpy as np

from sidebyside.layer import aligned
from sidebyside.peers import Case, Unsupported

# Of dnnl_types.h.
CPU, INFERENCE, DECONVOLUTION_DIRECT = 1, 96, 0xa
FLOAT32, ANY_LAYOUT = 3, 1
SOURCE, DESTINATION, WEIGHTS = 1, 17, 33
LAYOUT_QUERIES = {SOURCE: 129, WEIGHTS: 131, DESTINATION: 133}
MOST_DIMENSIONS = 12
ALLOCATED_BY_LIBRARY = ctypes.c_void_p(-1)


class Argument(ctypes.Structure):
    _fields_ = [('index', ctypes.c_int), ('memory', ctypes.c_void_p)]


class Library:
    """Handles live until close(), which destroys them in the reverse order."""

    def __init__(self, name):
        try:
            self.c = ctypes.CDLL(os.path.join(sys.prefix, 'lib', name))
        except OSError as error:
            raise Unsupported(str(error)) from error
        self.c.dnnl_primitive_desc_query_md.restype = ctypes.c_void_p
        self.handles = []
        self.engine = self.new('engine', 'engine_create', CPU, ctypes.c_size_t(0))
        self.stream = self.new('stream', 'stream_create', self.engine, 1)

    def new(self, kind, function, *arguments):
        handle = ctypes.c_void_p()
        status = getattr(self.c, 'dnnl_' + function)(ctypes.byref(handle), *arguments)
        if status:
            raise Unsupported(f'dnnl_{function}: status {status}')
        self.handles.append((kind, handle))
        return handle

    def close(self):
        for kind, handle in reversed(self.handles):
            getattr(self.c, f'dnnl_{kind}_destroy')(handle)
        self.handles.clear()

    def layout(self, array, free):
        """The array's own layout, or one that the primitive may choose."""
        extents = dimensions(array.shape)
        if free:
            return self.new('memory_desc', 'memory_desc_create_with_tag', array.ndim, extents, FLOAT32, ANY_LAYOUT)
        strides = dimensions(stride // 4 for stride in array.strides)
        return self.new('memory_desc', 'memory_desc_create_with_strides', array.ndim, extents, FLOAT32, strides)

    def memory(self, layout):
        return self.new('memory', 'memory_create', layout, self.engine, ALLOCATED_BY_LIBRARY)

    def primitive(self, description, memories):
        primitive = self.new('primitive', 'primitive_create', description)
        arguments = (Argument * len(memories))(*memories.items())
        execute, wait = self.c.dnnl_primitive_execute, self.c.dnnl_stream_wait
        stream, count = self.stream, len(memories)

        def run():
            if execute(primitive, stream, count, arguments) or wait(stream):
                raise RuntimeError('dnnl_primitive_execute failed')

        return run

    def reorder(self, source, source_layout, destination, destination_layout):
        description = self.new('primitive_desc', 'reorder_primitive_desc_create', source_layout, self.engine,
                               destination_layout, self.engine, None)
        self.primitive(description, {SOURCE: source, DESTINATION: destination})()

    def copy(self, memory, array, to_array):
        address = ctypes.c_void_p()
        self.c.dnnl_memory_map_data(memory, ctypes.byref(address))
        if to_array:
            ctypes.memmove(array.ctypes.data, address, array.nbytes)
        else:
            ctypes.memmove(address, array.ctypes.data, array.nbytes)
        self.c.dnnl_memory_unmap_data(memory, address)


def dimensions(values):
    return (ctypes.c_int64 * MOST_DIMENSIONS)(*values)


def load(data, threads, options, library, free):
    layer, dnnl = data.layer, Library(library)
    output = aligned(layer.output_shape)
    weights = data.filter_in_out_kernel
    arrays = {SOURCE: np.moveaxis(data.input, -1, 1), WEIGHTS: weights.swapaxes(0, 1),
              DESTINATION: np.moveaxis(output, -1, 1)}
    plain = {index: dnnl.layout(array, False) for index, array in arrays.items()}
    wanted = {index: dnnl.layout(array, free or index == WEIGHTS) for index, array in arrays.items()}
    description = dnnl.new('primitive_desc', 'deconvolution_forward_primitive_desc_create', dnnl.engine, INFERENCE,
                           DECONVOLUTION_DIRECT, wanted[SOURCE], wanted[WEIGHTS], None, wanted[DESTINATION],
                           dimensions(layer.strides), dimensions(d - 1 for d in layer.dilations),
                           dimensions(layer.before), dimensions(layer.after), None)
    chosen = {index: ctypes.c_void_p(dnnl.c.dnnl_primitive_desc_query_md(description, query, 0))
              for index, query in LAYOUT_QUERIES.items()}
    memories = {index: dnnl.memory(layout) for index, layout in chosen.items()}
    outside = {index: dnnl.memory(layout) for index, layout in plain.items()}
    for index, array in ((SOURCE, data.input), (WEIGHTS, weights)):
        dnnl.copy(outside[index], array, to_array=False)
        dnnl.reorder(outside[index], plain[index], memories[index], chosen[index])

    def fetch(_):
        dnnl.reorder(memories[DESTINATION], chosen[DESTINATION], outside[DESTINATION], plain[DESTINATION])
        dnnl.copy(outside[DESTINATION], output, to_array=True)
        return output

    return Case(dnnl.primitive(description, memories), fetch, layer.before, close=dnnl.close)
