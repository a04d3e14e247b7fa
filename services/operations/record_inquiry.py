"""A conversation, visit, sample or meeting of an investigation goes on record (R02-10, R11-10, R15-21, R16-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models import InvestigationRecord
from models.enums import EventKind, InquiryKind, Need
from models.labels import LazyString, _l
from services.errors import Invalid
from services.records import put_values, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.steps import write_event
from services.workflow.typed import not_in_future, optional


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is typed in about it."""

    happened_at: datetime | None
    content: str | None
    place: str | None = None
    people: str | None = None
    laboratory: str | None = None
    result: str | None = None
    cause: str | None = None
    responsibility: str | None = None
    plan: str | None = None


REQUIRED: dict[InquiryKind, dict[str, LazyString]] = {
    InquiryKind.CONTACT: {
        "people": _l("Say with whom you spoke."),
        "content": _l("Write down what was said."),
    },
    InquiryKind.INTERVIEW: {
        "people": _l("Say whom you interviewed."),
        "content": _l("Write down what was said."),
    },
    InquiryKind.SITE_VISIT: {
        "place": _l("Say where you were."),
        "content": _l("Write down what you found."),
    },
    InquiryKind.SAMPLE: {
        "place": _l("Say where the sample was taken."),
        "content": _l("Say what was taken, and of which batch."),
    },
    InquiryKind.MEETING: {
        "place": _l("Say where you met."),
        "people": _l("Say who took part."),
        "content": _l("Write down what was discussed."),
        "cause": _l("Write down the cause that was agreed on."),
        "responsibility": _l("Write down whose responsibility it is."),
        "plan": _l("Write down the plan that was agreed on."),
    },
}


def record_inquiry(
    work: UnitOfWork, investigation_id: int, kind: InquiryKind, told: Told
) -> InvestigationRecord:
    """The record, which stands as it is written. Invalid at whatever this kind needs and lacks."""
    entered = enter(work, investigation_id)
    investigation = entered.investigation
    values = {key: optional(getattr(told, key)) for key in told.__dataclass_fields__ if key != "happened_at"}
    faults: dict[str, LazyString] = {
        key: message for key, message in REQUIRED[kind].items() if values[key] is None
    }
    if told.happened_at is None:
        faults["happened_at"] = _l("Say when it was.")
    if faults:
        raise Invalid(faults)
    record = InvestigationRecord(
        complaint_id=entered.complaint.id,
        investigation_id=investigation.id,
        kind=kind,
        happened_at=not_in_future(work, told.happened_at, "happened_at"),
        recorded_by_id=work.actor.user_id,
    )
    put_values(record, values)
    work.session.add(record)
    if kind is InquiryKind.SITE_VISIT and investigation.site_visit is not Need.NEEDED:
        investigation.site_visit = Need.NEEDED  # it was made, so it was necessary
    save(work, record)
    record_change(work, "create", record, grant=entered.grant)
    write_event(
        work,
        entered.complaint,
        EventKind.INVESTIGATED,
        text=record.content,
        grant=entered.grant,
        done=kind.value,
    )
    return record
