#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""markdown.py and run_page.py on pages that are wrong in one way each, and on pages that only look wrong."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from markdown import PageError, read_page
from run_page import in_order, isolation, logical_lines

HERE = Path(__file__).resolve().parent
MARK = '<!-- docs-test: '


class ReadPage(unittest.TestCase):
    def blocks(self, text):
        return [(item.line, item.kind if hasattr(item, 'kind') else item.verb, item.text) for item in read_page('P', text)]

    def test_indented_blocks_are_code(self):
        self.assertEqual(self.blocks('Words:\n\n    one\n\n      two\n\nWords.\n'),
                         [(1, 'text', 'Words:'), (3, 'code', 'one\n\n  two\n'), (7, 'text', 'Words.')])

    def test_in_a_list_code_is_indented_further(self):
        self.assertEqual(self.blocks('1. Item\n\n   goes on\n\n       code\n\n   ```json\n   {}\n   ```\n'),
                         [(1, 'text', '1. Item'), (3, 'text', '   goes on'), (5, 'code', 'code\n'), (8, 'code', '{}\n')])
        self.assertEqual(self.blocks('- Item\n      hangs\n')[0][1:], ('text', '- Item\n      hangs'))

    def test_a_list_ends(self):
        self.assertEqual(self.blocks('- Item\n\nWords\n\n    code\n')[-1], (5, 'code', 'code\n'))

    def test_directives_stand_above_their_block(self):
        first, second = read_page('P', f'{MARK}skip: why\nneeds a b -->\n    x\n\n    y\n\n{MARK}run z\nzz -->\n')
        self.assertEqual([(each.line, each.verb, each.text) for each in first.directives],
                         [(1, 'skip:', 'why'), (2, 'needs', 'a b')])
        self.assertEqual((second.line, second.verb, second.text), (7, 'run', 'z\nzz'))
        self.assertEqual(self.blocks('<!-- a comment\nof two lines -->\nWords\n'), [(3, 'text', 'Words')])

    def test_what_is_wrong_has_a_line(self):
        for text, words in ((f'a\n\n{MARK}nonsense -->\n', 'P:3: docs-test: nonsense'),
                            (f'a\n\n{MARK}skip: why -->\n', 'P:3: docs-test: skip:: no block follows'),
                            ('- a\n\n    b\n', 'P:3: indented by 4: after a list item that is text'),
                            ('a\n\n```c\nint i;\n', 'P:3: a code block without end'), ('<!-- \n', 'P:1: a comment')):
            with self.assertRaises(PageError) as caught:
                read_page('P', text)
            self.assertIn(words, str(caught.exception))

    def test_commands_in_the_text(self):
        (block,) = read_page('P', 'Say `tconv build a.json -o b`, not\n`tconv build` or `tconv bench --json`;\n'
                                  'or `tconv\nexplain a.json`, `tconv targets`, `x.y`.')
        self.assertEqual(block.commands(), [(1, 'tconv build a.json -o b'), (3, 'tconv explain a.json'),
                                            (4, 'tconv targets')])


class RunPage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ('source', 'build/bin', 'work'):
            (self.folder / name).mkdir(parents=True)
        (self.folder / 'build/bin/tested').write_text('')
        (self.folder / 'source/there.txt').write_text('one\ntwo\nthree\n')

    def run_page(self, text, code):
        (self.folder / 'source/P.md').write_text(text)
        result = subprocess.run([sys.executable, '-B', HERE / 'run_page.py', '--source', self.folder / 'source', '--build',
                                 self.folder / 'build', '--work', self.folder / 'work', 'P.md'], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(result.returncode, code, result.stdout)
        self.assertEqual(list((self.folder / 'work').iterdir()), [])
        return result.stdout

    def assert_right(self, text):
        return self.run_page(text, 0)

    def assert_wrong(self, text, *words):
        output = self.run_page(text, 1)
        for each in words:
            self.assertIn(each, output)

    def test_commands_run_in_order_in_one_copy(self):
        output = self.assert_right('    cat there.txt >build/a\n\nThen\n\n    test -s build/a  # of the block before\n')
        self.assertIn('P.md: 2 commands run', output)
        self.assertEqual((self.folder / 'source/there.txt').read_text(), 'one\ntwo\nthree\n')

    def test_a_failure_says_where_and_what(self):
        self.assert_wrong('Words\n\n    true\n    echo said; ls \\\n        nowhere\n    true\n', 'P.md:4: exit code 2 of',
                          '    echo said; ls \\\n        nowhere\n', '    said\n', 'nowhere')
        self.assert_wrong('    false | true\n', 'P.md:1: exit code 1 of')
        self.assert_wrong('    echo $unset\n', 'P.md:1: exit code')
        self.assert_wrong('    echo "open\n', 'P.md:1: exit code')

    def test_files(self):
        self.assert_right('`build/a/b.json`, the layer:\n\n```json\n{}\n```\n\n    grep -q {} build/a/b.json\n')
        self.assert_right(f'{MARK}file x/y.c -->\n```c\nint i;\n```\n\n    grep -q int x/y.c\n')
        self.assert_wrong('Words.\n\n```json\n{}\n```\n', 'P.md:4: a block of json without a name')
        self.assert_wrong('Words:\n\n```\nx\n```\n', 'P.md:4: a block of `none`')
        self.assert_wrong(f'{MARK}file ../y.c -->\n```c\nint i;\n```\n', '../y.c: is no place for a file')

    def test_skipping_takes_a_reason_and_something_to_skip(self):
        self.assertIn('P.md:2: why', self.assert_right(f'{MARK}skip: why -->\n    false\n'))
        self.assert_wrong(f'{MARK}skip: -->\n    false\n', 'P.md:1: docs-test: skip: states no reason')
        self.assert_wrong(f'{MARK}skip: why -->\nWords\n', 'P.md:1: docs-test: skip: there is nothing to skip')

    def test_output(self):
        self.assert_right(f'{MARK}output of cat there.txt -->\n    one\n    three\n')
        self.assert_wrong(f'Words\n\n{MARK}output of cat there.txt -->\n    three\n    one\n', 'P.md:4: cat there.txt: does not',
                          '    one\n')
        self.assert_right(f'It says `two`.\n\n    cat there.txt\n\n{MARK}prints two -->\n')
        self.assert_wrong(f'It says `four`.\n\n    cat there.txt\n\n{MARK}prints four -->\n', 'P.md:5: does not print \'four\'')
        self.assert_wrong(f'It says `two`.\n\n    cat there.txt\n\n{MARK}prints three -->\n', 'the page does not say so')

    def test_parts_of_files_and_paths(self):
        self.assert_right(f'{MARK}part of there.txt -->\n```cmake\none\ntwo\n```\n')
        self.assert_wrong(f'{MARK}part of there.txt -->\n```cmake\ntwo\none\n```\n', 'P.md:3: there.txt: has not')
        self.assert_right(f'    true\n\n{MARK}paths -->\n    there.*   what it is\n')
        self.assert_wrong(f'    true\n\n{MARK}paths -->\n    there.txt  this\n    here.txt  that\n', 'P.md:5: here.txt: no such file')

    def test_words_stand_for_others(self):
        self.assert_right(f'{MARK}with FILE=there.txt T=tw -->\n    grep -q T FILE\n')
        self.assert_wrong(f'    grep -q T FILE\n\n{MARK}with FILE=there.txt -->\n', 'P.md:1: exit code 2')

    def test_hidden_commands(self):
        self.assert_wrong(f'Words\n\n{MARK}run true\nfalse -->\n', 'P.md:4: exit code 1 of\n    false')

    def test_what_needs_missing_programs_is_left_out(self):
        output = self.run_page(f'{MARK}needs no-such-program sh -->\n    false\n', 77)
        self.assertIn('P.md:2: needs no-such-program', output)

    def test_the_tested_build_is_left_alone(self):
        for command in ('cmake --preset release', './run.sh', 'cmake -S . -B build/release', 'benchmarks/run.sh --cold',
                        'cmake --build build/release', 'build/venv/bin/python -m venv --clear build/venv'):
            self.assert_wrong(f'    {command}\n', 'would change the build that is tested')
        if not isolation([])[1]:
            self.skipTest('no namespaces here: only what is refused by name is kept from the build')
        self.assert_wrong('    rm build/release/bin/tested\n', 'Read-only file system')
        self.assertTrue((self.folder / 'build/bin/tested').exists())

    def test_there_is_no_network(self):
        script = "import socket; socket.create_connection(('192.0.2.1', 9), 2)"
        if not isolation([])[1]:
            self.skipTest('no namespaces here: proxies that do not exist are all there is')
        self.assert_wrong(f'    build/venv/bin/python -c "{script}"\n', 'Network is unreachable')


class Pieces(unittest.TestCase):
    def test_logical_lines(self):
        self.assertEqual(logical_lines('a\nb \\\n  c\n\nd "e\nf"\n'), [(0, 'a'), (1, 'b \\\n  c'), (4, 'd "e\nf"')])

    def test_in_order(self):
        self.assertIsNone(in_order(['a', '', 'c'], ['a', 'b', ' c ']))
        self.assertEqual(in_order(['c', 'a'], ['a', 'b', 'c']), 'a')
        self.assertEqual(in_order(['a', 'a'], ['a']), 'a')


if __name__ == '__main__':
    unittest.main()
