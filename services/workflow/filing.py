"""File numbers by the pattern of the procedure."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ArchiveRecord, Complaint
from services.access.scope import unscoped
from services.deadlines.desk_calendar import desk_zone
from services.workflow.gates import Situation


def suggested_file_number(session: Session, situation: Situation) -> str:
    """The next free number of the pattern; a confidential file's own number is built in, so it betrays no count."""
    procedure, complaint = situation.procedure, situation.complaint
    pattern = procedure.archive.file_number_pattern
    year = situation.now.astimezone(desk_zone(session)).year
    if complaint.is_confidential:
        return f"{complaint.number}-{complaint.round}"
    with unscoped(session, "the next free file number, whoever's file took the last one"):
        # Confidential files do not count: a number skipped would show that there is one.
        ordinary = (
            sa.select(sa.func.count(ArchiveRecord.id))
            .join(Complaint, Complaint.id == ArchiveRecord.complaint_id)
            .where(Complaint.is_confidential.is_(False))
        )
        sequence = (session.scalar(ordinary) or 0) + 1
        while True:
            number = pattern.format(
                year=year, number=complaint.number, prefix=procedure.number_prefix, sequence=sequence
            )
            taken = sa.select(ArchiveRecord.id).where(
                ArchiveRecord.file_number == number, ArchiveRecord.complaint_id != complaint.id
            )
            if session.scalar(taken) is None:
                return number
            sequence += 1
