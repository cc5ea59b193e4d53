# SPDX-License-Identifier: Apache-2.0
"""compare.py from end to end: tconv builds a small layer and runs beside the peer that is always there.

TCONV names the command."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

COMPARE = Path(__file__).resolve().parent.parent / 'compare.py'
TCONV = os.environ['TCONV']
LAYERS = [{'name': name, 'network': 'none', 'op': 'conv2d_transpose', 'batch': 1, 'spatial': [6, 5],
           'in_channels': 16, 'out_channels': 8, 'kernel': [4, 4], 'strides': [2, 2], 'dilations': [1, 1],
           'padding': padding, 'output_padding': None, 'layout': 'channels_last', 'flops': 122880}
          for name, padding in (('tiny_same', 'same'), ('tiny_valid', 'valid'))]
# Strides above the kernel, where Keras' output is longer than the full one.
GAPS = [dict(LAYERS[0], name=f'gaps_{padding}', kernel=[2, 3], strides=[3, 4], padding=padding, flops=46080)
        for padding in ('same', 'valid')]


class CompareTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / 'layers.json').write_text(json.dumps(LAYERS))

    def compare(self, *arguments, code=0):
        result = subprocess.run([sys.executable, '-B', str(COMPARE), *arguments], capture_output=True, text=True)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def run_tiny(self, *arguments, code=0):
        return self.compare('run', '--peers', 'numpy', '--rounds', '3', '--layers-file',
                            str(self.folder / 'layers.json'), '--out', str(self.folder / 'out'), '--tconv', TCONV,
                            *arguments, code=code)

    def test_the_shape_is_the_library_s(self):
        (self.folder / 'layers.json').write_text(json.dumps(GAPS + [LAYERS[0]]))
        self.run_tiny()
        layers = self.read('out-1t.json')['layers']
        for layer in layers.values():
            for name, row in layer['results'].items():
                self.assertNotIn('reason', row, f'{layer["shape"]}: {name}')
                self.assertLess(row['error'], 1e-5)
        for layer in GAPS:
            self.assertEqual(layers[layer['name']]['output_shape'], [1, 18, 20, 8])

    def read(self, name):
        return json.loads((self.folder / name).read_text())

    def test_json_table_and_chart(self):
        self.run_tiny()
        results = self.read('out-1t.json')
        self.assertEqual(list(results['layers']), ['tiny_same', 'tiny_valid'])
        for layer in results['layers'].values():
            self.assertEqual(set(layer['results']), {'tconv', 'tconv_bias_relu', 'numpy'})
            for row in layer['results'].values():
                self.assertGreater(row['ms'], 0)
                self.assertLessEqual(row['ms'], row['median_ms'])
                self.assertLess(row['error'], 1e-5)
            self.assertIn('variant', layer['results']['tconv'])
        self.assertGreater(results['machine']['gflops'], 0)
        self.assertGreater(results['machine']['gbps'], 0)
        for peer in results['peers'].values():
            self.assertGreater(peer['smallest_us'], 0)
        self.assertNotIn(str(self.folder), (self.folder / 'out-1t.json').read_text())
        page = (self.folder / 'out-1t.md').read_text()
        self.assertIn('| tiny_same |', page)
        self.assertIn('out-1t.svg', page)
        ElementTree.parse(self.folder / 'out-1t.svg')

        written = {suffix: (self.folder / f'out-1t.{suffix}').read_bytes() for suffix in ('md', 'svg')}
        for suffix in written:
            (self.folder / f'out-1t.{suffix}').unlink()
        self.compare('report', str(self.folder / 'out-1t.json'))
        for suffix, content in written.items():
            self.assertEqual((self.folder / f'out-1t.{suffix}').read_bytes(), content)

    def test_resume_measures_what_is_left(self):
        self.run_tiny('--layers', 'tiny_same')
        first = self.read('out-1t.json')['layers']['tiny_same']
        output = self.run_tiny('--resume')
        results = self.read('out-1t.json')
        self.assertEqual(results['layers']['tiny_same'], first)
        self.assertIn('tiny_valid', results['layers'])
        self.assertNotIn('tiny_same ', output)
        self.assertIn('rounds', self.run_tiny('--resume', '--rounds', '4', code=1))

    def test_cold_and_two_threads(self):
        self.run_tiny('--cold', '--layers', 'tiny_same')
        cold = self.read('out-1t.json')
        self.assertEqual(cold['mode'], 'cold')
        row = cold['layers']['tiny_same']['results']['tconv']
        self.assertEqual(row['ms'], row['median_ms'])
        if len(os.sched_getaffinity(0)) > 1:
            self.run_tiny('--threads', '2', '--layers', 'tiny_valid')
            self.assertGreater(self.read('out-2t.json')['layers']['tiny_valid']['results']['tconv']['ms'], 0)

    def test_what_is_not_known_is_named(self):
        self.assertIn('layer nothing: not known', self.run_tiny('--layers', 'nothing', code=1))
        self.assertIn('peer nobody: not known', self.compare('run', '--peers', 'nobody', '--tconv', TCONV, code=1))


if __name__ == '__main__':
    unittest.main()
