"""Recording that a matter was reported once more: on the case that is here, without a number of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import Complaint, FurtherReport, Party
from models.enums import OPEN_STATES, Channel, EventKind, PartyKind, PartySide
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted, Text
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.parties import keep_first_complainant, party_faults
from services.workflow.repeats import earlier_one
from services.workflow.steps import tell, write_event
from services.workflow.typed import column_faults, not_in_future

OF_PARTY = ("kind", "name", "phone", "email", "address", "complainant_kind")


@dataclass(frozen=True)
class Report:
    """What the registration form held. `further`: everything else that was typed, by the key of its field."""

    received_at: datetime
    channel: Channel
    summary: str
    content: str
    complainant: Mapping[str, Any] = field(default_factory=dict)
    further: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    """The party complained about, where one was named."""
    confidential: bool = False


def report_again(work: UnitOfWork, complaint_id: str, report: Report) -> Complaint:
    """The case with the report on it and, when somebody new reports, with a further complainant.

    NotPermitted without the right to register, Invalid for a case that is over or out of sight.
    """
    grant = work.actor.grant_for(Permission.COMPLAINT_REGISTER)
    if grant is None:
        raise NotPermitted
    complaint = earlier_one(work, complaint_id, "repeat_choice")
    if complaint.state not in OPEN_STATES:
        over = _l("That complaint is over. Register this one as its repeat instead.")
        raise Invalid({"repeat_choice": over})
    if complaint.is_confidential != report.confidential:
        raise Invalid({"repeat_choice": _l("A confidential complaint can't be linked with an open one.")})
    not_in_future(work, report.received_at, "received_at")
    if faults := _faults(report):
        raise Invalid(faults)
    party = _party(work, complaint, PartySide.COMPLAINANT, report.complainant)
    _party(work, complaint, PartySide.COMPLAINED_ABOUT, report.about)
    row = FurtherReport(
        complaint_id=complaint.id,
        party_id=party.id if party else None,
        received_at=report.received_at,
        channel=report.channel,
        summary=report.summary.strip(),
        content=report.content.strip(),
        further={key: audit.plain(value) for key, value in report.further.items() if value not in (None, "")},
        recorded_by_id=work.actor.user_id,
    )
    work.session.add(row)
    complaint.repeat_count += 1
    save(work, row)
    record_change(work, "create", row, grant=grant)
    write_event(work, complaint, EventKind.NOTE, text=row.summary, grant=grant, done="reported_again")
    tell(work, complaint, [complaint.handler_id, complaint.responsible_id], "reported_again")
    return complaint


def _faults(report: Report) -> dict[str, Text]:
    typed = {"summary": report.summary, "content": report.content, "channel": report.channel}
    faults = column_faults(FurtherReport, typed)
    if not report.summary.strip():
        faults["summary"] = _l("Say in a few words what it is about.")
    if not report.content.strip():
        faults["content"] = _l("Write down what the complainant says.")
    return faults


def _party(work: UnitOfWork, complaint: Complaint, side: PartySide, typed: Mapping[str, Any]) -> Party | None:
    """The party as typed in: one that stands there with the same particulars, else a further one."""
    said = {key: typed.get(key) for key in OF_PARTY}
    if said["kind"] is None or (said["kind"] is PartyKind.ANONYMOUS and not said["phone"]):
        return None
    if faults := party_faults(said):
        raise Invalid(faults)
    for party in complaint.parties:
        if party.side is side and all(said[key] in (None, "", getattr(party, key)) for key in OF_PARTY):
            return party
    party = Party(side=side, **said)
    complaint.parties.append(party)
    keep_first_complainant(complaint)
    work.session.flush()
    return party
