#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many layers tuned for many processors at once, by machines that have them; their records go into one file.

    tools/farm/farm.py tune LAYERS.json --on x86-64-avx2 --records records.json            # this machine alone
    tools/farm/farm.py scheduler                                                           # or a farm: this somewhere,
    tools/farm/farm.py worker --scheduler HOST:8786                                        # this on each machine,
    tools/farm/farm.py tune LAYERS.json --scheduler HOST:8786 --on x86-64-avx2:znver3 --on arm64-neon:cortex-a72 \\
        --records records.json

README.md leads through it.
"""

import argparse
import json
import os
import re
import signal
import socket
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(Path(__file__).resolve().parent))

try:
    import cluster
    from dispatch import Farm
except ModuleNotFoundError as missing:
    sys.exit(f'farm: {missing.name} is not installed: pip install -r tools/farm/requirements.txt')
import layers  # noqa: E402
import records  # noqa: E402
import tuning_task  # noqa: E402
from progress import Progress  # noqa: E402

OWN_TCONV = ROOT / 'build/release/bin/tconv'


class Refused(Exception):
    """One line: argument = value: rule."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused(message)


def number(kind, least, most, rule):
    def read(argument, text):
        try:
            value = kind(text)
            if least <= value <= most:
                return value
        except ValueError:
            pass
        raise Refused(f'{argument} = {text}: must be {rule}')
    return read


NUMBERS = {'minutes': number(float, 0.01, 10000, 'a number from 0.01 to 10000'),
           'trials': number(int, 0, sys.maxsize, 'an integer, 0 or more'),
           'threads': number(int, 1, 1024, 'an integer from 1 to 1024'),
           'seed': number(int, 0, 2 ** 63 - 1, 'an integer, 0 or more'),
           'wait': number(float, 0, 1e9, 'seconds, 0 or more'),
           'port': number(int, 0, 65535, 'a port'),
           'dashboard': number(int, 0, 65535, 'a port')}


def check_numbers(arguments):
    for name, read in NUMBERS.items():
        text = getattr(arguments, name, None)
        if text is not None:
            setattr(arguments, name, read(f'--{name}', text))


def check_cpu(argument, text, cpu):
    if not re.fullmatch(r'[A-Za-z0-9][\w.-]*', cpu):
        raise Refused(f'{argument} = {text}: names no processor; see `tconv targets`')
    return cpu


def cpu_of_file(path):
    """The processor's name in a file of `tconv calibrate`."""
    try:
        cpu = json.loads(Path(path).read_text(encoding='utf-8'))['cpu_name']
    except OSError as error:
        raise Refused(f'--machine = {path}: cannot be read: {error.strerror}') from None
    except (ValueError, TypeError, KeyError):
        raise Refused(f'--machine = {path}: is no file of `tconv calibrate`') from None
    return check_cpu('--machine', path, str(cpu))


def own_tconv():
    return str(OWN_TCONV) if OWN_TCONV.exists() else 'tconv'


def pairs(words, this_cpu):
    """(target, processor) of each --on; `this_cpu` tells this machine's, for those that name none."""
    found = []
    for word in words:
        target, colon, cpu = word.partition(':')
        if not target or target == 'host':
            raise Refused(f'--on = {word}: must be TARGET:CPU with a target of `tconv targets`; host is another on '
                          'every machine')
        pair = target, check_cpu('--on', word, cpu) if colon else this_cpu()
        if pair in found:
            raise Refused(f'--on = {word}: must not stand twice')
        found.append(pair)
    return found


def local_cpu(arguments, wanted, this_cpu):
    """The processor of the one worker there is without a scheduler: the board's behind --runner, else this machine's."""
    cpus = sorted({cpu for _, cpu in wanted})
    if arguments.runner and len(cpus) == 1:
        return cpus[0]
    for target, cpu in wanted:
        if cpu != this_cpu():
            raise Refused(f"--on = {target}:{cpu}: without --scheduler there is this machine alone, whose processor is "
                          f'{this_cpu()}')
    return this_cpu()


def tasks_of(arguments, wanted):
    options = [word for name in ('minutes', 'trials', 'seed') if getattr(arguments, name) is not None
               for word in (f'--{name}', getattr(arguments, name))]
    names = arguments.layers and arguments.layers.split(',')
    return [tuning_task.Task(layer.name, layer.text, layer.files, target, cpu, arguments.threads, tuple(options),
                             arguments.tconv or '', arguments.runner or '')
            for layer in layers.read(arguments.layers_file, names) for target, cpu in wanted]


def tune(arguments):
    @cache
    def this_cpu():
        return cluster.processor(cluster.located(arguments.tconv or own_tconv()))

    wanted = pairs(arguments.on, this_cpu)
    cpu = None
    if not arguments.scheduler:
        tuning_task.here = tuning_task.Here('this machine', cluster.located(arguments.tconv or own_tconv()))
        cpu = local_cpu(arguments, wanted, this_cpu)
    tasks = tasks_of(arguments, wanted)
    check_files(arguments)
    session = records.Session(arguments.session)
    left = [task for task in tasks if not session.is_done(task)]
    if len(left) < len(tasks):
        print(f'{len(tasks) - len(left)} of {len(tasks)} done before', flush=True)
    if not left:
        return 0
    with cluster.connected(arguments.scheduler, cpu) as client:
        return run_farm(client, left, session, arguments)


def check_files(arguments):
    records.check(arguments.records)
    if os.path.realpath(arguments.records) == os.path.realpath(arguments.layers_file):
        raise Refused(f'--records = {arguments.records}: must be another file than the layers')
    if arguments.session and os.path.realpath(arguments.session) == os.path.realpath(arguments.records):
        raise Refused(f'--session = {arguments.session}: must be another file than --records')


def run_farm(client, tasks, session, arguments):
    found = []

    def keep(task, record):
        records.merge(arguments.records, record)
        session.add(task, record)
        found.append(record)

    progress = Progress(tasks)
    progress.say(cluster.dashboard(client))
    progress.heading()
    try:
        return 0 if Farm(client, tasks, keep, progress, arguments.wait).run() else 1
    finally:
        progress.say(f'{len(found)} of {len(tasks)} tuned; {arguments.records}')
        if len(session.commits) > 1:
            progress.say(f'note: records of several versions of tconv: {", ".join(sorted(session.commits))}')


def scheduler(arguments):
    cluster.serve(cluster.run_scheduler, arguments.host, arguments.port, arguments.dashboard)
    return 0


def worker(arguments):
    tconv = cluster.located(arguments.tconv or own_tconv())
    cpu = worker_cpu(arguments, tconv)
    tuning_task.clear_leftovers()
    tuning_task.here = tuning_task.Here(arguments.name or f'{socket.gethostname()}-{os.getpid()}', tconv,
                                        arguments.runner or '', arguments.machine or '')
    stopped = cluster.serve(cluster.run_worker, arguments.scheduler, cpu)
    print(f'worker {tuning_task.here.name}: ' + ('stopped' if stopped else 'its scheduler is gone'), flush=True)
    return 0 if stopped else 1


def worker_cpu(arguments, tconv):
    if arguments.machine and arguments.cpu:
        raise Refused('--machine: must not stand beside --cpu')
    if arguments.machine:
        return cpu_of_file(arguments.machine)
    if arguments.cpu:
        return check_cpu('--cpu', arguments.cpu, arguments.cpu)
    if arguments.runner:
        raise Refused('--runner: needs --cpu or --machine, the processor of the board that it leads to')
    return cluster.processor(tconv)


def parser():
    top = Parser(prog='farm', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = top.add_subparsers(dest='verb', required=True, metavar='VERB')
    verb = verbs.add_parser('tune', help='give layers to the workers, and gather their records')
    verb.add_argument('layers_file', metavar='LAYERS', help='layer file, or list of layers')
    verb.add_argument('--layers', help='entries of the list, separated by commas (all)')
    verb.add_argument('--on', action='append', required=True, metavar='TARGET:CPU',
                      help="a target, and the processor to time it on; several times for several. Without :CPU it is this "
                           "machine's")
    verb.add_argument('--records', required=True, help='file that the records go to, in place of those about the same')
    verb.add_argument('--session', help='file that keeps what is done: the same command goes on from there')
    for name, text in (('minutes', 'at most that long for each layer'), ('trials', 'at most that many candidates for each'),
                       ('seed', 'of what is left to chance')):
        verb.add_argument(f'--{name}', help=f"{text} (as `tconv tune` has it)")
    verb.add_argument('--threads', default='1', help='threads that run the tasks of a layer (1)')
    verb.add_argument('--wait', default='60', help='seconds that a processor may be without a worker (60)')
    verb.add_argument('--scheduler', metavar='HOST:PORT', help='of the farm; without it this machine does it all')
    verb.add_argument('--tconv', help="the command on the workers, in place of each one's own")
    verb.add_argument('--runner', help="`tconv tune --runner` on the workers, in place of each one's own")
    verb = verbs.add_parser('scheduler', help='what workers and tune connect to')
    verb.add_argument('--host', default='', help='address to listen at (all)')
    verb.add_argument('--port', default='8786', help='port to listen at (8786); 0: any that is free')
    verb.add_argument('--dashboard', default='8787', help='port of the dashboard (8787); 0: any that is free')
    verb = verbs.add_parser('worker', help='time layers on this machine, one at a time, until it is stopped')
    verb.add_argument('--scheduler', required=True, metavar='HOST:PORT')
    verb.add_argument('--cpu', help='name of the processor (as `tconv targets` says)')
    verb.add_argument('--machine', help='in place of --cpu: facts that `tconv calibrate` measured')
    verb.add_argument('--name', help='of this worker in lines and on the dashboard (host name and process)')
    verb.add_argument('--tconv', help='the command (that of this checkout, else the one in PATH)')
    verb.add_argument('--runner', help='`tconv tune --runner`, a board that programs are timed on; needs --cpu or --machine')
    return top


def main(argv):
    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    try:
        arguments = parser().parse_args(argv)
        check_numbers(arguments)
        cluster.configure()
        return {'tune': tune, 'scheduler': scheduler, 'worker': worker}[arguments.verb](arguments)
    except (Refused, cluster.ClusterFailed, layers.LayersRefused, records.FileRefused) as error:
        print(f'farm: {error}', file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python writes when it ends
        print('farm: stdout: cannot be written; what was found is kept', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('farm: interrupted; what was found is kept', file=sys.stderr)
        return 128 + signal.SIGINT


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
