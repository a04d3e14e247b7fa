"""Values as people read them: texts, cells of a list, facts of a page, badges, time left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_views.list_context import Cell
from admin_views.page_parts import Badge, Due, Fact, Tone
from extensions import db
from models import enums as e
from models import job_enums as jobs
from models.archive_enums import DestructionStatus, LoanKind, SealVerdict
from models.fields import FieldSpec
from models.hold_enums import HoldStatus
from models.privacy_requests import DataRequestStatus
from models.remedy_enums import AppraisalResult, SolutionAnswer
from services.access.masking import Masked
from services.actor import SYSTEM
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.urgency import urgency
from services.listing import Ref
from services.own_fields import StoredFile

_TONES: dict[Enum, Tone] = {
    e.State.REGISTERED: "info",
    e.State.TO_COMPLETE: "warn",
    e.State.ACCEPTED: "info",
    e.State.DISPATCHED: "warn",
    e.State.IN_WORK: "info",
    e.State.AWAITING_APPROVAL: "warn",
    e.State.REPLIED: "good",
    e.State.FOLLOWING_UP: "good",
    e.State.REFUSED: "bad",
    e.MeasureStatus.PLANNED: "warn",
    e.MeasureStatus.DONE: "info",
    e.MeasureStatus.VERIFIED: "good",
    SolutionAnswer.OPEN: "warn",
    SolutionAnswer.ACCEPTED: "good",
    SolutionAnswer.DECLINED: "bad",
    SealVerdict.INTACT: "good",
    SealVerdict.DIFFERS: "bad",
    LoanKind.PAPER: "warn",
    DataRequestStatus.OPEN: "warn",
    DataRequestStatus.TO_DO: "info",
    DataRequestStatus.DONE: "good",
    DataRequestStatus.REFUSED: "bad",
    DestructionStatus.PROPOSED: "warn",
    DestructionStatus.CARRIED_OUT: "dark",
    AppraisalResult.OPEN: "warn",
    AppraisalResult.CONFORMING: "good",
    AppraisalResult.NOT_CONFORMING: "bad",
    e.InvestigationStatus.OPEN: "info",
    e.InvestigationStatus.FINISHED: "good",
    e.AccidentStatus.REPORTED: "warn",
    e.AccidentStatus.HANDLED: "info",
    e.AccidentStatus.CLOSED: "good",
    e.AccidentGrade.MAJOR: "bad",
    e.AccidentGrade.UNDETERMINED: "warn",
    HoldStatus.OPEN: "bad",
    HoldStatus.RELEASED: "good",
    e.Existence.FOUND: "bad",
    e.Existence.NOT_FOUND: "good",
    e.FindingVerdict.UPHELD: "bad",
    e.FindingVerdict.PARTLY: "warn",
    e.FindingVerdict.NOT_UPHELD: "good",
    jobs.JobStatus.RUNNING: "info",
    jobs.JobStatus.DONE: "good",
    jobs.JobStatus.FAILED: "bad",
    jobs.BatchStatus.IMPORTED: "good",
    jobs.BatchStatus.FAILED: "bad",
    jobs.BatchStatus.CHECKED: "warn",
    jobs.BatchStatus.WRITING: "info",
    e.DayKind.HOLIDAY: "bad",
    e.DayKind.MAKE_UP: "warn",
    e.DayKind.REST: "info",
    e.AssignmentStatus.AWAITING: "warn",
    e.AssignmentStatus.SIGNED: "good",
    e.AssignmentStatus.REFUSED: "bad",
}
BADGE_KEYS = ("state", "status", "kind", "verdict", "grade")
"""Choice columns that a list shows as coloured words; others are plain text."""

LinkOf = Callable[[FieldSpec, Ref], str]


@dataclass(frozen=True)
class Reader:
    """Who reads: zone and language of moments and names, and where a relation leads."""

    zone: ZoneInfo
    locale: str
    link: LinkOf = lambda spec, ref: ""


def moment_text(value: datetime, zone: tzinfo) -> str:
    """A moment on the desk's clock, to the minute."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def actor_text(name: str | None) -> str:
    """Who did something, as kept in history; the desk's own acts in the reader's language."""
    return _("The desk itself") if name == SYSTEM.name else name or ""


def text_of(value: Any, zone: ZoneInfo | None) -> str:
    """Any value as plain text in the reader's language; empty for none."""
    if value is None:
        return ""
    if type(value) is str:  # most values of a list; what derives from it may have words of its own
        return value
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Enum):
        return str(getattr(value, "label", value.value))
    if isinstance(value, datetime):
        return moment_text(value, zone or UTC)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        places = max(2, -exponent) if isinstance(exponent, int) and exponent else 0
        return f"{value:,.{places}f}"
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value, 1)
        return "\n".join(f"{key}: {each}" for key, each in items)
    return str(value)


def badge_of(value: Any) -> Badge | None:
    """An enumeration's value as a coloured word."""
    if not isinstance(value, Enum):
        return None
    return Badge(text=getattr(value, "label", value.value), tone=_TONES.get(value, "plain"))


def time_of_request() -> DeskTime:
    """Calendar and zone, read once a request however many rows are coloured."""
    if "desk_time" not in g:
        g.desk_time = desk_time(db.session())
    kept: DeskTime = g.desk_time
    return kept


def due_words(
    due_at: datetime, now: datetime, zone: ZoneInfo, *, paused: bool = False, lower_bound: bool = False
) -> Due:
    """Time left in words, with the state that colours it.

    A period in days ends at the midnight after its last day; people are told the day. The colour goes by working days,
    as in the workbook of the ledger.
    """
    end = due_at.astimezone(zone)
    last = (due_at - timedelta(microseconds=1)).astimezone(zone).date()
    exact = last.isoformat() if end.time() == time() else moment_text(due_at, zone)
    if lower_bound:
        exact = f"≥ {exact}"
    if paused:
        return Due(state="paused", text=_("Paused"), title=exact)
    days = (last - now.astimezone(zone).date()).days
    if now >= due_at and not lower_bound:
        past = (
            ngettext("%(num)d day overdue", "%(num)d days overdue", -days)
            if days < 0
            else _("Overdue since today")
        )
        return Due(state="overdue", text=past, title=exact)
    days = max(days, 0)
    text = _("Due today") if days == 0 else ngettext("%(num)d day left", "%(num)d days left", days)
    if lower_bound:
        text = _("%(text)s at least", text=text)
    near = urgency(due_at, now, time_of_request(), is_lower_bound=lower_bound).nearness
    return Due(state=near, text=text, title=exact)


def cell_of(spec: FieldSpec, value: Any, reader: Reader) -> Cell:
    """One value of a list."""
    text = text_of(value, reader.zone)
    if isinstance(value, Masked):
        return Cell(key=spec.key, label=spec.label, text=text, masked=True)
    if isinstance(value, Ref):
        return Cell(key=spec.key, label=spec.label, kind="link", text=text, href=reader.link(spec, value))
    if isinstance(value, StoredFile):
        return Cell(key=spec.key, label=spec.label, kind="link", text=text, href=_file_url(value))
    if spec.kind == "choice" and value is not None and spec.key in BADGE_KEYS:
        return Cell(key=spec.key, label=spec.label, kind="badge", text=text, badge=badge_of(value))
    if spec.kind == "boolean":
        return Cell(key=spec.key, label=spec.label, kind="bool", text=_("Yes") if value else "")
    if spec.kind in ("integer", "number"):
        return Cell(key=spec.key, label=spec.label, kind="number", text=text)
    if spec.kind in ("moment", "date"):
        return Cell(
            key=spec.key, label=spec.label, kind="moment" if spec.kind == "moment" else "date", text=text
        )
    if spec.kind == "long_text":
        return Cell(key=spec.key, label=spec.label, kind="long", text=text, title=text)
    return Cell(key=spec.key, label=spec.label, text=text)


def _file_url(file: StoredFile) -> str:
    return url_for("attachments.download", public_id=file.address)


def fact_of(spec: FieldSpec, value: Any, reader: Reader) -> Fact:
    """One value of a record's page."""
    text = text_of(value, reader.zone)
    if isinstance(value, Masked):
        return Fact(label=spec.label, value=text, masked=True)
    if isinstance(value, Ref):
        return Fact(label=spec.label, value=text, href=reader.link(spec, value))
    if isinstance(value, StoredFile):
        return Fact(label=spec.label, value=text, href=_file_url(value))
    if spec.kind == "choice" and value is not None and spec.key in BADGE_KEYS:
        return Fact(label=spec.label, value=text, badge=badge_of(value))
    return Fact(label=spec.label, value=text, wide=spec.kind in ("long_text", "json") and bool(text))
