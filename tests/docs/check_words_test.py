#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_words.py on small trees whose pages say what is not so."""

import tempfile
import unittest
from pathlib import Path

import check_words
from check_words import Docs

VARIANTS = 'table = {\n    phases_variant(), planar_variant(),\n};\n'
TABLE = '| variant | for | how | note |\n|---|---|---|---|\n'


class CheckWords(unittest.TestCase):
    def problems(self, check, **files):
        """`files` by their names with __ for / and _ for . before the ending."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, '.'.join(name.replace('__', '/').rsplit('_', 1)))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            docs = Docs(Path(folder), Path(folder, 'build'))
            check(docs)
            return docs.problems

    def test_links(self):
        page = '# A page, twice\n\n[here](#a-page-twice) [there](docs/b.md#b) [out](https://a.b/c) `[no](link)`\n'
        self.assertEqual(self.problems(check_words.check_links, a_md=page, docs__b_md='# B\n'), [])
        self.assertEqual(self.problems(check_words.check_links, a_md='x\n[there](docs/b.md)\n'),
                         ['a.md:2: link to docs/b.md: no such file'])
        self.assertEqual(self.problems(check_words.check_links, a_md='[there](docs/b.md#c)\n', docs__b_md='# B\n'),
                         ['a.md:1: link to docs/b.md#c: no such heading'])

    def test_paths(self):
        tree = {'tools__compiler__a_cpp': '', 'tools__compiler__a_h': '', 'docs__x_svg': '', 'docs__x_json': ''}
        right = '`tools/compiler/a.{h,cpp}`, `compiler/a`, `a.cpp`, `docs/*.svg`, `tools/`, `NAME.json`, `build/x.c`, `x.h`'
        self.assertEqual(self.problems(check_words.check_paths, p_md=right + '\n', **tree), [])
        for wrong in ('tools/compiler/b.cpp', 'b.cpp', 'tools/b', 'docs/*.png', 'tools/compiler/a.{h,c}', 'docs/README.md'):
            self.assertEqual(self.problems(check_words.check_paths, p_md=f'x\n`{wrong}`\n', **tree),
                             [f'p.md:2: {wrong}: no such file'])

    def test_variants(self):
        def problems(rows, words=''):
            return self.problems(check_words.check_variants, generators__variants__variant_cpp=VARIANTS,
                                 docs__design_md=TABLE + rows + '\n' + words)
        self.assertEqual(problems('| `planar` | a | b | c |\n', '\nThe variant `phases`, `planar` variants.\n'), [])
        self.assertEqual(problems('| `plain` | a | b | c |\n'),
                         ['docs/design.md:3: variants of this table and section 6: planar is missing',
                          'docs/design.md:3: variants of this table and section 6: plain does not exist'])
        self.assertEqual(problems('| `planar` | a | b | c |\n', '\nThe variant `plain`.\n'),
                         ['docs/design.md:6: variant plain: does not exist'])

    def test_presets(self):
        presets = '{"configurePresets": [{"name": "release"}, {"name": "base", "hidden": true}]}'
        self.assertEqual(self.problems(check_words.check_presets, CMakePresets_json=presets,
                                       a_md='Say\n\n    cmake --preset release\n    ctest --preset base\n'),
                         ['a.md:4: preset base: does not exist'])


if __name__ == '__main__':
    unittest.main()
