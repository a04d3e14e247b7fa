"""The working minutes of the organisation's past. Moments are seconds since 1970 here: arithmetic on them is cheap."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from services.deadlines.calendar import CalendarMissing
from services.deadlines.desk_calendar import DeskTime

DAY = 480
"""Working minutes of a day: 8:30 to 16:30."""
_OPENS = time(8, 30)


class Timeline:
    """Working days from `begin` to `now`; a working minute is counted from the first of them."""

    def __init__(self, begin: datetime, now: datetime, desk: DeskTime) -> None:
        self.zone, self.now = desk.zone, int(now.timestamp())
        self.days = list(
            _working_days(begin.astimezone(desk.zone).date(), now.astimezone(desk.zone).date(), desk)
        )
        self.opens = [int(datetime.combine(day, _OPENS, desk.zone).timestamp()) for day in self.days]
        self.end = self._minute(self.now)
        """The working minute that `now` falls into; nothing happens after it."""

    def moment(self, minute: int, second: int = 0) -> int:
        return self.opens[minute // DAY] + minute % DAY * 60 + second

    def _minute(self, moment: int) -> int:
        index = bisect_right(self.opens, moment) - 1
        return index * DAY + min(DAY - 1, (moment - self.opens[index]) // 60 - 1)

    def local(self, moment: int) -> date:
        return datetime.fromtimestamp(moment, self.zone).date()


def _working_days(first: date, last: date, desk: DeskTime) -> Iterator[date]:
    day = first
    while day <= last:
        try:
            worked = desk.calendar.is_working(day)
        except CalendarMissing:
            worked = day.weekday() < 5
        if worked:
            yield day
        day += timedelta(days=1)


class Arrivals:
    """When each complaint is registered: a fifth more every year, busy Mondays, and now and then a wave."""

    def __init__(self, timeline: Timeline, count: int, seed: int) -> None:
        chance = random.Random(f"{seed}:arrivals")  # noqa: S311
        self.count = count
        full = timeline.end // DAY
        weights = [
            1.2 ** (index / 250) * (1.3 if day.weekday() == 0 else 1.0) * chance.lognormvariate(0, 0.25)
            for index, day in enumerate(timeline.days[:full])
        ]
        self._until = list(accumulate(weights))

    def minute(self, number: int, share: float) -> int:
        """The working minute of complaint `number`; `share` (0 to 1) is where in its slice it lies."""
        wanted = (number + share) / self.count * self._until[-1]
        day = min(bisect_right(self._until, wanted), len(self._until) - 1)
        before = self._until[day - 1] if day else 0.0
        into = (wanted - before) / (self._until[day] - before)
        return day * DAY + min(DAY - 1, int(into * DAY))


_DATES: dict[int, str] = {}
_TIMES: list[str] = []


def stored(moment: int | None) -> str | None:
    """A moment as both engines keep it in the columns of the desk."""
    if moment is None:
        return None
    if not _TIMES:
        _TIMES.extend(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.000000" for s in range(86_400))
    day, second = divmod(moment, 86_400)
    text = _DATES.get(day)
    if text is None:
        text = _DATES[day] = datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d ")
    return text + _TIMES[second]


def as_json(moment: int) -> str:
    """A moment as services.audit.plain writes it into history."""
    return datetime.fromtimestamp(moment, UTC).isoformat()
