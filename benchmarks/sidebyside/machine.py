# SPDX-License-Identifier: Apache-2.0
"""What the machine can do at best, measured by `tconv bench`, and who and what it is, for the record."""

import datetime
import json
import os
import platform
import re
import subprocess
from pathlib import Path

# (vendor, family, first model, last model, name) of /proc/cpuinfo
MICROARCHITECTURES = [
    ('AuthenticAMD', 23, 0x00, 0x2F, 'zen'), ('AuthenticAMD', 23, 0x30, 0xFF, 'zen2'),
    ('AuthenticAMD', 25, 0x00, 0x0F, 'zen3'), ('AuthenticAMD', 25, 0x20, 0x5F, 'zen3'),
    ('AuthenticAMD', 25, 0x10, 0x1F, 'zen4'), ('AuthenticAMD', 25, 0x60, 0xAF, 'zen4'),
    ('AuthenticAMD', 26, 0x00, 0xFF, 'zen5'),
    ('GenuineIntel', 6, 63, 63, 'haswell'), ('GenuineIntel', 6, 79, 79, 'broadwell'),
    ('GenuineIntel', 6, 85, 85, 'skylakex'), ('GenuineIntel', 6, 106, 108, 'icelakesp'),
    ('GenuineIntel', 6, 143, 143, 'sapphirerapids'), ('GenuineIntel', 6, 207, 207, 'emeraldrapids'),
]
SMALLEST = {'name': 'smallest', 'network': 'none', 'op': 'conv2d_transpose', 'batch': 1, 'spatial': [1, 1],
            'in_channels': 1, 'out_channels': 1, 'kernel': [1, 1], 'strides': [1, 1], 'dilations': [1, 1],
            'padding': 'same', 'output_padding': None, 'layout': 'channels_last', 'flops': 2}


def cpu_facts():
    try:
        first = Path('/proc/cpuinfo').read_text().split('\n\n')[0]
    except OSError:
        first = ''
    return dict(re.findall(r'^([^\t:]+?)\s*: ?(.*)$', first, re.M))


def cpu_slug(facts):
    """A word for file names."""
    vendor, family, model = facts.get('vendor_id'), int(facts.get('cpu family', 0)), int(facts.get('model', 0))
    for row in MICROARCHITECTURES:
        if (vendor, family) == row[:2] and row[2] <= model <= row[3]:
            return row[4]
    return re.sub(r'[^a-z0-9]+', '-', facts.get('model name', platform.machine()).lower()).strip('-')


def output_of(command, folder=None):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ''


def commit_of(root):
    """The short name of the commit, and whether files that git knows differ from it."""
    commit = output_of(['git', 'rev-parse', '--short=7', 'HEAD'], root)
    return commit or 'unknown', bool(output_of(['git', 'status', '--porcelain', '--untracked-files=no'], root))


def operating_system():
    release = {}
    if Path('/etc/os-release').exists():
        release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path('/etc/os-release').read_text(), re.M))
    return f'{release.get("PRETTY_NAME", platform.system())}, {platform.system()} {platform.release().split("-")[0]}'


def transparent_huge_pages():
    file = Path('/sys/kernel/mm/transparent_hugepage/enabled')
    found = re.search(r'\[(\w+)\]', file.read_text()) if file.exists() else None
    return found.group(1) if found else 'unknown'


def provenance(root, settings, command):
    facts = cpu_facts()
    commit, changed = commit_of(root)
    interesting = re.compile(r'avx|fma|f16c|sse4_2|amx')
    return {'date': datetime.date.today().isoformat(), 'commit': commit, 'uncommitted_changes': changed,
            'cpu': facts.get('model name', platform.machine()), 'microarchitecture': cpu_slug(facts),
            'isa': sorted(flag for flag in facts.get('flags', '').split() if interesting.match(flag)),
            'cores': os.cpu_count(), 'system': operating_system(), 'transparent_huge_pages': transparent_huge_pages(),
            'compiler': output_of([settings.cc, '--version']).split('\n')[0], 'python': platform.python_version(),
            'tconv': output_of([settings.tconv, '--version']), 'commands': [command]}


class Peak:
    """The best of the measurements made so far: boost and neighbours make them vary."""

    def __init__(self, measurements=()):
        self.measurements = list(measurements)

    def measure(self, settings, folder):
        layers, result = Path(folder, 'smallest.json'), Path(folder, 'peak.json')
        layers.write_text(json.dumps([SMALLEST]))
        subprocess.run([str(settings.tconv), 'bench', str(layers), '--target', settings.target, '--repeats', '1',
                        '--threads', str(settings.threads), '--json', str(result)], check=True, capture_output=True)
        machine = json.loads(result.read_text())['machine']
        self.measurements.append({'gflops': machine['peak_gflops'], 'gbps': machine['bandwidth_gbps']})
        return machine

    def best(self):
        return {'gflops': max(m['gflops'] for m in self.measurements),
                'gbps': max(m['gbps'] for m in self.measurements), 'measurements': self.measurements}
