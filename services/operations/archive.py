"""Filing an ended complaint: file number, catalogue, pages, and the seal on what was filed (R01-11, R15-20)."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from models import ArchiveRecord, Complaint
from models.archive_enums import SealOccasion
from models.enums import EventKind
from models.labels import _l
from services.access.scope import unscoped
from services.archives.sealing import seal_file
from services.deadlines.desk_calendar import desk_time
from services.errors import Invalid, Text
from services.unit_of_work import UnitOfWork
from services.workflow.file_parts import PART_NAMES, missing_parts, part_in_words
from services.workflow.steps import Act, begin
from services.workflow.typed import column_faults, optional


def archive(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    file_number: str,
    catalogue: str,
    pages: int | None,
    box: str | None = None,
    absent_reason: str | None = None,
) -> Complaint:
    """Archived, with the complaints that were merged into it. Retention runs from today as the procedure says.

    Parts that may be missing (no investigation, no evidence) need `absent_reason`, which the catalogue keeps.
    """
    act = begin(work, complaint_id, EventKind.ARCHIVE, version)
    complaint = act.complaint
    _check(work, complaint, file_number, catalogue, pages, box)
    catalogue = _explained(act, catalogue, absent_reason)
    years = act.situation.procedure.archive.retention_years
    today = work.now.astimezone(desk_time(work.session).zone).date()
    record = _record_of(work, complaint) or ArchiveRecord(complaint_id=complaint.id)
    record.file_number, record.catalogue, record.pages = file_number.strip(), catalogue.strip(), pages or 0
    record.box = optional(box)
    record.retention_years, record.review_on = years, _years_on(today, years)
    record.archived_by_id, record.archived_at, record.ended_at = act.by_id, work.now, None
    complaint.archived_at = work.now
    act.finish(text=record.file_number)
    for merged in work.session.scalars(sa.select(Complaint).where(Complaint.master_id == complaint.id)):
        merged.archived_at = work.now
    seal_file(work, record, SealOccasion.ARCHIVED)  # last: nothing of the file is written after it
    return complaint


def _explained(act: Act, catalogue: str, absent_reason: str | None) -> str:
    """The catalogue, with why a part of the file does not exist."""
    missing = missing_parts(act.situation)
    reason = optional(absent_reason)
    if not missing:
        return catalogue
    if reason is None:
        lacks = " ".join(str(part_in_words(content)) for content in missing)
        message = _l("%(lacks)s Complete it, or say here why it does not exist.", lacks=lacks)
        raise Invalid({"absent_reason": message})
    names = "、".join(str(PART_NAMES[content.part]) for content in missing)
    return f"{catalogue.strip()}\n{names}: {reason}"


def _record_of(work: UnitOfWork, complaint: Complaint) -> ArchiveRecord | None:
    query = sa.select(ArchiveRecord).where(ArchiveRecord.complaint_id == complaint.id)
    return work.session.scalars(query).first()


def _check(
    work: UnitOfWork,
    complaint: Complaint,
    file_number: str,
    catalogue: str,
    pages: int | None,
    box: str | None,
) -> None:
    faults: dict[str, Text] = {}
    if not file_number.strip():
        faults["file_number"] = _l("Give the file number.")
    if not catalogue.strip():
        faults["catalogue"] = _l("List what the file contains.")
    if pages is None or pages < 1:
        faults["pages"] = _l("Give the number of pages.")
    faults |= column_faults(ArchiveRecord, {"file_number": file_number.strip(), "box": box})
    taken = sa.select(ArchiveRecord.id).where(
        ArchiveRecord.file_number == file_number.strip(), ArchiveRecord.complaint_id != complaint.id
    )
    with unscoped(work.session, "a file number is unique, whoever's file bears it"):
        is_taken = work.session.scalar(taken) is not None
    if is_taken:
        faults["file_number"] = _l("This file number is taken.")
    if faults:
        raise Invalid(faults)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
