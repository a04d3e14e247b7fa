"""The register of retrieval: somebody looks into an archived file, is lent it, or gets a copy."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from models import ArchiveLoan, ArchiveRecord, Complaint, Department, User
from models.archive_enums import LoanKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.archives.reading import record_of
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, NotFound, NotPermitted, Reason, Refused, Text
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow.gates import CONTENT_DESTROYED
from services.workflow.typed import optional, required

LONGEST_PURPOSE = 500


def consult_file(work: UnitOfWork, complaint_id: str, *, purpose: str | None) -> ArchiveLoan:
    """The reader says what they open an archived case for; its page is open to them for the rest of the day.

    NotFound for a case out of scope or not archived.
    """
    query = sa.select(Complaint).where(Complaint.public_id == complaint_id)
    complaint = work.session.scalars(query).first()
    record = record_of(work.session, complaint) if complaint is not None else None
    if complaint is None or record is None or work.actor.user_id is None:
        raise NotFound
    if not work.actor.may(Permission.ARCHIVE_READ):
        raise NotPermitted
    person = work.session.get_one(User, work.actor.user_id)
    unit = work.session.get(Department, person.department_id) if person.department_id else None
    loan = ArchiveLoan(
        archive_record_id=record.id,
        complaint_id=complaint.id,
        kind=LoanKind.SCREEN,
        reader_id=person.id,
        reader_name=person.name,
        unit=unit.name if unit else None,
        purpose=required(purpose, "purpose", _l("Say what you need the file for."), LONGEST_PURPOSE),
        taken_at=work.now,
        registered_by_id=person.id,
    )
    work.session.add(loan)
    save(work, loan)
    record_change(work, "consult", loan, reason=loan.purpose)
    return loan


def lend_file(
    work: UnitOfWork,
    record_id: int,
    *,
    kind: LoanKind,
    reader_id: int | None,
    reader_name: str | None,
    unit: str | None,
    purpose: str | None,
    due_on: date | None = None,
) -> ArchiveLoan:
    """The paper file goes to a member of staff (`reader_id`) or to somebody from outside; or a copy is handed out.

    Refused while the paper file is with somebody else; Invalid without a reader, a purpose, or a day to be back.
    """
    record: ArchiveRecord = load_record(work, ArchiveRecord, record_id)
    grant = grant_for_record(work, Permission.COMPLAINT_ARCHIVE, record)
    if record.ended_at is not None:
        raise Refused(
            [Reason("taken_out", _l("The case has been taken up again; its file is not in the archive."))]
        )
    if record.destroyed_at is not None:
        raise Refused([Reason("destroyed", CONTENT_DESTROYED)])
    person = work.session.get(User, reader_id) if reader_id is not None else None
    name = person.name if person else optional(reader_name)
    _check(work, kind, name, due_on)
    if kind is LoanKind.PAPER and out_with(work, record.id) is not None:
        raise Refused([Reason("lent", _l("The paper file is lent already; take it back first."))])
    if person is not None and not optional(unit) and person.department_id:
        unit = work.session.get_one(Department, person.department_id).name
    loan = ArchiveLoan(
        archive_record_id=record.id,
        complaint_id=record.complaint_id,
        kind=kind,
        reader_id=person.id if person else None,
        reader_name=name,
        unit=optional(unit),
        purpose=required(purpose, "purpose", _l("Say what the file is needed for."), LONGEST_PURPOSE),
        taken_at=work.now,
        due_on=due_on if kind is LoanKind.PAPER else None,
        registered_by_id=work.actor.user_id,
    )
    work.session.add(loan)
    save(work, loan)
    record_change(work, "lend", loan, grant=grant, reason=loan.purpose)
    return loan


def take_back_file(work: UnitOfWork, loan_id: int, *, note: str | None) -> ArchiveLoan:
    """The paper file is back, with the state it came back in. Refused when it is back already."""
    loan: ArchiveLoan = load_record(work, ArchiveLoan, loan_id)
    grant = grant_for_record(work, Permission.COMPLAINT_ARCHIVE, loan)
    if loan.kind is not LoanKind.PAPER or loan.returned_at is not None:
        raise Refused([Reason("returned", _l("There is nothing to take back."))])
    earlier = audit.values_of(loan)
    loan.returned_at, loan.returned_to_id = work.now, work.actor.user_id
    loan.return_note = required(note, "note", _l("Say in which state the file came back."), 300)
    save(work, loan)
    record_change(work, "take_back", loan, earlier, grant=grant)
    return loan


def out_with(work: UnitOfWork, record_id: int) -> ArchiveLoan | None:
    """The loan under which the paper file is out."""
    query = sa.select(ArchiveLoan).where(
        ArchiveLoan.archive_record_id == record_id,
        ArchiveLoan.kind == LoanKind.PAPER,
        ArchiveLoan.returned_at.is_(None),
    )
    return work.session.scalars(query).first()


def _check(work: UnitOfWork, kind: LoanKind, name: str | None, due_on: date | None) -> None:
    faults: dict[str, Text] = {}
    if kind is LoanKind.SCREEN:
        faults["kind"] = _l("Readers on the desk register themselves when they open the case.")
    if name is None:
        faults["reader_name"] = _l("Choose a member of staff, or write down who it is.")
    today = work.now.astimezone(desk_zone(work.session)).date()
    if kind is LoanKind.PAPER and due_on is None:
        faults["due_on"] = _l("Give the day by which the file has to be back.")
    elif due_on is not None and due_on < today:
        faults["due_on"] = _l("This day is over.")
    if faults:
        raise Invalid(faults)
