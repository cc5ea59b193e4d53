# SPDX-License-Identifier: Apache-2.0
"""The chart of a file of results, as SVG: how many times faster tconv is than the best peer, and than Halide's
autoschedulers where there are any, layer by layer."""

from xml.sax.saxutils import escape

from sidebyside import results as res

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 960, 150, 190, 84, 74
ROW, BAR = 22, 14
SHOWN_LIMIT = 1.35  # the axis ends at this times the longest bar; limits beyond are arrows
INK, FAINT, GRID = '#1f2328', '#59636e', '#d8dee4'
FASTER, SLOWER, LIMIT, MEAN = '#2f6fb0', '#c2571a', '#1f2328', '#2e7d4f'
AUTOSCHEDULERS = ('#9a7fc0', '#c9a227')  # in turn
DIGIT = 7.5  # width of one


def text(x, y, words, size=12, colour=INK, anchor='start', weight='normal'):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def line(x1, y1, x2, y2, colour, width=1.0, dash=''):
    dashes = f' stroke-dasharray="{dash}"' if dash else ''
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{dashes}/>')


def tick_step(end):
    return next((step for step in (0.25, 0.5, 1, 2, 5, 10) if end / step <= 12), 20)


class Chart:
    def __init__(self, results):
        rows = res.summary(results)
        self.results, self.mean = results, res.means(rows)
        self.autoscheduled = res.autoscheduled_means(results, rows)
        self.colours = dict(zip(self.autoscheduled, AUTOSCHEDULERS * len(self.autoscheduled)))
        self.rows = sorted((row for row in rows if self.bars(row)), key=lambda row: -(row['ratio'] or 0))
        longest = max((ratio for row in self.rows for _, ratio, _ in self.bars(row)), default=1)
        self.end = max(1.2, SHOWN_LIMIT * longest if not self.autoscheduled else 1.03 * longest)
        self.bottom = TOP + ROW * sum(len(self.bars(row)) for row in self.rows)
        self.parts = []

    def bars(self, row):
        """(who, ratio, colour) of the bars of a layer."""
        found = [(row['best'], row['ratio'], FASTER if row['ratio'] >= 1 else SLOWER)] if row['ratio'] else []
        return found + [(name, ratio, self.colours[name]) for name, ratio in row['autoscheduled'].items() if ratio]

    def ratio_text(self, row, who, ratio):
        """~ marks a rough time, of who dropped out."""
        return ('~' if self.autoscheduled and who in row['rough'] else '') + f'{ratio:.2f}'

    def x(self, ratio):
        return LEFT + (WIDTH - LEFT - RIGHT) * ratio / self.end

    def axis(self):
        step, number = tick_step(self.end), 0
        while number * step <= self.end:
            x = self.x(number * step)
            self.parts += [line(x, TOP - 6, x, self.bottom, GRID),
                           text(x, self.bottom + 16, f'{number * step:g}', 11, FAINT, 'middle')]
            number += 1
        words = 'time of the best peer / time of tconv'
        if self.autoscheduled:
            words = 'time of the other / time of tconv (~: dropped out, a rough time)'
        self.parts.append(text(self.x(self.end / 2), self.bottom + 34, words, 12, FAINT, 'middle'))

    def head(self):
        facts, threads = self.results['provenance'], self.results['threads']
        count = f'{threads} thread' + ('s' if threads > 1 else '')
        best, onednn = self.mean['ratio'], self.mean['onednn_ratio']
        means = f'geometric mean {best:.2f}' if best else 'no layer has both times'
        if onednn:
            means += f'; against oneDNN alone {onednn:.2f}'
        title = 'tconv against the best of the other systems'
        if self.autoscheduled:
            title = "tconv against Halide's autoschedulers and the best of the other systems"
            means = f'geometric means {best:.2f} (best peer)' if best else 'geometric means'
            means += ''.join(f', {mean:.1f} ({self.short(name)})' for name, mean in self.autoscheduled.items())
        self.parts += [
            text(16, 28, title, 18, weight='bold'),
            text(16, 50, f'{facts["cpu"]} ({facts["microarchitecture"]}), {count}, float32, {self.results["mode"]}, '
                         f'{facts["date"]}, commit {facts["commit"]}: {means}', 12, FAINT)]

    @staticmethod
    def short(name):
        return name.replace('halide_', '')

    def columns(self):
        """Ratios and names beside the bars; names begin behind the longest ratio."""
        longest = max((len(self.ratio_text(row, who, ratio)) for row in self.rows for who, ratio, _ in self.bars(row)),
                      default=4)
        self.names = WIDTH - RIGHT + 46 + DIGIT * max(0, longest - 4) + (4 if longest > 4 else 0)
        for x, words in ((WIDTH - RIGHT + 10, 'ratio'),
                         (self.names, 'other' if self.autoscheduled else 'best peer')):
            self.parts.append(text(x, TOP - 10, words, 11, FAINT))

    def layer(self, row, y):
        """The bars of a layer; its limit beside the first."""
        self.parts.append(text(LEFT - 8, y + ROW / 2 + 4, row['name'], 12, anchor='end'))
        for number, (who, ratio, colour) in enumerate(self.bars(row)):
            middle = y + ROW * number + ROW / 2
            self.parts += [
                f'<rect x="{LEFT}" y="{middle - BAR / 2:.1f}" width="{self.x(ratio) - LEFT:.1f}" height="{BAR}" '
                f'fill="{colour}"><title>{escape(self.hint(row, who, ratio))}</title></rect>',
                text(WIDTH - RIGHT + 10, middle + 4, self.ratio_text(row, who, ratio), 12, weight='bold'),
                text(self.names, middle + 4, self.short(who), 12, FAINT)]
        if not row['limit_ratio']:
            return
        limit, middle = self.x(min(row['limit_ratio'], self.end)), y + ROW / 2
        if row['limit_ratio'] <= self.end:
            self.parts.append(line(limit, middle - BAR / 2 - 3, limit, middle + BAR / 2 + 3, LIMIT, 2.2))
        else:
            self.parts.append(f'<path d="M{limit - 7:.1f} {middle - 5:.1f} l7 5 l-7 5 z" fill="{LIMIT}"/>')

    @staticmethod
    def hint(row, who, ratio):
        return (f'{row["name"]}: {row["ms"]:.4g} ms ({row["variant"]}), {who} {ratio * row["ms"]:.4g} ms, '
                f'limit {row["limit_ms"]:.4g} ms ({row["limited_by"]})')

    def legend(self):
        y, x = self.bottom + 58, LEFT
        entries = [('tconv faster', FASTER), ('tconv slower', SLOWER)]
        if self.autoscheduled:
            entries = [('best peer', FASTER), *((self.short(name), colour) for name, colour in self.colours.items())]
        for words, colour in entries:
            self.parts += [f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{colour}"/>',
                           text(x + 18, y, words, 12)]
            x += 120
        limit = 'the limit of direct algorithms' + ('' if self.autoscheduled else ' (beyond: arrow)')
        self.parts += [line(x + 5, y - 12, x + 5, y + 4, LIMIT, 2.2), text(x + 14, y, limit, 12)]
        x += 210 if self.autoscheduled else 310
        self.parts += [line(x, y - 4, x + 22, y - 4, MEAN, 1.6, '5 3'), text(x + 28, y, 'geometric mean' + (', best peer' if self.autoscheduled else ''), 12)]

    def svg(self):
        height = self.bottom + BOTTOM
        self.head()
        self.axis()
        self.columns()
        y = TOP
        for row in self.rows:
            self.layer(row, y)
            y += ROW * len(self.bars(row))
        self.parts.append(line(self.x(1), TOP - 6, self.x(1), self.bottom, INK, 1.2))
        if self.mean['ratio']:
            self.parts.append(line(self.x(self.mean['ratio']), TOP - 6, self.x(self.mean['ratio']), self.bottom, MEAN,
                                   1.6, '5 3'))
        self.legend()
        body = '\n'.join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                f'viewBox="0 0 {WIDTH} {height}" font-family="Helvetica, Arial, sans-serif">\n'
                f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n')


def svg(results):
    return Chart(results).svg()
