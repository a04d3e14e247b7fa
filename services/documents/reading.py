"""The record as documents read it: its last investigation, opinion, reply, …, its lists, and what no column holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.enums import AssignmentKind, ExtensionStatus, FindingVerdict, PartySide
from models.labels import LazyString, _l
from services.actor import Actor
from services.deadlines.desk_calendar import desk_zone
from services.deadlines.explain import UNIT_LABELS
from services.deadlines.runs import OPEN
from services.documents.layout import Own, words
from services.documents.vocabulary import Reference, find
from services.own_fields.specs import coded_values
from services.procedures.schema import Clock, Procedure
from services.procedures.sections.documents import DocumentForm
from services.procedures.stages import stages_of
from services.procedures.vocabulary import CLOCK_EVENTS, ClockEvent
from services.workflow.acknowledging import Draft


@dataclass(frozen=True)
class Subject:
    """What a document is about."""

    session: Session
    actor: Actor
    procedure: Procedure
    now: datetime
    complaint: m.Complaint | None = None
    accident: m.Accident | None = None
    period: tuple[date, date] | None = None
    number: str = ""
    is_preview: bool = False
    """Only looked at: nothing is kept of it, so nobody reads in it what they may not read elsewhere."""

    @property
    def own(self) -> Own:
        return {field.code: field for field in self.procedure.fields}


@dataclass
class RecordReader:
    """Reads one subject for one form, in the scope of whoever issues it."""

    subject: Subject
    form: DocumentForm
    language: str

    def _coded(self, reference: Reference, value: Any) -> str:
        """The name that the procedure gives to a code (grade, nature, category, kind of complainant)."""
        listed = coded_values(self.subject.procedure, reference.key)
        names = {each.code: each.names.in_language(self.language) for each in listed}
        return names.get(value or "", value or "")

    def text(self, value: Any) -> str:
        """Any value as it is printed."""
        chinese = self.language == "zh"
        if value is None:
            return ""
        if isinstance(value, bool):
            return words(_l("Yes") if value else _l("No"), self.language)
        if isinstance(value, Enum):
            return words(getattr(value, "label", value.value), self.language)
        if isinstance(value, LazyString):
            return words(value, self.language)
        if isinstance(value, datetime):
            local = value.astimezone(self.zone)
            day = f"{local.year}年{local.month}月{local.day}日" if chinese else f"{local:%Y-%m-%d}"
            return f"{day} {local:%H:%M}"
        if isinstance(value, date):
            return f"{value.year}年{value.month}月{value.day}日" if chinese else value.isoformat()
        if isinstance(value, Decimal):
            return f"{value:,.2f}"
        return str(value)

    # Records

    @cached_property
    def zone(self) -> ZoneInfo:
        return desk_zone(self.subject.session)

    def _record(self, group: str) -> Any:
        finder: Callable[[], Any] | None = getattr(self, f"_find_{group}", None)
        if group not in self._found:
            self._found[group] = finder() if finder else None
        return self._found[group]

    @cached_property
    def _found(self) -> dict[str, Any]:
        return {}

    def _of_complaint(self, model: Any, *conditions: Any) -> Any:
        """The last record of this kind on the complaint."""
        if self.subject.complaint is None:
            return None
        query = sa.select(model).where(model.complaint_id == self.subject.complaint.id, *conditions)
        return self.subject.session.scalars(query.order_by(model.id.desc()).limit(1)).first()

    def _all(self, model: Any, order: Any = None) -> Sequence[Any]:
        """All records of this kind on the complaint, or on the accident."""
        complaint, accident = self.subject.complaint, self.subject.accident
        if accident is not None and hasattr(model, "accident_id"):
            condition = model.accident_id == accident.id
        elif complaint is not None:
            condition = model.complaint_id == complaint.id
        else:
            return []
        return self.subject.session.scalars(
            sa.select(model).where(condition).order_by(order or model.id)
        ).all()

    def _find_organisation(self) -> m.Organisation:
        return self.subject.session.scalars(sa.select(m.Organisation)).one()

    def _find_complaint(self) -> m.Complaint | None:
        return self.subject.complaint

    def _find_accident(self) -> m.Accident | None:
        return self.subject.accident

    def _party(self, side: PartySide) -> m.Party | None:
        parties = self.subject.complaint.parties if self.subject.complaint else []
        return next((party for party in parties if party.side is side), None)

    def _find_complainant(self) -> m.Party | None:
        return self._party(PartySide.COMPLAINANT)

    def _complainant_address_form(self) -> str:
        """How a letter begins: by the name, and without one by what the reader is."""
        found = self._find_complainant()
        return found.name if found is not None and found.name else words(_l("Complainant"), self.language)

    def _find_respondent(self) -> m.Party | None:
        return self._party(PartySide.COMPLAINED_ABOUT)

    def _find_investigation(self) -> Any:
        return self._of_complaint(m.Investigation)

    def _find_acknowledgement(self) -> Any:
        return self._of_complaint(m.Acknowledgement)

    def _find_opinion(self) -> Any:
        return self._of_complaint(m.Opinion, m.Opinion.returned_at.is_(None))

    def _find_reply(self) -> Any:
        return self._of_complaint(m.Reply)

    def _find_follow_up(self) -> Any:
        return self._of_complaint(m.FollowUp)

    def _find_transfer(self) -> Any:
        return self._of_complaint(m.Assignment, m.Assignment.kind == AssignmentKind.LEAD)

    def _find_extension(self) -> Any:
        return self._of_complaint(m.Extension, m.Extension.status == ExtensionStatus.GRANTED)

    # Values that no column holds

    def _document_number(self) -> str:
        return self.subject.number

    def _document_date(self) -> date:
        return self.subject.now.astimezone(self.zone).date()

    def _document_issuer(self) -> str:
        return self.subject.actor.name

    def _document_department(self) -> str:
        key = self.subject.actor.department_id
        department = self.subject.session.get(m.Department, key) if key else None
        return department.name if department else ""

    def _procedure_name(self) -> str:
        return self.subject.procedure.names.in_language(self.language)

    def _procedure_regulation(self) -> str:
        return self.subject.procedure.regulation

    def _procedure_organisation_kind(self) -> str:
        return self.subject.procedure.organisation_kind.in_language(self.language)

    def _procedure_channels(self) -> str:
        names = [
            channel.names.in_language(self.language) if channel.names else self.text(channel.code)
            for channel in self.subject.procedure.intake.channels
        ]
        return ("、" if self.language == "zh" else ", ").join(names)

    def _procedure_retention(self) -> str:
        years = self.subject.procedure.archive.retention_years
        return f"{years}年" if self.language == "zh" else f"{years} years"

    def _period_from(self) -> date | None:
        return self.subject.period[0] if self.subject.period else None

    def _period_until(self) -> date | None:
        return self.subject.period[1] if self.subject.period else None

    def _period_count(self) -> str:
        return str(len(self._list_complaints()))

    def _complaint_answer_by(self) -> date | None:
        return self._day(self.subject.complaint.due_at) if self.subject.complaint else None

    def _complaint_estimated_completion(self) -> date | None:
        """As the complainant was told it; before that, as the time limits give it."""
        told, complaint = self._record("acknowledgement"), self.subject.complaint
        if complaint is None or (told is not None and told.estimated_completion is not None):
            return told.estimated_completion if told is not None else None
        draft = Draft(self.subject.session, complaint, self.subject.procedure, self.subject.now)
        return draft.estimated_completion

    def _complaint_grade_name(self) -> str:
        return self._grade(self.subject.complaint.grade if self.subject.complaint else None)

    def _grade(self, code: str | None) -> str:
        return self._coded(find("complaint.grade"), code)

    def _investigation_team(self) -> str:
        found = self._record("investigation")
        people = [found.leader.name, *(member.user.name for member in found.members)] if found else []
        return "、".join(dict.fromkeys(people))

    def _investigation_verdicts(self) -> str:
        verdicts: list[FindingVerdict] = [finding.verdict for finding in self._list_findings()]
        return "、".join(dict.fromkeys(self.text(verdict) for verdict in verdicts))

    def _name(self, user_id: int | None) -> str:
        user = self.subject.session.get(m.User, user_id) if user_id else None
        return user.name if user else ""

    def _opinion_submitted_by(self) -> str:
        return self._name(getattr(self._record("opinion"), "submitted_by_id", None))

    def _opinion_approved_by(self) -> str:
        return self._name(getattr(self._record("opinion"), "approved_by_id", None))

    def _reply_sent_by(self) -> str:
        return self._name(getattr(self._record("reply"), "sent_by_id", None))

    def _follow_up_by(self) -> str:
        return self._name(getattr(self._record("follow_up"), "by_id", None))

    def _transfer_due(self) -> date | None:
        return self._complaint_answer_by()

    def _transfer_department_id(self) -> str:
        transfer = self._record("transfer")
        return transfer.department_name if transfer else ""

    def _extension_unit(self) -> str:
        extension = self._record("extension")
        units = {unit.value: label for unit, label in UNIT_LABELS.items()}
        return words(units[extension.unit], self.language) if extension else ""

    def _extended_run(self) -> m.ClockRun | None:
        extension = self._record("extension")
        key = extension.clock_run_id if extension else 0
        return self.subject.session.scalars(sa.select(m.ClockRun).where(m.ClockRun.id == key)).first()

    def _extension_limit(self) -> str:
        run = self._extended_run()
        return "" if run is None else run.name_zh if self.language == "zh" else run.name_en

    def _extension_new_due(self) -> date | None:
        run = self._extended_run()
        return self._day(run.due_at) if run else None

    def _day(self, due_at: datetime | None) -> date | None:
        """The last day of a period: it ends with the midnight after it."""
        return (due_at - timedelta(microseconds=1)).astimezone(self.zone).date() if due_at else None

    # Lists

    def _list_measures(self) -> Sequence[Any]:
        return self._all(m.Measure)

    def _list_findings(self) -> Sequence[Any]:
        found = self._record("investigation")
        return found.findings if found else []

    def _list_team(self) -> Sequence[Any]:
        found = self._record("investigation")
        return found.members if found else []

    def _list_parties(self) -> Sequence[Any]:
        return self._all(m.Party)

    def _list_follow_ups(self) -> Sequence[Any]:
        return self._all(m.FollowUp)

    def _list_files(self) -> Sequence[Any]:
        return [each for each in self._all(m.Attachment) if each.withdrawn_at is None]

    def _list_transfers(self) -> Sequence[Any]:
        return self._all(m.Assignment)

    def _list_history(self) -> Sequence[Any]:
        return self._all(m.ComplaintEvent)

    def _list_stages(self) -> Sequence[Any]:
        return [
            {"number": str(number), "name": stage.name, "text": stage.text}
            for number, stage in enumerate(stages_of(self.subject.procedure), 1)
        ]

    def _list_deliveries(self) -> Sequence[Any]:
        return [
            {
                "to": each.department.name
                if each.department
                else each.user.name
                if each.user
                else each.recipient,
                "at": each.sent_at,
            }
            for document in self._all(m.IssuedDocument)
            for each in document.deliveries
        ]

    def _list_limits(self) -> Sequence[Any]:
        """The procedure's steps with their limits, and when each is due on this record where it runs."""
        runs = {run.code: run for run in self._all(m.ClockRun) if run.state in OPEN}
        return [
            {
                "name": clock.names.in_language(self.language),
                "limit": self._limit(clock),
                "starts": "、".join(self._event(event) for event in clock.start_event),
                "due": self._day(runs[clock.code].due_at) if clock.code in runs else None,
            }
            for clock in self.subject.procedure.clocks
        ]

    def _limit(self, clock: Clock) -> str:
        unit = words(UNIT_LABELS[clock.unit], self.language)
        return f"{clock.amount} {unit}" if clock.amount else unit

    def _event(self, event: ClockEvent) -> str:
        kinds = {clock_event: kind for kind, clock_event in CLOCK_EVENTS.items()}
        return words(
            kinds[event].label if event in kinds else _EVENT_WORDS.get(event, event.value), self.language
        )

    def _list_complaints(self) -> Sequence[Any]:
        if "complaints" not in self._found:
            self._found["complaints"] = self._register()
        rows: Sequence[Any] = self._found["complaints"]
        return rows

    def _register(self) -> Sequence[m.Complaint]:
        if self.subject.period is None:
            return []
        first, last = self.subject.period
        begins = datetime(first.year, first.month, first.day, tzinfo=self.zone)
        after = last + timedelta(days=1)
        ends = datetime(after.year, after.month, after.day, tzinfo=self.zone)
        query = sa.select(m.Complaint).where(
            m.Complaint.received_at >= begins, m.Complaint.received_at < ends
        )
        return (
            self.subject.session.scalars(query.order_by(m.Complaint.received_at, m.Complaint.id))
            .unique()
            .all()
        )


_EVENT_WORDS: Mapping[ClockEvent, LazyString] = {
    ClockEvent.RECEIVED: _l("receipt"),
    ClockEvent.ACCIDENT_HAPPENED: _l("accident happened"),
    ClockEvent.ACCIDENT_REPORTED: _l("accident reported"),
    ClockEvent.ACCIDENT_FORM_SENT: _l("accident report form sent"),
    ClockEvent.REPORTED_TO_AUTHORITY: _l("reported to the authority"),
    ClockEvent.REPORTED_UP: _l("reported to the superior unit"),
    ClockEvent.WRITTEN_REPORT_SENT: _l("written report sent"),
}
