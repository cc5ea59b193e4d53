# SPDX-License-Identifier: Apache-2.0
"""Turns, drop-outs and failures, with made-up workers; and what happens to the process of a real one."""

import os
import signal
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from sidebyside.layer import Data, Layer, cropped
from sidebyside.peers import PEERS, Peer
from sidebyside.process import WorkerFailed, WorkerProcess
from sidebyside.rounds import LayerRun
from sidebyside.worker import hello

TINY = {'name': 'tiny', 'batch': 1, 'spatial': [4, 4], 'in_channels': 8, 'out_channels': 4, 'kernel': [4, 4],
        'strides': [2, 2], 'dilations': [1, 1], 'padding': 'same', 'output_padding': None}


class MadeUpWorker:
    """Answers like a worker whose layer takes `milliseconds`."""

    running = False

    def __init__(self, name, milliseconds, kind='peer', error=0.0, fails=None):
        self.peer = Peer(name, '', {}, (), (), '', '', kind)
        self.milliseconds, self.error, self.fails, self.asked = milliseconds, error, fails, []

    def move(self, cores):
        pass

    def ask(self, what, seconds, **arguments):
        self.asked.append((what, arguments))
        if self.fails == what:
            raise WorkerFailed('crashed: Aborted')
        if what == 'load':
            data = Data.load(arguments['folder'])
            output = cropped(data.full_output(), data.layer.before, data.layer.output) * (1 + self.error)
            output.astype('f4').tofile(Path(arguments['folder'], self.peer.name + '.f32'))
            return {'before': data.layer.before, 'shape': output.shape, 'facts': {'variant': 'v'}}
        if what == 'reload':
            return {}
        return {'seconds': [1e-3 * self.milliseconds] * arguments.get('bursts', 1)}


class LayerRunTest(unittest.TestCase):
    def run_layer(self, *workers, cold=False):
        settings = SimpleNamespace(rounds=6, timeout=5, drop=5, cold=cold, slots=[{0}], options={}, evict='library')
        with tempfile.TemporaryDirectory() as folder:
            return LayerRun(Layer(TINY, (1, 8, 8, 4)), workers, settings, folder).run()['results']

    def test_every_worker_gets_its_time(self):
        rows = self.run_layer(MadeUpWorker('tconv', 1.0, 'tconv'), MadeUpWorker('quick', 0.9))
        self.assertAlmostEqual(rows['tconv']['ms'], 1.0)
        self.assertAlmostEqual(rows['quick']['median_ms'], 0.9)
        self.assertEqual(rows['tconv']['variant'], 'v')
        self.assertNotIn('dropped', rows['quick'])

    def test_short_calls_are_timed_in_bursts(self):
        worker = MadeUpWorker('tconv', 0.01, 'tconv')
        self.run_layer(worker)
        self.assertEqual(worker.asked[-1][1]['calls'], 200)

    def test_the_hopeless_drop_out_and_keep_their_first_time(self):
        slow, medium, ours = MadeUpWorker('slow', 6.0), MadeUpWorker('medium', 3.0), MadeUpWorker('us', 9.0, 'tconv')
        crawling = MadeUpWorker('crawling', 60.0)
        rows = self.run_layer(MadeUpWorker('best', 1.0), slow, medium, ours, crawling)
        self.assertEqual(len(crawling.asked), 2)
        self.assertTrue(rows['slow']['dropped'])
        self.assertAlmostEqual(rows['slow']['ms'], 6.0)
        self.assertEqual([what for what, _ in slow.asked], ['load', 'time', 'time'])
        self.assertEqual(len(medium.asked), 2 + 2)  # a third of the rounds: it is no contender
        self.assertEqual(len(ours.asked), 2 + 6 + 1)  # with a reload; tconv stays, however slow

    def test_failures_are_null_with_their_reason(self):
        rows = self.run_layer(MadeUpWorker('best', 1.0), MadeUpWorker('unable', 1.0, fails='load'),
                              MadeUpWorker('crashes', 1.0, fails='time'), MadeUpWorker('wrong', 1.0, error=1e-3))
        for name, reason in (('unable', 'crashed: Aborted'), ('crashes', 'crashed: Aborted'),
                             ('wrong', 'wrong result: relative error 1.0e-03')):
            self.assertIsNone(rows[name]['ms'])
            self.assertEqual(rows[name]['reason'], reason)
        self.assertAlmostEqual(rows['best']['ms'], 1.0)

    def test_cold_runs_are_single(self):
        worker = MadeUpWorker('tconv', 0.01, 'tconv')
        rows = self.run_layer(worker, cold=True)
        self.assertEqual([arguments['calls'] for what, arguments in worker.asked if what == 'cold'], [5] + 6 * [1])
        self.assertEqual(rows['tconv']['samples'], 6)


class WorkerProcessTest(unittest.TestCase):
    def setUp(self):
        self.worker = WorkerProcess(PEERS['numpy'], 1, {min(os.sched_getaffinity(0))})
        self.addCleanup(self.worker.kill)

    def load(self, folder, seconds=60):
        Data.random(Layer(TINY, (1, 8, 8, 4))).save(folder)
        return self.worker.ask('load', seconds, folder=folder, options={})

    def test_stands_still_between_requests(self):
        with tempfile.TemporaryDirectory() as folder:
            self.load(folder)
        os.waitid(os.P_PID, self.worker.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.assertIn('numpy', self.worker.versions)
        seconds = self.worker.ask('time', 60, calls=2, bursts=3, limit=10, warm=0)['seconds']
        self.assertEqual(len(seconds), 3)
        self.assertGreater(min(seconds), 0)

    def test_is_started_anew_after_a_crash(self):
        with tempfile.TemporaryDirectory() as folder:
            self.load(folder)
            os.kill(self.worker.process.pid, signal.SIGKILL)
            with self.assertRaisesRegex(WorkerFailed, 'crashed: Killed'):
                self.worker.ask('time', 60, calls=1, bursts=1, limit=1, warm=0)
            self.assertEqual(self.load(folder)['shape'], [1, 8, 8, 4])

    def test_a_crash_between_requests_is_no_fresh_start(self):
        with tempfile.TemporaryDirectory() as folder:
            self.load(folder)
            os.kill(self.worker.process.pid, signal.SIGKILL)
            os.waitid(os.P_PID, self.worker.process.pid, os.WEXITED | os.WNOWAIT)
            with self.assertRaisesRegex(WorkerFailed, 'crashed: Killed'):
                self.worker.ask('time', 60, calls=1, bursts=1, limit=1, warm=0)

    def test_is_killed_when_it_does_not_answer(self):
        self.worker.start()
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(WorkerFailed, 'no answer in 0 s'):
                self.load(folder, seconds=0)
            self.assertFalse(self.worker.running)
            self.assertEqual(self.load(folder)['shape'], [1, 8, 8, 4])

    def test_answers_an_error_and_goes_on(self):
        with self.assertRaisesRegex(WorkerFailed, 'layer.json'):
            self.worker.ask('load', 60, folder=os.path.join(os.sep, 'nowhere'), options={})
        with tempfile.TemporaryDirectory() as folder:
            self.load(folder)

    def test_a_peer_that_is_not_installed_says_so(self):
        for peer in (Peer('p', '', {}, (), ('no_module_of_anyone',), '', ''),
                     Peer('p', '', {}, ('no_package_of_anyone',), (), '', '')):
            self.assertIn('of_anyone', hello(peer)['missing'])
        self.assertIn('numpy', hello(PEERS['numpy'])['versions'])


if __name__ == '__main__':
    unittest.main()
