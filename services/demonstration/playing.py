"""Plays made-up complaints on the desk's own operations, with a clock that runs from the past up to now.

A plot is a generator: it acts, then yields the moment at which it goes on. All plots are played together in the order
of their moments, with the sweep of time limits once a day, so that history, numbers and audit trail read as they would.
"""

from __future__ import annotations

import heapq
import importlib
import random
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Complaint, Department, Notice, User
from models.base import Stamped
from models.enums import Channel, ComplaintForm, PartyKind, PartySide, RoleName
from services.access.scope import unscoped
from services.actor import SYSTEM, Actor
from services.demonstration.people import COMPLAINANTS, STREETS
from services.demonstration.setting import HERE, Setting, Story, Words
from services.identity import actor_for
from services.notifications.outbox import send_pending
from services.operations.register import NewComplaint, NewParty, register
from services.operations.sweep import sweep_all
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork
from settings import Settings

Moments = Generator[datetime, None, None]
UNREAD = timedelta(days=2)
"""Messages of this long are still unread at the end."""
_OPENS, _SHUTS = time(8, 30), time(17, 0)


@contextmanager
def entered(session: Session, moment: Callable[[], datetime]) -> Iterator[None]:
    """What is entered meanwhile is entered at the play's own moment, not at that of the machine."""

    def stamp(session: Session, *_: Any) -> None:
        for record in session.new:
            if isinstance(record, Stamped) and record.created_at is None:
                record.created_at = moment()

    event.listen(session, "before_flush", stamp)
    try:
        yield
    finally:
        event.remove(session, "before_flush", stamp)


@dataclass
class Stage:
    """What every plot needs: the database, the people, chance, and the end of the play."""

    session: Session
    zone: ZoneInfo
    now: datetime
    chance: random.Random
    settings: Settings
    setting: Setting
    procedure: Procedure
    present: datetime = field(init=False)
    people: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.present = self.now
        self.people = {row.login: row.id for row in self.session.execute(sa.select(User.login, User.id))}
        self.places = {
            row.code: row.id for row in self.session.execute(sa.select(Department.code, Department.id))
        }

    def actor(self, login: str, at: datetime) -> Actor:
        return actor_for(self.session, self.session.get_one(User, self.people[login]), at)

    def work(self, login: str, at: datetime) -> UnitOfWork:
        """What this person does at this moment, beside the cases."""
        self.present = at
        return UnitOfWork(self.session, self.actor(login, at), at)

    def working_moment(self, at: datetime) -> datetime:
        """`at`, or the next moment after it at which people are at their desks."""
        local = at.astimezone(self.zone)
        while True:
            opens = local.replace(hour=_OPENS.hour, minute=_OPENS.minute, second=0, microsecond=0)
            if local.weekday() < 5 and local.time() < _SHUTS:
                return max(
                    local, opens + timedelta(minutes=self.chance.randint(1, 90)) if local < opens else local
                )
            local = (opens + timedelta(days=1)).replace(hour=0)

    def play(self, plots: Sequence[tuple[datetime, Callable[[], Moments]]]) -> None:
        """Play all of them up to now."""
        with entered(self.session, lambda: self.present):
            self._play(plots)

    def _play(self, plots: Sequence[tuple[datetime, Callable[[], Moments]]]) -> None:
        queue: list[tuple[datetime, int, Iterator[datetime] | None]] = []
        for number, (start, plot) in enumerate(plots):
            heapq.heappush(queue, (start, number, _started(plot)))
        if queue:
            heapq.heappush(queue, (self._next_sweep(queue[0][0]), -1, None))
        while queue and queue[0][0] <= self.now:
            at, number, going = heapq.heappop(queue)
            if going is None:
                self._day_begins(at)
                heapq.heappush(queue, (self._next_sweep(at), -1, None))
                continue
            following = next(going, None)
            if following is not None:
                heapq.heappush(queue, (max(following, at + timedelta(minutes=1)), number, going))
        self._day_begins(self.now)

    def _day_begins(self, at: datetime) -> None:
        """Time limits are looked after, messages delivered, and all but those of the last days read."""
        self.present = at
        sweep_all(self.session, at)
        send_pending(self.session, self.settings, at)
        with UnitOfWork(self.session, SYSTEM, at) as work:
            old = Notice.created_at < self.now - UNREAD
            read = sa.update(Notice).where(Notice.read_at.is_(None), old).values(read_at=at)
            work.session.execute(read.execution_options(synchronize_session=False))

    def _next_sweep(self, after: datetime) -> datetime:
        local = (after.astimezone(self.zone) + timedelta(days=1)).replace(
            hour=8, minute=0, second=0, microsecond=0
        )
        return local


def _started(plot: Callable[[], Moments]) -> Iterator[datetime]:
    yield from plot()


@dataclass
class Case:
    """One complaint on its way: `fire` acts at the present moment of the case, `wait` says when it goes on."""

    stage: Stage
    story: Story
    number: int
    at: datetime
    address: str = ""
    at_the_desk: bool = False
    """Whether the office settles it itself."""

    @property
    def chance(self) -> random.Random:
        return self.stage.chance

    @property
    def handler(self) -> str:
        return self.stage.setting.handlers[self.story.place]

    @property
    def hand(self) -> str:
        """Who sees to what has to be done."""
        return "receiver" if self.at_the_desk else self.handler

    @property
    def words(self) -> Words:
        return self.stage.setting.words

    @property
    def approver(self) -> str:
        """Who approves the opinion under this procedure."""
        return "quality" if self.stage.procedure.approval.approver is RoleName.HEAD_OF_QUALITY else "leader"

    @property
    def department_id(self) -> int:
        return self.stage.places[self.story.place]

    def person(self, login: str) -> int:
        return self.stage.people[login]

    def wait(self, days: float = 0, hours: float = 0) -> datetime:
        """The next moment of this case, at working time; never behind the present of the desk."""
        wanted = self.at + timedelta(days=days, hours=hours, minutes=self.chance.randint(3, 50))
        self.at = self.stage.working_moment(wanted)
        return self.at

    def work(self, login: str) -> UnitOfWork:
        return self.stage.work(login, self.at)

    def fire(self, what: str, login: str, **form: Any) -> None:
        """Carry out one operation as this person."""
        operation = getattr(importlib.import_module(f"services.operations.{what}"), what)
        with self.work(login) as work:
            operation(work, self.address, **form)

    def read(self) -> Complaint:
        """The complaint as it stands."""
        with unscoped(self.stage.session, "the made-up complaint is read to decide how its story goes on"):
            query = sa.select(Complaint).where(Complaint.public_id == self.address)
            return self.stage.session.scalars(query.execution_options(populate_existing=True)).one()

    def register(
        self,
        channel: Channel = Channel.HOTLINE,
        login: str = "receiver",
        anonymous: bool = False,
        **more: Any,
    ) -> None:
        """Take it down, some minutes after it came in."""
        story = self.story
        new = NewComplaint(
            summary=story.summary,
            content=story.content,
            received_at=self.at - timedelta(minutes=self.chance.randint(2, 25)),
            channel=channel,
            form=ComplaintForm.ORAL if channel in (Channel.HOTLINE, Channel.VISIT) else ComplaintForm.WRITTEN,
            category=story.category,
            category_code=self._category_code(),
            nature=next((each.code for each in self.stage.procedure.natures), None),
            parties=(
                self._complainant(anonymous),
                NewParty(PartySide.COMPLAINED_ABOUT, PartyKind.ORGANISATION, story.about),
            ),
            request=story.request,
            grounds=None,
            product=story.product,
            batch=story.batch,
            place=story.where,
            occurred_on=(self.at - timedelta(days=self.chance.randint(0, 3)))
            .astimezone(self.stage.zone)
            .date(),
            own=self._own(anonymous),
            passed_on_by="12345 政务服务热线" if channel is Channel.THIRD_PARTY else None,
            **more,
        )
        with self.work(login) as work:
            self.address = register(work, new).public_id

    def _complainant(self, anonymous: bool) -> NewParty:
        if anonymous:
            return NewParty(PartySide.COMPLAINANT, PartyKind.ANONYMOUS)
        setting = self.stage.setting
        code, is_unit = setting.kinds[self.number % len(setting.kinds)]
        names = setting.units if is_unit else COMPLAINANTS
        name = names[(self.number * 7 + self.chance.randint(0, 3)) % len(names)]
        # Numbers that begin with 100 are given to nobody.
        phone = f"100{self.chance.randint(0, 99_999_999):08d}"
        address = f"{self.chance.choice(STREETS)} {self.chance.randint(1, 220)} 号"
        kind = PartyKind.ORGANISATION if is_unit else PartyKind.PERSON
        return NewParty(PartySide.COMPLAINANT, kind, name, phone, address=address, complainant_kind=code)

    def _category_code(self) -> str | None:
        story, known = self.story, self.stage.procedure.categories
        fitting = [each.code for each in known if each.category is story.category]
        return story.code or ("other" if "other" in fitting else next(iter(fitting), None))

    def _own(self, anonymous: bool) -> dict[str, Any]:
        """Values of the fields that the procedure declares; nothing is known of somebody without a name."""
        procedure = self.stage.procedure
        found = {
            code: values[self.number % len(values)] for code, values in self.stage.setting.own.items()
        } | dict(self.story.own)
        declared = {each.code: each for each in procedure.fields}
        if anonymous:
            found = {
                code: value for code, value in found.items() if declared[code].belongs_to != "complainant"
            }
        return {code: self.department_id if value is HERE else value for code, value in found.items()}
