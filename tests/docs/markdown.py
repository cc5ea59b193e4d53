# SPDX-License-Identifier: Apache-2.0
"""What stands on a page of Markdown: code blocks, text with its commands, and the directives of this test.

Directives stand in an HTML comment directly above what they are about, one a line:

    <!-- docs-test: skip: REASON -->     the block, or the commands of the paragraph or table, are not meant to run
    <!-- docs-test: file PATH -->        the block is written to PATH (else the words before it name the file)
    <!-- docs-test: part of PATH -->     the lines of the block stand in PATH, in this order
    <!-- docs-test: paths -->            the first word of each line of the block is a file or folder that exists
    <!-- docs-test: output of COMMAND -->  the lines of the block stand in what COMMAND prints, in this order
    <!-- docs-test: prints TEXT -->      what ran last printed TEXT, and the page says so
    <!-- docs-test: with A=B C=D -->     from here on, the word A in commands stands for B
    <!-- docs-test: needs PROGRAM.. -->  the block is left out where a program is missing
    <!-- docs-test: run COMMAND -->      also run, though the page does not show it

A line that begins with none of these words goes on with the line before it.
"""

import re
from dataclasses import dataclass, field

OPENING = '<!-- docs-test:'
VERBS = ('skip:', 'file', 'part of', 'paths', 'output of', 'prints', 'with', 'needs', 'run')
OF_BLOCKS = ('skip:', 'file', 'part of', 'paths', 'output of', 'needs')  # the others stand by themselves
LIST_ITEM = re.compile(r' *(?:[-*]|\d+\.) +')
SPAN = re.compile(r'(?<!`)`([^`]+)`(?!`)')
# Spans that are commands, complete with a file; a verb, or a verb with an option, is a mention.
COMMAND = re.compile(r'(?:build/release/bin/)?tconv (?:targets$|[a-z]+ [^-\s])|cmake --[a-z]+ \S')


class PageError(Exception):
    """What is wrong with a page; begins with its name and a line."""


@dataclass
class Directive:
    line: int
    verb: str
    text: str


@dataclass
class Block:
    line: int
    kind: str  # code, text
    text: str
    language: str = ''  # of code: '' where it is indented, which is how commands are shown
    directives: list = field(default_factory=list)  # those directly above

    def directive(self, verb):
        return next((each for each in self.directives if each.verb == verb), None)

    def spans(self):
        """(line, text) of the code spans, where they are not broken by the end of a paragraph."""
        for match in SPAN.finditer(self.text):
            yield self.line + self.text.count('\n', 0, match.start()), ' '.join(match[1].split()).replace('\\|', '|')

    def commands(self):
        return [(line, text) for line, text in self.spans() if COMMAND.match(text)]


def directives_of(page, line, comment):
    """Those of one comment."""
    found = []
    for i, words in enumerate(comment.strip('\n').split('\n')):
        verb = next((verb for verb in VERBS if words.strip().startswith(verb)), None)
        if verb:
            found.append(Directive(line + i, verb, words.strip()[len(verb):].strip()))
        elif found:
            found[-1].text += '\n' + words.strip()
        elif words.strip():
            raise PageError(f'{page}:{line + i}: docs-test: {words.strip()}: must begin with one of {", ".join(VERBS)}')
    return [Directive(each.line, each.verb, each.text.strip()) for each in found]


class Reader:
    """Splits a page. `items` has blocks, and the directives that stand by themselves, in order."""

    def __init__(self, page, text):
        self.page, self.lines = page, text.split('\n')
        self.items, self.above = [], []
        self.next = 0
        self.list_indent = 0

    def read(self):
        after_blank = True
        while self.next < len(self.lines):
            line = self.lines[self.next]
            if not line.strip():
                self.next += 1
                after_blank = True
                continue
            indent = len(line) - len(line.lstrip(' '))
            if after_blank and indent < self.list_indent:
                self.list_indent = 0
            after_blank = False
            if line.lstrip().startswith('<!--'):
                self.comment()
                after_blank = True
            elif line.lstrip().startswith('```'):
                self.fenced(indent)
            elif self.starts_code(indent):
                self.indented()
            elif indent > self.list_indent and not LIST_ITEM.match(line) and not self.lines[self.next - 1].strip():
                raise self.error(self.next + 1, f'indented by {indent}: after a list item that is text, not code; code is '
                                                f'indented by {self.list_indent + 4}, or a line of text ends the list')
            else:
                self.paragraph()
        if self.above:
            raise self.error(self.above[0].line, f'docs-test: {self.above[0].verb}: no block follows')
        return self.items

    def error(self, line, words):
        return PageError(f'{self.page}:{line}: {words}')

    def starts_code(self, indent):
        """Indented by four beyond the text of the list item, if there is one; a paragraph's lines are not."""
        before = self.lines[self.next - 1].strip() if self.next else ''
        return indent >= self.list_indent + 4 and (not before or before.endswith('-->'))

    def add(self, block):
        block.directives, self.above = self.above, []
        self.items.append(block)

    def comment(self):
        start = self.next
        while '-->' not in self.lines[self.next]:
            self.next += 1
            if self.next == len(self.lines):
                raise self.error(start + 1, 'a comment without end')
        self.next += 1
        text = '\n'.join(self.lines[start:self.next]).strip()
        if not text.startswith(OPENING):
            return
        for directive in directives_of(self.page, start + 1, text[len(OPENING):-len('-->')]):
            if directive.verb in OF_BLOCKS:
                self.above.append(directive)
            else:
                self.items.append(directive)

    def fenced(self, indent):
        start = self.next
        language = self.lines[start].strip().strip('`').strip()
        self.next += 1
        while self.next < len(self.lines) and self.lines[self.next].strip() != '```':
            self.next += 1
        if self.next == len(self.lines):
            raise self.error(start + 1, 'a code block without end')
        body = [line[indent:] for line in self.lines[start + 1:self.next]]
        self.next += 1
        self.add(Block(start + 2, 'code', '\n'.join(body) + '\n', language or 'none'))

    def indented(self):
        start, margin, body = self.next, self.list_indent + 4, []
        while self.next < len(self.lines):
            line = self.lines[self.next]
            if line.strip() and len(line) - len(line.lstrip(' ')) < margin:
                break
            body.append(line[margin:])
            self.next += 1
        while not body[-1].strip():
            body.pop()
        self.add(Block(start + 1, 'code', '\n'.join(body) + '\n'))

    def paragraph(self):
        start = self.next
        while self.next < len(self.lines):
            line = self.lines[self.next]
            if not line.strip() or line.lstrip().startswith(('```', '<!--')):
                break
            item = LIST_ITEM.match(line)
            if item:
                self.list_indent = item.end()
            self.next += 1
        self.add(Block(start + 1, 'text', '\n'.join(self.lines[start:self.next])))


def read_page(page, text):
    """Blocks and directives of a page in order; `page` is its name in messages."""
    return Reader(page, text).read()
