"""The commands as somebody types them, and the hourly sweep of files."""

from __future__ import annotations

import io
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.enums import RoleName
from services import schema
from services.attachments.store import ORPHAN_AFTER_SECONDS, FileStore
from services.attachments.sweeping import sweep_hourly
from services.identity import actor_for
from services.operations.attach import attach
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.complaints import create_complaint
from tests.factories.organisation import create_house
from tests.support.client import make_app, settings_for
from tests.unit.attachments import samples

NOW = datetime(2026, 3, 2, 2, 17, tzinfo=UTC)


@pytest.fixture
def settings(session: Session, engine_url: str, tmp_path: Path) -> Settings:
    """A desk with one case and one file on it."""
    made = settings_for(engine_url, tmp_path / "desk")
    house = create_house(session)
    case = create_complaint(session, house).public_id
    session.commit()
    store = FileStore(made)
    with UnitOfWork(session, actor_for(session, house[RoleName.HANDLER], NOW), NOW) as work:
        attach(work, store, store.stage(io.BytesIO(samples.PDF), "信.pdf"), complaint=case)
    session.close()
    return made


def run(settings: Settings, *arguments: str) -> tuple[int, str]:
    result = make_app(settings).test_cli_runner().invoke(args=["desk", *arguments])
    return result.exit_code, result.output


def test_backup_and_restore(settings: Settings, tmp_path: Path) -> None:
    code, said = run(settings, "backup")
    assert code == 0 and "1 files" in said and "DESK_SECRET_KEY, DESK_FIELD_KEY" in said
    (file,) = settings.backups_dir.iterdir()
    assert settings.field_key not in said and settings.secret_key not in said
    fresh = settings_for(f"sqlite:///{tmp_path / 'fresh' / 'desk.sqlite3'}", tmp_path / "fresh")
    code, said = run(fresh, "restore", str(file))
    assert code == 0 and "1 files" in said
    assert run(fresh, "check-files") == (0, "1 files, all intact.\n")
    code, said = run(fresh, "restore", str(file))
    assert code == 1 and "not empty" in said


def test_a_copy_names_every_table(settings: Settings, tmp_path: Path) -> None:
    code, said = run(settings, "copy-to", f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    assert code == 0 and "complaints" in said and "rows copied" in said
    assert schema.state_of(f"sqlite:///{tmp_path / 'copy.sqlite3'}") is schema.SchemaState.CURRENT
    code, said = run(settings, "copy-to", "mysql://host/desk")
    assert code == 1 and "postgresql://" in said


def test_changed_files_are_found(settings: Settings) -> None:
    (file,) = FileStore(settings).stored()
    file.write_bytes(b"changed")
    code, said = run(settings, "check-files")
    assert code == 1 and f"changed: {file.name}" in said
    code, said = run(settings, "backup")
    assert code == 1 and "missing or damaged" in said


def test_the_sweep_takes_orphans_once_an_hour(settings: Settings, session: Session) -> None:
    store = FileStore(settings)
    (kept,) = store.stored()
    orphan = store.stage(io.BytesIO(b"nobody's"), "a.txt")
    store.keep(orphan)
    old = time.time() - ORPHAN_AFTER_SECONDS - 1
    for file in store.stored():
        os.utime(file, (old, old))
    assert sweep_hourly(session, settings, NOW.replace(minute=16)) == []
    assert sweep_hourly(session, settings, NOW) == [orphan.sha256]
    assert list(store.stored()) == [kept]
