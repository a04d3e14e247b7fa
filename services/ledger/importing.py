"""Takes an old ledger into the desk: all rows or none, and the same row never twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, LedgerBatch, ProcedureVersion
from models.job_enums import BatchStatus
from models.labels import _l
from services.access.permissions import Permission
from services.access.scope import unscoped
from services.actor import Actor
from services.audit import Draft
from services.errors import DeskError, Invalid, NotPermitted
from services.ledger.checking import LedgerRow, Options, Report, RowChecker, dry_run
from services.ledger.headings import Heading, check_mapping
from services.ledger.lookup import Names
from services.ledger.targets import Target, targets_of
from services.ledger.writing import Writer
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork
from services.workflow.numbers import take_numbers

CHUNK = 500
_LOCK = 0x4C444752  # two imports of one file at the same moment: the second sees the rows of the first


class FaultyLedger(DeskError):
    """The file has faults; nothing was taken from it."""

    def __init__(self, report: Report) -> None:
        super().__init__(_l("The file has faults. Nothing was imported."))
        self.report = report


@dataclass(frozen=True)
class OldLedger:
    """A file to be imported: where its headings are, what its columns become, how its rows come in."""

    filename: str
    sha256: str
    heading: Heading
    mapping: Mapping[int, str]
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Outcome:
    """What an import did."""

    batch: LedgerBatch | None
    read: int
    written: int
    already_here: int
    repeated: int


def check_ledger(session: Session, actor: Actor, ledger: OldLedger, zone: ZoneInfo, now: datetime) -> Report:
    """The dry run: every fault of the file under this mapping; changes nothing.

    NotPermitted without ledger:import; Invalid when the mapping cannot be used.
    """
    return dry_run(_checker(session, actor, ledger, zone, now))


def import_ledger(work: UnitOfWork, ledger: OldLedger, zone: ZoneInfo, report: Report) -> Outcome:
    """Write the rows of the dry run `report` that are not on the desk yet, in one transaction.

    No clock, message or warning starts. FaultyLedger when the report has faults: then nothing is written.
    """
    if not report.is_clean:
        raise FaultyLedger(report)
    session = work.session
    checker = _checker(session, work.actor, ledger, zone, work.now)
    version = _procedure(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    numbers = _numbers(session, report, _known_keys(session, report.keys), version, zone)
    already = len(report.keys) - len(numbers)
    if not numbers:
        return Outcome(None, report.rows, 0, already, report.repeated)
    batch = _batch(work, ledger, report, len(numbers), already)
    writer = Writer(work, batch.id, version.id, ledger.options, ledger.filename)
    rows = (row for row in checker.rows(Report()) if row.key in numbers)
    for chunk in _chunks(rows, CHUNK):
        writer.write(chunk, numbers)
    if writer.written != len(numbers):
        raise FaultyLedger(report)  # the file is not the one that was checked
    work.record(
        Draft(
            "ledger.imported",
            "ledger_batch",
            batch.id,
            ledger.filename,
            after={"rows": writer.written, "already_here": already, "sha256": ledger.sha256},
        )
    )
    return Outcome(batch, report.rows, writer.written, already, report.repeated)


def further_targets(session: Session, actor: Actor) -> tuple[Target, ...]:
    """What the procedure in force adds to the fields that a column can go to; nothing before the desk is set up."""
    version = current_version(session)
    return targets_of(parsed(version), actor) if version is not None else ()


def new_rows(session: Session, report: Report) -> int:
    """How many rows of a dry run are not on the desk yet."""
    return len(set(report.keys) - _known_keys(session, report.keys))


def remembered_mapping(session: Session, heading: Heading) -> dict[int, str] | None:
    """The mapping that the person last used for a file of this shape."""
    found = session.scalars(
        sa.select(LedgerBatch)
        .where(LedgerBatch.header_key == heading.key, LedgerBatch.status == BatchStatus.IMPORTED)
        .order_by(LedgerBatch.id.desc())
        .limit(1)
    ).first()
    return {int(index): key for index, key in found.mapping.items()} if found else None


def _checker(session: Session, actor: Actor, ledger: OldLedger, zone: ZoneInfo, now: datetime) -> RowChecker:
    if not actor.is_system and not actor.may(Permission.LEDGER_IMPORT):
        raise NotPermitted
    check_mapping(ledger.heading, ledger.mapping)
    names = Names(session, parsed(_procedure(session)), _departments(actor))
    return RowChecker(ledger.heading, ledger.mapping, names, zone, ledger.options, now)


def _departments(actor: Actor) -> frozenset[int] | None:
    """The departments that the actor may import for; None for all."""
    held = {actor.grant_for(Permission.LEDGER_IMPORT, [grant.department_id or 0]) for grant in actor.grants}
    limits = {grant.department_id for grant in held if grant is not None}
    if actor.is_system or None in limits:
        return None
    return frozenset(department for department in limits if department is not None)


def _procedure(session: Session) -> ProcedureVersion:
    version = current_version(session)
    if version is None:
        raise Invalid({"": _l("No procedure is in force. An administrator has to set up the desk first.")})
    return version


def _known_keys(session: Session, keys: list[str]) -> set[str]:
    known: set[str] = set()
    with unscoped(session, "a row that came in before must not come in twice, whoever may see it now"):
        for begin in range(0, len(keys), CHUNK):
            part = keys[begin : begin + CHUNK]
            query = sa.select(Complaint.import_key).where(Complaint.import_key.in_(part))
            known |= {key for key in session.scalars(query) if key is not None}
    return known


def _numbers(
    session: Session, report: Report, known: set[str], version: ProcedureVersion, zone: ZoneInfo
) -> dict[str, str]:
    """A number for each new row by its key: gapless per local year of receipt, in the order of receipt."""
    years: dict[int, list[tuple[datetime, int]]] = {}
    for index, (key, moment) in enumerate(zip(report.keys, report.moments, strict=True)):
        if key not in known:
            years.setdefault(moment.astimezone(zone).year, []).append((moment, index))
    prefix = parsed(version).number_prefix
    found: dict[str, str] = {}
    for year, rows in sorted(years.items()):
        taken = take_numbers(session, prefix, year, len(rows))
        for (_, index), number in zip(sorted(rows), taken, strict=True):
            found[report.keys[index]] = number
    return found


def _batch(work: UnitOfWork, ledger: OldLedger, report: Report, new: int, already: int) -> LedgerBatch:
    batch = LedgerBatch(
        filename=ledger.filename[-255:],
        sha256=ledger.sha256,
        status=BatchStatus.IMPORTED,
        header_key=ledger.heading.key,
        mapping={str(index): key for index, key in ledger.mapping.items()},
        options=ledger.options.as_json(),
        rows_read=report.rows,
        rows_written=new,
        rows_skipped=already + report.repeated,
        faults=[fault.as_json() for fault in report.faults if fault.warning][:100],
        imported_by_id=work.actor.user_id,
        imported_at=work.now,
    )
    work.session.add(batch)
    work.session.flush()
    return batch


def _chunks(rows: Iterator[LedgerRow], size: int) -> Iterator[list[LedgerRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk
