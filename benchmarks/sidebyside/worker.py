# SPDX-License-Identifier: Apache-2.0
"""A worker: the process in which one peer runs layers.

    python -m sidebyside.worker PEER THREADS

takes one JSON request a line from standard input and answers each with one line:

    (start)                                       -> versions of the packages, or what is missing
    {"do": "load", "folder": F, "options": {..}}  -> prepares the layer saved in F, runs it once; "before", "facts",
                                                     and the output in F/PEER.f32
    {"do": "reload", ..}                          -> the same layer in other memory
    {"do": "time", "calls": N, "bursts": B, ..}   -> B times the mean seconds of N calls, fewer after "limit" seconds;
                                                     first, calls for "warm" seconds that do not count
    {"do": "cold", "calls": N, "evict": LIBRARY,  -> N times the seconds of one call after the caches were emptied,
     "limit": S}                                     fewer after S seconds

A failure is answered with {"error": "..."}.
"""

import ctypes
import gc
import importlib
import importlib.metadata
import json
import os
import re
import sys
import time
from pathlib import Path

import numpy as np

from sidebyside.layer import Data
from sidebyside.peers import PEERS

LONGEST_REASON = 160


def loop_seconds(run, calls):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return time.perf_counter() - start


class Worker:
    def __init__(self, peer, threads):
        self.peer, self.threads = peer, threads
        self.case = self.data = None

    def seconds(self, calls):
        """A case with a loop of its own (in C) is timed by that."""
        return self.case.seconds(calls) if self.case.seconds else loop_seconds(self.case.run, calls)

    def load(self, folder, options):
        self.drop()
        self.data = Data.load(folder)  # cases read their input from here
        self.case = self.peer.load(self.data, self.threads, dict(options, folder=folder))
        output = np.ascontiguousarray(self.case.fetch(self.case.run()), np.float32)
        output.tofile(Path(folder, self.peer.name + '.f32'))
        return {'before': list(self.case.before), 'shape': list(output.shape), 'facts': self.case.facts}

    def reload(self, folder, options):
        if self.case.reopen:
            self.data = self.case.reopen(Data.load(folder))
            return {}
        return self.load(folder, options)

    def time(self, calls, bursts, limit, warm):
        start = time.perf_counter()
        if warm:
            self.case.run()
        while time.perf_counter() - start < warm:
            self.case.run()
        seconds = []
        while len(seconds) < bursts and (not seconds or time.perf_counter() - start < limit):
            seconds.append(self.seconds(calls) / calls)
        return {'seconds': seconds}

    def cold(self, calls, limit, evict):
        library, seconds, start = ctypes.CDLL(evict), [], time.perf_counter()
        while len(seconds) < calls and (not seconds or time.perf_counter() - start < limit):
            library.evict_caches()
            seconds.append(self.seconds(1))
        return {'seconds': seconds}

    def drop(self):
        if self.case and self.case.close:
            self.case.close()
        self.case = self.data = None
        gc.collect()
        return {}


def reason_of(error):
    """The first line of what an exception says, without the paths of this machine."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else type(error).__name__
    return re.sub(r'(?<![\w.])/[^\s:\'"]*/', '', text)[:LONGEST_REASON]


def answer(function, **arguments):
    try:
        return function(**arguments)
    except Exception as error:  # whatever a peer throws is a result of its row, not of the run
        return {'error': reason_of(error)}


def hello(peer):
    try:
        for module in peer.imports:
            importlib.import_module(module)
        return {'versions': {package: importlib.metadata.version(package) for package in peer.packages}}
    except (ImportError, importlib.metadata.PackageNotFoundError) as error:
        return {'missing': reason_of(error)}


def main():
    # Peers print; what they print must not reach the driver.
    channel = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)

    def say(message):
        channel.write(json.dumps(message) + '\n')
        channel.flush()

    worker = Worker(PEERS[sys.argv[1]], int(sys.argv[2]))
    say(answer(hello, peer=worker.peer))
    for line in sys.stdin:
        request = json.loads(line)
        say(answer(getattr(worker, request.pop('do')), **request))


if __name__ == '__main__':
    main()
