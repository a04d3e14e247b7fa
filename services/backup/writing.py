"""Write a backup: one consistent view of the database, and every file it names."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

import database
from services import schema
from services.attachments.store import FileStore
from services.attachments.store import digest_of as digest_of_file
from services.backup.faults import BackupFault
from services.backup.manifest import Manifest, TableEntry, fingerprint, signature
from services.backup.portable import digest_of, lines_of, tables_of
from settings import Settings

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"


def default_file(settings: Settings, moment: datetime | None = None) -> Path:
    """A name in the backups folder that says when."""
    stamp = (moment or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    return settings.backups_dir / f"desk-{stamp}.tar.gz"


def write_backup(settings: Settings, target: Path, *, with_files: bool = True) -> Manifest:
    """Write the backup to `target`, readable by its owner only. BackupFault when it exists or nothing can be saved.

    The rows are read first, in one transaction; files are never changed, so all that they name is still there after it.
    """
    if target.exists():
        raise BackupFault(f"{target} exists already.")
    revision = schema.revision_of(settings.database_url)
    if revision is None:
        raise BackupFault("The database is empty; there is nothing to back up.")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with private_folder(settings) as folder:
        tables, files = _write_tables(settings.database_url, folder)
        store = FileStore(settings)
        wanted = files if with_files else {}
        present = {sha256: size for sha256, size in wanted.items() if _is_intact(store, sha256)}
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            revision=revision,
            engine="sqlite" if settings.is_sqlite else "postgresql",
            timezone=settings.timezone,
            key_fingerprint=fingerprint(settings.field_key),
            tables=tuple(tables),
            files=present,
            missing_files=tuple(sorted(set(wanted) - set(present))),
        )
        draft = target.with_name(f".{target.name}.part")
        try:
            _write_archive(draft, manifest, settings, folder, store)
            os.replace(draft, target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    return manifest


@contextmanager
def private_folder(settings: Settings) -> Iterator[Path]:
    """A folder in the spool for as long as it takes."""
    settings.spool_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix="backup-", dir=settings.spool_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def reading(url: str) -> Iterator[sa.Connection]:
    """A connection that sees one state of the database throughout."""
    options = {} if url.startswith("sqlite") else {"isolation_level": "REPEATABLE READ"}
    engine = database.make_engine(url, **options)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _write_tables(url: str, folder: Path) -> tuple[list[TableEntry], dict[str, int]]:
    entries: list[TableEntry] = []
    with reading(url) as connection:
        for table in tables_of(connection):
            with (folder / table.name).open("wb") as out:
                digest = digest_of(_written(lines_of(connection, table), out))
            entries.append(TableEntry(table.name, table.columns, digest.rows, digest.sha256))
        return entries, _files_named(connection)


def _written(lines: Iterator[bytes], out: io.BufferedWriter) -> Iterator[bytes]:
    for line in lines:
        out.write(line)
        yield line


def _files_named(connection: sa.Connection) -> dict[str, int]:
    rows = connection.execute(sa.text("SELECT DISTINCT sha256, size FROM attachments"))
    return {row.sha256: row.size for row in rows}


def _is_intact(store: FileStore, sha256: str) -> bool:
    file = store.path(sha256)
    return file.is_file() and digest_of_file(file) == sha256


def _write_archive(
    draft: Path, manifest: Manifest, settings: Settings, folder: Path, store: FileStore
) -> None:
    content = manifest.to_bytes()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
            _add_bytes(archive, MANIFEST, content)
            _add_bytes(archive, SIGNATURE, signature(settings.field_key, content).encode())
            for table in manifest.tables:
                _add_file(archive, f"tables/{table.name}.jsonl", folder / table.name)
            for sha256 in manifest.files:
                _add_file(archive, f"files/{sha256}", store.path(sha256))
        out.flush()
        os.fsync(out.fileno())


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_member(name, len(content)), io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, name: str, file: Path) -> None:
    with file.open("rb") as content:
        archive.addfile(_member(name, file.stat().st_size), content)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """No owner, no moment: the same data gives the same archive."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member
