"""What a backup says of itself: tables, files, version, and which keys it needs. Signed with the sealing key."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from services.backup.faults import BackupFault
from services.backup.portable import Column, Digest, Table

FORMAT = 1
KEYS = ("DESK_SECRET_KEY", "DESK_FIELD_KEY")
"""Settings that are no part of a backup and without which it cannot be used in full."""


@dataclass(frozen=True)
class TableEntry:
    """A table of the backup: its columns, how many rows it has and the hash over them."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    sha256: str

    @property
    def digest(self) -> Digest:
        return Digest(self.rows, self.sha256)

    @property
    def table(self) -> Table:
        return Table(self.name, self.columns)


@dataclass(frozen=True)
class Manifest:
    """The first member of a backup."""

    made_at: str
    revision: str
    engine: str
    timezone: str
    key_fingerprint: str
    tables: tuple[TableEntry, ...]
    files: dict[str, int] = field(default_factory=dict)
    """Hash and size of every attachment."""
    missing_files: tuple[str, ...] = ()
    """Attachments that were not to be found, or not intact, when the backup was made."""
    keys: tuple[str, ...] = KEYS
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """BackupFault when this is no manifest, or one of a later format."""
        try:
            said: dict[str, Any] = json.loads(content)
            if said["format"] != FORMAT:
                raise BackupFault("The backup was made by a newer version of the desk. Install that version.")
            said["tables"] = tuple(_table_entry(one) for one in said["tables"])
            said["missing_files"] = tuple(said["missing_files"])
            said["keys"] = tuple(said["keys"])
            return cls(**said)
        except (ValueError, TypeError, KeyError) as error:
            raise BackupFault("This is not a backup of the desk.") from error


def _table_entry(said: dict[str, Any]) -> TableEntry:
    columns = tuple(Column(**column) for column in said["columns"])
    return TableEntry(said["name"], columns, said["rows"], said["sha256"])


def fingerprint(field_key: str) -> str:
    """Tells two sealing keys apart without giving either away."""
    return hmac.digest(field_key.encode(), b"desk backup: fingerprint", "sha256").hex()[:16]


def signature(field_key: str, manifest: bytes) -> str:
    """Only who holds the sealing key can write a manifest that passes."""
    key = hmac.digest(field_key.encode(), b"desk backup: signature", "sha256")
    return hmac.digest(key, manifest, "sha256").hex()
