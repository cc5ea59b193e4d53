# SPDX-License-Identifier: Apache-2.0
"""tconv: builds a library for the layer, links it into a shared object, and lets that time itself."""

import json
from pathlib import Path

from sidebyside.peers.native_layer import NATIVE, call, link


def facts_of(sidecar):
    facts = {key: sidecar[key] for key in ('target', 'variant', 'knobs', 'knobs_from', 'multiply_adds',
                                           'weights_bytes', 'workspace_bytes')}
    facts['tasks'] = [stage['tasks'] for stage in sidecar['stages']]
    return facts


def library_folder(options):
    return Path(options['folder'], 'libraries')


def build(entry, options):
    """What NAME.json says of the entry's library, which is built where it is not there yet."""
    folder, name = library_folder(options), entry['name']
    folder.mkdir(exist_ok=True)
    sidecar = folder / f'{name}.json'
    if not sidecar.exists():
        layer_file = folder / f'{name}.layers.json'
        layer_file.write_text(json.dumps([entry]))
        command = [options['tconv'], 'build', layer_file, '--target', options['target'], '-o', folder]
        call(command + (['--tuned', options['tuned']] if options.get('tuned') else []))
    return json.loads(sidecar.read_text())


def load(data, threads, options, epilogue=False):
    folder, name = library_folder(options), data.layer.name + ('_bias_relu' if epilogue else '')
    entry = dict(data.layer.entry, name=name)
    if epilogue:
        entry.update(bias=True, activation='relu')
    sidecar = build(entry, options)
    layer = link(options, folder / f'{name}.so', [f'-DLAYER_NAME={name}', f'-DLAYER_HEADER="{name}.h"'],
                 [NATIVE / 'tconv_layer.c', folder / f'lib{name}.a'])
    return layer.case(data, threads, facts_of(sidecar))
