"""Rows rendered by this process, or by it and a helper: two cores halve what an export waits for.

The helper (services.ledger.helper) is given batches and gives back blocks. It opens no file and no database, and ends
when its input does, whatever became of the desk.
"""

from __future__ import annotations

import logging
import marshal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from services.ledger.deflate import Piece
from services.ledger.helper import Helper
from services.ledger.rendering import Block, Cell, Column, Renderer

log = logging.getLogger("desk.ledger")

Keep = Callable[[Block, int], None]
ALONE_BATCHES = 3
"""Batches after which a helper is worth its start."""
_WAITING = 2
"""Batches that the helper has at once: the one in hand and the next."""
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
        self._process: Helper | None = Helper(__name__)
        layout_message = marshal.dumps([column.as_plain() for column in layout], _FORMAT)
        self._thread.submit(self._process.exchange, layout_message)

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
        answer = self._process.exchange(message)
        data, crc, length, longest = marshal.loads(answer)  # noqa: S302  (our own helper)
        return Block(Piece(data, crc, length), longest)

    def close(self) -> None:
        """End the process; what it has in hand is of no use any more."""
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


def begin(layout: bytes) -> Callable[[bytes], bytes]:
    """The helper: see services.ledger.helper."""
    renderer = Renderer([Column(*plain) for plain in marshal.loads(layout)])  # noqa: S302  (the desk's own message)

    def answered(message: bytes) -> bytes:
        block = renderer.block(*marshal.loads(message))  # noqa: S302  (the desk's own message)
        piece = block.piece
        return marshal.dumps((piece.data, piece.crc, piece.length, dict(block.longest)), _FORMAT)

    return answered
