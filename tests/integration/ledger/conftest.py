"""A house with people, and imports done in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models.enums import RoleName
from services.actor import Actor
from services.identity import actor_for
from services.ledger.checking import Options, Report
from services.ledger.headings import find_heading, suggested
from services.ledger.importing import OldLedger, Outcome, check_ledger, import_ledger
from services.ledger.source import digest_of, open_sheets
from services.unit_of_work import UnitOfWork
from tests.factories.organisation import House, create_house

ZONE = ZoneInfo("Asia/Shanghai")
Take = Callable[..., Outcome]


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


def check(session: Session, actor: Actor, ledger: OldLedger) -> Report:
    return check_ledger(session, actor, ledger, ZONE, datetime.now(UTC))


def take(session: Session, actor: Actor, ledger: OldLedger) -> Outcome:
    """Dry run and import, as the wizard and the command do them."""
    report = check(session, actor, ledger)
    with UnitOfWork(session, actor) as work:
        return import_ledger(work, ledger, ZONE, report)
