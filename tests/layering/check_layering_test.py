#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/scripts/check_layering.py on trees that break its rules, one at a time, and on code that only looks as if it did."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools/scripts'))
import check_layering  # noqa: E402

LICENCE = '// SPDX-License-Identifier: Apache-2.0\n'
SLASH = '/'  # keeps paths of one machine out of this file, which the check reads as well


class CheckLayering(unittest.TestCase):

    def problems(self, path, code, licence=LICENCE):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            file = root / path
            file.parent.mkdir(parents=True)
            file.write_text(licence + code, encoding='utf-8')
            return list(check_layering.violations(root))

    def assert_refused(self, path, code, rule):
        problems = self.problems(path, code)
        self.assertEqual(len(problems), 1, f'{code!r}: {problems}')
        self.assertTrue(problems[0].startswith(f'{path}:2: '), problems[0])
        self.assertIn(rule, problems[0])

    def assert_accepted(self, path, code):
        self.assertEqual(self.problems(path, code), [])

    def test_generators_schedule_nothing(self):
        for directive in ('vectorize(x, 8)', 'parallel(y)', 'unroll(r)', 'split(x, xo, xi, 4)', 'compute_root()',
                          'tile(x, y, a, b, 4, 4)', 'reorder(x, y)', 'fuse(x, y, t)', 'compute_at(g, x)',
                          'store_at(g, x)', 'store_in(Halide::MemoryType::Stack)', 'bound(x, 0, 4)',
                          'bound_extent(x, 4)', 'gpu_blocks(x)', 'gpu_threads(x)', 'specialize(n == 1)',
                          'prefetch(f, x, x, 2)'):
            self.assert_refused('generators/a.cpp', f'f.{directive};\n', 'scheduling directive in generators/')
        self.assert_refused('generators/kernels/a.cpp', 'f.update()\n    .unroll(r);\n'.replace('\n', '', 1),
                            'scheduling directive')
        self.assert_refused('generators/a.cpp', 'call(TailStrategy::RoundUp);\n', 'TailStrategy')
        self.assert_refused('generators/a.cpp', 'schedule_repack(funcs, machine);\n', 'past its family')
        self.assert_accepted('generators/a.cpp', 'void schedule() { family_for(machine).repack(funcs, machine); }\n')
        self.assert_accepted('schedules/a.cpp', 'f.vectorize(x, 8).unroll(y);\n')

    def test_plans_are_read_without_halide(self):
        self.assert_refused('generators/plan_table.h', '#include <Halide.h>\n', 'read without Halide')
        self.assert_accepted('generators/epilogue.h', '#include <Halide.h>\n')

    def test_generators_may_constrain_shapes(self):
        self.assert_accepted('generators/a.cpp', 'input.dim(0).set_bounds(0, c).set_stride(1);\n')
        self.assert_accepted('generators/a.cpp', 'auto at = std::lower_bound(a, b, c);\n')

    def test_schedules_compute_nothing(self):
        for code, rule in (('Halide::Func f("f");', 'new Func'), ('Func f{"f"};', 'new Func'),
                           ('f(x, y) = g(x, y) * 2;', 'definition of a Func'),
                           ('f(x, g(y)) += 1;', 'definition of a Func'),
                           ('funcs.output(x) = e;', 'definition of a Func'),
                           ('RDom r(0, 4);', 'reduction'), ('e = cast<float>(e);', 'computation'),
                           ('e = select(e < 0, 0, e);', 'computation'), ('e = Halide::sqrt(e);', 'computation')):
            self.assert_refused('schedules/a.cpp', code + '\n', rule)

    def test_schedules_may_arrange(self):
        for code in ('Halide::Func output = funcs.output, accumulate = funcs.accumulate;', 'Halide::Func output;',
                     'Var xo("xo"), xi("xi");', 'const int n = count(a, b);', 'auto u = f.update();',
                     'const double d = static_cast<double>(n);', 'if (a == b) c = d;', 'while (next(a)) b += 1;',
                     'const bool same = f(a) == f(b), less = f(a) <= b;', 'Knobs(const Knobs &) = default;'):
            self.assert_accepted('schedules/a.cpp', code + '\n')

    def test_includes_point_one_way(self):
        for path, target in (('runtime/a.cpp', '"Halide.h"'), ('runtime/a.cpp', '<Halide.h>'),
                             ('runtime/include/tconv/a.h', '"schedules/knobs.h"'), ('runtime/a.cpp', '"tools/a.h"'),
                             ('runtime/a.cpp', '"../generators/a.h"'), ('schedules/a.h', '"generators/a.h"'),
                             ('schedules/a.h', '"tools/a.h"'), ('generators/a.h', '"tools/compiler/a.h"'),
                             ('tools/a.cpp', '"tests/support/a.h"')):
            self.assert_refused(path, f'#include {target}\n', 'must not include')
        for path, target in (('generators/a.cpp', '"schedules/knobs.h"'), ('schedules/a.cpp', '<Halide.h>'),
                             ('tools/a.cpp', '"generators/a.h"'), ('runtime/a.cpp', '"tconv/layer.h"'),
                             ('tests/a.cpp', '"tools/a.h"')):
            self.assert_accepted(path, f'#include {target}\n')

    def test_internals_stay_in_their_files(self):
        code = 'Halide::Internal::Stmt stmt;\n'
        for path in ('generators/variants/a.cpp', 'generators/kernels/a.cpp', 'schedules/a.cpp', 'tools/a.cpp',
                     'tests/a.cpp', 'other/generators/layer_program.cpp'):
            self.assert_refused(path, code, "Halide's internals")
        for path in ('generators/layer_program.cpp', 'generators/program_ir.h', 'generators/lowering_passes.cpp',
                     'generators/kernels/build_kernel.h'):
            self.assert_accepted(path, code)

    def test_comments_and_strings_are_no_code(self):
        self.assert_accepted('generators/a.cpp', '// f.unroll(x)\n/* f.unroll(x) */ auto s = "f.unroll(x)";\n')
        self.assert_accepted('schedules/a.cpp', 'auto s = R"(f(x) = RDom(0))"; // select(a, b, c)\n')
        self.assert_accepted('runtime/a.cpp', '// #include "Halide.h"\n')
        self.assert_refused('generators/a.cpp', '/* "no string */ f.unroll(x); /* " */\n', 'scheduling directive')

    def test_sources_name_their_licence(self):
        for path in ('tools/a.py', 'tools/a.cpp', 'tests/CMakeLists.txt', 'tools/scripts/a.sh'):
            problems = self.problems(path, '\n', licence='')
            self.assertEqual(len(problems), 1)
            self.assertIn('SPDX', problems[0])
        self.assertEqual(self.problems('data/a.json', '{}', licence=''), [])

    def test_sources_stay_short(self):
        self.assert_accepted('tools/a.cpp', '\n' * (check_layering.LONGEST_FILE - 1))
        problems = self.problems('tools/a.cpp', '\n' * check_layering.LONGEST_FILE)
        self.assertEqual(len(problems), 1)
        self.assertIn('longer than', problems[0])

    def test_no_paths_of_one_machine(self):
        for start in ('work', 'home', 'tmp', 'root', 'Users'):
            path = f'{SLASH}{start}{SLASH}someone'
            self.assert_refused('tools/a.cpp', f'auto p = "{path}";\n', 'path of one machine')
            self.assert_refused('tools/a.sh', f'cd {path}\n', 'path of one machine')
        self.assert_accepted('tools/a.cpp', f'#include "tools/home{SLASH}a.h"\nauto p = "{SLASH}tmp";\n')
        self.assert_accepted('tools/a.sh', 'cd "$root/work/x" "${root}/tmp/x"\n')

    def test_what_is_built_is_not_read(self):
        for path in ('build/a.cpp', '.venv/a.py', 'tools/__pycache__/a.py'):
            self.assertEqual(self.problems(path, '\n', licence=''), [])
        for path in ('tools/build/a.cpp', '.ci/run'):
            self.assertEqual(len(self.problems(path, '\n', licence='')), 1)

    def test_exit_code(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(check_layering.main([folder]), 1, 'an empty tree proves nothing')
            source = pathlib.Path(folder) / 'a.cpp'
            source.write_text(LICENCE)
            self.assertEqual(check_layering.main([folder]), 0)
            source.write_text('\n')
            self.assertEqual(check_layering.main([folder]), 1)
            self.assertIn('a.cpp:1: ', out.getvalue())


if __name__ == '__main__':
    unittest.main()
