#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what keeps the parts of tconv apart, and exits with 1 where something does not keep to it.

    tools/scripts/check_layering.py [ROOT]

The algorithm schedules nothing (generators/), schedules compute nothing (schedules/), includes point one way, Halide's
internals stay in a few files, and every source names its licence, stays short and holds no path of one machine.
docs/design.md says why. Python's standard library is all it needs.
"""

import pathlib
import re
import sys

LONGEST_FILE = 300
SPDX = 'SPDX-License-Identifier: Apache-2.0'
SOURCE_SUFFIXES = {'.h', '.hpp', '.c', '.cpp', '.inc', '.cmake', '.py', '.sh'}
SOURCE_NAMES = {'CMakeLists.txt', 'run'}  # without a suffix: .ci/run
CXX_SUFFIXES = {'.h', '.hpp', '.c', '.cpp', '.inc'}
NOT_OURS = re.compile(r'build/|\.(?!ci/)|(?:.*/)?__pycache__/')

# Folders that a folder's files must not include from; a name without a slash is a file.
FORBIDDEN_INCLUDES = {
    'runtime': ('Halide.h', 'generators/', 'schedules/', 'tools/', 'tests/'),
    'schedules': ('generators/', 'tools/', 'tests/'),
    'generators': ('tools/', 'tests/'),
    'tools': ('tests/',),
}

DIRECTIVES = (
    'vectorize', 'unroll', 'parallel', 'serial', 'split', 'fuse', 'tile', 'reorder', 'reorder_storage', 'compute_at',
    'compute_root', 'compute_inline', 'compute_with', 'store_at', 'store_root', 'store_in', 'bound', 'bound_extent',
    'bound_storage', 'align_bounds', 'align_extent', 'align_storage', 'fold_storage', 'hoist_storage',
    'hoist_storage_root', 'ring_buffer', r'gpu\w*', 'hexagon', 'specialize', 'specialize_fail', 'prefetch', 'rfactor',
    'atomic', 'allow_race_conditions', 'async', 'memoize', 'never_partition', 'never_partition_all',
    'always_partition', 'always_partition_all', 'partition', 'apply_autoscheduler')

# (what, pattern): the algorithm leaves loops, vectors and storage to the schedules.
SCHEDULING = [
    ('scheduling directive', re.compile(r'(?:\.|->)\s*(?:%s)\s*\(' % '|'.join(DIRECTIVES))),
    ('scheduling directive', re.compile(r'\bTailStrategy\b')),
    ('schedule called past its family', re.compile(r'\bschedule_(?!families\b)\w+\s*\(')),
]

# (what, pattern): schedules arrange Funcs that they were given. An assignment to a call, `f(x, y) = ...`, defines one.
COMPUTING = [
    ('new Func', re.compile(r'\bFunc\s+\w+\s*[({]')),
    ('definition of a Func', re.compile(r'\b(?!if\b|while\b|for\b)\w+\s*\((?:[^(){};]|\([^()]*\))*\)\s*[-+*/]?=(?![=>])'
                                        r'(?!\s*(?:default|delete|0|nullptr)\s*[;,)])')),
    ('reduction', re.compile(r'\bRDom\b')),
    ('computation', re.compile(r'\b(?:cast|reinterpret|select|strict_float)\s*[<(]')),
    ('computation', re.compile(r'\bHalide::(?:\w+::)*[a-z]\w*\s*[<(]')),
]

INTERNALS = re.compile(r'\bHalide::Internal\b|\busing\s+namespace\s+Internal\b|\bInternal::')
MAY_USE_INTERNALS = re.compile(r'generators/(?:layer_program|program_|lowering_passes)\w*\.(?:h|cpp)$'
                               r'|generators/kernels/build_kernel\.h$|tools/tune/provenance\.cpp$')

WITHOUT_HALIDE = re.compile(r'generators/(?:layer_plan|library_abi|number|plan_\w+)\.(?:h|cpp)$')

# Where a path begins: not in the middle of a relative one, of a variable's expansion or of a URL.
MACHINE_PATH = re.compile(r'(?<![\w.}/)$>-])/(?:work|home|root|Users|tmp)/\w')


def sources(root):
    """All source files below the root, sorted, as paths relative to it."""
    for path in sorted(root.rglob('*')):
        relative = path.relative_to(root)
        is_source = path.suffix in SOURCE_SUFFIXES or path.name in SOURCE_NAMES
        if is_source and path.is_file() and not NOT_OURS.match(relative.as_posix()):
            yield relative


def without_comments(text, keep_strings):
    """C++ with comments blanked out, and literals as well unless kept; every character keeps its place."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)

    def blank(match):
        if keep_strings and not match.group().startswith('/'):
            return match.group()
        return re.sub(r'[^\n]', ' ', match.group())

    return pattern.sub(blank, text)


def find(pattern, text):
    """(line number, matched text) of every match."""
    for match in pattern.finditer(text):
        yield text.count('\n', 0, match.start()) + 1, ' '.join(match.group().split())


def included_paths(text):
    directive = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*[>"]', re.M)
    return find(directive, without_comments(text, keep_strings=True))


def forbidden_includes(path, text):
    for line, directive in included_paths(text):
        target = re.split(r'[<"]', directive, maxsplit=1)[1].rstrip('>"')
        for forbidden in FORBIDDEN_INCLUDES.get(path.parts[0], ()):
            inside = forbidden.endswith('/') and re.match(r'(?:\.\./)*' + re.escape(forbidden), target)
            if inside or pathlib.PurePath(target).name == forbidden:
                yield line, f'{path.parts[0]}/ must not include {target}'
        if WITHOUT_HALIDE.match(path.as_posix()) and target in ('Halide.h', 'generators/element_type.h'):
            yield line, f'a plan is read without Halide: must not include {target}'


def code_rules(path, text):
    code = without_comments(text, keep_strings=False)
    if path.parts[0] == 'generators':
        for what, pattern in SCHEDULING:
            for line, match in find(pattern, code):
                yield line, f'{what} in generators/: {match}'
    if path.parts[0] == 'schedules':
        for what, pattern in COMPUTING:
            for line, match in find(pattern, code):
                yield line, f'{what} in schedules/: {match}'
    if not MAY_USE_INTERNALS.match(path.as_posix()):
        for line, match in find(INTERNALS, code):
            yield line, f"Halide's internals outside the files for them: {match}"


def text_rules(text):
    lines = text.count('\n')
    if lines > LONGEST_FILE:
        yield lines, f'longer than {LONGEST_FILE} lines'
    if not any(SPDX in line for line in text.split('\n')[:3]):
        yield 1, f'the first lines lack "{SPDX}"'
    for line, match in find(MACHINE_PATH, text):
        yield line, f'path of one machine: {match}'


def violations(root):
    """'path:line: rule' for everything that is wrong below the root."""
    for path in sources(root):
        text = (root / path).read_text(encoding='utf-8')
        found = list(text_rules(text))
        if path.suffix in CXX_SUFFIXES:
            found += forbidden_includes(path, text)
            found += code_rules(path, text)
        for line, rule in sorted(found):
            yield f'{path.as_posix()}:{line}: {rule}'


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent.parent)
    count = sum(1 for _ in sources(root))
    if count == 0:
        print(f'{root}: no sources there', file=sys.stderr)
        return 1
    problems = list(violations(root))
    for problem in problems:
        print(problem)
    print(f'{count} sources, {len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
