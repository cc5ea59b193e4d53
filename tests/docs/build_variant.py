#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does step 1 of "How to add a variant" for generators/variants/NAME/, and links a command that has the variant.

    build_variant.py NAME FOLDER        from the top of a copy of the sources, whose build/release was made with ninja

Compiled are the variant and the table that it goes into; everything else is the build's. The command is FOLDER/bin/tconv.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

HEADER = '''// SPDX-License-Identifier: Apache-2.0
// The variant `{0}`, as docs/design.md shows it.
#pragma once

#include "generators/variants/variant.h"

namespace tconv {{

Variant {0}_variant();

}}  // namespace tconv
'''
ROOT = Path.cwd()
BUILD = (ROOT / 'build/release').resolve()
VARIANTS = ROOT / 'generators/variants'


def build_command(output):
    """How the build makes one of its files."""
    listing = subprocess.run(['ninja', '-C', BUILD, '-t', 'commands', '-s', output], check=True, capture_output=True,
                             text=True).stdout
    return shlex.split(listing.splitlines()[-1])


def compile_file(source, output):
    words = build_command('generators/CMakeFiles/tconv_generators.dir/variants/variant.cpp.o')
    for option in ('-MT', '-MF'):  # the build's own files are not ours to write
        at = words.index(option)
        del words[at:at + 2]
    words.remove('-MD')
    words[words.index('-o') + 1] = str(output)
    words[words.index('-c') + 1] = str(source)
    words.insert(words.index('-c'), f'-ffile-prefix-map={ROOT}/=')
    first = next(i for i, word in enumerate(words) if word.startswith('-I'))
    words.insert(first, f'-I{ROOT}')
    subprocess.run(words, check=True, cwd=BUILD)


def link_command(objects, output):
    words = build_command('bin/tconv')
    words = words[2:words.index('&&', 2)]  # between : && and && :
    words[words.index('-o') + 1] = str(output)
    # Before the archives, whose own table is then not looked for.
    words[words.index('-o'):words.index('-o')] = map(str, objects)
    subprocess.run(words, check=True, cwd=BUILD)


def add_row(name):
    file = VARIANTS / 'variant.cpp'
    text = file.read_text()
    text = re.sub(r'(#include "generators/variants/variant.h"\n)', rf'\1\n#include "generators/variants/{name}/variant.h"', text)
    text, rows = re.subn(r'(\breference_variant\(\),)', rf'{name}_variant(), \1', text)
    if rows != 1:
        sys.exit(f'{file}: reference_variant(): must be one row of the table')
    file.write_text(text)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    name, folder = sys.argv[1], (ROOT / sys.argv[2]).resolve()
    (folder / 'bin').mkdir(parents=True)
    for part in ('lib', 'share'):  # what the command looks for beside itself
        (folder / part).symlink_to(BUILD / part)
    (VARIANTS / name / 'variant.h').write_text(HEADER.format(name))
    add_row(name)
    objects = []
    for file, source in ((name, VARIANTS / name / 'variant.cpp'), ('variants', VARIANTS / 'variant.cpp')):
        objects.append(folder / f'{file}.o')
        compile_file(source, objects[-1])
    link_command(objects, folder / 'bin/tconv')


if __name__ == '__main__':
    main()
