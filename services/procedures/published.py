"""Publishing procedure files: what a complaint pins never changes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Organisation, ProcedureVersion
from services.procedures.clause_texts import clause_texts
from services.procedures.of_complaint import parsed
from services.procedures.reading import Fault, InvalidProcedure, name, read
from services.procedures.registry import Pack, content_hash, packs_in
from services.procedures.schema import Procedure


class PublishedVersionChanged(ValueError):
    """A file says something else under a version number that is already published."""


def publish_pack(session: Session, pack: Pack, at: datetime) -> ProcedureVersion:
    """The published version of this file; written when it is new. Commits nothing.

    Raises PublishedVersionChanged when the number is taken by another content, and InvalidProcedure when a field
    changed its kind.
    """
    procedure = pack.procedure
    known = session.scalar(
        sa.select(ProcedureVersion).where(
            ProcedureVersion.code == procedure.code, ProcedureVersion.number == procedure.version
        )
    )
    if known is not None:
        if known.content_hash != pack.content_hash:
            raise PublishedVersionChanged(
                f"{pack.path.name} differs from the published version {procedure.version}; raise its version number"
            )
        return known
    faults = kinds_changed(session, procedure, pack.text)
    if faults:
        raise InvalidProcedure([replace(fault, file=pack.path.name) for fault in faults])
    return publish_text(session, procedure, pack.text, at)


def kinds_changed(session: Session, procedure: Procedure, text: str) -> list[Fault]:
    """Fields that were of another kind in an earlier version: lists and filters read values of all versions by code."""
    query = sa.select(ProcedureVersion).where(
        ProcedureVersion.code == procedure.code, ProcedureVersion.number < procedure.version
    )
    former: dict[str, tuple[str, int]] = {}
    for version in session.scalars(query.order_by(ProcedureVersion.number)):
        for field in version.document.get("fields", ()):
            former[field["code"]] = (field["kind"], version.number)
    source, found = read(text), []
    for index, declared in enumerate(procedure.fields):
        kind, number = former.get(declared.code, (declared.kind.value, 0))
        if kind != declared.kind.value:
            path = ("fields", index, "kind")
            message = (
                f"{declared.code} is {kind} in version {number}, and cases hold such values; write kind: {kind} and "
                f"retired: true here, and declare the {declared.kind.value} under a new code"
            )
            found.append(Fault(source.line_of(path), name(path), message))
    return found


def publish_text(session: Session, procedure: Procedure, text: str, at: datetime) -> ProcedureVersion:
    """A new published version. Commits nothing; the database refuses a number or a content that is taken."""
    version = ProcedureVersion(
        code=procedure.code,
        number=procedure.version,
        name_zh=procedure.names.zh,
        name_en=procedure.names.en,
        content_hash=content_hash(text),
        document=procedure.model_dump(mode="json"),
        source_text=text,
        published_at=at,
    )
    session.add(version)
    session.flush()
    return version


def publish_packs(session: Session, at: datetime) -> dict[str, ProcedureVersion]:
    """Publish every procedure file of the desk. Raises InvalidProcedure or PublishedVersionChanged."""
    return {code: publish_pack(session, pack, at) for code, pack in packs_in().items()}


def current_version(session: Session, code: str | None = None) -> ProcedureVersion | None:
    """The newest published version of a procedure (None: of the organisation's own); None before `flask desk init`."""
    own = sa.select(Organisation.procedure_code).limit(1).scalar_subquery()
    return session.scalar(
        sa.select(ProcedureVersion)
        .where(ProcedureVersion.code == (own if code is None else code))
        .order_by(ProcedureVersion.number.desc())
        .limit(1)
    )


def newest_versions(session: Session) -> list[ProcedureVersion]:
    """The newest published version of every procedure, by code."""
    newest = (
        sa.select(ProcedureVersion.code, sa.func.max(ProcedureVersion.number).label("number"))
        .group_by(ProcedureVersion.code)
        .subquery()
    )
    return list(
        session.scalars(
            sa.select(ProcedureVersion)
            .join(
                newest,
                sa.and_(ProcedureVersion.code == newest.c.code, ProcedureVersion.number == newest.c.number),
            )
            .order_by(ProcedureVersion.code)
        )
    )


def own_clause_texts(session: Session) -> dict[str, str]:
    """The clauses that published procedures bring along themselves; a later version's words win."""
    found: dict[str, str] = {}
    for version in newest_versions(session):
        if version.document.get("regulation") not in clause_texts():
            found |= {own.code: own.text for own in parsed(version).clauses}
    return found
