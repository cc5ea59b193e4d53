# SPDX-License-Identifier: Apache-2.0
"""A tconv for the tests of the farm: `targets` and `tune` do what the name of the layer says, in no time.

FAKE_FOLDER has `log`, a line for each start (layer, worker, cpu, process, words); `go`, which layers that begin with "long"
wait for. FAKE_CPU is the machine's processor and FAKE_WORKER the worker that calls.
"""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

FOLDER = Path(os.environ['FAKE_FOLDER'])


def log(*words):
    with open(FOLDER / 'log', 'a') as file:
        file.write(' '.join(map(str, words)) + '\n')


def tune(words):
    parser = argparse.ArgumentParser()
    parser.add_argument('layer', type=Path)
    for name in ('target', 'cpu', 'machine', 'threads', 'records', 'minutes', 'trials', 'seed', 'runner'):
        parser.add_argument(f'--{name}')
    arguments = parser.parse_args(words)
    layer = json.loads(arguments.layer.read_text())
    layer = layer[0] if isinstance(layer, list) else layer
    name = layer['name']
    cpu = arguments.cpu or json.loads(Path(arguments.machine).read_text())['cpu_name']
    log(name, os.environ.get('FAKE_WORKER', 'none'), cpu, os.getpid(),
        *(word for word in words if not word.startswith('/')))
    if name.startswith('long'):
        while not (FOLDER / 'go').exists():
            time.sleep(0.05)
    if name.startswith('bad'):
        sys.exit(f'tconv: {arguments.layer}: strides = 0: must be 1 or more')
    if name.startswith('crash'):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith('deadly'):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    end = 'interrupted, in a disturbed machine' if name.startswith('interrupted') else 'time is up'
    record = {'workload': f'workload of {name}', 'target': arguments.target, 'cpu': cpu, 'commit': 'abc1234',
              'knobs': {'tile_x': 8}, 'ms': 0.5, 'default_ms': 1.0, 'threads': int(arguments.threads)}
    Path(arguments.records).write_text(json.dumps([record]))
    print(f'{"layer"} variant\n{name}  phases  1.0000  0.5000  2.00  99.99%  50.0%          12/1  {end}')


if __name__ == '__main__':
    if sys.argv[1] == 'targets':
        print(f"target\nThis machine's processor is {os.environ['FAKE_CPU']}.\n\nmore")
    else:
        tune(sys.argv[2:])
