"""An old ledger on its way into the desk: which file, which heading, which column goes where, checked by whom.

The way: a file becomes a batch (operation `upload_ledger`), its rows are checked and staged (services.ledger.staging),
then written and published (services.ledger.promoting). Each step is a job (services.ledger.import_jobs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import LedgerBatch, ProcedureVersion
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Actor
from services.errors import Invalid, NotPermitted
from services.ledger.batches import mapping_of, options_of
from services.ledger.checking import Options, RowChecker
from services.ledger.headings import Heading, check_mapping
from services.ledger.lookup import Names
from services.ledger.source import sheet_of
from services.ledger.targets import Target, targets_of
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version


@dataclass(frozen=True)
class OldLedger:
    """A file to be imported: where its headings are, what its columns become, how its rows come in."""

    filename: str
    sha256: str
    heading: Heading
    mapping: Mapping[int, str]
    options: Options = field(default_factory=Options)


def ledger_of(session: Session, actor: Actor, batch: LedgerBatch, path: Path) -> OldLedger:
    """The file of a batch as it was mapped; it was looked through when it was handed in."""
    heading = Heading.kept(
        batch.heading, further_targets(session, actor), sheet_of(path, batch.heading["sheet"])
    )
    return OldLedger(batch.filename, batch.sha256, heading, mapping_of(batch), options_of(batch))


def further_targets(session: Session, actor: Actor) -> tuple[Target, ...]:
    """What the procedure in force adds to the fields that a column can go to; nothing before the desk is set up."""
    version = current_version(session)
    return targets_of(parsed(version), actor) if version is not None else ()


def remembered_mapping(session: Session, heading: Heading) -> dict[int, str] | None:
    """The mapping that the person last used for a file of this shape."""
    found = session.scalars(
        sa.select(LedgerBatch)
        .where(LedgerBatch.header_key == heading.key, LedgerBatch.imported_at.is_not(None))
        .order_by(LedgerBatch.id.desc())
        .limit(1)
    ).first()
    return mapping_of(found) if found else None


def check_may_import(actor: Actor) -> None:
    """NotPermitted without ledger:import."""
    if not actor.is_system and not actor.may(Permission.LEDGER_IMPORT):
        raise NotPermitted


def checker_of(
    session: Session, actor: Actor, ledger: OldLedger, zone: ZoneInfo, now: datetime
) -> RowChecker:
    """Reads and checks the rows of a file. NotPermitted without ledger:import; Invalid: the mapping cannot be used."""
    check_may_import(actor)
    check_mapping(ledger.heading, ledger.mapping)
    names = Names(session, parsed(procedure_in_force(session)), _departments(actor))
    return RowChecker(ledger.heading, ledger.mapping, names, zone, ledger.options, now)


def procedure_in_force(session: Session) -> ProcedureVersion:
    """Invalid before the desk is set up."""
    version = current_version(session)
    if version is None:
        raise Invalid({"": _l("No procedure is in force. An administrator has to set up the desk first.")})
    return version


def as_kept(mapping: Mapping[int, str]) -> dict[str, str]:
    """A mapping as a batch keeps it."""
    return {str(index): key for index, key in mapping.items()}


def _departments(actor: Actor) -> frozenset[int] | None:
    """The departments that the actor may import for; None for all."""
    held = {actor.grant_for(Permission.LEDGER_IMPORT, [grant.department_id or 0]) for grant in actor.grants}
    limits = {grant.department_id for grant in held if grant is not None}
    if actor.is_system or None in limits:
        return None
    return frozenset(department for department in limits if department is not None)
