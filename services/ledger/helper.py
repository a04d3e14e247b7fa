"""A second process of the desk's own, spoken to through its input and output.

It is this module run as a program, for another module whose `begin` makes of the first message what answers all others.
It ends when its input does, whatever became of the desk.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO

_LENGTH = struct.Struct("<I")


class Helper:
    """The process as whoever started it sees it. One exchange at a time."""

    def __init__(self, module: str) -> None:
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
            [sys.executable, "-m", __name__, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
        )

    def exchange(self, message: bytes) -> bytes:
        """Its answer. OSError or EOFError when it is gone."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EOFError
        _write(process.stdin, message)
        return _read(process.stdout)

    def kill(self) -> None:
        """Whoever waits for an answer waits no longer; what it has in hand is of no use any more."""
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Kill it and leave nothing of it. Only when nobody waits for an answer."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


Answering = Callable[[bytes], bytes]


def _serve(begin: Callable[[bytes], Answering]) -> None:
    """The process itself: answers messages until the input ends."""
    os.nice(5)  # lists and forms of people who are waiting come first
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        answered = begin(_read(given))
        _write(answers, b"")
        while True:
            _write(answers, answered(_read(given)))
    except (EOFError, BrokenPipeError):
        return


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes:
    header = pipe.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(header)
    message = pipe.read(length)
    if len(message) < length:
        raise EOFError
    return message


if __name__ == "__main__":
    _serve(import_module(sys.argv[1]).begin)
