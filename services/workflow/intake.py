"""What a procedure says of the moment a complaint comes in: its channels, whom to tell, who handles it at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import Complaint, Department
from models.enums import Channel
from models.labels import _l
from services.deadlines.desk_calendar import desk_zone
from services.errors import Text
from services.procedures.schema import Procedure
from services.procedures.vocabulary import Field
from services.unit_of_work import UnitOfWork
from services.workflow.people import of_roles
from services.workflow.steps import tell


def channel_faults(
    procedure: Procedure, channel: Channel, passed_on_by: str | None, reference: str | None
) -> dict[str, Text]:
    """A channel that the procedure does not have, and what it asks of a complaint passed on by a third party."""
    faults: dict[str, Text] = {}
    if channel not in procedure.channels:
        faults["channel"] = _l("This procedure has no such channel. Pick one of those offered.")
    if channel is not Channel.THIRD_PARTY:
        return faults
    if not passed_on_by:
        faults["passed_on_by"] = _l("Who passed the complaint on?")
    asked = {rule.field for rule in procedure.intake.asked_at_registration}
    if Field.THIRD_PARTY_REFERENCE in asked and not reference:
        faults["source_reference"] = _l("Give the reference under which the third party passed it on.")
    return faults


def told_faults(procedure: Procedure, chosen: Sequence[str]) -> dict[str, Text]:
    """Groups to tell that the procedure leaves to nobody's choice."""
    offered = {group.code for group in procedure.intake.told if group.chosen}
    return {"told": _l("Pick one of the values offered.")} if set(chosen) - offered else {}


def customer_date_faults(session: Session, due_on: date | None, received_at: datetime) -> dict[str, Text]:
    """A day named by the complainant that was over when the complaint came in: no time limit could run to it."""
    if due_on is None or due_on >= received_at.astimezone(desk_zone(session)).date():
        return {}
    return {"customer_due_on": _l("The answer can't be wanted before the complaint was received.")}


def tell_at_registration(
    work: UnitOfWork, complaint: Complaint, procedure: Procedure, chosen: Sequence[str]
) -> None:
    """Tell the groups of the procedure; of those left to the registrar the chosen ones, or all when none is."""
    roles = [
        role
        for group in procedure.intake.told
        if not group.chosen or not chosen or group.code in chosen
        for role in group.roles
    ]
    tell(work, complaint, of_roles(work.session, complaint, roles), "complaint.registered")


def received_at_the_office(session: Session, complaint: Complaint) -> bool:
    """Whether the complaint office itself received it: then nobody has to pass it on (R03-02)."""
    department_id = complaint.receiving_department_id
    department = session.get(Department, department_id) if department_id is not None else None
    return department is not None and department.is_office


def handle_at_once(complaint: Complaint, procedure: Procedure) -> None:
    """The first receiver is the named handler from the start, where the procedure wants one at once."""
    if procedure.intake.named_handler is not None:
        complaint.handler_id = complaint.first_receiver_id
