"""Which made-up complaints there are: of every state some, old enough for what happens to them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from services.demonstration import plots as p
from services.demonstration.playing import Case, Moments, Stage
from services.demonstration.stories import ACCIDENT, CONFIDENTIAL, STORIES, Story
from settings import Settings

_ORDER: tuple[tuple[p.Plot, float], ...] = (
    (p.archived, 58), (p.archived, 52), (p.on_spot_archived, 49), (p.closed, 46), (p.in_work, 44),
    (p.closed, 41), (p.archived, 55), (p.refused, 38), (p.unreachable, 36), (p.closed, 34),
    (p.in_work, 33), (p.referred, 31), (p.on_spot, 29), (p.reopened, 43), (p.extended, 28),
    (p.statutory_route, 26), (p.dissatisfied, 27), (p.satisfied, 25), (p.following_up, 24), (p.replied, 22),
    (p.paused, 20), (p.approved, 21), (p.returned, 19), (p.awaiting, 17), (p.merged, 16),
    (p.investigated, 15), (p.supervised, 14), (p.co_handled, 12), (p.in_work, 11), (p.accident, 10),
    (p.confidential, 13), (p.refused_once, 9), (p.accepted, 8), (p.dispatched, 7), (p.to_complete, 6),
    (p.in_work, 5), (p.on_spot, 4), (p.dispatched, 3.2), (p.accepted, 2.2), (p.registered, 0.15),
    (p.registered, 1.1), (p.dispatched, 4.1), (p.replied, 30), (p.in_work, 8.5), (p.to_complete, 2.5),
)  # fmt: skip
"""Plot and age in days. The first forty are the ordinary demonstration; more go round again."""
_OWN_STORY: dict[p.Plot, Story] = {p.confidential: CONFIDENTIAL, p.accident: ACCIDENT}
_SPECIAL = (p.confidential, p.accident)


def create_cases(session: Session, settings: Settings, count: int, seed: int, now: datetime) -> int:
    """Play `count` complaints up to `now`; the same seed and moment give the same ones. Returns how many."""
    chance = random.Random(seed)  # noqa: S311
    stage = Stage(session, settings.zone, now, chance, settings)
    plays: list[tuple[datetime, Callable[[], Moments]]] = []
    for number in range(count):
        plot, age = _ORDER[number % len(_ORDER)]
        if number >= len(_ORDER):
            if plot in _SPECIAL:
                plot = p.in_work
            age += chance.uniform(0, max(0.0, 60 - age)) if age > 3 else 0
        start = _working_start(stage, now - timedelta(days=age))
        story = _OWN_STORY.get(plot) or _varied(STORIES[(number * 5 + 3) % len(STORIES)], number, plot)
        case = Case(stage, story, number, start)
        plays.append((start, partial(plot, case)))
    stage.play(plays)
    return count


def _working_start(stage: Stage, at: datetime) -> datetime:
    """At working time, and not behind now: what would be, came in on the last working day."""
    while True:
        moment = stage.working_moment(at)
        if moment <= stage.now:
            return moment
        at -= timedelta(hours=9)


def _varied(story: Story, number: int, plot: p.Plot) -> Story:
    """A second complaint of the same story happened to somebody else."""
    if plot in (p.unreachable, p.on_spot, p.on_spot_archived):
        story = replace(story, measure="", grade="ordinary")
    turn = number // len(STORIES)
    return (
        story
        if turn == 0
        else replace(story, summary=f"{story.summary}（{'再次' if turn == 1 else '又一起'}反映）")
    )
