"""The register of retrieval: who looked into an archived file, what for, and whether it came back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import ArchiveLoan, ArchiveRecord
from models.archive_enums import LoanKind
from models.enums import RoleName
from services.archives.reading import asks_purpose
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.lend_file import consult_file, lend_file, take_back_file
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, reread
from tests.integration.operations.looking import rows
from tests.support.client import DeskClient

R = RoleName


def as_role(session: Session, house: House, role: RoleName) -> UnitOfWork:
    return UnitOfWork(session, actor_of(session, house[role]), NOW)


def test_who_did_not_handle_it_says_what_for_and_reads_for_the_rest_of_the_day(
    session: Session, house: House
) -> None:
    complaint = create_complaint(session, house, "archived")
    public_id = complaint.public_id

    def is_asked(role: RoleName, days: int = 0) -> bool:
        case = reread(session, public_id)
        return asks_purpose(session, actor_of(session, house[role]), case, NOW + timedelta(days=days))

    assert is_asked(R.AUDITOR) and is_asked(R.LEADER)
    assert not is_asked(R.HANDLER), "the case was theirs"
    assert not is_asked(R.ARCHIVIST), "the archive is theirs"
    session.rollback()
    with pytest.raises(Invalid), as_role(session, house, R.AUDITOR) as work:
        consult_file(work, public_id, purpose="  ")
    with as_role(session, house, R.AUDITOR) as work:
        consult_file(work, public_id, purpose="年度内审抽查")
    [loan] = rows(session, ArchiveLoan, complaint)
    assert (loan.kind, loan.reader_id, loan.purpose) == (LoanKind.SCREEN, house[R.AUDITOR].id, "年度内审抽查")
    assert not is_asked(R.AUDITOR) and is_asked(R.AUDITOR, days=1) and is_asked(R.LEADER)


def test_no_register_for_a_case_that_is_not_archived(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "closed")
    assert not asks_purpose(session, actor_of(session, house[R.AUDITOR]), complaint, NOW)
    session.rollback()
    with pytest.raises(NotFound), as_role(session, house, R.AUDITOR) as work:
        consult_file(work, complaint.public_id, purpose="抽查")


def test_the_paper_file_is_with_one_person_at_a_time_and_comes_back(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "archived")
    [record] = rows(session, ArchiveRecord, complaint)
    record_id = record.id
    session.rollback()
    form = {
        "kind": LoanKind.PAPER,
        "reader_id": None,
        "reader_name": None,
        "unit": None,
        "purpose": "诉讼举证",
    }
    with pytest.raises(Invalid) as caught, as_role(session, house, R.ARCHIVIST) as work:
        lend_file(work, record_id, **form)
    assert set(caught.value.fields) == {"reader_name", "due_on"}
    form |= {"reader_id": house[R.LEADER].id, "due_on": NOW.date() + timedelta(days=7)}
    with pytest.raises(NotPermitted), as_role(session, house, R.LEADER) as work:
        lend_file(work, record_id, **form)
    with as_role(session, house, R.ARCHIVIST) as work:
        loan_id = lend_file(work, record_id, **form).id
    with pytest.raises(Refused), as_role(session, house, R.ARCHIVIST) as work:
        lend_file(work, record_id, **form)
    with as_role(session, house, R.ARCHIVIST) as work:
        copy = {"kind": LoanKind.COPY, "reader_id": None, "reader_name": "王律师", "unit": "某律师事务所"}
        lend_file(work, record_id, **(form | copy))
    with pytest.raises(Invalid), as_role(session, house, R.ARCHIVIST) as work:
        take_back_file(work, loan_id, note="")
    with as_role(session, house, R.ARCHIVIST) as work:
        take_back_file(work, loan_id, note="完整无损")
    with pytest.raises(Refused), as_role(session, house, R.ARCHIVIST) as work:
        take_back_file(work, loan_id, note="完整无损")
    paper, other = rows(session, ArchiveLoan, complaint)
    assert (paper.reader_name, paper.unit) == (house[R.LEADER].name, house[R.LEADER].department.name
                                               if house[R.LEADER].department else None)  # fmt: skip
    assert (paper.returned_at, paper.return_note, other.due_on) == (NOW, "完整无损", None)


def test_the_page_asks_first_and_its_register_names_the_reader(
    app: Flask, session: Session, house: House
) -> None:
    complaint = create_complaint(session, house, "archived")
    address, number = complaint.public_id, complaint.number
    [record] = rows(session, ArchiveRecord, complaint)
    session.rollback()
    client = app.test_client()
    assert isinstance(client, DeskClient)
    client.sign_in(house[R.AUDITOR])
    first = client.get(f"/complaints/{address}/")
    assert (first.status_code, first.location) == (303, f"/complaints/{address}/consult")
    assert client.post(f"/complaints/{address}/consult", data={"purpose": ""}).status_code == 422
    assert client.post(f"/complaints/{address}/consult", data={"purpose": "内审抽查"}).status_code == 303
    assert number in client.get(f"/complaints/{address}/").get_data(as_text=True)
    page = client.get(f"/archive/{record.public_id}/").get_data(as_text=True)
    assert house[R.AUDITOR].name in page and "内审抽查" in page
    with_all = client.get("/archive-loans/").get_data(as_text=True)
    assert "内审抽查" in with_all
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(ArchiveLoan.id))) == 1
