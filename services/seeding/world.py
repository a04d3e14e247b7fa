"""What all made-up complaints of one run share; the same for every process that makes some of them."""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.deadlines.desk_calendar import DeskTime
from services.demonstration.setting import Setting
from services.procedures.schema import Procedure
from services.seeding.clockwork import Clockwork
from services.seeding.facts import Facts, levels
from services.seeding.house import House
from services.seeding.sheets import Sheets
from services.seeding.texts import Texts
from services.seeding.timeline import DAY, Arrivals, Timeline

SECRET = 500
"""One complaint in so many is confidential."""
_SECRET_AT = 137
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_TRIPLES = [a + b + c for a in _ALPHABET for b in _ALPHABET for c in _ALPHABET]


@dataclass(frozen=True)
class Plan:
    """What a run is made from; small, so that it goes to other processes."""

    count: int
    seed: int
    begin: datetime
    now: datetime
    desk: DeskTime
    procedure: Procedure
    version_id: int
    setting_key: str
    house: House
    first_id: int
    """The id of the first complaint."""
    taken: dict[tuple[int, bool], int]
    """Numbers given before, by year and confidentiality."""
    filed: int
    """Files archived before."""


class World:
    """Everything that a complaint needs beside its own chance."""

    stalled = 0.05
    """The share of complaints that somebody leaves lying for weeks."""

    def __init__(self, plan: Plan, setting: Setting) -> None:
        self.plan, self.procedure, self.house = plan, plan.procedure, plan.house
        self.first_id, self.version_id = plan.first_id, plan.version_id
        self.timeline = Timeline(plan.begin, plan.now, plan.desk)
        self.arrivals = Arrivals(self.timeline, plan.count, plan.seed)
        self.clockwork = Clockwork(plan.procedure, plan.desk)
        self.words = setting.words
        self.levels = levels(plan.procedure)
        self.texts = Texts(plan.seed, min(40_000, 2_000 + plan.count))
        self.facts = Facts(plan.procedure, setting, self.texts)
        self.sheets = Sheets()
        self._years = self._first_of_years()

    def address(self, chance: random.Random) -> str:
        """As models.types.new_public_id, but the same for the same chance."""
        bits = chance.getrandbits(64)
        size = len(_TRIPLES)
        return (
            _TRIPLES[(bits & 0xFFFF) % size]
            + _TRIPLES[(bits >> 16 & 0xFFFF) % size]
            + _TRIPLES[(bits >> 32 & 0xFFFF) % size]
            + _TRIPLES[(bits >> 48) % size]
        )

    def is_confidential(self, number: int) -> bool:
        return number % SECRET == _SECRET_AT

    def minute(self, number: int) -> int:
        """When it is registered. Known for every complaint alone, so that processes need not wait for each other."""
        return self.arrivals.minute(number, random.Random(self.plan.seed * 1_000_003 + number).random())  # noqa: S311

    def _first_of_years(self) -> list[tuple[int, int]]:
        """Each local year with its first complaint."""
        found = []
        for year in range(self.plan.begin.year, self.plan.now.year + 2):
            first = bisect_left(range(self.plan.count), year, key=self._year)
            found.append((year, first))
        return found

    def _year(self, number: int) -> int:
        return self.timeline.days[self.minute(number) // DAY].year

    def complaint_number(self, number: int, confidential: bool) -> str:
        """Without gaps within its year, the confidential ones in a series of their own."""
        year, first = self._year_of(number)
        secret = _secrets_before(number) - _secrets_before(first)
        ordinal = (secret if confidential else number - first - secret) + 1
        ordinal += self.plan.taken.get((year, confidential), 0)
        prefix = self.procedure.number_prefix
        return f"{prefix}{'M' if confidential else ''}-{year}-{ordinal:06d}"

    def _year_of(self, number: int) -> tuple[int, int]:
        return next((year, first) for year, first in reversed(self._years) if first <= number)

    def last_numbers(self) -> dict[tuple[int, bool], int]:
        """What the number series stand at in the end."""
        found: dict[tuple[int, bool], int] = {}
        for (year, first), (_, until) in zip(self._years, self._years[1:], strict=False):
            secret = _secrets_before(until) - _secrets_before(first)
            for confidential, given in ((False, until - first - secret), (True, secret)):
                if given:
                    found[year, confidential] = self.plan.taken.get((year, confidential), 0) + given
        return found

    def year_begins(self, moment: int) -> int:
        """The first moment of the local year: a number of a year is of complaints received in it."""
        return _new_year(self.timeline.local(moment).year, self.timeline.zone)

    @staticmethod
    def days_before(day: date, days: int) -> str:
        return (day - timedelta(days=days)).isoformat()


def _secrets_before(number: int) -> int:
    """How many of the first `number` complaints are confidential."""
    return (number - _SECRET_AT + SECRET - 1) // SECRET if number > _SECRET_AT else 0


@lru_cache(maxsize=64)
def _new_year(year: int, zone: ZoneInfo) -> int:
    return int(datetime(year, 1, 1, tzinfo=zone).timestamp())
