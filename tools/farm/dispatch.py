# SPDX-License-Identifier: Apache-2.0
"""Gives the tasks of a farm to Dask and takes their answers.

No more tasks are given away than there are workers for them. Dask would put the others into queues of workers, and count
the death of a worker against all of its queue: four deaths, and tasks that never ran would count as deadly.
"""

import asyncio
import time
from collections import Counter, deque
from contextlib import suppress
from secrets import token_hex

from distributed import KilledWorker, wait
from distributed.client import FuturesCancelledError
from distributed.comm import CommClosedError

import cluster
import tuning_task

LOOK_SECONDS = 1  # between two looks at who is there
GATHER_SECONDS = 10


class Farm:
    """`keep(task, record)` gets each record as it arrives; `run` says whether all tasks have one."""

    def __init__(self, client, tasks, keep, progress, patience):
        self.client, self.keep, self.progress, self.patience = client, keep, progress, patience
        self.queues = {}
        for task in tasks:
            self.queues.setdefault(task.cpu, deque()).append(task)
        self.running = {}  # future: task
        self.alone_since = {}  # processor that has tasks and no worker: when that was seen first
        self.failures = 0

    def run(self):
        try:
            while self.running or any(self.queues.values()):
                counts, names = cluster.workers(self.client)
                self.submit(counts)
                self.watch(counts)
                self.show(names)
                self.harvest()
        except (CommClosedError, FuturesCancelledError):
            raise cluster.ClusterFailed('the scheduler is gone') from None
        finally:
            self.progress.clear()
            with suppress(CommClosedError):
                self.client.cancel(list(self.running), force=True)
        return self.failures == 0

    def submit(self, counts):
        busy = Counter(task.cpu for task in self.running.values())
        for cpu, queue in self.queues.items():
            while queue and busy[cpu] < counts[cpu]:
                task = queue.popleft()
                # The words before the number are what the dashboard shows.
                name = f'{task.layer} {task.target} {task.cpu} #{token_hex(4)}'
                future = self.client.submit(tuning_task.tune, task, key=name, resources=cluster.resource(cpu), pure=False)
                self.running[future] = task
                busy[cpu] += 1

    def watch(self, counts):
        """Waits for workers of processors that have none, and gives up at the end of the patience."""
        for cpu, queue in self.queues.items():
            left = [future for future, task in self.running.items() if task.cpu == cpu and not future.done()]
            if counts[cpu] or not (queue or left):
                self.alone_since.pop(cpu, None)
                continue
            if cpu not in self.alone_since:
                self.alone_since[cpu] = time.monotonic()
                self.progress.say(f'waiting for a worker with cpu {cpu}, {self.patience:g} s at most')
            if time.monotonic() - self.alone_since[cpu] >= self.patience:
                self.client.cancel(left, force=True)
                for task in [*map(self.running.pop, left), *queue]:
                    self.fail(task, f'no worker with cpu {cpu} within {self.patience:g} s')
                queue.clear()

    def show(self, names):
        if not self.progress.live:
            return
        places = cluster.places(self.client)
        running = [(task.layer, names.get(places[future.key], '')) for future, task in self.running.items()
                   if future.key in places]
        self.progress.show(running, list(self.alone_since))

    def harvest(self):
        """Waits a moment, then takes what is there at once: it lies on its worker, and would be lost with it."""
        if not self.running:
            time.sleep(min(LOOK_SECONDS, self.patience))
            return
        try:
            wait(list(self.running), timeout=LOOK_SECONDS, return_when='FIRST_COMPLETED')
        except asyncio.TimeoutError:
            return
        for future in [each for each in self.running if each.done()]:
            try:
                answer = self.answer(future)
            except asyncio.TimeoutError:  # lost with its worker after all: Dask runs it again
                continue
            self.take(self.running.pop(future), answer)
            future.release()

    @staticmethod
    def answer(future):
        if future.status == 'finished':
            return future.result(timeout=GATHER_SECONDS)
        if future.status == 'error':
            error = future.exception(timeout=GATHER_SECONDS)
            if isinstance(error, KilledWorker):
                return {'failure': f'given up: its worker died, {error.allowed_failures + 1} in a row'}
            return {'failure': f'{type(error).__name__}: {" ".join(str(error).split())}'}
        raise FuturesCancelledError([])  # as the others are when the connection breaks

    def take(self, task, answer):
        if 'failure' in answer:
            self.fail(task, answer['failure'], answer.get('worker'))
        else:
            self.keep(task, answer['record'])
            self.progress.found(task, answer)

    def fail(self, task, line, worker=None):
        self.failures += 1
        self.progress.failed(task, line, worker)
