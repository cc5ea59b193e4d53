#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tconv and other systems side by side, layer by layer in one run.

    benchmarks/compare.py run --threads 1,2                  # all layers, all peers that are installed
    benchmarks/compare.py run --layers dcgan_g4 --peers onnxruntime,ncnn
    benchmarks/compare.py report benchmarks/results/RESULT.json
    benchmarks/compare.py list

benchmarks/run.sh makes a Python environment with the peers and calls this; README.md says what the figures mean.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

from sidebyside import chart, machine, report, results as res  # noqa: E402
from sidebyside.layer import Layer  # noqa: E402
from sidebyside.peers import AUTOSCHEDULED, PEERS, TCONV, tconv_peer  # noqa: E402
from sidebyside.peers.native_layer import CommandFailed  # noqa: E402
from sidebyside.process import WorkerFailed, WorkerProcess  # noqa: E402
from sidebyside.rounds import LayerRun  # noqa: E402

PEAK_EVERY = 4  # layers between two measurements of the machine


class Settings:
    """What LayerRun and the peers need to know of the command line, for one number of threads."""

    def __init__(self, arguments, threads, folder):
        self.rounds, self.timeout, self.drop, self.cold = (
            arguments.rounds, arguments.timeout, arguments.drop, arguments.cold)
        self.huge_pages = arguments.huge_pages
        self.threads, self.tconv, self.cc = threads, Path(arguments.tconv), arguments.cc
        self.target = arguments.target if arguments.target != 'host' else host_target(self.tconv)
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else list(range(os.cpu_count()))
        if threads > len(cores):
            raise SystemExit(f'--threads {threads}: this machine lends {len(cores)} cores')
        self.slots = [set(cores[i:i + threads]) for i in range(0, len(cores) - threads + 1, threads)]
        self.options = {'tconv': str(self.tconv), 'target': self.target, 'cc': self.cc,
                        'tuned': arguments.tuned and str(Path(arguments.tuned).resolve())}
        self.options.update(autoscheduled=str(self.tconv.resolve().parent / 'autoscheduled'),
                            cache=str(ROOT / 'build/autoscheduled'))
        self.evict = str(build_evict(self.cc, folder)) if self.cold else None


def host_target(tconv):
    listing = subprocess.run([tconv, 'targets'], check=True, capture_output=True, text=True).stdout
    return next(line.split(': ')[-1].strip() for line in listing.splitlines() if line.startswith('host '))


def build_evict(cc, folder):
    library = Path(folder, 'evict_caches.so')
    subprocess.run([cc, '-O2', '-shared', '-fPIC', HERE / 'sidebyside/native/evict_caches.c', '-o', library],
                   check=True)
    return library


def command_line(argv):
    """The command for the record, without the folders of this machine."""
    return 'benchmarks/compare.py ' + ' '.join(Path(word).name if word.startswith('/') else word for word in argv)


def start_workers(names, settings, verbose):
    """The workers that start, and why others do not."""
    workers = [WorkerProcess(PEERS[name], settings.threads, settings.slots[i % len(settings.slots)], verbose,
                             settings.huge_pages)
               for i, name in enumerate(names)]

    def start(worker):
        try:
            worker.start()
        except WorkerFailed as failure:
            print(f'{worker.peer.name}: skipped, {failure}', flush=True)
            return str(failure)
        return None

    with ThreadPoolExecutor(len(settings.slots)) as pool:
        failures = list(pool.map(start, workers))
    return ([worker for worker, failure in zip(workers, failures) if not failure],
            {worker.peer.name: failure for worker, failure in zip(workers, failures) if failure})


def new_results(settings, arguments, argv):
    return {'format': res.FORMAT, 'provenance': machine.provenance(ROOT, settings, command_line(argv)),
            'threads': settings.threads, 'mode': 'cold' if settings.cold else 'warm', 'target': settings.target,
            'huge_pages': settings.huge_pages,
            'rounds': settings.rounds, 'drop': settings.drop, 'machine': {}, 'peers': {}, 'skipped': {}, 'layers': {}}


def resumed_results(path, fresh):
    """The results to go on with: those at `path` if they are of the same kind."""
    old = res.load(path)
    for key in ('threads', 'mode', 'target', 'huge_pages', 'rounds', 'drop'):
        if old[key] != fresh[key]:
            raise SystemExit(f'--resume: {path.name} has {key} {old[key]}, this run {fresh[key]}')
    for key in ('commit', 'uncommitted_changes', 'cpu'):
        if old['provenance'][key] != fresh['provenance'][key]:
            raise SystemExit(f'--resume: {path.name} has {key} {old["provenance"][key]}, '
                             f'this run {fresh["provenance"][key]}')
    commands = old['provenance']['commands']
    commands += [command for command in fresh['provenance']['commands'] if command not in commands]
    return old


def layer_of(entry, settings, folder):
    """The output's shape is the library's, whose worker takes the same files."""
    try:
        sidecar = tconv_peer.build(entry, dict(settings.options, folder=folder))
    except CommandFailed as failure:
        raise SystemExit(f'{entry["name"]}: {failure}') from None
    return Layer(entry, sidecar['output_shape'])


def describe_workers(workers, settings, folder):
    """Versions and notes of all rows, and what a call of each costs."""
    print('smallest layer', flush=True)
    smallest = LayerRun(layer_of(machine.SMALLEST, settings, folder), workers, settings, folder).run()['results']
    descriptions = {}
    for worker in workers:
        peer, row = worker.peer, smallest[worker.peer.name]
        descriptions[peer.name] = {
            'kind': peer.kind, 'versions': worker.versions, 'layout': peer.layout, 'how': peer.how,
            'smallest_us': round(1e3 * row['ms'], 4) if row['ms'] else None}
    return descriptions


def say(results, name):
    row = next(row for row in res.summary(results) if row['name'] == name)
    seconds = sum(results['layers'][name]['seconds'].values())
    print(f'{name:16s} tconv {report.number(row["ms"]):>8} ms ({row["variant"]}, {report.percent(row["of_limit"])}% of '
          f'the limit), best peer {report.number(row["best_ms"])} ({row["best"]}), ratio {report.times(row["ratio"])}; '
          f'{seconds:.0f} s', flush=True)


def write_report(results, base):
    base.with_name(base.name + '.svg').write_text(chart.svg(results))
    base.with_name(base.name + '.md').write_text(report.markdown(results, base.name + '.svg'))


def measure(entries, names, settings, arguments, base, folder, argv):
    file = base.with_name(base.name + '.json')
    results = new_results(settings, arguments, argv)
    if arguments.resume and file.exists():
        results = resumed_results(file, results)
    todo = [entry for entry in entries if entry['name'] not in results['layers']]
    if not todo:
        return results
    peak = machine.Peak(results['machine'].get('measurements', ()))
    workers, results['skipped'] = start_workers(names, settings, arguments.verbose)
    try:
        peak.measure(settings, folder)
        results['peers'].update(describe_workers(workers, settings, folder))
        for i, entry in enumerate(todo):
            layer = layer_of(entry, settings, folder)
            results['layers'][entry['name']] = LayerRun(layer, workers, settings, folder).run()
            if i % PEAK_EVERY == PEAK_EVERY - 1 or i == len(todo) - 1:
                peak.measure(settings, folder)
            results['machine'] = peak.best()
            res.save(file, results)
            say(results, entry['name'])
    finally:
        for worker in workers:
            worker.kill()
    return results


def base_of(arguments, settings):
    if arguments.out:
        return Path(f'{arguments.out}-{settings.threads}t')
    facts = machine.provenance(ROOT, settings, '')
    cold = '-cold' if settings.cold else ''
    return HERE / 'results' / (f'{facts["date"]}-{facts["microarchitecture"]}-{facts["commit"]}-'
                               f'{settings.threads}t{cold}')


def chosen(words, known, what):
    names = words.split(',')
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f'{what} {", ".join(unknown)}: not known; there are {", ".join(known)}')
    return names


def run(arguments, argv):
    entries = {entry['name']: entry for entry in json.loads(Path(arguments.layers_file).read_text())}
    if arguments.layers:
        entries = {name: entries[name] for name in chosen(arguments.layers, entries, 'layer')}
    names = [name for name, peer in PEERS.items() if peer.by_default]
    if arguments.peers:
        ours = [name for name in names if PEERS[name].kind == TCONV]
        names = ours + [name for name in chosen(arguments.peers, PEERS, 'peer') if name not in ours]
    if arguments.autoschedulers:
        names += [name for name, peer in PEERS.items() if peer.kind == AUTOSCHEDULED and name not in names]
    if not shutil.which(arguments.tconv):
        raise SystemExit(f'{arguments.tconv}: not there; ./run.sh builds it')
    start = time.monotonic()
    for threads in map(int, arguments.threads.split(',')):
        with tempfile.TemporaryDirectory(prefix='tconv-compare-') as folder:
            settings = Settings(arguments, threads, folder)
            base = base_of(arguments, settings)
            base.parent.mkdir(parents=True, exist_ok=True)
            results = measure(list(entries.values()), names, settings, arguments, base, folder, argv)
            write_report(results, base)
            mean = res.means(res.summary(results))
            print(f'{threads} thread(s): geometric means {report.times(mean["ratio"])} to the best peer, '
                  f'{report.times(mean["onednn_ratio"])} to oneDNN; {time.monotonic() - start:.0f} s so far; '
                  f'{base.name}.json, .md, .svg', flush=True)


def list_peers():
    for name, peer in PEERS.items():
        print(f'{name:22s}{peer.layout:20s}{peer.how}{"" if peer.by_default else " (only when named)"}')


def parser():
    top = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    verbs = top.add_subparsers(dest='verb', required=True)
    verb = verbs.add_parser('run', help='measure and write RESULT.json, .md and .svg')
    verb.add_argument('--threads', default='1', help='numbers of threads, separated by commas (1)')
    verb.add_argument('--layers', help='layers, separated by commas (all)')
    verb.add_argument('--peers', help='peers, separated by commas (all but numpy); tconv is always there')
    verb.add_argument('--autoschedulers', action='store_true',
                      help="rows of Halide's autoschedulers, too; their first search takes a minute a layer")
    verb.add_argument('--rounds', type=int, default=15, help='turns of each worker on each layer (15)')
    verb.add_argument('--cold', action='store_true', help='single runs with empty caches')
    verb.add_argument('--huge-pages', action='store_true', help='the malloc of all workers asks for 2 MB pages')
    verb.add_argument('--drop', type=float, default=5, help='who takes this times the best drops out (5)')
    verb.add_argument('--timeout', type=float, default=30, help='seconds until a peer is given up on a layer (30)')
    verb.add_argument('--target', default='host', help="tconv's target (the best of this machine)")
    verb.add_argument('--tuned', help='folder of tuned records for tconv, in place of those that come with it')
    verb.add_argument('--resume', action='store_true', help='go on with the file of an earlier run of this commit')
    verb.add_argument('--out', help='OUT-1t.json and so on (benchmarks/results/DATE-CPU-COMMIT)')
    verb.add_argument('--layers-file', default=str(HERE / 'layers.json'))
    verb.add_argument('--tconv', default=str(ROOT / 'build/release/bin/tconv'), help='the command')
    verb.add_argument('--cc', default=os.environ.get('CC', 'cc'), help='C compiler for the shared objects of layers')
    verb.add_argument('--verbose', action='store_true', help='show what workers print')
    verb = verbs.add_parser('report', help='make table and chart of RESULT.json anew')
    verb.add_argument('result')
    verbs.add_parser('list', help='the peers')
    return top


def main(argv):
    arguments = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # stopped workers would stay behind
    if arguments.verb == 'list':
        list_peers()
    elif arguments.verb == 'report':
        file = Path(arguments.result)
        write_report(res.load(file), file.with_suffix(''))
    else:
        run(arguments, argv)


if __name__ == '__main__':
    main(sys.argv[1:])
