"""Kinds of evidence, as the procedure of the complaint lists them (R07-11)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Complaint
from models.labels import _l
from services.errors import Invalid
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.investigation import EvidenceKind
from services.unit_of_work import UnitOfWork


def evidence_kinds(session: Session, complaint: Complaint | None) -> tuple[EvidenceKind, ...]:
    """The kinds that may be picked for a file of this complaint; none where the procedure lists none."""
    return procedure_of(session, complaint).investigation.evidence_kinds if complaint is not None else ()


def check_evidence_kind(work: UnitOfWork, complaint: Complaint | None, code: str | None) -> None:
    """Invalid for a kind that the procedure does not list."""
    if code is not None and code not in {kind.code for kind in evidence_kinds(work.session, complaint)}:
        raise Invalid({"evidence_kind": _l("Choose a kind of evidence from the list.")})
