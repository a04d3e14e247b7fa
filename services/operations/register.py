"""Registering a complaint: any department may, whatever it concerns (R01-19)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from models import Complaint, Department, Organisation, Party, ProcedureVersion, User
from models.enums import Category, Channel, ComplaintForm, EventKind, InformedOf, PartyKind, PartySide, State
from models.fields import fields_of
from models.labels import _l
from services import audit, own_fields
from services.access.permissions import Permission
from services.access.visibility import refresh_visibility
from services.deadlines import clocks
from services.deadlines.desk_calendar import desk_time
from services.errors import Invalid, NotPermitted, Text
from services.procedures.of_complaint import parsed
from services.procedures.schema import Procedure
from services.procedures.vocabulary import ClockEvent
from services.unit_of_work import UnitOfWork
from services.workflow.confidentiality import open_matter_faults
from services.workflow.duty import ask_for_instruction, is_out_of_hours, receiver_on_duty
from services.workflow.informing import inform
from services.workflow.intake import (
    channel_faults,
    customer_date_faults,
    handle_at_once,
    received_at_the_office,
    tell_at_registration,
    told_faults,
)
from services.workflow.materials import expect_materials
from services.workflow.naming import check_named, name_people
from services.workflow.numbers import take_number
from services.workflow.parties import keep_first_complainant, party_faults
from services.workflow.procedure_words import coded_faults, keep_category, missing_at_registration
from services.workflow.repeats import bring_about, earlier_one, link, record_link
from services.workflow.steps import write_event
from services.workflow.typed import column_faults

CLOCKS_MAY_DIFFER_BY = timedelta(minutes=5)


@dataclass(frozen=True)
class NewParty:
    """A party as typed in."""

    side: PartySide
    kind: PartyKind = PartyKind.PERSON
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    notes: str | None = None
    complainant_kind: str | None = None
    """One of the procedure's kinds of complainants, by code."""


@dataclass(frozen=True)
class NewComplaint:
    """A complaint as typed in. `extra` holds further columns of the table that the form offers, `own` the values of
    fields that the procedure declares, by code."""

    summary: str
    content: str
    received_at: datetime
    channel: Channel
    form: ComplaintForm = ComplaintForm.WRITTEN
    category: Category = Category.OTHER
    category_code: str | None = None
    nature: str | None = None
    parties: tuple[NewParty, ...] = ()
    request: str | None = None
    grounds: str | None = None
    product: str | None = None
    batch: str | None = None
    place: str | None = None
    occurred_on: date | None = None
    source_reference: str | None = None
    passed_on_by: str | None = None
    customer_due_on: date | None = None
    receiving_department_id: int | None = None
    first_receiver_id: int | None = None
    confidential: bool = False
    named_user_ids: tuple[int, ...] = ()
    told: tuple[str, ...] = ()
    """Groups to tell, by the procedure's codes; none: all of those it leaves to the registrar (R05-03)."""
    extra: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    repeat_of: str | None = None
    """Address of the complaint that this one repeats, as whoever registers it chose, and in what it is like it."""
    repeat_reason: str = ""


def register(work: UnitOfWork, new: NewComplaint) -> Complaint:
    """A registered complaint with its number, parties, clocks and history.

    NotPermitted without the right to register; Invalid with a message for each field that can't be taken.
    """
    grant = work.actor.grant_for(Permission.COMPLAINT_REGISTER)
    if grant is None:
        raise NotPermitted
    version = procedure_in_force(work)
    procedure, time = parsed(version), desk_time(work.session)
    own = _check(work, new, procedure)
    out_of_hours = procedure.duty is not None and is_out_of_hours(procedure.duty, new.received_at, time)
    first_receiver_id = new.first_receiver_id or work.actor.user_id
    if procedure.duty is not None and out_of_hours and new.first_receiver_id is None:
        first_receiver_id = (
            receiver_on_duty(work.session, procedure.duty, new.received_at) or first_receiver_id
        )
    year = new.received_at.astimezone(time.zone).year
    complaint = Complaint(
        number=take_number(work.session, procedure.number_prefix, year, confidential=new.confidential),
        state=State.REGISTERED,
        procedure_version_id=version.id,
        first_receiver_id=first_receiver_id,
        responsible_id=first_receiver_id,
        received_out_of_hours=out_of_hours,
        receiving_department_id=new.receiving_department_id or work.actor.department_id,
        is_confidential=new.confidential,
        **_typed_in(new),
    )
    keep_category(complaint, parsed(version))
    handle_at_once(complaint, procedure)
    work.session.add(complaint)
    work.session.flush()
    own_fields.keep(work.session, complaint, parsed(version), own)
    add_parties(complaint, tuple(_as_its_kind(party, parsed(version)) for party in new.parties))
    if new.confidential:
        # Whoever took it down is named: the case must never be without somebody who answers for it.
        name_people(work, complaint, {*new.named_user_ids, complaint.first_receiver_id or 0} - {0})
    expect_materials(work, complaint)
    refresh_visibility(work.session, complaint)
    repeated = _linked(work, complaint, new)
    write_event(
        work,
        complaint,
        EventKind.REGISTER,
        State.REGISTERED,
        State.REGISTERED,
        grant=grant,
        repeat_of=repeated,
    )
    if procedure.duty is not None and out_of_hours:
        ask_for_instruction(work, complaint, procedure.duty, time)
    tell_at_registration(work, complaint, procedure, new.told)
    inform(work, complaint, InformedOf.REGISTERED)
    if complaint.is_repeat:
        bring_about(work, complaint)
    for heard, at in ((ClockEvent.RECEIVED, new.received_at), (ClockEvent.REGISTERED, work.now)):
        clocks.start_clocks(work, complaint, heard, at)
    if received_at_the_office(work.session, complaint):
        clocks.stop_clocks(work, complaint, ClockEvent.PASSED_ON, work.now)
    work.record(
        audit.Draft(
            "complaint.register",
            "complaint",
            complaint.id,
            complaint.number,
            complaint,
            after={"state": "registered"},
            on_behalf_of_id=grant.on_behalf_of_id,
        )
    )
    return complaint


def _linked(work: UnitOfWork, complaint: Complaint, new: NewComplaint) -> str | None:
    """The number of the complaint that this one was registered as a repeat of (R06-09)."""
    if new.repeat_of is None:
        return None
    earlier = earlier_one(work, new.repeat_of, "repeat_choice")
    row = link(work, complaint, earlier, new.repeat_reason, "repeat_choice")
    record_link(work, complaint, row, "create")
    return earlier.number


def procedure_in_force(work: UnitOfWork) -> ProcedureVersion:
    """The latest published version of the organisation's procedure. Invalid when the desk has not been set up."""
    organisation = work.session.get(Organisation, 1)
    code = organisation.procedure_code if organisation else ""
    version = work.session.scalars(
        sa.select(ProcedureVersion)
        .where(ProcedureVersion.code == code)
        .order_by(ProcedureVersion.number.desc())
        .limit(1)
    ).first()
    if version is None:
        raise Invalid({"": _l("No procedure is in force. An administrator has to set up the desk first.")})
    return version


def _typed_in(new: NewComplaint) -> dict[str, Any]:
    return {
        "summary": new.summary,
        "content": new.content,
        "received_at": new.received_at,
        "channel": new.channel,
        "form": new.form,
        "category": new.category,
        "category_code": new.category_code,
        "nature": new.nature,
        "request": new.request,
        "grounds": new.grounds,
        "product": new.product,
        "batch": new.batch,
        "place": new.place,
        "occurred_on": new.occurred_on,
        "source_reference": new.source_reference,
        "passed_on_by": new.passed_on_by,
        "customer_due_on": new.customer_due_on,
        **new.extra,
    }


def _as_its_kind(party: NewParty, procedure: Procedure) -> NewParty:
    """A complainant of a kind that is always a person, or always an organisation, is one (R02-02)."""
    said = next((kind for kind in procedure.complainant_kinds if kind.code == party.complainant_kind), None)
    if said is None or said.party is None or party.kind is PartyKind.ANONYMOUS:
        return party
    return replace(party, kind=PartyKind(said.party))


def add_parties(complaint: Complaint, parties: tuple[NewParty, ...]) -> None:
    """Put the parties on the complaint and keep its own copy of the first complainant's name and telephone."""
    for party in parties:
        complaint.parties.append(Party(**vars(party)))
    keep_first_complainant(complaint)


def _check(work: UnitOfWork, new: NewComplaint, procedure: Procedure) -> dict[str, Any]:
    """The values of declared fields as they are stored. Invalid with a message for each field that can't be taken."""
    own = own_fields.clean(work.session, procedure, work.actor, new.own)
    faults = {**own.faults, **_faults(work, new), **coded_faults(procedure, vars(new))}
    faults |= open_matter_faults(
        procedure, new.category_code, confidential=new.confidential, field="confidential"
    )
    faults |= channel_faults(procedure, new.channel, new.passed_on_by, new.source_reference)
    faults |= told_faults(procedure, new.told)
    if new.form is ComplaintForm.ORAL and not procedure.intake.oral.allowed:
        faults["form"] = _l("This procedure takes no oral complaints: write it down and have it confirmed.")
    faults |= missing_at_registration(
        procedure, work.actor, own.values, category=new.category_code, nature=new.nature
    )
    for index, party in enumerate(new.parties):
        for key, fault in (party_faults(vars(party)) | coded_faults(procedure, vars(party))).items():
            faults[f"parties-{index}-{key}"] = fault
    if faults:
        raise Invalid(faults)
    return own.values


def _faults(work: UnitOfWork, new: NewComplaint) -> dict[str, Text]:
    faults = column_faults(Complaint, _typed_in(new))
    editable = {spec.key for spec in fields_of(Complaint) if spec.form}
    faults |= {key: _l("This field is not edited by hand.") for key in new.extra if key not in editable}
    if not new.summary.strip():
        faults["summary"] = _l("Say in a few words what it is about.")
    elif len(new.summary) > 200:
        faults["summary"] = _l("At most 200 characters; the rest belongs into the content.")
    if not new.content.strip():
        faults["content"] = _l("Write down what the complainant says.")
    if new.received_at > work.now + CLOCKS_MAY_DIFFER_BY:
        faults["received_at"] = _l("A complaint can't have been received in the future.")
    if new.occurred_on and new.occurred_on > new.received_at.date() + timedelta(days=1):
        faults["occurred_on"] = _l("It can't have happened after the complaint was received.")
    faults |= customer_date_faults(work.session, new.customer_due_on, new.received_at)
    if new.first_receiver_id is not None:
        user = work.session.get(User, new.first_receiver_id)
        if user is None or not user.is_active:
            faults["first_receiver_id"] = _l("Choose somebody who works here.")
    if new.receiving_department_id is not None:
        department = work.session.get(Department, new.receiving_department_id)
        if department is None or department.ended_on is not None:
            faults["receiving_department_id"] = _l("Choose a department that exists.")
    if new.confidential:
        faults.update(check_named(work, new.named_user_ids, field="named_user_ids"))
    return faults
