# SPDX-License-Identifier: Apache-2.0
"""What the farm says: a line for each task that is done, and on a terminal a line below that tells how far it is."""

import shutil
import sys
import time

COLUMNS = ('layer', 'target', 'cpu', 'worker', 'default ms', 'ms', 'gain', 'tried/failed')


class Progress:
    def __init__(self, tasks, stream=sys.stdout):
        self.stream, self.count, self.done = stream, len(tasks), 0
        self.live = stream.isatty()
        self.since = {}
        words = [[each.layer for each in tasks], [each.target for each in tasks], [each.cpu for each in tasks]]
        self.widths = [max(map(len, [head, *column])) for head, column in zip(COLUMNS, words)] + [16]

    def say(self, line, stream=None):
        self.clear()
        print(line, file=stream or self.stream, flush=True)

    def heading(self):
        self.row(*COLUMNS, '')

    def row(self, layer, target, cpu, worker, default, milliseconds, gain, tried, end):
        names = '  '.join(f'{word:{width}}' for word, width in zip((layer, target, cpu, worker), self.widths))
        self.say(f'{names}  {default:>10}  {milliseconds:>10}  {gain:>5}  {tried:>12}  {end}'.rstrip())

    def found(self, task, answer):
        self.done += 1
        record = answer['record']
        before, now = record['default_ms'], record['ms']
        self.row(task.layer, task.target, task.cpu, answer['worker'], f'{before:.4f}', f'{now:.4f}',
                 f'{before / now:.2f}', answer['tried'], answer['end'])

    def failed(self, task, line, worker=None):
        self.done += 1
        where = f' on {worker}' if worker else ''
        self.say(f'farm: {task.layer} for {task.target}:{task.cpu}{where}: {line}', sys.stderr)

    def show(self, running, waiting):
        """The line below: `running` has (what, worker) of each task, `waiting` the processors without a worker."""
        if not self.live:
            return
        now = time.monotonic()
        self.since = {each: self.since.get(each, now) for each in running}
        parts = [f'{what} on {worker} {now - self.since[what, worker]:.0f} s' for what, worker in running]
        parts += [f'no worker for {cpu}' for cpu in waiting]
        text = f'[{self.done}/{self.count}] {"; ".join(parts)}'
        self.stream.write('\r\033[K' + text[:shutil.get_terminal_size().columns - 1])
        self.stream.flush()

    def clear(self):
        if self.live:
            self.stream.write('\r\033[K')
            self.stream.flush()
