#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of CONTRIBUTING.md for CMake files, and exits with 1 where a file does not keep to them.

    tools/scripts/check_cmake.py [ROOT]

Read are the files of the build: every CMakeLists.txt and *.cmake of the repository but the scripts of tests and the
projects of examples, which stand for what users write. Python's standard library is all it needs.
"""

import pathlib
import re
import sys

NOT_OURS = re.compile(r'build/|\.|examples/|tests/.*\.cmake$')
LONGEST_LINE = 124

# What reaches beyond one target.
DIRECTORY_WIDE = {
    'add_compile_definitions', 'add_compile_options', 'add_definitions', 'add_link_options', 'include_directories',
    'link_directories', 'link_libraries',
}
FLAGS = re.compile(r'CMAKE_(?:C|CXX|EXE_LINKER|SHARED_LINKER|STATIC_LINKER)_FLAGS\w*$')
SCOPES = {'PRIVATE', 'PUBLIC', 'INTERFACE'}
SOURCE = re.compile(r'[\w./-]+\.(?:c|cpp)$')
TOKEN = re.compile(r'#\[(=*)\[.*?\]\1\]|#[^\n]*|\[(=*)\[.*?\]\2\]|"(?:\\.|[^"\\])*"|[()]|[^\s()"#]+(?:"(?:\\.|[^"\\])*"[^\s()"#]*)*', re.S)


def commands(text):
    """(line, name, [(line, argument), ...]) of every command; arguments as they are written, quotes included."""
    depth, name, name_line, arguments, previous = 0, '', 0, [], None
    for match in TOKEN.finditer(text):
        token, line = match.group(), text.count('\n', 0, match.start()) + 1
        if token.startswith('#'):
            continue
        if token == '(':
            depth += 1
            if depth == 1:
                name, name_line, arguments = previous or '', line, []
                continue
        elif token == ')':
            depth -= 1
            if depth == 0:
                yield name_line, name, arguments
                continue
        if depth > 0:
            arguments.append((line, token))
        else:
            previous = token


def order(path):
    """Files of a folder stand before its folders."""
    *folders, file = path.split('/')
    return [part for folder in folders for part in (1, folder)] + [0, file]


def unsorted_sources(arguments):
    """The sources that stand before one that belongs in front of them; each unbroken run is a list of its own."""
    before = None
    for line, argument in arguments:
        if not SOURCE.match(argument):
            before = None
            continue
        if before is not None and order(argument) < order(before):
            yield line, f'sources are sorted: {argument} stands behind {before}'
        before = argument


def command_rules(line, name, arguments):
    words = [argument for _, argument in arguments]
    if name != name.lower():
        yield line, f'commands are in lower case: {name}'
    if name in DIRECTORY_WIDE:
        yield line, f'{name} is for a whole folder: name the target'
    if name in ('set', 'string') and any(FLAGS.match(word) for word in words):
        yield line, 'flags are of a target: no CMAKE_*_FLAGS'
    if name in ('function', 'macro') and words and not re.match(r'_?tconv_', words[0]):
        yield line, f'{name} {words[0]}: functions begin with tconv_, or _tconv_ where other files do not call them'
    if re.match(r'target_(?!sources|precompile)\w+', name) and not SCOPES.intersection(words):
        yield line, f'{name} says PRIVATE, PUBLIC or INTERFACE'
    for at, argument in arguments:
        if not argument.startswith(('"', '[')) and re.search(r'\$\{\w*(?:_DIR|_dir|DIRECTORY|directory)\}', argument) \
                and name not in ('if', 'elseif', 'while'):
            yield at, f'paths are in quotes: {argument}'
    if name in ('add_library', 'add_executable', 'target_sources') or name.startswith('tconv_add'):
        yield from unsorted_sources(arguments)


def unwarned_targets(found):
    """Targets that compile something and do not link tconv_warnings in the same file."""
    warned = {words[0][1] for _, name, words in found
              if name == 'target_link_libraries' and any('tconv_warnings' in word for _, word in words)}
    for line, name, arguments in found:
        words = [argument for _, argument in arguments]
        if name not in ('add_library', 'add_executable') or {'INTERFACE', 'IMPORTED', 'ALIAS'}.intersection(words):
            continue
        if '${' not in words[0] and words[0] not in warned:  # a function's targets are its caller's
            yield line, f'{words[0]} does not link tconv_warnings'


def file_rules(text):
    for number, line in enumerate(text.split('\n'), 1):
        if len(line) > LONGEST_LINE:
            yield number, f'longer than {LONGEST_LINE} columns'
        if '\t' in line or line != line.rstrip():
            yield number, 'a tab, or blanks at the end'
    found = list(commands(text))
    for command in found:
        yield from command_rules(*command)
    yield from unwarned_targets(found)


def files(root):
    for path in sorted(root.rglob('*')):
        relative = path.relative_to(root).as_posix()
        if (path.name == 'CMakeLists.txt' or path.suffix == '.cmake') and not NOT_OURS.match(relative):
            yield relative


def violations(root):
    """'path:line: rule' for everything that is wrong below the root."""
    for path in files(root):
        for line, rule in sorted(set(file_rules((root / path).read_text(encoding='utf-8')))):
            yield f'{path}:{line}: {rule}'


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent.parent)
    count = sum(1 for _ in files(root))
    problems = list(violations(root))
    for problem in problems:
        print(problem)
    print(f'{count} CMake files, {len(problems)} problems')
    return 1 if problems or count == 0 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
