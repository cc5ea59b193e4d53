# SPDX-License-Identifier: Apache-2.0
"""A farm of this machine for tests: a scheduler, workers with a fake tconv, and `farm.py tune`, each a process."""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import suppress
from pathlib import Path

try:
    import distributed  # noqa: F401
except ImportError as missing:
    print(f'skipped: {missing}; ./test.sh installs it')
    sys.exit(77)

HERE = Path(__file__).resolve().parent
FARM = HERE.parent / 'farm.py'
PATIENCE = 60  # of a busy machine


def is_alive(process):
    """A zombie, which its parent has not asked for yet, is not."""
    with suppress(OSError):
        return Path(f'/proc/{process}/stat').read_text().rsplit(')', 1)[1].split()[0] != 'Z'
    return False


class FarmCase(unittest.TestCase):
    address = None  # of a scheduler that all tests of a class share, else of the test's own

    @classmethod
    def share_scheduler(cls):
        one = cls('start_scheduler')
        one.setUp()
        cls.addClassCleanup(one.doCleanups)
        one.start_scheduler()
        cls.address = one.address

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / 'tmp').mkdir()
        self.tconv = self.folder / 'tconv'
        self.tconv.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S {shlex.quote(str(HERE))}/fake_tconv.py "$@"\n')
        self.tconv.chmod(0o755)
        self.records = self.folder / 'records.json'

    def start(self, *words, cpu='none', worker='none', **environment):
        environment = dict(os.environ, FAKE_FOLDER=str(self.folder), FAKE_CPU=cpu, FAKE_WORKER=worker,
                           TMPDIR=str(self.folder / 'tmp'), **environment)
        environment.pop('PYTHONPATH', None)  # farm.py finds its parts by itself
        process = subprocess.Popen([sys.executable, '-B', FARM, *map(str, words)], env=environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def line_of(self, process, beginning):
        """Reads what a process says up to the line that begins so."""
        for line in process.stdout:
            if line.startswith(beginning):
                return line.strip()
        self.fail(f'no line {beginning!r}: {process.stderr.read()}')

    def start_scheduler(self, **environment):
        process = self.start('scheduler', '--host', '127.0.0.1', '--port', 0, '--dashboard', 0, **environment)
        self.address = self.line_of(process, 'scheduler: ').split()[1]
        return process

    def start_workers(self, **workers):
        """name=processor of each; returns their processes by name."""
        started = {name: self.start('worker', '--scheduler', self.address, '--name', name, '--tconv', self.tconv, cpu=cpu,
                                    worker=name) for name, cpu in workers.items()}
        for name, process in started.items():
            self.assertIn(f'processor {workers[name]},', self.line_of(process, f'worker {name}: '))
        return started

    def layers(self, *names):
        file = self.folder / 'layers.json'
        file.write_text(json.dumps([{'name': name, 'op': 'none', 'weights': {'filter': 'absent.npy'}} for name in names]))
        return file

    def start_tune(self, layers, *words, scheduler=True, **environment):
        address = ['--scheduler', self.address] if scheduler else []
        return self.start('tune', layers, '--records', self.records, *address, *words, **environment)

    def result(self, process, code=0):
        """(stdout, stderr) of a process that ends with `code`."""
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, out + err)
        return out, err

    def until(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not (value := condition()):
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.05)
        return value

    def log(self, layer=''):
        """(layer, worker, cpu, process, words) of each start of `tconv tune`."""
        with suppress(FileNotFoundError):
            lines = [line.split(' ', 4) for line in (self.folder / 'log').read_text().splitlines()]
            return [(*line[:3], int(line[3]), line[4]) for line in lines if not layer or line[0] == layer]
        return []

    def started(self, layer):
        return self.until(lambda: self.log(layer), f'{layer} was not started')[-1]

    def go(self):
        (self.folder / 'go').touch()

    def found(self):
        """(layer, cpu) of all records, sorted."""
        return sorted((each['workload'].split()[-1], each['cpu']) for each in json.loads(self.records.read_text()))

    def assert_ends(self, process):
        self.until(lambda: not is_alive(process), f'process {process} still runs')

    def assert_left_nothing(self):
        left = [each.name for each in (self.folder / 'tmp').iterdir() if each.name.startswith('tconv-farm-')]
        self.assertEqual(left, [])

    @staticmethod
    def interrupt(process):
        process.send_signal(signal.SIGINT)
