# SPDX-License-Identifier: Apache-2.0
"""The farm with the tconv that was built, on a small layer; TCONV names the command."""

import json
import os
import subprocess
import unittest

from farm_case import FarmCase

TCONV = os.environ['TCONV']
LAYER = {'name': 'tiny', 'op': 'tf.nn.conv2d_transpose', 'input_shape': [1, 4, 4, 8], 'filter_shape': [2, 2, 8, 8],
         'output_shape': [1, 8, 8, 8], 'strides': 2, 'padding': 'SAME', 'weights': {'filter': 'absent.npy'}}


class TuneTest(FarmCase):
    def test_the_record_is_one_that_a_build_takes(self):
        listing = subprocess.run([TCONV, 'targets'], capture_output=True, text=True, check=True).stdout
        target = next(line.split(': ')[1] for line in listing.splitlines() if line.startswith('host '))
        file = self.folder / 'tiny.json'
        file.write_text(json.dumps([LAYER, dict(LAYER, name='wrong', strides=0)]))
        tune = self.start_tune(file, '--on', target, '--tconv', TCONV, '--trials', 1, '--minutes', 0.01, scheduler=False)
        out, err = self.result(tune, code=1)
        self.assertRegex(err, rf'\Afarm: wrong for {target}:\S+ on this machine: layer.json: layer wrong: .*strides.*\n\Z')
        self.assertRegex(out, rf'(?m)^tiny +{target} .* \d+/\d+  \S')
        self.assert_left_nothing()

        record, = json.loads(self.records.read_text())
        self.assertEqual((record['target'], record['threads']), (target, 1))
        file.write_text(json.dumps({key: value for key, value in LAYER.items() if key != 'weights'}))
        subprocess.run([TCONV, 'build', file, '--target', target, '--cpu', record['cpu'], '--tuned', self.records,
                        '-o', self.folder / 'built'], check=True, capture_output=True)
        self.assertEqual(json.loads((self.folder / 'built/tiny.json').read_text())['knobs_from'], 'tuned')


if __name__ == '__main__':
    unittest.main()
