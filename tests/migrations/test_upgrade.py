"""An older database is copied before it is upgraded."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

import database
from services import schema
from services.backup.restoring import restore_backup
from services.backup.writing import write_backup
from settings import ROOT, Settings
from tests.support.client import settings_for
from tests.support.databases import Databases

HEAD = schema.head()
NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9000", "{head}", None, None
def upgrade():
    with op.batch_alter_table("departments") as batch:
        batch.add_column(sa.Column("nickname", sa.String(40), nullable=True))
def downgrade():
    with op.batch_alter_table("departments") as batch:
        batch.drop_column("nickname")
"""


@pytest.fixture
def older(empty_database_url: str, shared_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk with data whose code has just got one more migration."""
    schema.upgrade(empty_database_url)
    insert(empty_database_url, "before")
    newer_code = shared_folder.parent / "code"
    shutil.copytree(ROOT / "migrations", newer_code / "migrations")
    (newer_code / "migrations" / "versions" / "9000_next.py").write_text(NEXT.format(head=schema.head()))
    monkeypatch.setattr(schema, "ROOT", newer_code)
    return settings_for(empty_database_url, shared_folder)


def insert(url: str, name: str) -> None:
    engine = database.make_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO number_series (prefix, year, is_confidential, last) VALUES (:name, 2026, false, 1)"
            ),
            {"name": name},
        )
    engine.dispose()


def test_an_older_database_is_copied_and_upgraded(older: Settings) -> None:
    assert schema.state_of(older.database_url) is schema.SchemaState.OLDER
    done = schema.prepare(older)
    assert "9000" in done
    assert schema.state_of(older.database_url) is schema.SchemaState.CURRENT
    assert schema.prepare(older) == ""
    (copy,) = older.backups_dir.iterdir()
    assert str(copy) in done
    assert copy.stat().st_mode & 0o077 == 0
    if older.is_sqlite:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT prefix FROM number_series").fetchall() == [("before",)]
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    else:
        with tarfile.open(copy) as archive:
            content = archive.extractfile("tables/number_series.jsonl")
            assert content is not None and b"before" in content.read()


def test_the_backup_of_an_older_desk_is_restored_and_upgraded(
    older: Settings, databases: Databases, engine_kind: str, tmp_path: Path
) -> None:
    write_backup(older, tmp_path / "older.tar.gz")
    again = settings_for(databases.empty_url(engine_kind), tmp_path / "again")
    restore_backup(again, tmp_path / "older.tar.gz")
    assert schema.state_of(again.database_url) is schema.SchemaState.CURRENT
    engine = database.make_engine(again.database_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT prefix FROM number_series")).scalars().all() == ["before"]
        assert connection.execute(sa.text("SELECT nickname FROM departments")).all() == []
    engine.dispose()


def test_a_failing_migration_changes_nothing(older: Settings) -> None:
    broken = schema.ROOT / "migrations" / "versions" / "9000_next.py"
    broken.write_text(broken.read_text().replace("def downgrade", '    op.execute("no sql")\ndef downgrade'))
    with pytest.raises(sa.exc.DBAPIError):
        schema.prepare(older)
    assert schema.revision_of(older.database_url) == HEAD
    engine = database.make_engine(older.database_url)
    assert "nickname" not in {column["name"] for column in sa.inspect(engine).get_columns("departments")}
    engine.dispose()
