"""Makes an organisation with any number of complaints: the people through the operations, the complaints in bulk."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    ArchiveRecord,
    Assignment,
    ClockRun,
    Complaint,
    Investigation,
    NumberSeries,
    Organisation,
    User,
)
from services import audit, search
from services.access import months
from services.access.scope import unscoped
from services.actor import SYSTEM
from services.deadlines.desk_calendar import desk_time
from services.demonstration.organisations import SETTINGS, setting_for
from services.listing import orders
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.seeding.case import STRIDE
from services.seeding.house import enlarge, read_house
from services.seeding.loading import Progress, loader
from services.seeding.sheets import Batch, tables
from services.seeding.ways import make
from services.seeding.world import Plan, World
from services.unit_of_work import UnitOfWork

YEARS = timedelta(days=5 * 365)
CHUNK = 1_000
"""Complaints made at once. Part of what the same seed means: those of one chunk may be merged into each other."""
ALONE = 20_000
"""So many are made quicker by one process than a second one is started."""
_SHORTEST = timedelta(days=60)


class CannotSeed(Exception):
    """Why nothing is made; the text says what to do."""


@dataclass(frozen=True)
class Order:
    """What is wanted. The same order gives the same rows on either engine."""

    count: int
    seed: int
    now: datetime
    add: bool = False
    processes: int = 2


def seed(session: Session, url: str, order: Order, progress: Progress) -> int:
    """Make the complaints of this order in an organisation that is set up. Returns how many.

    CannotSeed when the desk holds complaints already and none are to be added, or works by a procedure without words.
    """
    plan = _plan(session, order, progress)
    session.rollback()
    done = 0
    with loader(url) as bulk:
        with bulk.indexes_last(tables(), progress):
            for batch in _batches(plan, order.processes):
                bulk.put(batch)
                done = min(order.count, done + CHUNK)
                progress(f"{done:,} of {order.count:,} complaints")
        progress("statistics")
        bulk.finish(tables())
    _record(session, plan, progress)
    return order.count


def _plan(session: Session, order: Order, progress: Progress) -> Plan:
    organisation, version = session.get_one(Organisation, 1), current_version(session)
    setting = setting_for(organisation.procedure_code)
    if setting is None or version is None:
        raise CannotSeed(f"There are no words for complaints under {organisation.procedure_code}.")
    with unscoped(session, "how many complaints there are decides whether any are made"):
        held = int(session.scalar(sa.select(sa.func.count(Complaint.id))) or 0)
    if held and not order.add:
        raise CannotSeed(
            f"This desk holds {held} complaints. --add puts more beside them; for an organisation of its own "
            "name another folder: DESK_DATA_DIR=./var-large flask --app app desk seed …"
        )
    began = session.scalar(sa.select(sa.func.min(User.created_at))) or order.now
    begin = max(began + timedelta(days=1), order.now - YEARS)
    if order.now - begin < _SHORTEST:
        raise CannotSeed("This organisation is younger than two months: too young for a past.")
    procedure = parsed(version)
    progress("departments and people")
    enlarge(session, order.count, order.seed, began)
    return Plan(
        count=order.count,
        seed=order.seed,
        begin=begin,
        now=order.now.astimezone(UTC).replace(microsecond=0),
        desk=desk_time(session),
        procedure=procedure,
        version_id=version.id,
        setting_key=setting.key,
        house=read_house(session),
        **_taken(session, procedure.number_prefix),
    )


def _taken(session: Session, prefix: str) -> dict[str, Any]:
    """Ids and numbers that are given already."""
    with unscoped(session, "ids, numbers and files go on after those of everybody"):
        highest = int(session.scalar(sa.select(sa.func.max(Complaint.id))) or 0)
        for model in (Assignment, ClockRun, Investigation):
            row_id = int(session.scalar(sa.select(sa.func.max(model.id))) or 0)
            highest = max(highest, row_id // STRIDE)
        filed = int(session.scalar(sa.select(sa.func.count(ArchiveRecord.id))) or 0)
        series = session.execute(
            sa.select(NumberSeries.prefix, NumberSeries.year, NumberSeries.is_confidential, NumberSeries.last)
        ).all()
    taken = {(row.year, row.is_confidential): row.last for row in series if row.prefix == prefix}
    return {"first_id": highest + 1, "taken": taken, "filed": filed}


def _batches(plan: Plan, processes: int) -> Iterator[Batch]:
    """The rows of one chunk after the other; beyond some thousands another process makes them meanwhile."""
    chunks = [range(start, min(plan.count, start + CHUNK)) for start in range(0, plan.count, CHUNK)]
    if processes < 2 or plan.count <= ALONE:
        world = World(plan, SETTINGS[plan.setting_key])
        for numbers in chunks:
            make(world, numbers)
            yield world.sheets.take()
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes - 1, context, _begin, (plan,)) as pool:
        ahead = [pool.submit(_made, numbers) for numbers in chunks[: 2 * processes]]
        for index in range(len(chunks)):
            batch = ahead.pop(0).result()
            if index + 2 * processes < len(chunks):
                ahead.append(pool.submit(_made, chunks[index + 2 * processes]))
            yield batch


_world: World | None = None


def _begin(plan: Plan) -> None:
    global _world
    _world = World(plan, SETTINGS[plan.setting_key])


def _made(numbers: range) -> Batch:
    assert _world is not None  # _begin ran when the process started
    make(_world, numbers)
    return _world.sheets.take()


def _record(session: Session, plan: Plan, progress: Progress) -> None:
    """The number series go on behind the last numbers, and the trail says where the complaints come from.

    They have no entries of their own there: nobody acted on them.
    """
    prefix = plan.procedure.number_prefix
    world = World(plan, SETTINGS[plan.setting_key])
    with UnitOfWork(session, SYSTEM, plan.now) as work:
        connection = session.connection()
        search.rebuild(connection, progress=lambda done: progress(f"{done:,} complaints in the search index"))
        progress("orders and months")
        months.recount(connection)
        orders.rebuild(connection)
        for (year, confidential), last in world.last_numbers().items():
            known = session.scalars(
                sa.select(NumberSeries).where(
                    NumberSeries.prefix == prefix,
                    NumberSeries.year == year,
                    NumberSeries.is_confidential == confidential,
                )
            ).first()
            row = known or NumberSeries(prefix=prefix, year=year, is_confidential=confidential)
            row.last = last
            session.add(row)
        work.record(
            audit.Draft(
                "organisation.seeded",
                "organisation",
                1,
                None,
                after={"complaints": plan.count, "seed": plan.seed},
            )
        )
