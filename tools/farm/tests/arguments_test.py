# SPDX-License-Identifier: Apache-2.0
"""Layer files as they travel, and one line for each argument that is wrong."""

import contextlib
import io
import json
import os
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import farm_case  # noqa: F401  (skips where Dask is missing)
import farm
import layers
import tuning_task

TWO = [{'name': 'a', 'op': 'conv_transpose'}, {'name': 'b', 'op': 'conv2d_transpose', 'batch': 1}]


class FolderCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / 'layers.json'
        self.tconv = self.folder / 'tconv'
        self.say_processor('znver3.')

    def say_processor(self, words):
        self.tconv.write_text(f'#!/bin/sh\necho "This machine\'s processor is {words}"\necho more\n')
        self.tconv.chmod(0o755)

    def write(self, content):
        self.file.write_text(json.dumps(content))
        return self.file


class LayersTest(FolderCase):
    def test_entries_of_a_list_stay_entries_and_lose_their_weights(self):
        self.write([dict(TWO[0], weights={'filter': 'absent.npy'}), TWO[1]])
        self.assertEqual([(each.name, json.loads(each.text), each.files) for each in layers.read(self.file)],
                         [('a', [TWO[0]], {}), ('b', [TWO[1]], {})])
        self.assertEqual([each.name for each in layers.read(self.file, ['b', 'a'])], ['b', 'a'])

    def test_a_file_of_one_layer_stays_one(self):
        read, = layers.read(self.write(dict(TWO[0], weights={})))
        self.assertEqual(json.loads(read.text), TWO[0])

    def test_the_name_of_a_keras_config_is_inside(self):
        config = {'class_name': 'Conv2DTranspose', 'config': {'name': 'up', 'filters': 2}}
        self.assertEqual([each.name for each in layers.read(self.write([config]))], ['up'])

    def test_slopes_travel_along(self):
        (self.folder / 'slopes.npy').write_bytes(b'values')
        layer = dict(TWO[0], activation={'name': 'prelu', 'alpha': 'slopes.npy'})
        read, = layers.read(self.write(layer))
        self.assertEqual(json.loads(read.text)['activation'], {'name': 'prelu', 'alpha': 'alpha.npy'})
        self.assertEqual(read.files, {'alpha.npy': b'values'})
        (self.folder / 'slopes.npy').unlink()
        with self.assertRaisesRegex(layers.LayersRefused, 'layer a: activation.alpha = slopes.npy: cannot be read: No such'):
            layers.read(self.file)

    def test_what_is_no_list_of_layers_is_refused(self):
        for content, line in (([], 'at least one layer'), ([1], 'entry 0: must be an object with a name'), (
                {'op': 'x'}, 'entry 0: must be an object with a name'), ([TWO[0], TWO[0]], 'name = a: must not appear twice')):
            with self.assertRaisesRegex(layers.LayersRefused, line):
                layers.read(self.write(content))


class ArgumentsTest(FolderCase):
    def line(self, *words):
        """What the command says on stderr, which is one line, before anything is written or started."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertNotEqual(farm.main([str(word) for word in words]), 0)
        self.assertRegex(said.getvalue(), r'\Afarm: [^\n]+\n\Z')
        self.assertEqual(sorted(set(os.listdir(self.folder)) - {'layers.json', 'tconv'}), [])
        return said.getvalue().strip().removeprefix('farm: ')

    def tune(self, *words, on='x86-64-avx2:znver3'):
        self.write(TWO)
        return self.line('tune', self.file, '--records', self.folder / 'records.json', '--tconv', self.tconv, '--on', on,
                         *words)

    def test_values(self):
        for option, value, rule in (('--minutes', '0', 'a number from 0.01 to 10000'), ('--minutes', 'nan', 'a number from'),
                                    ('--trials', '1.5', 'an integer, 0 or more'), ('--threads', '0', 'an integer from 1 to 1024'),
                                    ('--seed', '-1', 'an integer, 0 or more'), ('--wait', 'long', 'seconds, 0 or more')):
            self.assertIn(f'{option} = {value}: must be {rule}', self.tune(f'{option}={value}'))
        self.assertEqual(self.tune('--layers', 'c'), f'--layers = c: not in {self.file}, which has a, b')
        self.assertEqual(self.tune('--layers', 'a,a'), '--layers = a: must not be chosen twice')
        self.assertIn('must be another file than the layers', self.line(
            'tune', self.write([record_like()]), '--records', self.file, '--tconv', self.tconv, '--on', 'x86-64'))
        self.assertIn('must be another file than --records', self.tune('--session', self.folder / 'records.json'))
        self.assertIn('required: --on', self.line('tune', self.write(TWO), '--records', 'r.json'))
        self.assertIn('absent.json: cannot be read: No such file',
                      self.line('tune', 'absent.json', '--records', 'r.json', '--tconv', self.tconv, '--on', 'x86-64'))
        self.assertIn('VERB', self.line('spin'))

    def test_pairs(self):
        for on in ('host:znver3', ':znver3', 'host'):
            self.assertIn(f'--on = {on}: must be TARGET:CPU', self.tune(on=on))
        for on in ('x86-64:', 'x86-64:a b'):
            self.assertIn(f'--on = {on}: names no processor', self.tune(on=on))
        self.assertIn('--on = x86-64-avx2: must not stand twice', self.tune('--on', 'x86-64-avx2'))
        self.assertEqual(self.tune(on='x86-64:skylake'), '--on = x86-64:skylake: without --scheduler there is this machine '
                                                         'alone, whose processor is znver3')

    def test_machines(self):
        self.assertIn('--tconv = absent: not there', self.tune('--tconv', 'absent'))
        self.assertIn('--scheduler = nowhere://x: ', self.tune('--scheduler', 'nowhere://x'))
        self.assertIn('--scheduler = nowhere://x: ', self.line('worker', '--scheduler', 'nowhere://x', '--tconv', self.tconv))
        for words, line in ((('--runner', 'y'), '--runner: needs --cpu or --machine'), (('--cpu', '-'), 'names no processor'),
                            (('--cpu', 'a', '--machine', 'b'), '--machine: must not stand beside --cpu'),
                            (('--machine', 'absent'), '--machine = absent: cannot be read: No such file'),
                            (('--machine', self.write(TWO)), 'is no file of `tconv calibrate`')):
            self.assertIn(line, self.line('worker', '--scheduler', 'x', '--tconv', self.tconv, *words))
        self.assertIn('--port = 70000: must be a port', self.line('scheduler', '--port', '70000'))

    def test_the_processor_is_what_tconv_says(self):
        def processor():
            return farm.cluster.processor(self.tconv)
        self.assertEqual(processor(), 'znver3')
        self.say_processor('none of them: target host takes generic.')
        self.assertEqual(processor(), 'generic')
        self.tconv.write_text('#!/bin/sh\necho nothing\n')
        with self.assertRaisesRegex(farm.cluster.ClusterFailed, "does not say what this machine's processor is"):
            processor()


def record_like():
    return {'name': 'a', 'workload': 'w', 'target': 't', 'cpu': 'c'}


class LeftoversTest(unittest.TestCase):
    def test_folders_of_dead_workers_alone_are_cleared(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch('tempfile.tempdir', folder):
            names = [f'tconv-farm-{process}-abc' for process in (os.getpid(), 99999999)]
            for name in (*names, 'tconv-farm-x-abc', 'other'):
                Path(folder, name).mkdir()
            tuning_task.clear_leftovers()
            self.assertEqual(sorted(os.listdir(folder)), sorted([names[0], 'tconv-farm-x-abc', 'other']))


if __name__ == '__main__':
    unittest.main()
