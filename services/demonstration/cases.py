"""Which made-up complaints there are: of every state some, old enough for what happens to them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from models import Organisation
from services.demonstration import endings as e
from services.demonstration import plots as p
from services.demonstration.beside import beside
from services.demonstration.organisations import setting_for
from services.demonstration.playing import Case, Moments, Stage
from services.demonstration.records import end_retention
from services.demonstration.setting import Setting, Story
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from settings import Settings

_ORDER: tuple[tuple[p.Plot, float], ...] = (
    (p.archived, 1130), (p.archived, 288), (p.on_spot_archived, 231), (p.closed, 162), (p.in_work, 44),
    (p.closed, 118), (p.archived, 190), (e.refused, 145), (p.unreachable, 260), (p.closed, 74),
    (p.in_work, 33), (e.referred, 96), (p.on_spot, 63), (p.reopened, 55), (p.extended, 28),
    (e.statutory_route, 47), (p.dissatisfied, 27), (p.satisfied, 25), (p.following_up, 24), (p.replied, 22),
    (p.paused, 20), (p.approved, 21), (p.returned, 19), (p.awaiting, 17), (e.merged, 16),
    (p.investigated, 15), (p.supervised, 14), (p.co_handled, 12), (p.in_work, 11), (e.accident, 10),
    (e.confidential, 13), (p.refused_once, 9), (p.accepted, 8), (p.dispatched, 7), (p.to_complete, 6),
    (p.in_work, 5), (p.on_spot, 4), (p.dispatched, 3.2), (p.accepted, 2.2), (p.registered, 0.15),
    (p.registered, 1.1), (p.dispatched, 4.1), (p.replied, 30), (p.in_work, 8.5), (p.to_complete, 2.5),
)  # fmt: skip
"""Plot and age in days: a year of them, and one file from before, whose retention is over.

The first forty are the ordinary demonstration; more go round again."""
BEGINNING = timedelta(days=1150)
"""How long the organisation has had its desk: longer than its oldest file."""
_ENDED = (p.archived, p.closed, p.on_spot_archived, e.refused, e.referred, p.on_spot, p.unreachable)
_SPECIAL = (e.confidential, e.accident)


class NoSetting(LookupError):
    """The organisation works by a procedure for which the demonstration has no stories."""


def create_cases(session: Session, settings: Settings, count: int, seed: int, now: datetime) -> int:
    """Play `count` complaints up to `now`; the same seed and moment give the same ones. Returns how many."""
    chance = random.Random(seed)  # noqa: S311
    setting, stage = _stage(session, settings, now, chance)
    plays: list[tuple[datetime, Callable[[], Moments]]] = []
    for number in range(count):
        plot, age = _ORDER[number % len(_ORDER)]
        if plot is e.accident and setting.accident is None:
            plot = p.in_work
        if number >= len(_ORDER):
            if plot in _SPECIAL:
                plot = p.in_work
            if plot in _ENDED:
                age = chance.uniform(50, 355)
            elif age > 3:
                age += chance.uniform(0, max(0.0, 60 - age))
        start = _working_start(stage, now - timedelta(days=age))
        story = _story(setting, plot, number, start)
        case = Case(stage, story, number, start)
        plays.append((start, partial(plot, case)))
    if count:
        plays += beside(stage)
    stage.play(plays)
    end_retention(session, now)
    return count


def _stage(
    session: Session, settings: Settings, now: datetime, chance: random.Random
) -> tuple[Setting, Stage]:
    organisation = session.get_one(Organisation, 1)
    setting, version = setting_for(organisation.procedure_code), current_version(session)
    if setting is None or version is None:
        raise NoSetting(organisation.procedure_code)
    return setting, Stage(session, settings.zone, now, chance, settings, setting, parsed(version))


def _story(setting: Setting, plot: p.Plot, number: int, at: datetime) -> Story:
    own = None
    if plot is e.confidential:
        own = setting.confidential
    elif plot is e.accident:
        own = setting.accident
    elif plot is e.referred and setting.outlived is not None:
        own = setting.outlived[0]
    return own or _varied(setting, setting.stories[(number * 5 + 3) % len(setting.stories)], number, plot, at)


def _working_start(stage: Stage, at: datetime) -> datetime:
    """At working time, and not behind now: what would be, came in on the last working day."""
    while True:
        moment = stage.working_moment(at)
        if moment <= stage.now:
            return moment
        at -= timedelta(hours=9)


def _varied(setting: Setting, story: Story, number: int, plot: p.Plot, at: datetime) -> Story:
    """The story with its goods; a second complaint of the same one happened to somebody else."""
    turn = number // len(setting.stories)
    if plot in (p.unreachable, p.on_spot, p.on_spot_archived) and setting.key == "hospital":
        story = replace(story, measure="", grade="ordinary")
    if setting.goods:
        name, prefix = setting.goods[number % len(setting.goods)]
        batch = f"{prefix}{at:%y%m}{number % 28 + 1:02d}"
        texts = {
            each: getattr(story, each).replace("{p}", name)
            for each in ("summary", "content", "request", "result", "measure")
        }
        story = replace(story, product=story.product or name, batch=story.batch or batch, **texts)
        if "{p}" not in setting.stories[(number * 5 + 3) % len(setting.stories)].summary:
            return _again(story, turn)
        return story
    return _again(story, turn)


def _again(story: Story, turn: int) -> Story:
    if turn == 0:
        return story
    return replace(story, summary=f"{story.summary}（{'再次' if turn == 1 else '又一起'}反映）")
