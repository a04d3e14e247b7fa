"""Limits set by law, and procedures whose own limits are laxer. What nobody has verified is shown, never flagged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field as Setting

from services.deadlines.rules import Unit
from services.procedures.clause_texts import clause_texts
from services.procedures.parts import Code, Part, Text
from services.procedures.registry import PACKS_FOLDER
from services.procedures.schema import Clock, Procedure
from services.procedures.vocabulary import ClockEvent

STATUTES_FILE = PACKS_FOLDER / "statutes" / "prc.yaml"

_DAYS = {Unit.HOUR: 1 / 24, Unit.CALENDAR_DAY: 1.0, Unit.WORKING_DAY: 7 / 5, Unit.MONTH: 365 / 12}
"""How long each unit lasts in calendar days, to compare limits of different units."""


class Statute(Part):
    """One limit of one article. `extension`: it limits how far a time limit may be extended."""

    code: Code
    law: Text
    article: Text
    says: Text
    extension: bool = False
    started_by: Annotated[tuple[ClockEvent, ...], Setting(alias="from", min_length=1)]
    until: ClockEvent
    amount: Annotated[int, Setting(gt=0)]
    unit: Literal["hour", "calendar_day", "working_day", "month"]
    procedures: tuple[str, ...]
    verified: bool


class Standing(StrEnum):
    KEEPS = "keeps"
    LAXER = "laxer"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Comparison:
    """A time limit of a procedure beside a limit of the law."""

    statute: Statute
    clock: Clock
    amount: int
    unit: str
    standing: Standing

    @property
    def own_text(self) -> str:
        """What the regulation itself says."""
        texts = [clause_texts().get(self.clock.clause[0].split("-")[0], {})] if self.clock.clause else []
        found = [text.get(code, "") for text in texts for code in self.clock.clause]
        return "；".join(filter(None, map(str, found))) or self.clock.names.zh


def read_statutes(path: Path = STATUTES_FILE) -> tuple[Statute, ...]:
    """The statutes of a file. Raises ValueError with what is wrong."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(Statute.model_validate_json(json.dumps(row)) for row in data["statutes"])


@cache
def statutes() -> tuple[Statute, ...]:
    """The desk's own file."""
    return read_statutes()


def compared(procedure: Procedure, known: Iterable[Statute] | None = None) -> list[Comparison]:
    """Every time limit of the procedure that a statute speaks of."""
    return [
        found
        for statute in (statutes() if known is None else known)
        if procedure.code in statute.procedures
        for clock in procedure.clocks
        if (found := _compare(statute, clock)) is not None
    ]


def laxer(procedure: Procedure, known: Iterable[Statute] | None = None) -> list[Comparison]:
    """The time limits that are laxer than a verified statute allows."""
    return [found for found in compared(procedure, known) if found.standing is Standing.LAXER]


def _compare(statute: Statute, clock: Clock) -> Comparison | None:
    if statute.until not in clock.stop_event or not set(statute.started_by) & set(clock.start_event):
        return None
    if statute.extension:
        if clock.extendable is None:
            return None
        amount, unit = clock.extendable.max_amount, Unit(clock.extendable.unit)
    else:
        amount, unit = clock.amount, clock.unit
    if unit not in _DAYS:
        return None
    longer = amount > statute.amount
    if unit.value != statute.unit:
        longer = amount * _DAYS[unit] > statute.amount * _DAYS[Unit(statute.unit)]
    standing = Standing.LAXER if longer else Standing.KEEPS
    if not statute.verified:
        standing = Standing.UNVERIFIED
    return Comparison(statute, clock, amount, unit.value, standing)
