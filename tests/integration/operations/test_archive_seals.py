"""The seal on an archived file: what it covers, what breaks it, and what puts a new one on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import ArchiveRecord, ArchiveSeal, Base, Complaint, FollowUp, Party
from models.archive_enums import SealOccasion, SealVerdict
from models.enums import EventKind, RoleName
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.archives.checking import Fault
from services.archives.contents import (
    FILE_COLUMNS,
    NOT_OF_THE_FILE,
    file_table_names,
    file_tables,
    tables_of_the_file,
)
from services.archives.manifest import manifest_of
from services.attachments.store import FileStore
from services.errors import NotPermitted, Refused
from services.operations.attach import Particulars, attach
from services.operations.record_consent import record_consent
from services.operations.verify_archive import seal_unsealed, verify_archive
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, register_complaint, take
from tests.factories.documents import CONTENT, DIGEST
from tests.integration.operations.looking import rows
from tests.support.client import settings_for
from tests.unit.attachments import samples

E = EventKind
R = RoleName


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    made = FileStore(settings_for("sqlite:///unused", tmp_path))
    put_content(made)
    return made


def put_content(store: FileStore) -> None:
    """The letters that test cases are filed with."""
    place = store.path(DIGEST)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(CONTENT)


def archived(session: Session, house: House, store: FileStore | None = None) -> Complaint:
    """An archived complaint, with a file when a store is given."""
    complaint = create_complaint(session, house, "in_work")
    if store is not None:
        with UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work:
            attach(
                work,
                store,
                store.stage(io.BytesIO(samples.PDF), "登记表.pdf"),
                complaint=complaint.public_id,
                particulars=Particulars(description="登记表"),
            )
    for event, role in (
        (E.SUBMIT_OPINION, R.HANDLER),
        (E.APPROVE, R.LEADER),
        (E.REPLY, R.FIRST_RECEIVER),
        (E.START_FOLLOW_UP, R.FIRST_RECEIVER),
        (E.FOLLOW_UP, R.FIRST_RECEIVER),
        (E.CLOSE, R.LEADER),
        (E.ARCHIVE, R.ARCHIVIST),
    ):
        take(session, house, complaint, event, role)
    return complaint


def record_of(session: Session, complaint: Complaint) -> ArchiveRecord:
    [record] = rows(session, ArchiveRecord, complaint)
    assert isinstance(record, ArchiveRecord)
    return record


def check(session: Session, house: House, store: FileStore, complaint: Complaint) -> list[tuple[Fault, str]]:
    """What the archivist's check says, and that the verdict is kept."""
    record_id = record_of(session, complaint).id
    session.rollback()
    with UnitOfWork(session, actor_of(session, house[R.ARCHIVIST]), NOW) as work:
        found = verify_archive(work, store, record_id).differences
    verdict = record_of(session, complaint).verdict
    assert verdict is (SealVerdict.DIFFERS if found else SealVerdict.INTACT)
    return [(one.fault, one.name) for one in found]


def behind_the_desk(session: Session, statement: sa.sql.Executable) -> None:
    with unscoped(session, "a test changes rows as somebody with the database's password would"):
        session.execute(statement.execution_options(desk_scope="core"))
        session.commit()


def test_every_table_that_hangs_on_a_complaint_is_sealed_or_named_with_a_reason() -> None:
    hanging = {table.name for table in tables_of_the_file(Base.metadata, {})}
    assert file_table_names() == hanging - set(NOT_OF_THE_FILE)
    assert set(NOT_OF_THE_FILE) <= hanging, (
        "an exception that no longer hangs on a complaint is only in the way"
    )
    assert {"parties", "findings", "document_deliveries", "hold_notices", "appraisals"} <= file_table_names()


def test_a_table_that_comes_later_is_in_the_file_without_being_told() -> None:
    metadata = sa.MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    sa.Table("samples", metadata, sa.Column("id", sa.Integer, primary_key=True),
             sa.Column("investigation_id", sa.ForeignKey("investigations.id")))  # fmt: skip
    sa.Table("sample_results", metadata, sa.Column("id", sa.Integer, primary_key=True),
             sa.Column("sample_id", sa.ForeignKey("samples.id")))  # fmt: skip
    names = [table.name for table in tables_of_the_file(metadata)]
    assert names.index("investigations") < names.index("samples") < names.index("sample_results")


def test_every_stored_file_of_the_file_is_sealed_by_its_hash() -> None:
    named = {
        (table.name, column.name)
        for table in file_tables()
        for column in table.c
        if column.name.endswith("sha256")
    }
    assert named == {(table, column) for table, columns in FILE_COLUMNS.items() for column in columns}


def test_the_same_file_has_the_same_digest_and_an_untouched_one_is_intact(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = archived(session, house, store)
    record = record_of(session, complaint)
    assert (record.seal_algorithm, record.sealed_files) == ("SHA-256", 2)
    first = manifest_of(session, record.complaint_id)
    assert first.digest == manifest_of(session, record.complaint_id).digest == record.digest
    assert {"complaints", "parties", "complaint_events", "replies", "follow_ups", "attachments"} <= set(
        first.parts
    )
    assert check(session, house, store, complaint) == []


@pytest.mark.parametrize("table", ["complaints", "parties", "opinions", "replies", "clock_runs"])
def test_a_row_changed_behind_the_desk_is_named(
    session: Session, house: House, store: FileStore, table: str
) -> None:
    complaint = archived(session, house)
    changed = Base.metadata.tables[table]
    text = {
        "complaints": "place",
        "parties": "phone",
        "opinions": "result",
        "replies": "text",
        "clock_runs": "name_zh",
    }
    mine = changed.c.id if table == "complaints" else changed.c.complaint_id
    column = text[table] if text[table] in changed.c else next(
        one.name for one in changed.c if isinstance(one.type, sa.String) and not isinstance(one.type, sa.Enum)
        and one.name != "public_id"
    )  # fmt: skip
    behind_the_desk(session, sa.update(changed).where(mine == complaint.id).values({column: "改"}))
    assert check(session, house, store, complaint) == [(Fault.CHANGED, table)]


def test_rows_and_files_that_are_gone_or_new_are_named(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = archived(session, house, store)
    case_id = complaint.id
    party = Party.__table__
    behind_the_desk(session, sa.insert(party).values(complaint_id=case_id, side="complainant", kind="person",
                                                     name="冒名", version=1))  # fmt: skip
    behind_the_desk(
        session, sa.delete(FollowUp.__table__).where(FollowUp.__table__.c.complaint_id == case_id)
    )
    [stored] = [one for one in store.stored() if one.name != DIGEST]
    stored.write_bytes(b"%PDF-1.7 other")
    found = check(session, house, store, complaint)
    assert (Fault.ADDED, "parties") in found and (Fault.REMOVED, "follow_ups") in found
    assert (Fault.FILE_CHANGED, stored.name) in found and len(found) == 3
    stored.unlink()
    assert (Fault.FILE_MISSING, stored.name) in check(session, house, store, complaint)


def test_whoever_changes_the_seal_too_is_found_out_by_the_audit_trail(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = archived(session, house)
    case_id = complaint.id
    behind_the_desk(
        session,
        sa.update(Complaint.__table__).where(Complaint.__table__.c.id == case_id).values(place="别处"),
    )
    forged = manifest_of(session, case_id)
    session.rollback()
    seals, records = ArchiveSeal.__table__, ArchiveRecord.__table__
    behind_the_desk(
        session,
        sa.update(seals)
        .where(seals.c.complaint_id == case_id)
        .values(digest=forged.digest, manifest=forged.as_json()),
    )
    behind_the_desk(
        session, sa.update(records).where(records.c.complaint_id == case_id).values(digest=forged.digest)
    )
    assert [fault for fault, _name in check(session, house, store, complaint)] == [Fault.SEAL]


def test_a_step_of_the_desk_seals_anew_and_keeps_the_former_digest(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = archived(session, house)
    former = record_of(session, complaint).digest
    session.rollback()
    with UnitOfWork(session, actor_of(session, house[R.FIRST_RECEIVER]), NOW) as work:
        record_consent(work, complaint.public_id, recipient="检测机构", scope="产品批号", how="电话录音")
    first, second = rows(session, ArchiveSeal, complaint)
    assert (first.digest, first.ended_at) == (former, NOW)
    assert (second.occasion, second.cause) == (SealOccasion.CHANGED, "consent.create")
    assert second.ended_at is None and second.digest == record_of(session, complaint).digest != former
    assert check(session, house, store, complaint) == []


def test_a_case_taken_up_again_bears_no_seal_until_it_is_archived_again(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = archived(session, house)
    record_id, former = record_of(session, complaint).id, record_of(session, complaint).digest
    take(session, house, complaint, E.REOPEN, R.LEADER)
    [seal] = rows(session, ArchiveSeal, complaint)
    assert (seal.digest, seal.ended_at) == (former, NOW)
    with pytest.raises(Refused), UnitOfWork(session, actor_of(session, house[R.ARCHIVIST]), NOW) as work:
        verify_archive(work, store, record_id)
    take(session, house, complaint, E.REFER, R.FIRST_RECEIVER)
    take(session, house, complaint, E.ARCHIVE, R.ARCHIVIST)
    digests = [one.digest for one in rows(session, ArchiveSeal, complaint)]
    assert len(digests) == 2 and digests[0] == former != digests[1]
    assert check(session, house, store, complaint) == []


def test_other_cases_leave_the_seal_alone(session: Session, house: House, store: FileStore) -> None:
    complaint = archived(session, house)
    register_complaint(session, house[R.HANDLER])
    assert len(rows(session, ArchiveSeal, complaint)) == 1


def test_only_the_keeper_of_the_archive_checks(session: Session, house: House, store: FileStore) -> None:
    record_id = record_of(session, archived(session, house)).id
    session.rollback()
    for role in (R.LEADER, R.AUDITOR, R.HANDLER):
        with pytest.raises(NotPermitted), UnitOfWork(session, actor_of(session, house[role]), NOW) as work:
            verify_archive(work, store, record_id)


def test_a_file_from_before_seals_is_sealed_once(app: Flask, session: Session, house: House) -> None:
    complaint = archived(session, house)
    record = record_of(session, complaint)
    file_number, record_id = record.file_number, record.id
    seals, records = ArchiveSeal.__table__, ArchiveRecord.__table__
    behind_the_desk(session, sa.delete(seals))
    behind_the_desk(session, sa.update(records).values(sealed_rows=None))
    put_content(FileStore(app.extensions["settings"]))
    run = app.test_cli_runner().invoke
    told = run(args=["desk", "verify-archive"])
    assert told.exit_code == 1 and f"{file_number}: bears no seal" in told.output
    told = run(args=["desk", "verify-archive", "--number", file_number, "--seal-unsealed"])
    assert (told.exit_code, f"{file_number}: intact" in told.output) == (0, True), told.output
    assert run(args=["desk", "verify-archive", "--number", "X"]).exit_code == 1
    behind_the_desk(session, sa.update(Complaint.__table__).values(place="别处"))
    told = run(args=["desk", "verify-archive"])
    assert told.exit_code == 1 and f"{file_number}: changed: complaints" in told.output
    with pytest.raises(Refused), UnitOfWork(session, SYSTEM, NOW) as work:
        seal_unsealed(work, record_id)
