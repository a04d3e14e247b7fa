"""The resolution plan goes out: each executing department is told its task (R03-05)."""

from __future__ import annotations

import sqlalchemy as sa

from models import Department, Measure, ResolutionPlan
from models.enums import EventKind, MeasureStatus
from models.labels import _l
from services.errors import Reason, Refused
from services.records import record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.inquiries import enter
from services.workflow.people import holders, only_named
from services.workflow.steps import tell, write_event
from services.workflow.typed import required


def send_plan(
    work: UnitOfWork, investigation_id: int, version: int | None = None, *, text: str | None
) -> ResolutionPlan:
    """The plan with the planned measures as its tasks. Their owners are told, and whom the procedure names there.

    Refused without a planned measure, and while one of them has no department.
    """
    entered = enter(work, investigation_id, version, finished=True)
    complaint = entered.complaint
    text = required(text, "text", _l("Write down the plan."))
    measures = _tasks(work, complaint.id)
    roles = entered.rules.plan.notify if entered.rules.plan else ()
    plan = ResolutionPlan(
        complaint_id=complaint.id,
        investigation_id=entered.investigation.id,
        text=text,
        tasks=[
            {"department": department.name, "text": measure.text, "measure": measure.public_id}
            for measure, department in measures
        ],
        notified_by_id=work.actor.user_id,
        notified_at=work.now,
    )
    work.session.add(plan)
    save(work, plan)
    record_change(work, "send", plan, grant=entered.grant, further={"tasks": plan.tasks})
    write_event(work, complaint, EventKind.INVESTIGATED, text=text, grant=entered.grant, done="plan")
    for measure, department in measures:
        people = [measure.owner_id, *(holders(work.session, roles, department.id) if roles else [])]
        told = only_named(work.session, complaint, dict.fromkeys(people))
        tell(work, complaint, told, "plan.task", department=department.name, text=measure.text[:120])
    return plan


def _tasks(work: UnitOfWork, complaint_id: int) -> list[tuple[Measure, Department]]:
    query = (
        sa.select(Measure, Department)
        .outerjoin(Department, Department.id == Measure.department_id)
        .where(Measure.complaint_id == complaint_id, Measure.status == MeasureStatus.PLANNED)
        .order_by(Measure.id)
    )
    found = [(measure, department) for measure, department in work.session.execute(query)]
    if not found:
        raise Refused(
            [Reason("no_task", _l("Record the measures first: they are the tasks of the plan."), "measures")]
        )
    homeless = [measure.text for measure, department in found if department is None]
    if homeless:
        message = _l("No department is to carry this out yet: %(text)s", text=homeless[0][:80])
        raise Refused([Reason("no_department", message, "measures")])
    return found
