"""Telling the complainant that the complaint is in: number, steps, expected date (R07-08, R11-05)."""

from __future__ import annotations

from datetime import date, datetime

from models import Acknowledgement, Complaint
from models.enums import Channel, EventKind
from models.labels import _l
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, Text
from services.unit_of_work import UnitOfWork
from services.workflow.acknowledging import LANGUAGES, Draft
from services.workflow.steps import Act, begin
from services.workflow.typed import not_in_future, required


def acknowledge(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    text: str,
    channel: Channel | None,
    estimated_completion: date | None = None,
    signed: bool = False,
    language: str = "zh",
    at: datetime | None = None,
) -> Complaint:
    """Acknowledged: what the complainant was told, how, and by when an answer was promised.

    Invalid, at its field, for what the procedure wants told and the text lacks, and without the receiver's signature
    where the procedure wants one.
    """
    act = begin(work, complaint_id, EventKind.ACKNOWLEDGE, version)
    text = required(text, "text", _l("Write down what the complainant was told."))
    told_at = not_in_future(work, at, "at")
    draft = Draft(work.session, act.complaint, act.situation.procedure, told_at)
    rule = act.situation.procedure.acknowledgement
    faults = draft.missing(text, estimated_completion)
    faults |= _faults(work, channel, estimated_completion, language, told_at)
    if rule is not None and rule.signature is not None and not signed:
        faults["signed"] = _l("Sign for the complaint: the procedure wants its receiver's signature.")
    if faults or channel is None:
        raise Invalid(faults)
    act.complaint.acknowledged_at = act.complaint.acknowledged_at or told_at
    work.session.add(
        Acknowledgement(
            complaint_id=act.complaint.id,
            round=act.complaint.round,
            told_at=told_at,
            channel=channel,
            language=language,
            text=text,
            estimated_completion=estimated_completion,
            **(_signature(act) if signed else {}),
        )
    )
    return act.finish(text=text, channel=channel, estimated_completion=estimated_completion, signed=signed)


def _signature(act: Act) -> dict[str, int | datetime | None]:
    return {"signed_by_id": act.by_id, "signed_for_id": act.for_id, "signed_at": act.work.now}


def _faults(
    work: UnitOfWork, channel: Channel | None, estimated: date | None, language: str, told_at: datetime
) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if channel is None:
        faults["channel"] = _l("Say how the complainant was told.")
    if estimated is not None and estimated < told_at.astimezone(desk_zone(work.session)).date():
        faults["estimated_completion"] = _l("The date has to lie ahead.")
    if language not in LANGUAGES:
        faults["language"] = _l("Pick one of the values offered.")
    return faults
