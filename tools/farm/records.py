# SPDX-License-Identifier: Apache-2.0
"""The file of tuned records, by the rules of `tconv tune`, and the session that a farm goes on with.

A record takes the place of the one with the same workload, target, processor and threads, or stands behind the others.
The file is written beside its place and renamed: there is all of it, or what was there before.
"""

import json
import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

SESSION = {'tconv_farm': 1}


class FileRefused(Exception):
    """One line: argument = path: rule."""


def key(record):
    return record['workload'], record['target'], record['cpu'], record.get('threads', 1)


def read(path):
    """The records at `path`; none where there is no file."""
    try:
        records = json.loads(Path(path).read_text(encoding='utf-8'))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FileRefused(f'--records = {path}: cannot be read: {error.strerror}') from None
    except ValueError as error:
        raise FileRefused(f'--records = {path}: is no JSON: {error}') from None
    if not isinstance(records, list) or not all(isinstance(each, dict) and {'workload', 'target', 'cpu'} <= each.keys()
                                                for each in records):
        raise FileRefused(f'--records = {path}: must be a list of tuned records')
    return records


def replaced(records, record):
    places = [i for i, other in enumerate(records) if key(other) == key(record)]
    kept = [other for i, other in enumerate(records) if i not in places[1:]]
    if places:
        kept[places[0]] = record
    return kept if places else kept + [record]


def merge(path, record):
    """Reads the file anew, so that what others put there meanwhile stays."""
    text = json.dumps(replaced(read(path), record), indent=2, ensure_ascii=False) + '\n'
    write(path, text)


def write(path, text):
    """All of it or nothing. A file that is there keeps its mode, and a link to it stays a link."""
    place = Path(os.path.realpath(path))
    temporary = place.parent / f'.tconv-farm-{token_hex(8)}'
    try:
        with open(temporary, 'x', encoding='utf-8') as file:
            if place.exists():
                os.fchmod(file.fileno(), place.stat().st_mode & 0o7777)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, place)
    except OSError as error:
        raise FileRefused(f'--records = {path}: cannot be written: {error.strerror or error}') from None
    finally:
        with suppress(OSError):  # it is there only where something went wrong
            os.unlink(temporary)


def check(path):
    """Before hours are spent: what there is must be readable, and the place writable."""
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        raise FileRefused(f'--records = {path}: must be a file')
    read(path)
    if place.exists() and not os.access(place, os.W_OK):
        raise FileRefused(f'--records = {path}: cannot be written: Permission denied')
    try:
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        raise FileRefused(f'--records = {path}: cannot be written: {error.strerror}') from None


class Session:
    """A line for each task that is done: a farm that was ended in any way goes on from there."""

    def __init__(self, path):
        self.path, self.done, self.commits = path, set(), set()
        if not path:
            return
        try:
            text = Path(path).read_text(encoding='utf-8') if os.path.exists(path) else ''
            whole = text[:text.rfind('\n') + 1]  # the last line may have been cut off
            if whole:
                self.load(whole)
            elif text:
                raise ValueError
            with open(path, 'w' if not whole else 'r+', encoding='utf-8') as file:
                file.write('' if whole else json.dumps(SESSION) + '\n')
                if whole:
                    file.truncate(len(whole.encode()))
        except OSError as error:
            raise FileRefused(f'--session = {path}: {error.strerror}') from None
        except (ValueError, KeyError, TypeError):
            raise FileRefused(f'--session = {path}: is no session of the farm') from None

    def load(self, text):
        head, *lines = map(json.loads, text.splitlines())
        if head != SESSION:
            raise ValueError
        for line in lines:
            self.done.add(tuple(line[word] for word in ('layer', 'digest', 'target', 'cpu', 'threads')))
            self.commits.add(line['commit'])

    @staticmethod
    def key(task):
        digest = sha256(task.text.encode() + b''.join(task.files.values())).hexdigest()[:16]
        return task.layer, digest, task.target, task.cpu, task.threads

    def is_done(self, task):
        return self.key(task) in self.done

    def add(self, task, record):
        self.commits.add(record.get('commit', ''))
        if not self.path:
            return
        words = dict(zip(('layer', 'digest', 'target', 'cpu', 'threads'), self.key(task)))
        line = json.dumps({**words, 'commit': record.get('commit', '')}) + '\n'
        try:
            with open(self.path, 'a', encoding='utf-8') as file:
                file.write(line)
        except OSError as error:
            raise FileRefused(f'--session = {self.path}: {error.strerror}') from None
