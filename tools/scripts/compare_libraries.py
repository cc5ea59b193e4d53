#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether two builds of tconv make the same libraries, byte for byte.

    tools/scripts/compare_libraries.py record build/release -o build/before.json
    tools/scripts/compare_libraries.py compare build/before.json build/after.json

`record` builds every layer of benchmarks/layers.json and every corner layer of the tests for each of six targets, and
writes the SHA-256 of every file. `compare` names the files that differ, a line each, and exits with 1 where one does. A
change of structure alone changes none: record before and after it (the tests have to be built, for build_corner_layers).
Needs Python's standard library, and takes minutes.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

TARGETS = ('x86-64', 'x86-64-avx2', 'x86-64-avx512', 'arm64-neon', 'cuda-sm80', 'opencl')
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def digests_of(folder):
    """File name -> SHA-256."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def record(arguments):
    build = arguments.build
    digests = {}
    for target in arguments.targets:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            for kind, command in (
                    ('layers', [build / 'bin/tconv', 'build', ROOT / 'benchmarks/layers.json', '--target', target,
                                '-o', folder / 'layers']),
                    ('corners', [build / 'tests/bin/build_corner_layers', target, folder / 'corners'])):
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                for name, digest in digests_of(folder / kind).items():
                    digests[f'{target}/{kind}/{name}'] = digest
        print(f'{target}: {sum(key.startswith(target + "/") for key in digests)} files', flush=True)
    arguments.output.write_text(json.dumps(digests, indent=0) + '\n', encoding='utf-8')
    return 0


def compare(arguments):
    before, after = (json.loads(path.read_text(encoding='utf-8')) for path in (arguments.before, arguments.after))
    differing = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    for key in differing:
        state = 'differs' if key in before and key in after else 'is gone' if key in before else 'is new'
        print(f'{key} {state}')
    print(f'{len(before)} files before, {len(after)} after, {len(differing)} differ')
    return 1 if differing or not before else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser('record', help='build all libraries and write what their files hash to')
    verb.add_argument('build', type=pathlib.Path, help='build folder, such as build/release')
    verb.add_argument('-o', '--output', type=pathlib.Path, required=True)
    verb.add_argument('--targets', type=lambda text: text.split(','), default=TARGETS)
    verb.set_defaults(run=record)
    verb = verbs.add_parser('compare', help='name the files that differ between two records')
    verb.add_argument('before', type=pathlib.Path)
    verb.add_argument('after', type=pathlib.Path)
    verb.set_defaults(run=compare)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == '__main__':
    sys.exit(main())
