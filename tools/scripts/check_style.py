#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the C and C++ sources to .clang-format and .clang-tidy; exits with 1 where one does not keep to them.

    tools/scripts/check_style.py format|tidy

The versions are those of tools/scripts/requirements-test.txt, which test.sh installs: other versions format otherwise. Where
the tool is missing, or is another version, that is said and the exit code is 77. `tidy` looks at files that do not include
Halide.h, directly or not, whose templates would take minutes.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SKIPPED = 77
TIDY_SOURCES = ('runtime/base/*.cpp', 'runtime/layer/*.cpp', 'runtime/run/*.cpp', 'schedules/knobs.cpp',
                'schedules/machine.cpp', 'schedules/processors.cpp', 'generators/plan_*.cpp', 'generators/layer_plan.cpp', 'tools/verify/oracle*.cpp',
                'tools/cli/axis_*.cpp', 'tools/cli/layer_picture.cpp', 'tools/cli/phase_text.cpp', 'tools/cli/svg.cpp')
TIDY_OPTIONS = ('-std=c++17', '-I.', '-Iruntime/include')


def pinned(tool):
    """The version of a tool that the requirements name."""
    text = (ROOT / 'tools/scripts/requirements-test.txt').read_text(encoding='utf-8')
    return re.search(rf'^{tool}==([\d.]+)$', text, re.M).group(1)


def require(tool):
    """Exits where the tool of the pinned version is not there."""
    try:
        found = subprocess.run([tool, '--version'], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found = 'nothing'
    if f'version {pinned(tool)}' not in found:
        print(f'SKIPPED: {tool} {pinned(tool)} is not in PATH, {" ".join(found.split()) or "nothing"} is')
        sys.exit(SKIPPED)


def sources():
    """Every C and C++ file outside build folders."""
    for folder in ('benchmarks', 'examples', 'generators', 'runtime', 'schedules', 'tests', 'tools'):
        for suffix in ('*.h', '*.c', '*.cpp'):
            yield from sorted((ROOT / folder).rglob(suffix))


def main(arguments):
    if arguments == ['format']:
        require('clang-format')
        command = ['clang-format', '--dry-run', '--Werror', *sources()]
    elif arguments == ['tidy']:
        require('clang-tidy')
        found = {pattern: sorted(ROOT.glob(pattern)) for pattern in TIDY_SOURCES}
        for pattern in (pattern for pattern, files in found.items() if not files):
            print(f'{pattern}: no such file: TIDY_SOURCES is out of date')
            return 1
        files = [path for files in found.values() for path in files]
        command = ['clang-tidy', '--quiet', *files, '--', *TIDY_OPTIONS]
    else:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return min(1, subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
