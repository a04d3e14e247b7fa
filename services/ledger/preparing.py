"""Staged rows made ready to be written: all that takes time, done before the database is locked.

By this process, or by a helper (services.ledger.helper) that is given rows and gives them back ready. It opens no file
and no database, and ends when its input does, whatever became of the desk.
"""

from __future__ import annotations

import gc
import logging
import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any, Self

from models import Complaint, Party, Reply
from models.enums import CloseKind, PartyKind, PartySide, State
from models.phones import phone_key
from services import search
from services.ledger.bulk import Row, Shape
from services.ledger.checking import Answered, LedgerRow, Options
from services.ledger.helper import Helper
from services.ledger.parsing import is_blank
from services.ledger.staging import Decoder
from services.ledger.targets import COMPLAINED_ABOUT, targets
from services.listing import orders
from services.own_fields import code_of
from services.own_fields.values import typed_rows
from services.procedures.schema import Procedure

log = logging.getLogger("desk.ledger")

Staged = tuple[int, str, str]
"""Line, key and values of a staged row."""


@dataclass(frozen=True)
class Terms:
    """What is the same for all rows of an import."""

    dialect: str
    batch_id: int
    version_id: int
    procedure: Procedure
    options: Options
    user_id: int | None
    department_id: int | None
    """Of the person who imports."""
    now: datetime
    nameless: str
    """The subject of a complaint without any words, in the language of the import."""
    keys: orders.Keys


@dataclass(frozen=True)
class Prepared:
    """Rows of all tables, complete but for the ids: beside each stands which of the complaints it belongs to."""

    complaints: list[Row]
    texts: list[Row]
    orders: list[Row]
    parties: list[tuple[int, Row]]
    replies: list[tuple[int, Row]]
    values: list[tuple[int, dict[str, Any]]]


_WRITTEN = (
    "number", "state", "procedure_version_id", "first_receiver_id", "responsible_id", "receiving_department_id",
    "is_anonymous", "is_imported", "batch_id", "import_key", "created_at", "own_values", "replied_at", "closed_at",
    "close_kind", "category_code",
)  # fmt: skip
"""What an import says of a complaint besides what a column of the ledger can hold."""
DERIVED_SUMMARY = 50
"""Characters of the content that stand in for a missing subject."""


class Shapes:
    """The columns of the tables that are written in bulk."""

    def __init__(self, dialect: str) -> None:
        self.complaint = Shape(Complaint, dialect, "id", only={*targets(), *_WRITTEN})
        self.party = Shape(Party, dialect, "id", "complaint_id")
        self.reply = Shape(Reply, dialect, "id", "complaint_id")


class Preparer:
    """Makes rows ready."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.categories = {kind.code: kind.category for kind in terms.procedure.categories}
        self.shapes = Shapes(terms.dialect)
        self._decoded = Decoder()

    def prepare(self, staged: Sequence[Staged], numbers: Sequence[str]) -> Prepared:
        rows = [self._decoded.row(*each) for each in staged]
        made = [self._complaint(row, number) for row, number in zip(rows, numbers, strict=True)]
        dialect, keys, shapes = self.terms.dialect, self.terms.keys, self.shapes
        return Prepared(
            [shapes.complaint.row(each) for each in made],
            [search.texts_of(each, dialect) for each in made],
            [keys.of(each) for each in made],
            [(at, shapes.party.row(party)) for at, row in enumerate(rows) for party in _parties(row)],
            [(at, shapes.reply.row(reply)) for at, row in enumerate(rows) for reply in _replies(row)],
            [(at, value) for at, each in enumerate(made) for value in self._values(each["own_values"])],
        )

    def _complaint(self, row: LedgerRow, number: str) -> dict[str, Any]:
        given = {
            key: value
            for key, value in row.values.items()
            if value is not None and key != COMPLAINED_ABOUT and _code(key) is None
        }
        terms = self.terms
        state = self._state(row)
        closed = state is State.CLOSED
        first_receiver = given.get("first_receiver_id") or terms.user_id
        made = given | {
            "number": number,
            "state": state,
            "summary": _summary(row) or terms.nameless,
            "content": given.get("content") or "",
            "channel": given.get("channel") or terms.options.channel,
            "procedure_version_id": terms.version_id,
            "first_receiver_id": first_receiver,
            "responsible_id": None if closed else first_receiver,
            "receiving_department_id": terms.department_id,
            "is_anonymous": is_blank(given.get("complainant_name")),
            "is_imported": True,
            "batch_id": terms.batch_id,
            "import_key": row.key,
            "created_at": terms.now,
            "own_values": _own_values(row),
            "replied_at": given.get("replied_at"),
            "closed_at": given.get("closed_at"),
            "close_kind": CloseKind.IMPORTED if closed else None,
        }
        if state is State.REPLIED:
            made["replied_at"] = given.get("replied_at") or row.received_at
        if closed:
            made["closed_at"] = given.get("closed_at") or given.get("replied_at") or row.received_at
        category = self.categories.get(str(made.get("category_code")))
        if category is not None:
            made["category"] = category
        return made

    def _values(self, own: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The typed rows of the declared fields."""
        found = []
        for code, value in own.items():
            one = self.terms.procedure.declared_field(code)
            if one is not None:
                found += typed_rows(0, one, value)
        return found

    def _state(self, row: LedgerRow) -> State:
        if row.values.get("closed_at") or (
            row.is_answered and self.terms.options.answered is Answered.CLOSED
        ):
            return State.CLOSED
        return State(
            self.terms.options.answered.value if row.is_answered else self.terms.options.unanswered.value
        )


_code = cache(code_of)


def _replies(row: LedgerRow) -> list[dict[str, Any]]:
    if not row.is_answered:
        return []
    return [{"round": 1, "text": row.values["reply_text"], "sent_at": row.values.get("replied_at")}]


def _own_values(row: LedgerRow) -> dict[str, Any]:
    return {
        code: value
        for key, value in row.values.items()
        if (code := _code(key)) is not None and value is not None
    }


def _summary(row: LedgerRow) -> str:
    """The subject as it stands; without one, the beginning of the content, if it has one."""
    summary = row.values.get("summary")
    if not is_blank(summary):
        return str(summary)
    lines = str(row.values.get("content") or "").split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    return first[:DERIVED_SUMMARY]


def _parties(row: LedgerRow) -> list[dict[str, Any]]:
    name, phone = row.values.get("complainant_name"), row.values.get("complainant_phone")
    named = not is_blank(name)
    made = [
        {
            "side": PartySide.COMPLAINANT,
            "kind": PartyKind.PERSON if named else PartyKind.ANONYMOUS,
            "name": name if named else None,
            "phone": phone,
            "phone_key": phone_key(phone),
            "complainant_kind": row.values.get("complainant_kind"),
        }
    ]
    about = row.values.get(COMPLAINED_ABOUT)
    if not is_blank(about):
        made.append(
            {
                "side": PartySide.COMPLAINED_ABOUT,
                "kind": PartyKind.ORGANISATION,
                "name": about,
                "phone": None,
                "phone_key": None,
                "complainant_kind": None,
            }
        )
    return made


class Preparers:
    """This process, and a helper beside it where there is much to do: two cores halve what an import waits for."""

    def __init__(self, terms: Terms, *, with_helper: bool) -> None:
        self._own = Preparer(terms)
        self._helper: Helper | None = None
        self._ready: Future[bytes] | None = None
        if with_helper:
            self._helper = Helper(__name__)
            self._starter = ThreadPoolExecutor(1, "import-helper")
            self._ready = self._starter.submit(self._helper.exchange, pickle.dumps(terms))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._helper is not None:
            self._helper.kill()
            self._starter.shutdown()
            self._helper.end()

    def ask(self, staged: Sequence[Staged], numbers: Sequence[str]) -> Prepared | bytes:
        """The rows ready, as `received` takes them; made here until the helper has come up."""
        if self._helper is None or self._ready is None or not self._ready.done():
            return self._own.prepare(staged, numbers)
        try:
            self._ready.result()
            return self._helper.exchange(pickle.dumps((list(map(tuple, staged)), list(numbers))))
        except (OSError, EOFError) as error:
            # Nothing is lost with a helper that was ended from outside: its rows are made ready here.
            log.warning("the import's helper is gone (%s); going on without", type(error).__name__)
            self._helper.end()
            self._helper = None
            return self._own.prepare(staged, numbers)

    @staticmethod
    def received(made: Prepared | bytes) -> Prepared:
        return pickle.loads(made) if isinstance(made, bytes) else made  # noqa: S301  (our own helper)


def begin(terms: bytes) -> Callable[[bytes], bytes]:
    """The helper: see services.ledger.helper."""
    preparer = Preparer(pickle.loads(terms))  # noqa: S301  (the desk's own message)
    gc.disable()  # nothing here refers to itself

    def answered(message: bytes) -> bytes:
        staged, numbers = pickle.loads(message)  # noqa: S301  (the desk's own message)
        return pickle.dumps(preparer.prepare(staged, numbers), pickle.HIGHEST_PROTOCOL)

    return answered
