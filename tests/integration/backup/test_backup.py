"""Backup, restore and moving, from and to both engines, with real rows and files."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import database
from models import Attachment, AuditEntry, Complaint, Department, Measure, User
from models.enums import MeasureKind, RoleName, State
from services import schema
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.attachments.store import FileStore
from services.audit import verify_chain
from services.backup.copying import copy_database
from services.backup.faults import BackupFault
from services.backup.portable import digest_of, lines_of, tables_of
from services.backup.restoring import restore_backup
from services.backup.writing import MANIFEST, reading, write_backup
from services.operations.attach import attach
from services.sealing import seal, unseal, use_key
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.complaints import create_complaint, make_confidential
from tests.factories.organisation import create_house
from tests.support.client import KEY, settings_for
from tests.support.databases import Databases
from tests.unit.attachments import samples

NOW = datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)
OTHER_KEY = "YW5vdGhlci1rZXktb25seS1mb3ItdGVzdHMtMTIzNDU="


@pytest.fixture
def source(engine_url: str, session: Session, tmp_path: Path) -> Settings:
    """A desk with the awkward values in it: references in circles, money, JSON, sealed entries, text of all kinds."""
    settings = settings_for(engine_url, tmp_path / "source")
    use_key(KEY)
    house = create_house(session)
    house.office.leader_id = house[RoleName.LEADER].id
    child = Department(name="内科二区", code="N2", parent_id=house.ward.id)
    session.add(child)
    first = create_complaint(session, house, content="引号\"'、换行\r\n、制表\t、表情😀、=1+1")
    master = create_complaint(session, house, due_at=NOW)
    with unscoped(session, "test"):
        first.state, first.master_id, first.closed_at = State.MERGED, master.id, NOW
        session.add(
            Measure(
                complaint_id=master.id,
                kind=next(iter(MeasureKind)),
                text="赔偿",
                amount=Decimal("1234567890.10"),
                due_on=date(2026, 3, 9),
            )
        )
    secret = create_complaint(session, house)
    make_confidential(session, secret, house[RoleName.LEADER])
    session.commit()
    with unscoped(session, "test"):
        open_id, secret_id = master.public_id, secret.public_id
    store = FileStore(settings)
    with UnitOfWork(session, SYSTEM, NOW) as work:
        attach(work, store, store.stage(io.BytesIO(samples.PDF), "信.pdf"), complaint=open_id)
        attach(work, store, store.stage(io.BytesIO(samples.png()), "图.png"), complaint=secret_id)
    session.close()
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Settings:
    return settings_for(databases.empty_url(request.param), tmp_path / "target")


@pytest.fixture
def other(databases: Databases, tmp_path: Path) -> Settings:
    """One empty target, where its engine does not matter."""
    return settings_for(databases.empty_url("sqlite"), tmp_path / "other")


def digests(url: str) -> dict[str, tuple[int, str]]:
    with reading(url) as connection:
        found = {table.name: digest_of(lines_of(connection, table)) for table in tables_of(connection)}
    return {name: (digest.rows, digest.sha256) for name, digest in found.items()}


def test_a_backup_restores_on_either_engine(source: Settings, target: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    written = write_backup(source, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(written.files) == 2 and written.missing_files == ()
    restore_backup(target, file)
    assert digests(target.database_url) == digests(source.database_url)
    assert schema.state_of(target.database_url) is schema.SchemaState.CURRENT
    engine = database.make_engine(target.database_url)
    try:
        with Session(engine) as session, unscoped(session, "test"):
            assert list(verify_chain(session)) == []
            sealed = session.scalars(sa.select(AuditEntry.sealed).where(AuditEntry.sealed.is_not(None))).all()
            assert [unseal(text)["after"]["filename"] for text in sealed] == ["图.png"]
            for attachment in session.scalars(sa.select(Attachment)):
                assert FileStore(target).path(attachment.sha256).stat().st_size == attachment.size
            assert session.scalars(sa.select(Measure.amount)).all() == [Decimal("1234567890.10")]
            merged = session.scalars(sa.select(Complaint).where(Complaint.state == State.MERGED)).one()
            assert merged.master is not None and merged.master.due_at == NOW
            # New rows go on from the highest key, and references hold again.
            session.add(User(login="new", name="新人"))
            session.flush()
            session.add(Department(name="x", code="x", parent_id=999_999))
            with pytest.raises(sa.exc.IntegrityError):
                session.flush()
    finally:
        engine.dispose()
    assert list((target.data_dir / "spool").iterdir()) == []


def test_a_backup_restores_into_tables_without_rows(
    source: Settings, target: Settings, tmp_path: Path
) -> None:
    write_backup(source, tmp_path / "desk.tar.gz")
    schema.upgrade(target.database_url)
    restore_backup(target, tmp_path / "desk.tar.gz")
    assert digests(target.database_url) == digests(source.database_url)


def test_only_an_empty_database_is_restored_into(source: Settings, target: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    write_backup(source, file)
    before = digests(source.database_url)
    with pytest.raises(BackupFault, match="not empty"):
        restore_backup(source, file)
    assert digests(source.database_url) == before
    engine = database.make_engine(target.database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE theirs (id INTEGER)"))
    engine.dispose()
    with pytest.raises(BackupFault, match="not the desk's"):
        restore_backup(target, file)


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of the archive whose members went through `change`; None leaves one out."""
    copy = file.with_name("changed.tar.gz")
    with tarfile.open(file) as archive, tarfile.open(copy, "w:gz") as out:
        for member in archive:
            reader = archive.extractfile(member)
            assert reader is not None
            content = change(member.name, reader.read())
            if content is not None:
                member.size = len(content)
                out.addfile(member, io.BytesIO(content))
    return copy


def without_one_row(content: bytes) -> bytes:
    said = json.loads(content)
    for table in said["tables"]:
        table["rows"] = 0
    return json.dumps(said).encode()


CHANGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a row": lambda name, content: (
        content.replace("内科".encode(), "外科".encode()) if "departments" in name else content
    ),
    "a file": lambda name, content: content + b" " if name.startswith("files/") else content,
    "a missing table": lambda name, content: None if name == "tables/users.jsonl" else content,
    "a missing file": lambda name, content: None if name.startswith("files/") else content,
    "the manifest": lambda name, content: without_one_row(content) if name == MANIFEST else content,
    "the signature": lambda name, content: b"0" * 64 if name == "manifest.sig" else content,
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_backup_is_refused(source: Settings, other: Settings, tmp_path: Path, what: str) -> None:
    write_backup(source, tmp_path / "desk.tar.gz")
    with pytest.raises(BackupFault, match="damaged or was changed"):
        restore_backup(other, rewritten(tmp_path / "desk.tar.gz", CHANGES[what]))
    assert schema.revision_of(other.database_url) is None, "nothing has been written"
    assert not list(other.attachments_dir.glob("*/*/*"))


def test_a_cut_or_foreign_file_is_refused(source: Settings, other: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    write_backup(source, file)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(file.read_bytes()[:-2000])
    with pytest.raises(BackupFault, match="damaged"):
        restore_backup(other, cut)
    foreign = tmp_path / "foreign.tar.gz"
    with tarfile.open(foreign, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"), io.BytesIO())
    with pytest.raises(BackupFault, match="not a backup"):
        restore_backup(other, foreign)
    foreign.write_bytes(b"not even an archive")
    with pytest.raises(BackupFault):
        restore_backup(other, foreign)


def test_a_member_outside_the_table_of_contents_is_refused(
    source: Settings, other: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "desk.tar.gz"
    write_backup(source, file)
    more = tmp_path / "more.tar.gz"
    with tarfile.open(file) as archive, tarfile.open(more, "w:gz") as out:
        for member in archive:
            out.addfile(member, archive.extractfile(member))
        out.addfile(tarfile.TarInfo("tables/../../outside"), io.BytesIO())
    with pytest.raises(BackupFault, match="does not belong"):
        restore_backup(other, more)
    assert not (other.data_dir / "outside").exists()


def test_the_wrong_key_is_said(source: Settings, other: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    write_backup(source, file)
    wrong = replace(other, field_key=OTHER_KEY)
    with pytest.raises(BackupFault, match="DESK_FIELD_KEY is not the key"):
        restore_backup(wrong, file)
    restore_backup(wrong, file, without_key=True)
    assert digests(wrong.database_url) == digests(source.database_url)


def test_keys_are_named_but_not_given_away(source: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    manifest = write_backup(source, file)
    assert manifest.keys == ("DESK_SECRET_KEY", "DESK_FIELD_KEY")
    with tarfile.open(file) as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            text = content.read()
            assert source.field_key.encode() not in text and source.secret_key.encode() not in text


def test_a_backup_of_a_newer_desk_is_refused(source: Settings, other: Settings, tmp_path: Path) -> None:
    engine = database.make_engine(source.database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    write_backup(source, tmp_path / "desk.tar.gz")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": schema.head()})
    engine.dispose()
    with pytest.raises(BackupFault, match="newer"):
        restore_backup(other, tmp_path / "desk.tar.gz")


def test_missing_and_damaged_files_are_said(source: Settings, tmp_path: Path) -> None:
    stored = list(FileStore(source).stored())
    stored[0].unlink()
    stored[1].write_bytes(b"changed")
    manifest = write_backup(source, tmp_path / "desk.tar.gz")
    assert set(manifest.missing_files) == {file.name for file in stored} and manifest.files == {}


def test_the_copy_before_an_upgrade_holds_every_row(
    source: Settings, databases: Databases, tmp_path: Path
) -> None:
    copy = schema.copy_before_upgrade(source)
    assert copy.stat().st_mode & 0o777 == 0o600
    if source.is_sqlite:
        assert digests(f"sqlite:///{copy}") == digests(source.database_url)
        return
    again = settings_for(databases.empty_url("postgresql"), tmp_path / "again")
    restore_backup(again, copy)
    assert digests(again.database_url) == digests(source.database_url)


def test_a_backup_overwrites_nothing(source: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    file.write_text("precious")
    with pytest.raises(BackupFault, match="exists"):
        write_backup(source, file)
    assert file.read_text() == "precious"


def test_a_copy_has_every_row(source: Settings, target: Settings) -> None:
    copied = copy_database(source.database_url, target.database_url)
    there = digests(target.database_url)
    assert there == digests(source.database_url)
    assert {one.name: (one.digest.rows, one.digest.sha256) for one in copied} == there
    assert sum(one.digest.rows for one in copied) > 30
    with pytest.raises(BackupFault, match="not empty"):
        copy_database(source.database_url, target.database_url)
    with pytest.raises(BackupFault, match="uses now"):
        copy_database(source.database_url, source.database_url)


def test_what_postgresql_does_not_take_is_named(databases: Databases, tmp_path: Path) -> None:
    source, target = databases.empty_url("sqlite"), databases.empty_url("postgresql")
    schema.upgrade(source)
    engine = database.make_engine(source)
    for name, fault in (("长" * 121, "121 characters"), ("a\0b", "NUL")):
        with engine.begin() as connection:
            connection.execute(sa.delete(Department))
            connection.execute(
                sa.insert(Department).values(
                    id=7, name=name, code="x", public_id="p" * 12, is_office=False, version=1
                )
            )
        with pytest.raises(BackupFault, match=f"{fault}.*departments 7, name"):
            copy_database(source, target)
        assert all(rows == 0 for rows, _sha256 in digests(target).values()), "all or nothing"
    engine.dispose()


def test_sealed_values_need_the_same_key() -> None:
    use_key(KEY)
    text = seal({"a": 1})
    use_key(OTHER_KEY)
    with pytest.raises(ValueError):
        unseal(text)
    use_key(KEY)
    assert unseal(text) == {"a": 1}
