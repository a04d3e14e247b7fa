"""The dry run: every row of an old ledger read and checked, each fault with its row, column, value and remedy."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from models.enums import Channel, State
from models.job_enums import RowStatus
from models.labels import _l
from services.ledger.headings import Heading
from services.ledger.languages import key_of
from services.ledger.lookup import Names
from services.ledger.parsing import (
    CellFault,
    boolean_of,
    choice_of,
    date_of,
    is_blank,
    moment_of,
    number_of,
    text_of,
)
from services.ledger.sheets import Row
from services.ledger.targets import Target, targets
from services.own_fields.values import Unfit, as_stored
from services.procedures.sections.fields import DeclaredField, FieldKind

SHOWN_VALUE = 60
_KEPT = 16
"""Bytes of a digest that are kept of each row while the file is read: enough to tell any two rows apart."""

_CHOICE_WORDS: dict[str, dict[str, str]] = {
    "channel": {
        "电话": "hotline", "热线": "hotline", "来电": "hotline", "12345": "hotline", "phone": "hotline",
        "来信": "letter", "信件": "letter", "信函": "letter", "邮件": "email", "电子邮件": "email", "mail": "email",
        "来访": "visit", "现场": "visit", "上门": "visit", "网络": "online", "网上": "online", "网站": "online",
        "微信": "online", "留言": "online", "app": "online", "上级交办": "superior", "转办": "superior",
        "传真": "fax", "第三方": "third_party", "内部": "internal",
    },
    "form": {"书面": "written", "口头": "oral", "电子": "electronic"},
    "category": {
        "产品": "product", "产品质量": "product", "服务": "service", "服务质量": "service", "服务态度": "service",
        "医疗": "medical", "医疗质量": "medical", "工程": "engineering", "工程质量": "engineering",
        "假冒": "counterfeit", "其他": "other", "其它": "other",
    },
    "responsibility": {},
    "satisfaction": {"满意": "satisfied", "基本满意": "satisfied", "不满意": "dissatisfied", "未联系上": "unreachable"},
}  # fmt: skip


class Answered(StrEnum):
    """What a row with a reply becomes."""

    CLOSED = State.CLOSED.value
    REPLIED = State.REPLIED.value


class Unanswered(StrEnum):
    """What a row without a reply becomes."""

    ACCEPTED = State.ACCEPTED.value
    REGISTERED = State.REGISTERED.value


@dataclass(frozen=True)
class Options:
    """How rows come in."""

    answered: Answered = Answered.CLOSED
    unanswered: Unanswered = Unanswered.ACCEPTED
    channel: Channel = Channel.ONLINE
    """For ledgers that say nothing of the channel."""

    def as_json(self) -> dict[str, str]:
        return {"answered": self.answered, "unanswered": self.unanswered, "channel": self.channel.value}

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Options:
        """Options as `as_json` kept them."""
        return cls(Answered(kept["answered"]), Unanswered(kept["unanswered"]), Channel(kept["channel"]))


@dataclass(frozen=True)
class Fault:
    """Something wrong in the file. A warning does not stop the import."""

    row: int
    column: str
    value: str
    text: str
    warning: bool = False

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class LedgerRow:
    """A row that can be taken: values by field, and the key that tells it when it comes again."""

    line: int
    values: dict[str, Any]
    key: str

    @property
    def is_answered(self) -> bool:
        return not is_blank(self.values.get("reply_text"))

    @property
    def received_at(self) -> datetime:
        moment: datetime = self.values["received_at"]
        return moment


@dataclass(frozen=True)
class CheckedRow:
    """What became of a line with something in it. Only one that is ready has values and a key."""

    line: int
    status: RowStatus
    row: LedgerRow | None = None
    faults: tuple[Fault, ...] = ()


class RowChecker:
    """Reads the rows below a heading under one mapping."""

    def __init__(
        self,
        heading: Heading,
        mapping: Mapping[int, str],
        names: Names,
        zone: ZoneInfo,
        options: Options,
        now: datetime,
    ) -> None:
        self.heading, self.names, self.zone, self.options, self.now = heading, names, zone, options, now
        known = targets(heading.further)
        self.columns = [
            (index, known[key].key, self._reader(known[key])) for index, key in sorted(mapping.items())
        ]
        self._seen: Counter[bytes] = Counter()
        self._numbered: dict[bytes, int] = {}
        self.lines = 0
        """Lines read so far, blank ones among them."""

    def rows(self, *, with_helper: bool = False) -> Iterator[CheckedRow]:
        """Every line that holds something, in the order of the file; read by another process if it is a long one."""
        sheet = self.heading.sheet
        below = islice(sheet.from_beside() if with_helper else sheet, self.heading.line, None)
        for line, row in enumerate(below, start=self.heading.line + 1):
            self.lines = line - self.heading.line
            if any(row) and not all(is_blank(cell) for cell in row) and not self._is_heading(row):
                yield self._row(line, row)

    def _is_heading(self, row: Row) -> bool:
        """The heading again, as on every page of a ledger that was made to be printed."""
        names = self.heading.names
        return row[0] == names[0] and tuple(text_of(cell).strip() for cell in row[: len(names)]) == names

    def _row(self, line: int, row: Row) -> CheckedRow:
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for index, key, read in self.columns:
            cell = row[index] if index < len(row) else ""
            try:
                values[key] = read(cell)
            except CellFault as fault:
                faults.append(self._fault(line, self.heading.names[index], cell, str(fault)))
        bad = bool(faults)
        bad = self._whole_row(line, values, faults) or bad
        if bad:
            return CheckedRow(line, RowStatus.FAULTY, None, tuple(faults))
        told = self._key(values, row)
        if told is None:
            text = str(_l("This row stands in the file twice; it is taken once."))
            return CheckedRow(line, RowStatus.REPEATED, None, (self._fault(line, "", "", text, True),))
        return CheckedRow(line, RowStatus.READY, LedgerRow(line, values, told), tuple(faults))

    def _fault(self, line: int, column: str, value: object, text: str, warning: bool = False) -> Fault:
        return Fault(line, column, text_of(value).strip()[:SHOWN_VALUE], text, warning)

    def _reader(self, target: Target) -> Callable[[Any], Any]:
        """What makes a value of a cell of this column. Nearly all of a ledger is text that fits."""
        slowly = partial(self._value, target)
        if target.kind == "moment":
            return cached(slowly)
        plain = target.kind in ("text", "long_text") and target.declared is None and not target.words
        if not plain or target.key in ("grade", "satisfaction"):
            return slowly
        longest = (target.spec.max_length if target.spec else 200) or sys.maxsize

        def text(cell: Any) -> Any:
            if type(cell) is str and cell and len(cell) <= longest and "\x00" not in cell:
                return cell
            return slowly(cell)

        return text

    def _value(self, target: Target, cell: Any) -> Any:
        if target.declared is not None:
            return self._declared(target, target.declared, cell)
        if target.words and not is_blank(cell):
            return _named(target, text_of(cell))
        if target.kind in ("text", "long_text"):
            return self._text(target, cell)
        if is_blank(cell):
            if target.required:
                raise CellFault(_l("This must not be empty. Fill it in."))
            return None
        if target.kind == "moment":
            return self._moment(target, cell)
        if target.kind == "date":
            return date_of(cell)
        if target.kind == "boolean":
            return boolean_of(cell)
        if target.kind == "choice":
            assert target.spec is not None and target.spec.choices is not None
            return choice_of(cell, target.spec.choices, _CHOICE_WORDS.get(target.key, {}))
        if target.kind == "relation":
            return self.names.id_of(target.key, text_of(cell).strip())
        number = number_of(cell)
        return int(number) if target.kind == "integer" else number

    def _declared(self, target: Target, one: DeclaredField, cell: Any) -> Any:
        """The value of a field that the procedure declares, as it is stored."""
        if is_blank(cell):
            return None
        value: Any = text_of(cell)
        if target.kind == "choice":
            return _named(target, value)
        if target.kind == "choices":
            parts = [part for part in re.split(r"[、,，;；/\n]", value) if part.strip()]
            value = [_named(target, part) for part in parts]
        elif target.kind == "relation":
            return self.names.meant(one.kind is FieldKind.DEPARTMENT, value.strip())
        elif target.kind == "date":
            value = date_of(cell)
        elif target.kind == "number":
            value = Decimal(str(number_of(cell)))
        try:
            return as_stored(one, value)
        except Unfit as unfit:
            raise CellFault(unfit.text) from None

    def _text(self, target: Target, cell: Any) -> str | None:
        text = text_of(cell)
        if is_blank(text):
            return text or None
        if "\x00" in text:
            raise CellFault(_l("The text holds a character that cannot be stored (NUL). Remove it."))
        if target.key in ("grade", "satisfaction"):
            return self.names.coded(target.key, text.strip(), _CHOICE_WORDS.get(target.key, {}))
        longest = target.spec.max_length if target.spec else 200
        if longest and len(text) > longest:
            raise CellFault(
                _l(
                    "%(length)s characters where %(most)s fit. Shorten it or map it to the content.",
                    length=len(text),
                    most=longest,
                )
            )
        return text

    def _moment(self, target: Target, cell: Any) -> datetime:
        moment = moment_of(cell, self.zone)
        if moment > self.now + timedelta(days=1):
            raise CellFault(_l("This lies in the future. Correct the date."))
        return moment

    def _whole_row(self, line: int, values: dict[str, Any], faults: list[Fault]) -> bool:
        """Whether something is wrong between the fields of the row."""
        if is_blank(values.get("summary")) and is_blank(values.get("content")):
            empty = _l("Neither subject nor content: nobody could tell what it is about. Fill in one.")
            faults.append(self._fault(line, "", "", str(empty)))
            return True
        received, replied = values.get("received_at"), values.get("replied_at")
        if (
            self.options.answered is Answered.REPLIED
            and not is_blank(values.get("reply_text"))
            and not replied
        ):
            text = str(_l("The reply bears no time; the moment of receipt is taken for it."))
            faults.append(self._fault(line, "", "", text, True))
        if received and replied and replied < received:
            text = str(_l("The reply is earlier than the complaint. Both are taken as they stand."))
            faults.append(self._fault(line, "", replied.astimezone(self.zone), text, True))
        return False

    def _key(self, values: dict[str, Any], row: Row) -> str | None:
        """What tells this row when its file comes again; None when the very row stood in this file before.

        With a number of the sender it is that number and the moment of receipt (offices begin anew every year);
        without one it is everything in the row, and equal rows are counted: two people may write the same.
        """
        texts = row if {*map(type, row)} == {str} else [text_of(cell) for cell in row]
        reference = values.get("source_reference")
        if is_blank(reference):
            whole = _digest(texts)
            short = bytes.fromhex(whole)[:_KEPT]
            self._seen[short] += 1
            return _digest(["row", whole, str(self._seen[short])])
        key = _digest(["reference", str(reference).strip(), values["received_at"].isoformat()])
        place, told = bytes.fromhex(key)[:_KEPT], hash(tuple(texts))
        if self._numbered.get(place, told) != told:
            key = _digest([key, _digest(texts)])  # another row under the same number is taken as well
            place = bytes.fromhex(key)[:_KEPT]
        if place in self._numbered:
            return None
        self._numbered[place] = told
        return key


_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _digest(parts: Sequence[Any]) -> str:
    return hashlib.sha256(_as_json(parts).encode("utf-8", "surrogatepass")).hexdigest()


def cached(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same for texts, of which a few are remembered: reply and closing mostly bear one date."""
    remembered = lru_cache(maxsize=1000)(read)
    return lambda cell: remembered(cell) if type(cell) is str else read(cell)


def _named(target: Target, text: str) -> str:
    """The code behind a value as people write it."""
    found = target.words.get(key_of(text))
    if found is None:
        assert target.spec is not None and target.spec.choices is not None
        allowed = "、".join(str(getattr(each, "label", each.value)) for each in target.spec.choices)
        raise CellFault(_l("This word is not known. Write one of: %(allowed)s.", allowed=allowed))
    return found
