"""Raising a complaint to the next level, by hand or by a clock. It never moves a clock (R06-05, R10-09)."""

from __future__ import annotations

from models import Complaint
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from services.workflow.people import of_level


def next_level(work: UnitOfWork, complaint: Complaint) -> tuple[str, list[int]] | None:
    """The level above the present one and its people, also when nobody is assigned; None at the top.

    A level without anybody is passed over, so that the complaint reaches a person as long as there is one.
    """
    steps = procedure_of(work.session, complaint).escalation
    for index in range(complaint.escalation_level, len(steps)):
        people = of_level(work.session, complaint, steps[index].level)
        if people or index == len(steps) - 1:
            complaint.escalation_level = index + 1
            return steps[index].level.value, people
    return None
