# SPDX-License-Identifier: Apache-2.0
"""The layer files and weights of examples/generator are what its script makes of its model; what it cannot, it says."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

try:
    import onnx
    import take_apart
    from onnx import helper
except ImportError as error:
    print(f'skipped: {error}')
    sys.exit(77)

EXAMPLE = Path(take_apart.__file__).parent


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


class TakeApart(unittest.TestCase):
    def take_apart(self, model):
        with tempfile.TemporaryDirectory() as folder, mock.patch('sys.argv', ['take_apart.py', str(model), folder]):
            take_apart.main()
            return contents(Path(folder))

    def refusal(self, change):
        model = onnx.load(EXAMPLE / 'generator.onnx')
        change(model.graph.node)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / 'changed.onnx'
            onnx.save(model, file)
            with self.assertRaises(SystemExit) as stop:
                self.take_apart(file)
        return str(stop.exception)

    def test_the_committed_layers(self):
        self.assertEqual(self.take_apart(EXAMPLE / 'generator.onnx'), contents(EXAMPLE / 'layers'))

    def test_refusals(self):
        def other_activation(nodes):
            nodes[1].CopyFrom(helper.make_node('Erf', nodes[1].input[:1], nodes[1].output))

        def branch(nodes):
            nodes[4].input[0] = nodes[2].output[0]

        self.assertIn('= Erf: must be PRelu,', self.refusal(other_activation))
        self.assertIn('not a chain of layers', self.refusal(branch))


if __name__ == '__main__':
    unittest.main()
