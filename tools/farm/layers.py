# SPDX-License-Identifier: Apache-2.0
"""Layers of a file, made ready to travel: without weights, which do not change the speed, and with what else they name."""

import json
from dataclasses import dataclass
from pathlib import Path

NAMES_SHOWN = 8


class LayersRefused(Exception):
    """One line."""


@dataclass(frozen=True)
class Layer:
    name: str
    text: str  # a layer file
    files: dict  # name: content


def read(path, wanted=None):
    """The layers of a layer file or of a list; of a list those that `wanted` names, in its order."""
    try:
        content = json.loads(Path(path).read_text(encoding='utf-8'))
    except OSError as error:
        raise LayersRefused(f'{path}: cannot be read: {error.strerror}') from None
    except ValueError as error:
        raise LayersRefused(f'{path}: is no JSON: {error}') from None
    entries = content if isinstance(content, list) else [content]
    if not entries:
        raise LayersRefused(f'{path}: the list must have at least one layer')
    named = {}
    for i, entry in enumerate(entries):
        name = name_of(entry)
        if not name:
            raise LayersRefused(f'{path}: entry {i}: must be an object with a name')
        if name in named:
            raise LayersRefused(f'{path}: name = {name}: must not appear twice in the list')
        named[name] = entry
    # Entries of benchmarks are layer files within a list alone.
    as_file = (lambda entry: [entry]) if isinstance(content, list) else (lambda entry: entry)
    return [packed(name, named[name], as_file, Path(path).parent) for name in chosen(path, named, wanted)]


def chosen(path, named, wanted):
    if wanted is None:
        return list(named)
    for i, name in enumerate(wanted):
        if name not in named:
            some = [*list(named)[:NAMES_SHOWN], *(['...'] if len(named) > NAMES_SHOWN else [])]
            raise LayersRefused(f'--layers = {name}: not in {path}, which has {", ".join(some)}')
        if name in wanted[:i]:
            raise LayersRefused(f'--layers = {name}: must not be chosen twice')
    return wanted


def name_of(entry):
    """That of a get_config() stands in its "config"."""
    if not isinstance(entry, dict):
        return None
    inner = entry.get('config') if 'op' not in entry and 'class_name' in entry else entry
    name = inner.get('name') if isinstance(inner, dict) else None
    return name if isinstance(name, str) else None


def packed(name, entry, as_file, folder):
    entry = {key: value for key, value in entry.items() if key != 'weights'}
    files, activation = {}, entry.get('activation')
    # The slopes of a prelu are read when a layer is, and their number is part of its rules.
    if isinstance(activation, dict) and isinstance(activation.get('alpha'), str):
        try:
            files['alpha.npy'] = (folder / activation['alpha']).read_bytes()
        except OSError as error:
            raise LayersRefused(f'layer {name}: activation.alpha = {activation["alpha"]}: cannot be read: '
                                f'{error.strerror}') from None
        entry['activation'] = dict(activation, alpha='alpha.npy')
    return Layer(name, json.dumps(as_file(entry)), files)
