# SPDX-License-Identifier: Apache-2.0
"""Layers that are shared objects with the functions of native/layer_calls.h."""

import ctypes
import math
import subprocess
from pathlib import Path

from sidebyside.layer import aligned
from sidebyside.peers import Case

NATIVE = Path(__file__).resolve().parent.parent / 'native'


class CommandFailed(Exception):
    pass


def call(command):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines() or ['no message']
        raise CommandFailed(f'{Path(command[0]).name} ended with {result.returncode}: {lines[-1]}')
    return result.stdout


class LayerObject:
    """The functions of native/layer_calls.h in one shared object."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path))
        self.library.layer_seconds.restype = ctypes.c_double
        self.library.layer_seconds.argtypes = [ctypes.c_long]
        self.library.layer_output_elements.restype = ctypes.c_long

    def open(self, data, output, threads):
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in (data.input, data.filter, data.bias, output)]
        self.check(self.library.layer_open(*pointers, threads))

    @staticmethod
    def check(status):
        if status:
            raise RuntimeError(f'the layer returned status {status}')

    def case(self, data, threads, facts):
        outputs = []
        elements = self.library.layer_output_elements()
        if elements != math.prod(data.layer.output_shape):
            raise RuntimeError(f'writes {elements} elements: the output of the layer is {data.layer.output_shape}')

        def reopen(new_data):
            if outputs:
                self.library.layer_close()
            outputs[:] = [aligned(data.layer.output_shape)]
            self.open(new_data, outputs[0], threads)
            return new_data

        def seconds(calls):
            result = self.library.layer_seconds(calls)
            self.check(result < 0)
            return result

        reopen(data)
        return Case(lambda: self.check(self.library.layer_run()), lambda _: outputs[0], data.layer.before,
                    seconds=seconds, close=self.library.layer_close, reopen=reopen, facts=facts)


def link(options, output, definitions, sources):
    """Compiles a file of native/ with the timing loop and the layer's libraries into a shared object."""
    call([options['cc'], '-std=gnu11', '-O2', '-shared', '-fPIC', '-Wall', '-Wextra', f'-I{output.parent}',
          *definitions, NATIVE / 'layer_seconds.c', *sources, '-o', output, '-pthread', '-ldl'])
    return LayerObject(output)
