#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what the documentation names with what there is: links, files, variants, targets, verbs, labels, counts.

    check_words.py --source DIR --build DIR

Prints a line for each difference, PAGE:LINE: what; exit code 1 if there is any.
"""

import argparse
import fnmatch
import itertools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown import Block, read_page
from run_page import sources_of

LINK = re.compile(r'!?\[[^\]]*\]\(([^)\s]+)\)')
PATH = re.compile(r'[\w.*{},-]+(?:/[\w.*{},-]+)*/?$')
EXTENSIONS = ('.md', '.cpp', '.h', '.c', '.py', '.json', '.cmake', '.txt', '.sh', '.svg', '.png', '.inc', '.in')
# Of other systems, or made by a build.
FOREIGN = ('build/', 'tensorflow/', 'keras/', 'core/', 'lib/', 'bin/', 'share/', 'site-packages/', 'nn_ops.py')
SCOPES = ('schedules/avx2',)  # of commits
EXAMPLE = 'pointwise'  # the variant that docs/design.md shows
NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split()
HISTORY = ('CHANGELOG.md', 'docs/decisions/', 'benchmarks/results/')  # what was true when it was written


def words_of(cell):
    return re.findall(r'`([^`]+)`', cell)


def expanded(path):
    """All paths that {a,b} stands for."""
    parts = re.split(r'\{([^}]*)\}', path)
    choices = [part.split(',') if i % 2 else [part] for i, part in enumerate(parts)]
    return [''.join(each) for each in itertools.product(*choices)]


def slug(heading):
    """As GitHub makes it."""
    return re.sub(r'[^\w -]', '', heading.strip().lower()).replace(' ', '-')


class Docs:
    def __init__(self, source, build):
        self.source, self.build = source, build
        self.tconv = build / 'bin/tconv'
        self.files = sources_of(source)
        self.names = set(self.files) | {str(parent) for file in self.files for parent in Path(file).parents}
        self.texts = {name: (source / name).read_text() for name in self.files if name.endswith('.md')}
        self.pages = {name: text for name, text in self.texts.items() if not name.startswith(HISTORY)}
        self.blocks = {name: [item for item in read_page(name, text) if isinstance(item, Block)]
                       for name, text in self.texts.items()}
        self.problems = []

    def say(self, page, line, words):
        self.problems.append(f'{page}:{line}: {words}')

    def read(self, name):
        return (self.source / name).read_text()

    def prints(self, *arguments):
        return subprocess.run([self.tconv, *arguments], check=True, capture_output=True, text=True).stdout

    def spans(self, pages):
        for page in pages:
            for block in self.blocks[page]:
                if block.kind == 'text':
                    for line, span in block.spans():
                        yield page, line, span

    def text_lines(self, pages):
        """Lines outside code."""
        for page in pages:
            for block in self.blocks[page]:
                if block.kind == 'text':
                    yield from ((page, block.line + i, line) for i, line in enumerate(block.text.split('\n')))

    def exists(self, path, page):
        """Also without the folders in front, or the end of the name, where it stands for header and source."""
        stem = re.sub(r'\.\w+$', '', path)
        if str(Path(page).parent / path) in self.names or f'/{EXAMPLE}/' in stem:
            return True
        if path.endswith('.h') and self.exists(stem + '.json', page):  # what tconv writes for a layer file
            return True
        if re.search(r'(?<![a-zA-Z])(?!README|CONTRIBUTING|CHANGELOG|LICENSE)[A-Z]{2,}(?![a-zA-Z])', path):
            return True  # NAME and the like stand for others
        patterns = ['*/' + path] if path.endswith(EXTENSIONS) else ['*/' + path, f'*/{path}.cpp', f'*/{path}.h']
        return any(fnmatch.fnmatch('/' + name, pattern) for name in self.names for pattern in patterns)

    def table(self, page, *head):
        """(line, cells) of the rows of the table that has these words in its head."""
        for block in self.blocks[page]:
            lines = [line.strip() for line in block.text.split('\n')]
            for i, line in enumerate(lines):
                cells = [cell.strip() for cell in line.strip('|').split('|')]
                if block.kind == 'text' and line.startswith('|') and cells[:len(head)] == list(head):
                    return [(block.line + j, [cell.strip() for cell in re.split(r'(?<!\\)\|', lines[j].strip('|'))])
                            for j in range(i + 2, len(lines)) if lines[j].startswith('|')]
        self.say(page, 1, f'no table with the head {" | ".join(head)}, which this test reads')
        return []

    def same(self, page, line, what, said, there):
        """Two collections of names."""
        for name in sorted(set(there) - set(said)):
            self.say(page, line, f'{what}: {name} is missing')
        for name in sorted(set(said) - set(there)):
            self.say(page, line, f'{what}: {name} does not exist')

    def first_column(self, page, *head):
        rows = self.table(page, *head)
        return (rows[0][0] if rows else 1), [word for _, cells in rows for word in words_of(cells[0])]


def check_links(docs):
    for page, line, text in docs.text_lines(docs.texts):
        for target in LINK.findall(re.sub(r'`[^`]*`', '', text)):
            if re.match(r'[a-z]+:', target):
                continue
            path, _, anchor = target.partition('#')
            file = (docs.source / page).parent / path if path else docs.source / page
            if not file.exists():
                docs.say(page, line, f'link to {target}: no such file')
            elif anchor and file.suffix == '.md':
                headings = [slug(re.sub(r'^#+ ', '', each)) for each in file.read_text().split('\n')
                            if re.match(r'#+ ', each)]
                if anchor not in headings:
                    docs.say(page, line, f'link to {target}: no such heading')


def check_paths(docs):
    """A path may leave out folders in front, where the text says which part it is about."""
    for page, line, span in docs.spans(docs.texts):
        span = span.removeprefix('./')
        if not PATH.match(span) or span.startswith((*FOREIGN, '.')) or '..' in span or span in SCOPES:
            continue
        if not span.endswith(EXTENSIONS) and not re.search(r'[a-z]/', span):
            continue
        for path in expanded(span.rstrip('/')):
            if not docs.exists(path, page):
                docs.say(page, line, f'{span}: no such file')


def check_variants(docs):
    table = docs.read('generators/variants/variant.cpp').split('table = {')[1].split('};')[0]
    there = re.findall(r'(\w+)_variant\(\)', table)
    line, said = docs.first_column('docs/design.md', 'variant', 'for', 'how', 'note')
    docs.same('docs/design.md', line, 'variants of this table and section 6', said + ['phases'], there)
    for page, line, text in docs.text_lines(docs.pages):
        for name in re.findall(r'[Vv]ariants? `([a-z_]+)`|`([a-z_]+)` variant', text):
            name = name[0] or name[1]
            if name not in there + [EXAMPLE]:
                docs.say(page, line, f'variant {name}: does not exist')


def check_targets(docs):
    listing = docs.prints('targets').split('\n\n')[0].split('\n')[1:]
    there = {line.split()[0]: line.split()[1] for line in listing if line and line.split()[0].islower() and
             not line.startswith('A ')}
    line, said = docs.first_column('README.md', 'target', 'for')
    docs.same('README.md', line, 'targets', said, there)
    families = {family for target, family in there.items() if target != 'host'} | {'reference'}
    for page, line, text in docs.text_lines(['docs/glossary.md']):
        if text.startswith('| family |'):
            docs.same(page, line, 'families', words_of(text), families)


def check_verbs(docs):
    listing = docs.prints('--help').split('Subcommands:\n')[1].split('\n\n')[0]
    there = [line.split()[0] for line in listing.split('\n') if re.match(r'  [a-z]', line)]
    line, said = docs.first_column('README.md', 'verb', 'what it does')
    docs.same('README.md', line, 'verbs', said, there)
    for page, line, span in docs.spans(docs.pages):
        verb = re.match(r'(?:build/release/bin/)?tconv ([a-z]+)', span)
        if verb and verb[1] not in there:
            docs.say(page, line, f'{span}: tconv has no such verb')
        for option in re.findall(r'(?<=\s)--[a-z][a-z-]*', span) if verb and verb[1] in there else ():
            if option not in docs.prints(verb[1], '--help') and option != '--help':
                docs.say(page, line, f'{span}: tconv {verb[1]} has no {option}')


def check_labels(docs):
    listing = subprocess.run(['ctest', '--test-dir', docs.build, '--print-labels'], capture_output=True, text=True,
                             check=True).stdout
    there = [line.strip() for line in listing.split('All Labels:')[1].split('\n') if line.startswith('  ')]
    line, said = docs.first_column('docs/testing.md', 'label', 'what it proves')
    # Benchmarks, the emulator and the like may not be configured; what there is has to stand in the table.
    docs.same('docs/testing.md', line, 'labels', set(said) & set(there), there)


def check_presets(docs):
    presets = json.loads(docs.read('CMakePresets.json'))
    there = [each['name'] for each in presets['configurePresets'] if not each.get('hidden')]
    for page, text in docs.pages.items():
        for match in re.finditer(r'--preset[ =]([a-z][\w-]*)', text):
            if match[1] not in there:
                docs.say(page, text.count('\n', 0, match.start()) + 1, f'preset {match[1]}: does not exist')


def check_setup(docs):
    """Packages of run.sh and test.sh, and versions of requirements.txt, in the README's table."""
    def packages(text):
        return re.findall(r'(?<=[\s(])(?:lib)?[a-z][a-z0-9+]*(?:-[a-z0-9+.]+)*(?=[\s)])', text)
    run = packages(docs.read('run.sh').split('install_debian_packages', 1)[1].split('\n')[0] + ' ')
    test = packages(docs.read('test.sh').split('packages=(', 1)[1].split(')')[0] + ' ')
    wheels = dict(re.findall(r'^([\w-]+)==([\w.]+)$', docs.read('tools/scripts/requirements.txt'), re.M))
    rows = {cells[0]: (line, cells) for line, cells in docs.table('README.md', '', '`run.sh`')}
    for name, column, there in (('Debian packages', 1, run), ('Debian packages', 2, set(test) - set(run))):
        line, cells = rows[name]
        docs.same('README.md', line, name, [word.strip() for word in cells[column].split(',')], there)
    line, cells = next(row for name, row in rows.items() if name.startswith('Python wheels'))
    for wheel, version in re.findall(r'([\w-]+) (\d+\.[\d.]+\d)', cells[1]):
        if wheels.get(wheel) != version:
            docs.say('README.md', line, f'{wheel} {version}: requirements.txt has {wheels.get(wheel)}')


def check_counts(docs):
    layers = len(json.loads(docs.read('benchmarks/layers.json')))
    operators = docs.prints('run', '--help').split('Operators: ')[1]
    # Keras' layers differ in their rank alone, and count as one.
    names = [re.sub(r'Conv\dD', 'ConvND', name.split('.')[-1]) for name in re.split(r',\s+', re.split(r'\.\s', operators)[0])]
    operators = NUMBERS[len(set(names))]
    for page, line, text in docs.text_lines(docs.pages):
        for count in re.findall(r'(\d+) (?:layers of `benchmarks/layers|transposed convolutions of known)', text):
            if int(count) != layers:
                docs.say(page, line, f'{count} layers: benchmarks/layers.json has {layers}')
        for count in re.findall(rf'\b({"|".join(NUMBERS)}) operators\b', text):
            if count != operators:
                docs.say(page, line, f'{count} operators: tconv run --help lists {operators}')


def check_layer_keys(docs):
    """Keys that every operator takes, activations, and the keywords of tconv_add_library()."""
    readme = {span for _, _, span in docs.spans(['README.md'])}
    keys = docs.read('runtime/layer/layer_common.cpp').split('std::vector<std::string> kCommonKeys = {')[1].split('}')[0]
    for key in re.findall(r'"(\w+)"', keys):
        if key not in readme:
            docs.say('README.md', 1, f'key {key} of layer files: is missing')
    supported = docs.read('runtime/layer/activation_reader.cpp').split('kSupported = {')[1].split('};')[0]
    values = {}
    for name, value in re.findall(r'\{"(\w+)", \{?Activation::(\w+)', supported):
        values.setdefault(value, []).append(name)
    for value, names in values.items():
        if value != 'kNone' and not readme & set(names):
            docs.say('README.md', 1, f'activation {names[0]}: is missing')
    call = re.search(r'PARSE_ARGV 1 arg "([^"]*)"\s+"([^"]*)"\s+"([^"]*)"', docs.read('cmake/TconvAddLibrary.cmake'))
    keywords = [word for words in call.groups() for word in words.split(';') if word]
    line, said = docs.first_column('docs/cmake_package.md', 'argument', 'meaning')
    docs.same('docs/cmake_package.md', line, 'arguments', said, [*keywords, '<name>'])


def check_header(docs):
    """What pages for users call NAME_something is in a header that this build writes."""
    with tempfile.TemporaryDirectory() as folder:
        docs.prints('build', docs.source / 'examples/minimal/decoder_up1.json', '--target', 'x86-64-avx2', '-o', folder)
        header = Path(folder, 'decoder_up1.h').read_text()
    for page, line, span in docs.spans(['README.md', 'docs/testing.md', 'docs/semantics.md', 'docs/cmake_package.md']):
        for name in re.findall(r'\bNAME(_[A-Za-z]\w*)', span):
            if not re.search(rf'\bdecoder_up1{name}\b', header):
                docs.say(page, line, f'NAME{name}: is not in the header of a library')


CHECKS = (check_links, check_paths, check_variants, check_targets, check_verbs, check_labels, check_presets, check_setup,
          check_counts, check_layer_keys, check_header)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--source', type=Path, required=True)
    parser.add_argument('--build', type=Path, required=True)
    arguments = parser.parse_args()
    docs = Docs(arguments.source.resolve(), arguments.build.resolve())
    for check in CHECKS:
        try:
            check(docs)
        except (IndexError, KeyError, StopIteration, subprocess.CalledProcessError) as error:
            docs.problems.append(f'{check.__name__}: what it reads in the sources, or in what tconv prints, has another form '
                                 f'now ({type(error).__name__}: {error}): change it, too')
    print('\n'.join(docs.problems) or f'{len(docs.texts)} pages agree with the code')
    return 1 if docs.problems else 0


if __name__ == '__main__':
    sys.exit(main())
