"""The procedure that a complaint pinned at its registration."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy.orm import Session

from models import Complaint, ProcedureVersion
from services.procedures.checking import parse_published
from services.procedures.schema import Procedure


@lru_cache(maxsize=64)
def _parsed(content_hash: str, text: str) -> Procedure:
    return parse_published(text)


def parsed(version: ProcedureVersion) -> Procedure:
    """A published version as the desk carries it out; parsed once, as its text never changes."""
    return _parsed(version.content_hash, version.source_text)


def procedure_of(session: Session, complaint: Complaint) -> Procedure:
    """The procedure in force for this complaint."""
    version = session.get_one(ProcedureVersion, complaint.procedure_version_id)
    return parsed(version)
