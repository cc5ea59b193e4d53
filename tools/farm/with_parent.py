# SPDX-License-Identifier: Apache-2.0
"""Becomes a program that the kernel kills when its parent dies, however that happens.

    with_parent.py PARENT COMMAND...        PARENT: the process id of the caller

A program of its own, and not code between fork and exec: the caller has threads, whose locks a fork would copy.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent, *command):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before it could be watched
        sys.exit(1)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f'{command[0]}: cannot be run: {error.strerror}')


if __name__ == '__main__':
    main(*sys.argv[1:])
