"""A house with people, and imports done in one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import LedgerBatch
from models.enums import RoleName
from services.actor import SYSTEM, Actor
from services.identity import actor_for
from services.ledger.batches import Figures
from services.ledger.checking import Fault, Options
from services.ledger.headings import find_heading, suggested
from services.ledger.importing import OldLedger
from services.ledger.promoting import choose_rows, promote
from services.ledger.source import digest_of, open_sheets
from services.ledger.staging import faults_of, stage
from services.operations.upload_ledger import upload_ledger
from services.unit_of_work import UnitOfWork
from tests.factories.organisation import House, create_house

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def house(session: Session) -> House:
    made = create_house(session)
    session.commit()
    return made


def acting(session: Session, house: House, role: RoleName = RoleName.FIRST_RECEIVER) -> Actor:
    """The session works for this person from now on."""
    actor = actor_for(session, house[role], datetime.now(UTC))
    session.info["actor"] = actor
    return actor


def ledger_at(path: Path, mapping: dict[int, str] | None = None, options: Options | None = None) -> OldLedger:
    heading = find_heading(open_sheets(path))
    return OldLedger(path.name, digest_of(path), heading, mapping or suggested(heading), options or Options())


@dataclass(frozen=True)
class Report:
    """What a dry run found."""

    batch_id: int
    figures: Figures
    faults: list[Fault]

    @property
    def rows(self) -> int:
        return self.figures.rows

    @property
    def faulty(self) -> int:
        return self.figures.faulty


@dataclass(frozen=True)
class Outcome:
    """What an import did."""

    batch: LedgerBatch
    read: int
    written: int
    already_here: int
    repeated: int


def check(session: Session, actor: Actor, ledger: OldLedger) -> Report:
    with UnitOfWork(session, actor) as work:
        batch_id = upload_ledger(work, ledger).id
    figures = stage(session, actor, batch_id, ledger, ZONE, datetime.now(UTC))
    session.info["actor"] = SYSTEM
    faults = [Fault(**kept) for kept in faults_of(session, batch_id)]
    session.rollback()
    session.info["actor"] = actor
    return Report(batch_id, figures, faults)


def take(session: Session, actor: Actor, ledger: OldLedger, *, good_only: bool = False) -> Outcome:
    """Dry run and import, as the jobs of the wizard and of the command do them."""
    report = check(session, actor, ledger)
    with UnitOfWork(session, actor):
        choose_rows(session.get_one(LedgerBatch, report.batch_id), good_only=good_only)
    figures = promote(session, actor, report.batch_id, ZONE)
    batch = session.get_one(LedgerBatch, report.batch_id, populate_existing=True)
    return Outcome(batch, figures.rows, figures.written, figures.known, figures.repeated)
