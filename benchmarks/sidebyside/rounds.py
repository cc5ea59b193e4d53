# SPDX-License-Identifier: Apache-2.0
"""One layer in all workers: prepared, checked, then timed in turns."""

import math
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from sidebyside.layer import Data, cropped
from sidebyside.peers import TCONV
from sidebyside.process import WorkerFailed

BURST_SECONDS = 0.002  # a burst is as many calls as take this long
WARM_SECONDS = 0.003  # calls before the bursts of a turn, one at least
TURN_SECONDS = 0.020  # a turn has bursts for this long, one at least
MOST_BURSTS = 5
FIRST_BURSTS = 5  # of the turn that decides who stays, of one call each
FIRST_SECONDS = 0.5
FIRST_PATIENCE = 6  # seconds; no layer takes a hundredth of that in a system that is not hopeless
SECOND_LOOK_SECONDS = 0.05
CONTENDER = 2  # who takes this times the best after a third of the rounds is not timed in the others
LARGEST_ERROR = 1e-4  # of the largest output; f32 sums stay below 1e-5, half precision does not
LARGEST_PROCESS = 4 << 30  # bytes; a process that keeps more than this after a layer is started anew


class LayerRun:
    """`rows` has an entry for every worker that was asked: its times, or null and the reason."""

    def __init__(self, layer, workers, settings, folder):
        self.layer, self.workers, self.settings, self.folder = layer, workers, settings, Path(folder)
        self.rows, self.samples = {}, {}

    def run(self):
        times = [time.monotonic()]
        self.prepare()
        times.append(time.monotonic())
        racing = self.first_turns()
        times.append(time.monotonic())
        for number in range(self.settings.rounds):
            if number == self.settings.rounds // 3:
                racing = [worker for worker in racing if self.able(worker)]
                behind = self.beyond(CONTENDER, racing)
                racing = [worker for worker in racing if worker not in behind]
            if number == self.settings.rounds // 2:
                self.reload(racing)
            first = number % max(1, len(racing))
            for worker in racing[first:] + racing[:first]:
                self.turn(worker)
        times.append(time.monotonic())
        for worker in self.workers:
            self.finish(worker)
        seconds = [round(b - a, 2) for a, b in zip(times, times[1:])]
        return {'layer': self.layer.entry, 'useful_macs': self.layer.useful_macs, 'flops': self.layer.flops,
                'compulsory_bytes': self.layer.compulsory_bytes, 'shape': self.layer.shape_text(),
                'output_shape': list(self.layer.output_shape),
                'seconds': dict(zip(('prepare', 'first_turns', 'rounds'), seconds)), 'results': self.rows}

    def prepare(self):
        """Loads and checks the workers, as many at once as have cores of their own."""
        data = Data.random(self.layer)
        data.save(self.folder)
        full, bias = data.full_output(), data.bias.astype(np.float64)
        self.on_all_cores(lambda worker: self.load(worker, full, bias), self.workers)

    def reload(self, workers):
        """The same in other memory: which pages a process was given may cost or save it a tenth."""
        def ask(worker):
            worker.ask('reload', self.patience(worker), folder=str(self.folder), options=self.settings.options)
            return self.row(worker)

        self.on_all_cores(ask, workers)

    def on_all_cores(self, work, workers):
        """Lets workers do what is not timed, as many at once as have cores of their own; work(worker) is its row."""
        free = list(self.settings.slots)

        def work_one(worker):
            cores = free.pop()
            try:
                worker.move(cores)
                self.rows[worker.peer.name] = work(worker)
            except WorkerFailed as failure:
                self.fail(worker, failure)
            finally:
                free.append(cores)

        with ThreadPoolExecutor(len(free)) as pool:
            list(pool.map(work_one, workers))
        for worker in workers:
            worker.move(self.settings.slots[0])

    def patience(self, worker):
        return max(self.settings.timeout, worker.peer.load_seconds)

    def load(self, worker, full, bias):
        if worker.running and worker.resident_bytes() > LARGEST_PROCESS:
            worker.kill()
        start = time.monotonic()
        reply = worker.ask('load', self.patience(worker), folder=str(self.folder), options=self.settings.options)
        seconds = time.monotonic() - start
        file = self.folder / (worker.peer.name + '.f32')
        got = np.fromfile(file, np.float32)
        file.unlink()
        want = cropped(full, reply['before'], self.layer.output)
        scale = np.abs(want).max()
        if worker.peer.epilogue:
            want = np.maximum(want + bias, 0)
        if tuple(reply['shape']) != want.shape:
            raise WorkerFailed(f'wrong result: shape {reply["shape"]}')
        error = float(np.abs(got.reshape(want.shape) - want).max() / scale)
        if not error <= LARGEST_ERROR:
            raise WorkerFailed(f'wrong result: relative error {error:.1e}')
        return {'error': error, 'load_seconds': round(seconds, 2), **reply['facts']}

    def first_turns(self):
        """A short turn each; the hopeless drop out, after a turn like the others' if that takes no time. Returns
        the others."""
        racing = [worker for worker in self.workers if self.able(worker) and self.turn(worker)]
        for worker in racing:
            self.row(worker)['once'] = min(self.samples[worker.peer.name])
        for worker in self.beyond(self.settings.drop, racing):
            if self.row(worker)['once'] < SECOND_LOOK_SECONDS:
                self.turn(worker)
        racing = [worker for worker in racing if self.able(worker)]
        hopeless = self.beyond(self.settings.drop, racing)
        for worker in racing:
            if worker in hopeless:
                self.row(worker)['dropped'] = True
            else:
                self.samples[worker.peer.name].clear()
        return [worker for worker in racing if worker not in hopeless]

    def beyond(self, factor, racing):
        """Who takes more than that times the best. tconv stays: it is what the benchmark is about."""
        best = min((self.row(worker)['once'] for worker in racing), default=0)
        return [worker for worker in racing
                if worker.peer.kind != TCONV and self.row(worker)['once'] > factor * best]

    def row(self, worker):
        return self.rows[worker.peer.name]

    def able(self, worker):
        return 'reason' not in self.row(worker)

    def request(self, row):
        """What to ask for one turn; `once` is the least time known after the first."""
        if self.settings.cold:
            calls = 1 if 'once' in row else FIRST_BURSTS
            return {'what': 'cold', 'calls': calls, 'limit': FIRST_SECONDS, 'evict': self.settings.evict}
        if 'once' not in row:
            return {'what': 'time', 'calls': 1, 'bursts': FIRST_BURSTS, 'limit': FIRST_SECONDS, 'warm': 0}
        calls = max(1, math.ceil(BURST_SECONDS / row['once']))
        bursts = min(MOST_BURSTS, max(1, round(TURN_SECONDS / (calls * row['once']))))
        return {'what': 'time', 'calls': calls, 'bursts': bursts, 'limit': self.settings.timeout,
                'warm': WARM_SECONDS}

    def turn(self, worker):
        row = self.row(worker)
        if not self.able(worker):
            return False
        try:
            patience = self.settings.timeout if 'once' in row else FIRST_PATIENCE
            reply = worker.ask(seconds=patience, **self.request(row))
        except WorkerFailed as failure:
            self.fail(worker, failure)
            return False
        self.samples.setdefault(worker.peer.name, []).extend(reply['seconds'])
        if 'once' in row:
            row['once'] = min(row['once'], *reply['seconds'])
        return True

    def fail(self, worker, failure):
        self.rows[worker.peer.name] = {'ms': None, 'median_ms': None, 'reason': str(failure)}

    def finish(self, worker):
        row = self.row(worker)
        row.pop('once', None)
        if self.able(worker):
            milliseconds = [1e3 * seconds for seconds in self.samples[worker.peer.name]]
            row.update(least_ms=min(milliseconds), median_ms=statistics.median(milliseconds),
                       samples=len(milliseconds))
            row['ms'] = row['median_ms'] if self.settings.cold else row['least_ms']
