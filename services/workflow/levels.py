"""What the level of a complaint means for its investigation (R10-04, R10-05, R10-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, Investigation, InvestigationMember, InvestigationWaiver, QualityDecision
from models.enums import InvestigationStatus
from models.labels import _l
from services.errors import Reason
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Grade

if TYPE_CHECKING:
    from services.workflow.gates import Situation


def graded(session: Session, complaint: Complaint) -> Grade | None:
    """The level that the complaint was given; None before, or where the procedure has no levels."""
    grading = procedure_of(session, complaint).grading
    return next((each for each in grading.levels if each.code == complaint.grade), None) if grading else None


def may_go_without(session: Session, complaint: Complaint) -> bool:
    """Whether the level leaves it open to answer without an investigation, for a reason (R10-06)."""
    level = graded(session, complaint)
    return level is not None and level.team == "optional"


def waiver_of(session: Session, complaint: Complaint) -> InvestigationWaiver | None:
    """Why this round is answered without an investigation."""
    query = sa.select(InvestigationWaiver).where(
        InvestigationWaiver.complaint_id == complaint.id, InvestigationWaiver.round == complaint.round
    )
    return session.scalars(query.order_by(InvestigationWaiver.id.desc()).limit(1)).first()


def investigated_as_graded(s: Situation) -> list[Reason]:
    """Before the opinion: a dedicated group, an investigation, or the reason for none, as the level demands."""
    level = graded(s.session, s.complaint)
    if level is None or level.team is None:
        return []
    found = sa.select(Investigation).where(Investigation.complaint_id == s.complaint.id)
    investigations = list(s.session.scalars(found))
    if level.team == "required":
        with_group = sa.select(InvestigationMember.id).where(
            InvestigationMember.investigation_id.in_([each.id for each in investigations])
        )
        if investigations and s.session.scalar(with_group.limit(1)) is not None:
            return []
        message = _l(
            "This level is handled by a dedicated group: open an investigation with a leader and members."
        )
        return [Reason("no_group", message, "investigations")]
    if investigations or (level.team == "optional" and waiver_of(s.session, s.complaint) is not None):
        return []
    if level.team == "optional":
        message = _l("Open an investigation, or say why this complaint needs none.")
        return [Reason("no_investigation", message, "investigations")]
    message = _l("This level needs an investigation; one person is enough.")
    return [Reason("no_investigation", message, "investigations")]


def decided_on_report(s: Situation) -> list[Reason]:
    """Where the regulation wants it, quality management decides on each report before the opinion goes up (R11-08)."""
    if s.procedure.investigation.decision is None:
        return []
    finished = sa.select(Investigation.id).where(
        Investigation.complaint_id == s.complaint.id,
        Investigation.status == InvestigationStatus.FINISHED,
        ~sa.exists().where(QualityDecision.investigation_id == Investigation.id),
    )
    if s.session.scalar(finished.limit(1)) is None:
        return []
    return [
        Reason("not_decided", _l("Quality management has not decided on the report yet."), "investigations")
    ]
