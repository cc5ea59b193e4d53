# SPDX-License-Identifier: Apache-2.0
"""The files of records and sessions: what is replaced, what is kept, and that none is ever half there."""

import errno
import json
import os
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import records


def record(workload, target='x86-64-avx2', cpu='znver3', **more):
    return {'workload': workload, 'target': target, 'cpu': cpu, **more}


class RecordsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / 'records.json'

    def merge(self, *found):
        for each in found:
            records.merge(self.file, each)
        return json.loads(self.file.read_text())

    def refusal(self, call, *arguments):
        with self.assertRaises(records.FileRefused) as refused:
            call(*arguments)
        self.assertNotIn('\n', str(refused.exception))
        return str(refused.exception)

    def test_the_same_is_replaced_in_its_place_and_all_else_kept(self):
        others = [record('b', target='x86-64'), record('b', cpu='znver4'), record('b', threads=2), record('c')]
        self.file.write_text(json.dumps([record('a'), record('b', ms=3), *others, record('b', ms=4)]))
        self.assertEqual(self.merge(record('b', ms=2, threads=1)), [record('a'), record('b', ms=2, threads=1), *others])
        self.assertEqual(self.merge(record('d'))[-2:], [others[-1], record('d')])

    def test_the_form_is_that_of_tconv_tune(self):
        self.merge(record('a', model='Kern \u00e9', ms=0.000474074002, knobs={'tile_x': 1}))
        self.assertEqual(self.file.read_text(), '[\n  {\n    "workload": "a",\n    "target": "x86-64-avx2",\n    "cpu": "znver3",\n'
                         '    "model": "Kern \u00e9",\n    "ms": 0.000474074002,\n    "knobs": {\n      "tile_x": 1\n    }\n  }\n]\n')

    def test_a_write_that_fails_leaves_what_was_there(self):
        self.merge(record('a'))
        before = self.file.read_bytes()
        for step in ('fsync', 'replace'):
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            with mock.patch.object(records.os, step, side_effect=full):
                self.assertEqual(self.refusal(records.merge, self.file, record('b')),
                                 f'--records = {self.file}: cannot be written: No space left on device')
            self.assertEqual(self.file.read_bytes(), before)
            self.assertEqual(os.listdir(self.folder), ['records.json'])

    def test_the_file_is_whole_whenever_it_is_looked_at(self):
        self.merge(*(record(f'{i}') for i in range(50)))
        seen = []

        def look(*_):  # by the time that everything is written, beside it
            seen.append(len(json.loads(self.file.read_text())))
        with mock.patch.object(records.os, 'fsync', side_effect=look):
            self.merge(record('50'))
        self.assertEqual(seen, [50])

    def test_mode_and_links_stay_and_a_fresh_file_follows_the_umask(self):
        place = self.folder / 'place.json'
        place.write_text('[]')
        place.chmod(0o640)
        self.file.symlink_to(place)
        self.merge(record('a'))
        self.assertTrue(self.file.is_symlink())
        self.assertEqual(place.stat().st_mode & 0o777, 0o640)
        self.file = self.folder / 'fresh.json'
        before = os.umask(0o027)
        try:
            self.merge(record('a'))
        finally:
            os.umask(before)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o640)

    def test_what_is_no_file_of_records_is_refused_and_stays(self):
        for text, rule in (('{', 'is no JSON'), ('{}', 'must be a list of tuned records'),
                           ('[1]', 'must be a list of tuned records'), ('[{"target": "a"}]', 'must be a list')):
            self.file.write_text(text)
            for call in (records.check, lambda path: records.merge(path, record('a'))):
                self.assertIn(f'--records = {self.file}: {rule}', self.refusal(call, self.file))
            self.assertEqual(self.file.read_text(), text)
        self.assertIn('No such file', self.refusal(records.check, self.folder / 'absent/records.json'))
        for path in (self.folder, '/dev/null'):
            self.assertIn('must be a file', self.refusal(records.check, path))

    def test_the_check_leaves_nothing(self):
        records.check(self.file)
        self.assertEqual(os.listdir(self.folder), [])


def task(layer='a', text='{}', target='x86-64', cpu='znver3', threads=1, files=()):
    return SimpleNamespace(layer=layer, text=text, target=target, cpu=cpu, threads=threads, files=dict(files))


class SessionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / 'session.jsonl'

    def test_knows_what_is_done_and_nothing_else(self):
        records.Session(self.file).add(task(), {'commit': 'abc'})
        session = records.Session(self.file)
        self.assertEqual(session.commits, {'abc'})
        self.assertTrue(session.is_done(task()))
        for other in (task(layer='b'), task(text='[]'), task(target='x'), task(cpu='y'), task(threads=2),
                      task(files={'alpha.npy': b'1'})):
            self.assertFalse(session.is_done(other))

    def test_goes_on_behind_a_line_that_was_cut_off(self):
        records.Session(self.file).add(task(), {'commit': 'abc'})
        whole = self.file.read_text()
        records.Session(self.file).add(task('b'), {'commit': 'abc'})
        self.file.write_text(self.file.read_text()[:-5])
        session = records.Session(self.file)
        self.assertFalse(session.is_done(task('b')))
        self.assertEqual(self.file.read_text(), whole)
        session.add(task('c'), {'commit': 'abc'})
        self.assertTrue(records.Session(self.file).is_done(task('c')))

    def test_another_file_is_refused_and_stays(self):
        for text in ('[]\n', '{"tconv_session":1}\n', 'no session', '{"tconv_farm": 1}\n{}\n'):
            self.file.write_text(text)
            with self.assertRaisesRegex(records.FileRefused, 'is no session of the farm'):
                records.Session(self.file)
            self.assertEqual(self.file.read_text(), text)

    def test_without_a_file_nothing_is_done(self):
        session = records.Session(None)
        session.add(task(), {'commit': 'abc'})
        self.assertFalse(session.is_done(task()))


if __name__ == '__main__':
    unittest.main()
