# SPDX-License-Identifier: Apache-2.0
"""The Markdown page of a file of results."""

from sidebyside import results as res

STATISTIC = {
    'warm': 'the least of the means of short bursts, tensors in the caches as far as they fit',
    'cold': 'the median of single runs, each after all caches were emptied',
}


def number(value, digits=3):
    """Three significant digits at least, no exponent; a dash for what is not there."""
    if value is None:
        return '-'
    for limit, places in ((0.01, 5), (0.1, 4), (1, 3), (10, digits), (100, 2)):
        if value < limit:
            return f'{value:.{places}f}'
    return f'{value:.1f}'


def times(value):
    return '-' if value is None else f'{value:.2f}'


def percent(value):
    return '-' if value is None else f'{100 * value:.0f}'


def table(head, rows, left=1):
    """`left` columns are texts, the others numbers."""
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * left + '--:|' * (len(head) - left)]
    return lines + ['| ' + ' | '.join(row) + ' |' for row in rows]


def heading(results):
    facts, machine, threads = results['provenance'], results['machine'], results['threads']
    count = f'{threads} thread' + ('s' if threads > 1 else '')
    changed = ', with uncommitted changes' if facts['uncommitted_changes'] else ''
    return [f'# Transposed convolution side by side: {facts["microarchitecture"]}, {count}, {results["mode"]}', '',
            *table(['', ''], [
                ['processor', f'{facts["cpu"]} ({facts["microarchitecture"]}), {facts["cores"]} cores visible'],
                ['measured peak, bandwidth', f'{machine["gflops"]:.1f} GFLOP/s, {machine["gbps"]:.1f} GB/s, {count}, '
                                             f'best of {len(machine["measurements"])}'],
                ['system, compiler', f'{facts["system"]}; {facts["compiler"]}'],
                ['2 MB pages', ('' if results['huge_pages'] else 'not ') + 'asked for by the malloc of all workers; '
                               f'the system\'s setting is {facts["transparent_huge_pages"]}'],
                ['tconv', f'{facts["tconv"]}, commit {facts["commit"]}{changed}, target {results["target"]}'],
                ['date', facts['date']],
                ['command', '; '.join(f'`{command}`' for command in facts['commands'])],
                ['statistic', STATISTIC[results['mode']] + f'; {results["rounds"]} rounds, all in turns'],
            ], left=2), '']


def main_table(rows):
    head = ['layer', 'shape', 'variant', 'best peer', 'ms', 'GFLOP/s', '% of limit', 'best peer ms', 'ratio',
            'oneDNN ms', 'ratio to oneDNN', 'with bias, ReLU']
    lines = [[row['name'], row['shape'], row['variant'] or '-', row['best'] or '-', number(row['ms']),
              number(row['gflops']), percent(row['of_limit']), number(row['best_ms']), times(row['ratio']),
              number(row['onednn_ms']), times(row['onednn_ratio']), times(row['epilogue_ratio'])] for row in rows]
    mean = res.means(rows)
    lines.append(['**geometric mean**', '', '', '', '', '', percent(mean['of_limit']), '',
                  f'**{times(mean["ratio"])}**', '', f'**{times(mean["onednn_ratio"])}**',
                  times(mean['epilogue_ratio'])])
    return ['## tconv and the best of the others', '',
            'A ratio is the other\'s time over tconv\'s: above 1, tconv is faster. The limit is the larger of in-image '
            'multiply-adds at the measured peak and input, filter and output once at the measured memory bandwidth; '
            'algorithms with fewer multiplications, and tensors that stay in the caches, may exceed it. GFLOP/s count '
            'what a crop removes, too. The last column is the time with bias and ReLU over that without.', '',
            *table(head, lines, left=4), '']


def verdict(rows):
    ratios = [(row['ratio'], row['name']) for row in rows if row['ratio']]
    if not ratios:
        return []
    below = sorted(pair for pair in ratios if pair[0] < 1)
    lines = [f'{len(ratios)} layers; least ratio {min(ratios)[0]:.2f} ({min(ratios)[1]}), '
             f'largest {max(ratios)[0]:.2f} ({max(ratios)[1]}).']
    if below:
        lines.append('Below 1: ' + ', '.join(f'{name} {value:.2f}' for value, name in below) + '.')
    missing = [row['name'] for row in rows if not row['ratio']]
    if missing:
        lines.append('Without a ratio: ' + ', '.join(missing) + '.')
    return [*lines, '']


def cell(entry, best):
    """~ marks the first turn of a peer that dropped out, bold the best."""
    if not entry or entry['ms'] is None:
        return '-'
    text = number(entry['ms'])
    if entry.get('dropped'):
        return '~' + text
    return f'**{text}**' if entry['ms'] == best else text


def all_times(results):
    names = list(results['peers'])
    rows = []
    for name, layer in results['layers'].items():
        best = res.best_of(layer, names)
        rows.append([name, *(cell(layer['results'].get(peer), best and best[0]) for peer in names)])
    return ['## Milliseconds', '',
            f'~: over {results["drop"]:g} times the best in its first turns, and not timed again.', '',
            *table(['layer', *names], rows), '']


def peer_table(results):
    rows = []
    for name, peer in results['peers'].items():
        versions = ', '.join(f'{package} {version}' for package, version in peer['versions'].items())
        overhead = peer.get('smallest_us')
        rows.append([name, versions or '-', peer['layout'], peer['how'], number(overhead)])
    return ['## Rows', '',
            'The last column is the time of the smallest layer there is, one pixel and one channel, in microseconds: '
            'what a call costs. Nothing is subtracted for it. tconv is called from C, the others from Python.', '',
            *table(['row', 'packages', 'layout in and out', 'how', 'smallest layer, us'], rows, left=4), '']


def not_run(results):
    reasons = {}
    for name, layer in results['layers'].items():
        for peer, entry in layer['results'].items():
            if entry.get('reason'):
                reasons.setdefault((peer, entry['reason']), []).append(name)
    lines = [f'- {peer}: {reason}' for peer, reason in results['skipped'].items()]
    lines += [f'- {peer}: {", ".join(names)}: {reason}' for (peer, reason), names in sorted(reasons.items())]
    return ['## Not run', '', *(lines or ['Everything ran.']), '']


def markdown(results, chart_file):
    rows = res.summary(results)
    return '\n'.join([*heading(results), *main_table(rows), *verdict(rows),
                      f'![Ratio to the best peer]({chart_file})', '', *all_times(results), *peer_table(results),
                      *not_run(results)])
