"""What an acknowledgement says, from the procedure: the steps ahead, their due dates, when it should be over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import Complaint
from models.enums import State
from models.labels import LazyString, _l
from services.deadlines.clocks import runs_of
from services.deadlines.counting import due
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.rules import Unit
from services.deadlines.runs import OPEN
from services.errors import Text
from services.procedures.schema import Clock, Procedure
from services.procedures.sections.acknowledgement import Told
from services.procedures.stages import Stage, stages_ahead
from services.procedures.vocabulary import ClockEvent
from services.workflow.words import CHINESE, SOURCE, said_in

LANGUAGES: dict[str, LazyString] = {"zh": _l("Chinese"), "en": _l("English")}
"""The languages an acknowledgement is written in; the first one unless the complainant wants the other."""

_NOT_ACCEPTED = frozenset({State.REGISTERED, State.TO_COMPLETE})
_STILL_TO_COME = frozenset({ClockEvent.ACCEPTED, ClockEvent.ACKNOWLEDGED})
"""What a due date can be forecast from: it follows the acknowledgement closely. Later steps have no day yet."""


@dataclass(frozen=True)
class DueDate:
    """One due date as the complainant is told it. `is_forecast`: its clock has not started yet."""

    clock: Clock
    due_at: datetime
    is_moment: bool
    is_forecast: bool

    def day(self, zone: ZoneInfo) -> date:
        """A period in days ends with the midnight after its last day."""
        last = self.due_at if self.is_moment else self.due_at - timedelta(microseconds=1)
        return last.astimezone(zone).date()


@dataclass
class Draft:
    """What may be told of one complaint at one moment."""

    session: Session
    complaint: Complaint
    procedure: Procedure
    now: datetime

    @cached_property
    def time(self) -> DeskTime:
        return desk_time(self.session)

    @cached_property
    def steps(self) -> list[Stage]:
        return stages_ahead(self.procedure, self.complaint.state)

    @cached_property
    def due_dates(self) -> list[DueDate]:
        """The earliest first. A limit that the acknowledgement itself ends is not told."""
        runs = {
            run.code: run
            for run in runs_of(self.session, self.complaint)
            if run.round == self.complaint.round
        }
        found = []
        for clock in self.procedure.clocks:
            run = runs.get(clock.code)
            if clock.when is not None or ClockEvent.ACKNOWLEDGED in clock.stop_event:
                continue
            if run is not None and run.state in OPEN:
                found.append(DueDate(clock, run.due_at, run.due_on is None, False))
            elif run is None and (forecast := self._forecast(clock)) is not None:
                found.append(forecast)
        return sorted(found, key=lambda one: one.due_at)

    def _forecast(self, clock: Clock) -> DueDate | None:
        waits_for = _STILL_TO_COME & set(clock.start_event)
        if self.complaint.state not in _NOT_ACCEPTED:
            waits_for -= {ClockEvent.ACCEPTED}
        graded_otherwise = bool(clock.levels) and self.complaint.grade not in clock.levels
        if not waits_for or graded_otherwise or clock.unit is Unit.CUSTOMER_SET:
            return None
        result = due(clock.rule, self.now, self.time.calendar, self.time.zone)
        return DueDate(clock, result.due_at, result.is_moment, True)

    @cached_property
    def estimated_completion(self) -> date | None:
        """The last day of the limit that ends with the answer; None where the procedure sets none."""
        for event in (ClockEvent.REPLIED, ClockEvent.CLOSED):
            days = [each.day(self.time.zone) for each in self.due_dates if event in each.clock.stop_event]
            if days:
                return max(days)
        return None

    def asks_estimate(self) -> bool:
        """Whether the record needs the date: asked for by itself, or in place of due dates that there are not."""
        rule = self.procedure.acknowledgement
        if rule is None:
            return False
        return rule.asks(Told.ESTIMATED_COMPLETION) or (rule.asks(Told.DUE_DATES) and not self.due_dates)

    def text(self, language: str) -> str:
        """The ready text. It names no person: the letter does, where it is needed."""
        return "\n".join(_paragraphs(self, language))

    def missing(self, text: str, estimated_completion: date | None) -> dict[str, Text]:
        """What the procedure wants told and the acknowledgement lacks, by field."""
        rule = self.procedure.acknowledgement
        if rule is None:
            return {}
        faults: dict[str, Text] = {}
        if estimated_completion is None and self.asks_estimate():
            faults["estimated_completion"] = _l("The procedure wants the estimated completion told.")
        if rule.asks(Told.STEPS) and (unsaid := self._unsaid_steps(text)):
            faults["text"] = _l("The procedure wants these steps told as well: %(steps)s.", steps=unsaid)
        elif rule.asks(Told.DUE_DATES) and (unsaid := self._unsaid_dates(text)):
            faults["text"] = _l("The procedure wants these due dates told as well: %(dates)s.", dates=unsaid)
        elif estimated_completion is not None and not _says(text, estimated_completion):
            day = estimated_completion.isoformat()
            faults["text"] = _l("The text does not name the estimated completion, %(day)s.", day=day)
        return faults

    def _unsaid_steps(self, text: str) -> str:
        lacking = [
            said_in(CHINESE, stage.name)
            for stage in self.steps
            if not any(said_in(locale, stage.name).lower() in text.lower() for locale in (CHINESE, SOURCE))
        ]
        return "、".join(lacking)

    def _unsaid_dates(self, text: str) -> str:
        days = [each.day(self.time.zone) for each in self.due_dates]
        return "、".join(dict.fromkeys(day.isoformat() for day in days if not _says(text, day)))


def _says(text: str, day: date) -> bool:
    return any(said_day(day, language) in text for language in LANGUAGES)


def said_day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def _paragraphs(draft: Draft, language: str) -> list[str]:
    zone, complaint = draft.time.zone, draft.complaint
    locale = CHINESE if language == "zh" else SOURCE
    received = said_day(complaint.received_at.astimezone(zone).date(), language)
    steps = [f"{number}. {said_in(locale, stage.name)}" for number, stage in enumerate(draft.steps, 1)]
    dates = [_said(each, zone, language) for each in draft.due_dates]
    done = draft.estimated_completion
    if language == "zh":
        found = [
            f"您于{received}反映的“{complaint.summary}”我单位已经收到，投诉编号为{complaint.number}。",
            f"按《{draft.procedure.names.zh}》，接下来的步骤为：{'；'.join(steps)}。",
        ]
        found += [f"各环节的办理时限：{'；'.join(dates)}。"] if dates else []
        return [*found, *([f"预计完成日期：{said_day(done, language)}。"] if done else [])]
    found = [
        f"We have received your complaint of {received} (“{complaint.summary}”). Its number is {complaint.number}.",
        f"Under “{draft.procedure.names.en}” these steps follow: {'; '.join(steps)}.",
    ]
    found += [f"Due dates: {'; '.join(dates)}."] if dates else []
    return [*found, *([f"Estimated completion: {said_day(done, language)}."] if done else [])]


def _said(each: DueDate, zone: ZoneInfo, language: str) -> str:
    when = said_day(each.day(zone), language)
    if each.is_moment:
        when = f"{when} {each.due_at.astimezone(zone):%H:%M}"
    name = each.clock.names.in_language(language)
    if language == "zh":
        return f"{name}，{when}" + ("（预计）" if each.is_forecast else "")
    return f"{name}, {when}" + (" (expected)" if each.is_forecast else "")
