# SPDX-License-Identifier: Apache-2.0
"""The file of results, and what is derived from it: limits, best peers, ratios. Tables and charts print this."""

import json
import math
import os
from pathlib import Path

FORMAT = 1
TCONV, WITH_EPILOGUE = 'tconv', 'tconv_bias_relu'


def save(path, results):
    """All of it or nothing: a run may be ended at any time."""
    partial = Path(f'{path}.partial')
    partial.write_text(json.dumps(results, indent=1, ensure_ascii=False) + '\n')
    os.replace(partial, path)


def load(path):
    results = json.loads(Path(path).read_text())
    if results.get('format') != FORMAT:
        raise ValueError(f'{Path(path).name}: format {results.get("format")}, this program reads {FORMAT}')
    return results


def limit_ms(layer, machine):
    """No direct algorithm on tensors in memory takes less."""
    arithmetic = 2 * layer['useful_macs'] / machine['gflops'] * 1e-6
    memory = layer['compulsory_bytes'] / machine['gbps'] * 1e-6
    return max(arithmetic, memory)


def limited_by(layer, machine):
    memory = layer['compulsory_bytes'] / machine['gbps']
    return 'memory' if memory > 2 * layer['useful_macs'] / machine['gflops'] else 'arithmetic'


def time_of(layer, row):
    return layer['results'].get(row, {}).get('ms')


def best_of(layer, rows):
    """(ms, row) of the least time among rows that have one; None without any."""
    return min(((ms, row) for row in rows if (ms := time_of(layer, row))), default=None)


def ratio(numerator, denominator):
    return numerator / denominator if numerator and denominator else None


def geometric_mean(values):
    """Of those that are there; None of none."""
    values = [value for value in values if value]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def competitors(results):
    return [name for name, peer in results['peers'].items() if peer['kind'] == 'peer']


def autoschedulers(results):
    return [name for name, peer in results['peers'].items() if peer['kind'] == 'autoscheduled']


def onednn_rows(results):
    """oneDNN's own API; PyTorch, which runs it inside, is a row of its own."""
    return [name for name in competitors(results) if name.startswith('onednn')]


def summary(results):
    """One dictionary a layer, in the order of the file, of what the table shows."""
    machine, peers = results['machine'], competitors(results)
    rows = []
    for name, layer in results['layers'].items():
        ms, epilogue_ms = time_of(layer, TCONV), time_of(layer, WITH_EPILOGUE)
        best, onednn = best_of(layer, peers), best_of(layer, onednn_rows(results))
        limit = limit_ms(layer, machine)
        rows.append({
            'name': name, 'shape': layer['shape'], 'ms': ms, 'limit_ms': limit,
            'limited_by': limited_by(layer, machine),
            'gflops': ratio(1e-6 * layer['flops'], ms), 'of_limit': ratio(limit, ms),
            'variant': layer['results'].get(TCONV, {}).get('variant'),
            'best': best and best[1], 'best_ms': best and best[0], 'ratio': ratio(best and best[0], ms),
            'onednn_ms': onednn and onednn[0], 'onednn_ratio': ratio(onednn and onednn[0], ms),
            'autoscheduled': {row: ratio(time_of(layer, row), ms) for row in autoschedulers(results)},
            'rough': [row for row, entry in layer['results'].items() if entry.get('dropped')],
            'limit_ratio': ratio(best and best[0], limit), 'epilogue_ratio': ratio(epilogue_ms, ms)})
    return rows


def means(rows):
    return {key: geometric_mean(row[key] for row in rows)
            for key in ('ratio', 'onednn_ratio', 'epilogue_ratio', 'of_limit')}


def autoscheduled_means(results, rows):
    """Of those that have a time."""
    found = {name: geometric_mean(row['autoscheduled'][name] for row in rows) for name in autoschedulers(results)}
    return {name: mean for name, mean in found.items() if mean}
