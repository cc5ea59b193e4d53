# SPDX-License-Identifier: Apache-2.0
"""Results that no machine measured, for tests of what is derived from them."""

PEAK, BANDWIDTH = 100.0, 20.0


def entry(ms, **more):
    return {'ms': ms, 'median_ms': ms, **more}


def layer(times, macs=50_000_000, size=1_000_000):
    """Half a multiply-add in the image for each one counted, as if a crop took the other half."""
    return {'layer': {}, 'useful_macs': macs, 'flops': 4 * macs, 'compulsory_bytes': size, 'shape': '1x4x4x8→8 k4x4',
            'seconds': {}, 'results': {name: time if isinstance(time, dict) else entry(time)
                                       for name, time in times.items()}}


def peer(kind='peer'):
    return {'kind': kind, 'versions': {'package': '1.0'}, 'layout': 'NHWC', 'how': 'so', 'smallest_us': 2.5}


def results(layers, peers=('tconv', 'tconv_bias_relu', 'onednn_any', 'onnxruntime', 'halide_adams2019')):
    kinds = {'tconv': 'tconv', 'tconv_bias_relu': 'tconv', 'halide_adams2019': 'autoscheduled'}
    return {'format': 1, 'threads': 1, 'mode': 'warm', 'target': 'x86-64-avx2', 'rounds': 3, 'drop': 5,
            'huge_pages': False,
            'machine': {'gflops': PEAK, 'gbps': BANDWIDTH, 'measurements': [{'gflops': PEAK, 'gbps': BANDWIDTH}]},
            'provenance': {'date': '2026-01-01', 'commit': 'abcdef0', 'uncommitted_changes': False, 'cpu': 'A & B <C>',
                           'microarchitecture': 'zen3', 'isa': ['avx2'], 'cores': 2, 'system': 'Debian',
                           'transparent_huge_pages': 'madvise', 'compiler': 'cc 12', 'python': '3.11', 'tconv': '0.1.0',
                           'commands': ['benchmarks/compare.py run']},
            'peers': {name: peer(kinds.get(name, 'peer')) for name in peers}, 'skipped': {'jax': 'not installed: jax'},
            'layers': layers}
