"""Material that oral complaints are asked for: expected from registration on, shown until it is there (R15-16)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import Complaint, RequestedMaterial
from models.enums import ComplaintForm
from models.intake_enums import MaterialStatus
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.intake import OralMaterial
from services.unit_of_work import UnitOfWork

OUTSTANDING = (MaterialStatus.TO_REQUEST, MaterialStatus.REQUESTED)


def rule_for(session: Session, complaint: Complaint) -> OralMaterial | None:
    """What the procedure asks of this complaint; None when it came in writing or the procedure asks nothing."""
    rule = procedure_of(session, complaint).intake.oral_material
    if rule is None:
        return None
    return rule if complaint.channel in rule.channels or complaint.form is ComplaintForm.ORAL else None


def materials_of(session: Session, complaint: Complaint) -> list[RequestedMaterial]:
    query = sa.select(RequestedMaterial).where(RequestedMaterial.complaint_id == complaint.id)
    together = (
        joinedload(RequestedMaterial.requested_by),
        joinedload(RequestedMaterial.received_by),
        joinedload(RequestedMaterial.attachment),
    )
    return list(session.scalars(query.order_by(RequestedMaterial.id).options(*together)))


def expect_materials(work: UnitOfWork, complaint: Complaint) -> None:
    """Put on the case what it is to be asked for; what nobody asked for yet falls away when it no longer applies."""
    if procedure_of(work.session, complaint).intake.oral_material is None:
        return
    rule = rule_for(work.session, complaint)
    known = {row.code: row for row in materials_of(work.session, complaint)}
    wanted = [item.code for item in rule.items] if rule else []
    for code in wanted:
        row = known.get(code)
        if row is None:
            work.session.add(RequestedMaterial(complaint_id=complaint.id, code=code))
        elif row.status is MaterialStatus.NOT_NEEDED:
            row.status = MaterialStatus.TO_REQUEST
    for code, row in known.items():
        if code not in wanted and row.status is MaterialStatus.TO_REQUEST:
            row.status = MaterialStatus.NOT_NEEDED
    work.session.flush()
