# SPDX-License-Identifier: Apache-2.0
"""What a worker does for one layer and target: `tconv tune` in a temporary folder, and the record that it wrote.

Whatever goes wrong with the tool is an answer, {'failure': line}: another worker would meet it too. Only the death of a
worker has none, and Dask gives its task to another.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import get_worker
from distributed.core import Status

WITH_PARENT = Path(__file__).resolve().parent / 'with_parent.py'
FOLDER = 'tconv-farm-'  # then the worker's process id: who left a folder behind can be told
LOOK_SECONDS = 1  # between two looks whether the task is still wanted; each one disturbs what is timed
GRACE_SECONDS = 10  # that tconv has to end in order
END_SECONDS = LOOK_SECONDS + 2 * GRACE_SECONDS  # that a task takes to end at most
TRIED = re.compile(r'(\d+/\d+)  ?(\S.*)$')


@dataclass(frozen=True)
class Task:
    """One layer on one target and processor. `tconv` and `runner` take the place of the worker's own where given."""

    layer: str
    text: str  # of the layer file
    files: dict  # name: content, of what the layer file names
    target: str
    cpu: str
    threads: int
    options: tuple = ()  # more words for tconv tune
    tconv: str = ''
    runner: str = ''


@dataclass
class Here:
    """The worker in this process."""

    name: str = 'worker'
    tconv: str = 'tconv'
    runner: str = ''
    machine: str = ''  # file of `tconv calibrate`, in place of the processor's name


here = Here()


class Unwanted(Exception):
    """Nobody waits for the result any more."""


def tune(task):
    """{'record', 'tried', 'end'} or {'failure'}, and 'worker', its name."""
    try:
        with tempfile.TemporaryDirectory(prefix=f'{FOLDER}{os.getpid()}-') as folder:
            return dict(tuned(task, Path(folder)), worker=here.name)
    except Unwanted:
        return {'failure': 'ended before its time', 'worker': here.name}
    except OSError as error:
        return {'failure': f'{error.filename or "the worker"}: {error.strerror or error}', 'worker': here.name}


def tuned(task, folder):
    for name, content in {'layer.json': task.text.encode(), **task.files}.items():
        (folder / name).write_bytes(content)
    code, output, errors = run(command(task, folder), folder)
    if code:
        return {'failure': reason(code, errors, folder)}
    try:
        record, = json.loads((folder / 'records.json').read_text())
    except (OSError, ValueError):
        return {'failure': 'tconv tune ended well and wrote no record'}
    tried = TRIED.search(output.rstrip('\n').split('\n')[-1])
    if tried and tried[2].startswith('interrupted'):  # by a signal to the tool alone, which keeps what it has and ends well
        return {'failure': 'tconv tune was interrupted'}
    return {'record': record, 'tried': tried[1] if tried else '', 'end': tried[2] if tried else ''}


def command(task, folder):
    processor = ['--machine', here.machine] if here.machine else ['--cpu', task.cpu]
    words = [task.tconv or here.tconv, 'tune', folder / 'layer.json', '--target', task.target, *processor,
             '--threads', task.threads, '--records', folder / 'records.json', *task.options]
    runner = task.runner or here.runner
    return [str(word) for word in words + (['--runner', runner] if runner else [])]


def reason(code, errors, folder):
    """The tool's one line, without the folder that is gone when it is read."""
    if code < 0:
        return f'tconv tune was ended by a signal: {signal.strsignal(-code)}'
    lines = [line for line in errors.replace(f'{folder}/', '').split('\n') if line.strip()]
    return lines[-1].removeprefix('tconv: ') if lines else f'tconv tune ended with {code} and said nothing'


def run(words, folder):
    """(exit code, stdout, stderr); the program ends when the task is cancelled, or its worker, and with this process."""
    out, err = folder / 'stdout', folder / 'stderr'
    with out.open('wb') as stdout, err.open('wb') as stderr:
        child = subprocess.Popen([sys.executable, '-I', '-S', '-B', WITH_PARENT, str(os.getpid()), *words],
                                 stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True,
                                 env=dict(os.environ, TMPDIR=str(folder)))
    try:
        while child.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                child.wait(LOOK_SECONDS)
            if child.poll() is None and not is_wanted():
                raise Unwanted
    finally:
        end(child)
    return child.returncode, out.read_text(errors='replace'), err.read_text(errors='replace')


def end(child):
    if child.poll() is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, sign)  # with what it started
        with suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
            return


def is_wanted():
    """Dask ends no thread: it marks the task, also when who asked for it is gone, and the worker when its scheduler is."""
    worker = get_worker()
    state = worker.state.tasks.get(worker.get_current_task())
    ends = worker.status in (Status.closing, Status.closed, Status.failed)
    return not ends and state is not None and state.state == 'executing'


def clear_leftovers():
    """Folders of workers that were killed here."""
    for folder in Path(tempfile.gettempdir()).glob(FOLDER + '*-*'):
        process = folder.name.removeprefix(FOLDER).split('-')[0]
        if process.isdigit() and not Path('/proc', process).exists():
            shutil.rmtree(folder, ignore_errors=True)
