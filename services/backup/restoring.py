"""Restore a backup into an empty database: first everything is checked, then everything is written, or nothing."""

from __future__ import annotations

import hashlib
import hmac
import os
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from services import schema
from services.attachments.store import FileStore
from services.backup.faults import BackupFault
from services.backup.loading import load, prepare_empty, require_empty
from services.backup.manifest import Manifest, fingerprint, signature
from services.backup.portable import Table
from services.backup.writing import MANIFEST, SIGNATURE, private_folder
from settings import Settings

_BLOCK = 1 << 18
_LARGEST_MANIFEST = 256 * 1024 * 1024
_TAMPERED = "The backup is damaged or was changed: {}."


def restore_backup(settings: Settings, file: Path, *, without_key: bool = False) -> Manifest:
    """Restore `file` into the empty database and the attachments folder of `settings`.

    BackupFault when the database is not empty, when the backup is damaged or changed, or when DESK_FIELD_KEY is not the
    one it was made with; `without_key` restores it all the same, with sealed values that nobody can read any more.
    """
    with private_folder(settings) as folder:
        manifest = _unpack(settings, file, folder, without_key)
        _require_known(manifest.revision)
        require_empty(settings.database_url, manifest.revision)
        prepare_empty(settings.database_url, manifest.revision)
        placed = _place_files(FileStore(settings), manifest, folder)
        try:
            load(
                settings.database_url,
                [entry.name for entry in manifest.tables],
                lambda table: _lines(folder, manifest, table),
                {entry.name: entry.digest for entry in manifest.tables},
            )
        except BaseException:
            for path in placed:
                path.unlink(missing_ok=True)
            raise
    schema.upgrade(settings.database_url)
    return manifest


def _require_known(revision: str) -> None:
    if revision not in schema.revisions():
        raise BackupFault(
            f"The backup is of revision {revision}, which this version of the desk does not know: "
            "it was written by a newer one. Install that version."
        )


def _unpack(settings: Settings, file: Path, folder: Path, without_key: bool) -> Manifest:
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = _read_manifest(settings, archive, without_key)
            expected = {f"tables/{entry.name}.jsonl": entry.sha256 for entry in manifest.tables}
            expected |= {f"files/{sha256}": sha256 for sha256 in manifest.files}
            while (member := archive.next()) is not None:
                sha256 = expected.pop(member.name, None)
                if sha256 is None or not member.isreg():
                    raise BackupFault(_TAMPERED.format(f"{member.name[:80]} does not belong to it"))
                _extract(archive, member, folder / Path(member.name).name, sha256)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise BackupFault(f"There is no file {file}.") from error
        raise BackupFault(_TAMPERED.format("it cannot be read to its end")) from error
    if expected:
        raise BackupFault(_TAMPERED.format(f"{min(expected)} is missing"))
    return manifest


def _read_manifest(settings: Settings, archive: tarfile.TarFile, without_key: bool) -> Manifest:
    content = _small_member(archive, MANIFEST)
    manifest = Manifest.from_bytes(content)
    signed = _small_member(archive, SIGNATURE).decode("ascii", "replace")
    if manifest.key_fingerprint != fingerprint(settings.field_key):
        if not without_key:
            raise BackupFault(
                "DESK_FIELD_KEY is not the key this backup was made with. Set the one that was kept with it "
                f"(the backup needs {' and '.join(manifest.keys)})."
            )
    elif not hmac.compare_digest(signed, signature(settings.field_key, content)):
        raise BackupFault(_TAMPERED.format("its table of contents"))
    return manifest


def _small_member(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.next()
    if member is None or member.name != name or not member.isreg() or member.size > _LARGEST_MANIFEST:
        raise BackupFault("This is not a backup of the desk.")
    return _content(archive, member).read()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    assert content is not None
    return content


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with _content(archive, member) as content, target.open("xb") as out:
        while block := content.read(_BLOCK):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != sha256:
        raise BackupFault(_TAMPERED.format(member.name))


def _lines(folder: Path, manifest: Manifest, table: Table) -> Iterable[bytes]:
    (entry,) = (entry for entry in manifest.tables if entry.name == table.name)
    if [column.name for column in entry.columns] != [column.name for column in table.columns]:
        raise BackupFault(f"The columns of table {table.name} differ.")
    with (folder / table.name).with_suffix(".jsonl").open("rb") as lines:
        yield from lines


def _place_files(store: FileStore, manifest: Manifest, folder: Path) -> list[Path]:
    """Move the checked files to their places; those that stand there already stay."""
    placed = []
    for sha256 in manifest.files:
        place = store.path(sha256)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(folder / sha256, place)
            placed.append(place)
    return placed
