# SPDX-License-Identifier: Apache-2.0
"""The driver's end of a worker: starts it, asks it, keeps it still while it is not its turn, replaces it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180


class WorkerFailed(Exception):
    """No answer, or an answer that says why there is none. `fatal`: the worker will not work for any layer."""

    def __init__(self, reason, fatal=False):
        super().__init__(reason)
        self.fatal = fatal


def pin(process, cores):
    """Moves all threads of a process to the given cores; threads made later follow."""
    if not hasattr(os, 'sched_setaffinity'):
        return
    for thread in os.listdir(f'/proc/{process}/task'):
        try:
            os.sched_setaffinity(int(thread), cores)
        except ProcessLookupError:
            pass  # it ended meanwhile


class WorkerProcess:
    """One peer's process, stopped between requests so that its threads do not spin in the others' time."""

    def __init__(self, peer, threads, cores, verbose=False, huge_pages=False):
        self.peer, self.threads, self.cores, self.verbose = peer, threads, cores, verbose
        self.huge_pages = huge_pages
        self.process, self.versions = None, {}

    def start(self):
        environment = dict(os.environ, OMP_NUM_THREADS=str(self.threads), PYTHONPATH=str(ROOT),
                           PYTHONDONTWRITEBYTECODE='1', **self.peer.environment(self.threads))
        if self.huge_pages:
            environment['GLIBC_TUNABLES'] = 'glibc.malloc.hugetlb=1'
        for name in ('OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
            environment[name] = str(self.threads)
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'sidebyside.worker', self.peer.name, str(self.threads)], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None if self.verbose else subprocess.DEVNULL,
            start_new_session=True)
        pin(self.process.pid, self.cores)
        self.rest = b''
        hello = self.receive(START_SECONDS)
        if 'missing' in hello:
            self.kill()
            raise WorkerFailed('not installed: ' + hello['missing'], fatal=True)
        self.versions = hello['versions']
        self.stop()

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def ask(self, what, seconds, **arguments):
        """The answer to one request; starts the process where there is none, also after it failed."""
        if self.process is None:
            self.start()
        elif not self.running:
            raise WorkerFailed(self.end_of_process())
        os.kill(self.process.pid, signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps({'do': what, **arguments}).encode() + b'\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            raise WorkerFailed(self.end_of_process()) from None
        reply = self.receive(seconds)
        self.stop()
        if 'error' in reply:
            raise WorkerFailed(reply['error'])
        return reply

    def receive(self, seconds):
        end, pipe = time.monotonic() + seconds, self.process.stdout.fileno()
        while b'\n' not in self.rest:
            if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
                self.kill()
                raise WorkerFailed(f'no answer in {seconds:g} s')
            part = os.read(pipe, 1 << 16)
            if not part:
                raise WorkerFailed(self.end_of_process())
            self.rest += part
        line, self.rest = self.rest.split(b'\n', 1)
        return json.loads(line)

    def stop(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def move(self, cores):
        if self.running:
            pin(self.process.pid, cores)

    def resident_bytes(self):
        pages = int(Path(f'/proc/{self.process.pid}/statm').read_text().split()[1])
        return pages * os.sysconf('SC_PAGE_SIZE')

    def end_of_process(self):
        code = self.forget()
        if code >= 0:
            return f'ended with {code}'
        return f'crashed: {signal.strsignal(-code)}'

    def kill(self):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)  # with what it started
            except ProcessLookupError:
                pass
            self.forget()

    def forget(self):
        """The exit code of the process, which has ended or is about to."""
        code = self.process.wait()
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # a request that it did not read
        self.process = None
        return code
