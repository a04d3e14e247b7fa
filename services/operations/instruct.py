"""The leader's written instruction (阅批): what is to be done, and by which department (R01-06, R01-07)."""

from __future__ import annotations

from models import Complaint
from models.enums import EventKind
from models.labels import _l
from services.unit_of_work import UnitOfWork
from services.workflow.duty import give
from services.workflow.steps import begin
from services.workflow.typed import open_department, required


def instruct(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    text: str,
    department_id: int | None = None,
) -> Complaint:
    """The complaint with the instruction on record; a transfer carries it along, to the department it names.

    Invalid without words.
    """
    act = begin(work, complaint_id, EventKind.INSTRUCT, version)
    text = required(text, "text", _l("Write down what is to be done."))
    department = open_department(work, department_id, "department_id") if department_id else None
    give(work, act.complaint, text, department.id if department else None)
    act.finish(
        text=text,
        department_id=department.id if department else None,
        department=department.name if department else None,
    )
    act.tell([act.complaint.responsible_id, act.complaint.first_receiver_id], "instructed")
    return act.complaint
