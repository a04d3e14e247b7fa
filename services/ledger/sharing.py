"""Rows rendered by this process, or by it and a helper: two cores halve what an export waits for.

The helper is this module run as a program. It is given batches through its standard input and gives back blocks; it
opens no file and no database, and ends when its input does, whatever became of the desk.
"""

from __future__ import annotations

import logging
import marshal
import os
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from services.ledger.deflate import Piece
from services.ledger.rendering import Block, Cell, Column, Renderer

log = logging.getLogger("desk.ledger")

Keep = Callable[[Block, int], None]
ALONE_BATCHES = 3
"""Batches after which a helper is worth its start."""
_WAITING = 2
"""Batches that the helper has at once: the one in hand and the next."""
_LENGTH = struct.Struct("<I")
_FORMAT = 2
"""Of marshal: without references, which are of no use here. Both ends are the same Python."""


class Renderers:
    """Renders batches, hands the blocks on in the order of the batches."""

    def __init__(self, layout: Sequence[Column], processes: int) -> None:
        self._layout = layout
        self._own = Renderer(layout)
        self._may_share = processes > 1
        self._helper: _Helper | None = None
        self._batches = 0
        self._pending: deque[tuple[Block | Future[Block], int]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pending.clear()
        if self._helper is not None:
            self._helper.close()

    def render(
        self, first_row: int, values: Sequence[Sequence[Cell]], tones: Sequence[str], keep: Keep
    ) -> None:
        """Render one batch, sooner or later; `keep` is called with whatever is finished by now."""
        self._batches += 1
        if self._may_share and self._helper is None and self._batches > ALONE_BATCHES:
            self._helper = _Helper(self._layout)
        if self._helper is not None and self._helper.is_free:
            self._pending.append((self._helper.render(first_row, values, tones, self._own), len(tones)))
        else:
            self._pending.append((self._own.block(first_row, values, tones), len(tones)))
        while self._pending and _is_done(self._pending[0][0]):
            self._hand_on(keep)

    def finish(self, keep: Keep) -> None:
        """Wait for what the helper still has."""
        while self._pending:
            self._hand_on(keep)

    def _hand_on(self, keep: Keep) -> None:
        made, count = self._pending.popleft()
        keep(made.result() if isinstance(made, Future) else made, count)


def _is_done(made: Block | Future[Block]) -> bool:
    return not isinstance(made, Future) or made.done()


class _Helper:
    """The second process, and the thread that talks to it."""

    def __init__(self, layout: Sequence[Column]) -> None:
        self._thread = ThreadPoolExecutor(1, "ledger-helper")
        self._in_hand = 0
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
        )
        self._send([column.as_plain() for column in layout])

    @property
    def is_free(self) -> bool:
        return self._process is not None and self._in_hand < _WAITING

    def render(
        self, first_row: int, values: Sequence[Sequence[Cell]], tones: Sequence[str], own: Renderer
    ) -> Future[Block]:
        message = marshal.dumps((first_row, [list(part) for part in values], list(tones)), _FORMAT)
        self._in_hand += 1
        return self._thread.submit(self._exchange, message, own)

    def _exchange(self, message: bytes, own: Renderer) -> Block:
        try:
            if self._process is not None:
                return self._answered(message)
        except (OSError, EOFError) as error:
            # Nothing is lost with a helper that was ended from outside: its batches are rendered here.
            log.warning("the export's helper is gone (%s); going on without", type(error).__name__)
            self._end()
        finally:
            self._in_hand -= 1
        return own.block(*marshal.loads(message))  # noqa: S302  (our own message)

    def _answered(self, message: bytes) -> Block:
        assert self._process is not None
        assert self._process.stdin is not None and self._process.stdout is not None
        _write(self._process.stdin, message)
        data, crc, length, longest = marshal.loads(_read(self._process.stdout))  # noqa: S302  (our own helper)
        return Block(Piece(data, crc, length), longest)

    def _send(self, plain: Any) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._thread.submit(_write, self._process.stdin, marshal.dumps(plain, _FORMAT))

    def close(self) -> None:
        """End the process; what it has in hand is of no use any more."""
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_LENGTH.pack(len(message)) + message)
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


def main() -> None:
    """The helper: a layout first, then batch after batch until the input ends."""
    os.nice(5)  # lists and forms of people who are waiting come first
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        renderer = Renderer([Column(*plain) for plain in marshal.loads(_read(given))])  # noqa: S302
        while True:
            block = renderer.block(*marshal.loads(_read(given)))  # noqa: S302
            piece = block.piece
            _write(
                answers, marshal.dumps((piece.data, piece.crc, piece.length, dict(block.longest)), _FORMAT)
            )
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    main()
