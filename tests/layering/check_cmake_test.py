#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/scripts/check_cmake.py on files that break its rules, one at a time, and on one that breaks none."""

import unittest

import check_cmake

GOOD = '''# SPDX-License-Identifier: Apache-2.0
add_library(tconv_a STATIC b.cpp c.cpp kernels/a.cpp)
target_include_directories(tconv_a PUBLIC "${PROJECT_SOURCE_DIR}")
target_link_libraries(tconv_a PUBLIC tconv_b PRIVATE tconv_warnings)
function(tconv_add_thing name)
    add_library(${name} STATIC a.cpp)
endfunction()
'''


class CheckCMake(unittest.TestCase):

    def assert_refused(self, text, rule):
        problems = [problem for _, problem in check_cmake.file_rules(text)]
        self.assertTrue(any(rule in problem for problem in problems), f'{text!r}: {problems}')

    def test_accepts_what_keeps_the_rules(self):
        self.assertEqual(list(check_cmake.file_rules(GOOD)), [])

    def test_refuses_each_fault(self):
        for text, rule in (('include_directories("a")\n', 'for a whole folder'),
                           ('SET(a b)\n', 'lower case'),
                           ('set(CMAKE_CXX_FLAGS "-O3")\n', 'flags are of a target'),
                           ('function(add_thing)\nendfunction()\n', 'begin with tconv_'),
                           ('target_link_libraries(tconv_a tconv_b)\n', 'PRIVATE, PUBLIC or INTERFACE'),
                           ('target_include_directories(tconv_a PUBLIC ${PROJECT_SOURCE_DIR})\n', 'in quotes'),
                           ('add_library(tconv_a STATIC c.cpp b.cpp)\n', 'sorted'),
                           ('add_library(tconv_a STATIC a.cpp)\n', 'does not link tconv_warnings'),
                           ('# ' + 'a' * check_cmake.LONGEST_LINE + '\n', 'longer than'),
                           ('set(a b) \n', 'blanks at the end')):
            self.assert_refused(text, rule)

    def test_comments_and_strings_are_no_commands(self):
        self.assertEqual(list(check_cmake.file_rules('# include_directories(a)\nset(a "include_directories(b)")\n')), [])


if __name__ == '__main__':
    unittest.main()
