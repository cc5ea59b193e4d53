# SPDX-License-Identifier: Apache-2.0
"""Halide's autoschedulers on the algorithm of tconv's phases, through the program `autoscheduled`."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from sidebyside.peers import Unsupported
from sidebyside.peers.native_layer import NATIVE, call, link


def cache_folder(layer, options, scheduler, threads):
    """A search takes a minute and gives the same every time: its results are kept."""
    program = Path(options['autoscheduled']).read_bytes()
    key = json.dumps([layer.entry, scheduler, options['target'], threads, hashlib.sha256(program).hexdigest()])
    return Path(options['cache'], f'{layer.name}-{scheduler}-{hashlib.sha256(key.encode()).hexdigest()[:16]}')


def compile_layer(layer, options, scheduler, threads, folder):
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        Path(work, 'layers.json').write_text(json.dumps([layer.entry]))
        call([options['autoscheduled'], Path(work, 'layers.json'), '--layer', layer.name, '--scheduler', scheduler,
              '--target', options['target'], '--threads', threads, '-o', work])
        shutil.copytree(work, folder)


def load(data, threads, options, scheduler):
    if not Path(options['autoscheduled']).exists():
        raise Unsupported('autoscheduled is not built (TCONV_BUILD_BENCHMARKS)')
    name = data.layer.name
    built = cache_folder(data.layer, options, scheduler, threads)
    if not built.exists():
        compile_layer(data.layer, options, scheduler, threads, built)
    output = Path(options['folder'], f'{name}_{scheduler}.so')
    layer = link(options, output, [f'-DLAYER_CALLS="{name}_calls.h"', f'-I{built}'],
                 [NATIVE / 'autoscheduled_layer.c', built / f'lib{name}.a', built / f'lib{name}_runtime.a'])
    return layer.case(data, threads, {'variant': scheduler})
