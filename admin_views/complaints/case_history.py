"""Timeline, changes and files of the case page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.attachments import file_lines
from admin_views.audit_words import kept_text
from admin_views.case_context import ChangeLine, TimelineEntry, TimelineKind
from admin_views.complaints.case_base import CaseReader
from admin_views.complaints.wording import ICONS, TONES
from admin_views.page_parts import Fact
from admin_views.values import actor_text, moment_text, text_of
from models import (
    Attachment,
    AuditEntry,
    Complaint,
    ComplaintEvent,
    Party,
)
from models.enums import EventKind, State
from models.fields import FieldSpec
from services.access.permissions import Permission
from services.own_fields import code_of
from services.procedures.of_complaint import procedure_of

_CLOCK_EVENTS = {
    EventKind.CLOCK_WARNED,
    EventKind.CLOCK_BREACHED,
    EventKind.PAUSE,
    EventKind.RESUME,
    EventKind.EXTEND,
}
_CORRECTIONS = ("complaint.correct", "party.edit", "party.add")
_WORDS = {EventKind.NOTE, EventKind.URGE, EventKind.SUPERVISE}


SHOWN_EVENTS = 200


class CaseHistory(CaseReader):
    """Timeline, changes and files of the case page."""

    # History

    def _events(self) -> list[ComplaintEvent]:
        query = (
            sa.select(ComplaintEvent)
            .where(ComplaintEvent.complaint_id == self.complaint.id)
            .order_by(ComplaintEvent.id.desc())
            .limit(SHOWN_EVENTS)
        )
        return list(self.session.scalars(query))

    def _entry(self, event: ComplaintEvent) -> TimelineEntry:
        details = []
        if event.from_state and event.to_state and event.from_state is not event.to_state:
            details.append(Fact(label=_("State"), value=f"{event.from_state.label} → {event.to_state.label}"))
        if event.clause:
            details.append(Fact(label=_("Clause"), value=event.clause))
        for key, label in (("department", _("Department")), ("person", _("Person")), ("level", _("Level"))):
            if event.data.get(key):
                details.append(Fact(label=label, value=self._data_word(key, event.data[key])))
        return TimelineEntry(
            kind=_kind_of(event.event),
            icon=ICONS.get(event.event, "note"),
            title=event.event.label,
            at=moment_text(event.at, self.reader.zone),
            at_iso=event.at.isoformat(),
            who=" · ".join(part for part in (actor_text(event.actor_name), event.department_name) if part),
            on_behalf_of=event.on_behalf_of_name or "",
            text=event.text or "",
            tone=TONES.get(event.event, ""),
            details=details,
        )

    def _data_word(self, key: str, value: Any) -> Any:
        if key != "level":
            return value
        procedure = procedure_of(self.session, self.complaint)
        names = {step.level.value: step.names for step in procedure.escalation}
        names |= {
            level.code: level.names for level in (procedure.grading.levels if procedure.grading else ())
        }
        return names[value].in_language(self.reader.locale) if value in names else value

    def _changes(self) -> list[ChangeLine]:
        query = (
            sa.select(AuditEntry)
            .where(AuditEntry.complaint_id == self.complaint.id, AuditEntry.action.in_(_CORRECTIONS))
            .order_by(AuditEntry.id.desc())
            .limit(50)
        )
        specs = {spec.key: spec for model in (Party, Complaint) for spec in self.declared.fields_of(model)}
        lines = []
        for entry in self.session.scalars(query):
            for key, new in (entry.after or {}).items():
                if key not in specs and code_of(key) is not None:
                    continue  # a field that only other roles read
                lines.append(
                    ChangeLine(
                        at=moment_text(entry.at, self.reader.zone),
                        who=actor_text(entry.actor_name),
                        field=specs[key].label if key in specs else key,
                        old=self._shown(specs.get(key), (entry.before or {}).get(key)),
                        new=self._shown(specs.get(key), new),
                        reason=entry.reason or "",
                    )
                )
        return lines

    def _shown(self, spec: FieldSpec | None, value: Any) -> str:
        if spec is not None and (spec.code or spec.coded):
            return kept_text(Complaint, spec, value)
        if spec is not None and spec.choices is not None and value is not None:
            return str(getattr(spec.choices(value), "label", value))
        if spec is not None and spec.kind == "moment" and value:
            return moment_text(datetime.fromisoformat(value), self.reader.zone)
        return text_of(value, self.reader.zone)

    def _files(self) -> list[Any]:
        query = (
            sa.select(Attachment)
            .where(Attachment.complaint_id == self.complaint.id)
            .options(joinedload(Attachment.uploaded_by))
            .order_by(Attachment.id)
        )
        return file_lines(
            self.session.scalars(query), may_withdraw=self.actor.may(Permission.COMPLAINT_ATTACH)
        )

    def _upload_url(self) -> str:
        if not self.actor.may(Permission.COMPLAINT_ATTACH) or self.complaint.state in (
            State.ARCHIVED,
            State.MERGED,
        ):
            return ""
        return url_for("attachments.add_to_complaint", public_id=self.complaint.public_id)

    def _note_url(self) -> str:
        if EventKind.NOTE not in self.possible:
            return ""
        return url_for("complaint_steps.one_note", public_id=self.complaint.public_id)


def _kind_of(event: EventKind) -> str:
    if event in _CLOCK_EVENTS:
        return "clock"
    return "note" if event in _WORDS else "step"


def kinds(events: Sequence[ComplaintEvent]) -> list[TimelineKind]:
    counts = {"step": 0, "clock": 0, "note": 0}
    for event in events:
        counts[_kind_of(event.event)] += 1
    labels = {"step": _("Steps"), "clock": _("Time limits"), "note": _("Notes")}
    return [TimelineKind(key=key, label=labels[key], count=count) for key, count in counts.items() if count]
