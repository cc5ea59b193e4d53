#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what a page of the documentation says, in a clean copy of the sources, without network.

    run_page.py --source DIR --build DIR --work DIR PAGE

Blocks that are files are written, blocks of commands and commands within the text are run from the top of the copy, in
the order of the page. In the copy, build/release is a link to the tested build, and build/venv/bin has the programs of
the environment that runs this. Both are mounted read-only where the system lets us; what a page may not do to them is
refused besides. Markers that markdown.py lists say what is not meant to run, and what it prints. Exit code 77: all that
ran is right, but programs that some blocks need are missing.
"""

import argparse
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown import Block, PageError, read_page

LEFT_OUT = 77
SECONDS = 240  # for one block
MOST_OUTPUT = 40  # lines of it in a message
SHELL = ('', 'sh', 'bash', 'console')
EXTENSIONS = {'json': ('.json',), 'c': ('.c', '.h'), 'cpp': ('.cpp', '.h'), 'cmake': ('CMakeLists.txt', '.cmake')}
# What sets machines up, or configures and builds the tree that is under test.
FORBIDDEN = re.compile(r'--preset\b|-B ?build/release\b|cmake --build ?build/release\b|-m venv\b|-m pip\b|apt-get\b'
                       r'|(?<!examples/text_detection/)\b(?:run|test)\.sh\b')
# In a mount namespace of its own: what stands before -- becomes read-only, then the rest of the words is run.
READ_ONLY = 'for f in "$@"; do shift; [ "$f" != -- ] || break; mount --bind "$f" "$f" && mount -o remount,bind,ro "$f" ' \
            '|| exit 99; done; exec "$@"'


def sources_of(folder):
    """Tracked files, and new ones that git does not ignore; without git, whatever is not a build."""
    listing = subprocess.run(['git', '-C', folder, 'ls-files', '-coz', '--exclude-standard'], capture_output=True)
    if listing.returncode == 0:
        return [name for name in os.fsdecode(listing.stdout).split('\0') if name]
    return [str(file.relative_to(folder)) for file in folder.rglob('*')
            if file.is_file() and file.relative_to(folder).parts[0] not in ('build', '.git')]


def copy_sources(source, copy):
    for name in sources_of(source):
        if (source / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, copy / name)


def isolation(guarded):
    """(how it is said, words before a command, changes of the environment): no network, `guarded` folders read-only."""
    for words in (['unshare', '-n', '-m'], ['unshare', '-r', '-n', '-m']):
        wrapper = [*words, 'sh', '-c', READ_ONLY, 'sh', *map(str, guarded), '--']
        if shutil.which('unshare') and subprocess.run([*wrapper, 'true'], capture_output=True).returncode == 0:
            return ' '.join(words), wrapper, {}
    nowhere = 'http://127.0.0.1:9'
    return 'proxies that do not exist', [], {name: nowhere for name in (
        'http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY')}


def link_programs(folder, bin_folder):
    """Scripts that call the programs of an environment: nothing in the copy leads into its folders."""
    folder.mkdir(parents=True)
    for name in ('python', 'python3', 'cmake', 'ctest', 'ninja'):
        if (bin_folder / name).exists():
            (folder / name).write_text(f'#!/bin/sh\nexec {shlex.quote(str(bin_folder / name))} "$@"\n')
            (folder / name).chmod(0o755)


def in_order(wanted, lines):
    """The first of the wanted lines that does not follow the others in `lines`; None if all do."""
    rest = iter([line.strip() for line in lines])
    return next((want for want in wanted if want.strip() and want.strip() not in rest), None)


class Page:
    def __init__(self, name, source, build, copy):
        self.name, self.source, self.copy, self.copied = name, source, copy, False
        self.text = (source / name).read_text()
        self.items = read_page(name, self.text)
        self.words, self.output = {}, ''
        self.counts = {'commands': 0, 'files': 0}
        self.skipped, self.left_out = [], []
        link_programs(copy / 'build/venv/bin', Path(sys.prefix, 'bin'))
        (copy / 'build/release').symlink_to(build)
        # Not the build's folder itself, where cmake --install leaves a list.
        guarded = [each for each in [Path(sys.prefix), *sorted(build.iterdir())]
                   if not copy.is_relative_to(each) and (each.is_dir() or each.name in ('CMakeCache.txt', 'build.ninja'))]
        self.isolation, self.wrapper, changes = isolation(guarded)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith('PYTHON')}
        self.environment.update(changes, HOME=str(copy / 'build'), PIP_NO_INDEX='1', PATH=os.pathsep.join(
            [str(copy / 'build/release/bin'), str(copy / 'build/venv/bin'), os.environ['PATH']]))

    def error(self, line, words):
        return PageError(f'{self.name}:{line}: {words}')

    def run(self):
        before = None
        for item in self.items:
            if isinstance(item, Block):
                self.block(item, before)
                before = item
            elif item.verb == 'with':
                self.words.update(pair.split('=', 1) for pair in item.text.split())
            elif item.verb == 'run':
                self.shell(item.line, item.text)
            elif item.verb == 'prints':
                self.check_print(item)

    def block(self, block, before):
        commands = [(block.line, block.text)] if block.kind == 'code' else block.commands()
        skip = block.directive('skip:')
        if skip:
            if not commands:
                raise self.error(skip.line, 'docs-test: skip: there is nothing to skip')
            if not skip.text:
                raise self.error(skip.line, 'docs-test: skip: states no reason')
            self.skipped.append(f'{self.name}:{block.line}: {skip.text}')
            return
        missing = self.missing_programs(block)
        if missing:
            self.left_out.append(f'{self.name}:{block.line}: needs {", ".join(missing)}')
            return
        if block.kind == 'text':
            for line, command in commands:
                self.shell(line, command)
        elif block.directive('output of'):
            self.check_output(block)
        elif block.directive('part of'):
            self.check_part(block)
        elif block.directive('paths'):
            self.check_paths(block)
        elif block.language in SHELL and not block.directive('file'):
            self.shell(block.line, block.text)
        else:
            self.write(block, before)

    @staticmethod
    def missing_programs(block):
        needs = block.directive('needs')
        return [program for program in needs.text.split() if not shutil.which(program)] if needs else []

    def write(self, block, before):
        marked = block.directive('file')
        path = marked.text if marked else self.file_named(block, before)
        if path.startswith(('/', '..')) or path.startswith('build/release/'):
            raise self.error(block.line, f'{path}: is no place for a file of a page')
        self.need_copy()
        file = self.copy / self.replaced(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text)
        self.counts['files'] += 1

    def file_named(self, block, before):
        """The last file of that kind in the paragraph that leads to the block."""
        endings = EXTENSIONS.get(block.language)
        if not endings:
            raise self.error(block.line, f'a block of `{block.language}`: is neither commands nor a file: '
                                         'mark it as docs-test: skip, output of or part of')
        if before is not None and before.kind == 'text' and before.text.rstrip().endswith((':', 'layer:', 'program:')):
            for _, span in reversed(list(before.spans())):
                if span.endswith(endings) and ' ' not in span:
                    return span
        raise self.error(block.line, f'a block of {block.language} without a name: the words before it end with a colon '
                                     'and name a file, or docs-test: file does')

    def need_copy(self):
        """Most pages have nothing to run."""
        if not self.copied:
            copy_sources(self.source, self.copy)
            self.copied = True

    def replaced(self, text):
        for word in sorted(self.words, key=len, reverse=True):
            text = re.sub(rf'(?<![\w$-]){re.escape(word)}(?![\w-])', lambda _: self.words[word], text)
        return text

    def shell(self, line, text):
        """Runs commands; `output` is then what they printed."""
        script = self.replaced(text)
        if FORBIDDEN.search(script):
            raise self.error(line, f'{FORBIDDEN.search(script)[0]}: would change the build that is tested: '
                                   'docs-test: skip')
        self.need_copy()
        with tempfile.TemporaryFile('w+') as trapped:
            fd = trapped.fileno()
            prelude = f'set -Eeuo pipefail; trap \'echo $LINENO >&{fd}\' ERR\n'
            try:
                result = subprocess.run([*self.wrapper, 'bash', '-c', prelude + script], cwd=self.copy, text=True,
                                        env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, pass_fds=[fd], timeout=SECONDS, errors='replace')
            except subprocess.TimeoutExpired as late:
                raise self.error(line, f'no end within {SECONDS} s:\n{self.indented(script)}') from late
            trapped.seek(0)
            at = trapped.read().split()
        self.output = result.stdout
        self.counts['commands'] += len(logical_lines(script))
        if result.returncode:
            # Bash numbers a command by its first line or by its last; the prelude is line 1.
            failed = int(at[0]) - 2 if at else 0
            offset, command = max([each for each in logical_lines(script) if each[0] <= failed], default=(0, script))
            raise self.error(line + offset, f'exit code {result.returncode} of\n{self.indented(command)}\n'
                                            f'which printed\n{self.indented(self.output)}')

    @staticmethod
    def indented(text):
        lines = text.rstrip('\n').split('\n')
        dropped = [f'({len(lines) - MOST_OUTPUT} lines before)'] if len(lines) > MOST_OUTPUT else []
        return '\n'.join('    ' + line for line in dropped + lines[-MOST_OUTPUT:])

    def check_print(self, directive):
        prose = '\n'.join(item.text for item in self.items if isinstance(item, Block))
        if ' '.join(directive.text.split()) not in ' '.join(prose.split()):
            raise self.error(directive.line, f'docs-test: prints {directive.text}: the page does not say so')
        if directive.text not in self.output:
            raise self.error(directive.line, f'does not print {directive.text!r} but\n{self.indented(self.output)}')

    def check_output(self, block):
        directive = block.directive('output of')
        self.shell(directive.line, directive.text)
        absent = in_order(block.text.split('\n'), self.output.split('\n'))
        if absent is not None:
            raise self.error(block.line, f'{directive.text}: does not print, at this place,\n    {absent.strip()}\nbut\n'
                                         f'{self.indented(self.output)}')

    def check_part(self, block):
        path = block.directive('part of').text
        file = self.source / path
        if not file.is_file():
            raise self.error(block.line, f'docs-test: part of {path}: no such file')
        absent = in_order(block.text.split('\n'), file.read_text().split('\n'))
        if absent is not None:
            raise self.error(block.line, f'{path}: has not, at this place,\n    {absent.strip()}')

    def check_paths(self, block):
        for number, line in enumerate(block.text.split('\n')):
            path = self.replaced(line.split()[0]) if line.strip() else '.'
            path = path.replace('$PWD', str(self.copy))
            if not glob.glob(os.path.join(self.copy, path)):
                raise self.error(block.line + number, f'{line.split()[0]}: no such file')


def logical_lines(script):
    """(number of the first line, text) of each command: backslashes and open quotes join lines."""
    found, start, words = [], 0, ''
    for number, line in enumerate(script.rstrip('\n').split('\n')):
        if not words:
            start = number
        words += ('\n' if words else '') + line
        complete = not line.endswith('\\') and subprocess.run(['bash', '-n', '-c', words],
                                                              capture_output=True).returncode == 0
        if complete:
            if words.strip():
                found.append((start, words))
            words = ''
    return found + ([(start, words)] if words else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--source', type=Path, required=True)
    parser.add_argument('--build', type=Path, required=True, help='the tested build')
    parser.add_argument('--work', type=Path, required=True, help='folder for the copy')
    parser.add_argument('page', help='relative to the sources')
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.work, prefix=Path(arguments.page).stem + '-') as copy:
        try:
            page = Page(arguments.page, arguments.source.resolve(), arguments.build.resolve(), Path(copy).resolve())
            page.run()
        except PageError as error:
            print(error)
            return 1
    print(f'{page.name}: {page.counts["commands"]} commands run, {page.counts["files"]} files written; '
          f'isolated by {page.isolation}')
    for title, lines in (('not meant to run', page.skipped), ('left out', page.left_out)):
        if lines:
            print(f'{title}:\n' + '\n'.join('    ' + line for line in lines))
    return LEFT_OUT if page.left_out else 0


if __name__ == '__main__':
    sys.exit(main())
