"""The two charts of the analysis page as plain geometry: the template only writes it down as SVG.

Each is drawn twice, wide and narrow, so that a phone shows the same type size instead of a shrunken picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDE, NARROW = 720, 340
TOP, BOTTOM, LEFT, RIGHT = 14, 30, 38, 14
HEIGHT = 250
SHOWN = {WIDE: 10, NARROW: 5}
LETTERS = {WIDE: 9, NARROW: 6}


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its number."""

    y: float
    text: str


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: str


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars on a grid with a line over them."""

    size: str
    width: int
    height: int
    left: float
    right: float
    ticks: Sequence[Tick]
    bars: Sequence[Bar]
    line: Sequence[Point]
    labels: Sequence[Label]
    percents: Sequence[Tick] = ()

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.line)


def nice_top(highest: float) -> float:
    """The end of an axis: a round number at or above the highest value."""
    if highest <= 4:
        return 4.0
    step = 10 ** floor(log10(highest / 4))
    for factor in (1, 2, 2.5, 5, 10):
        if step * factor * 4 >= highest and (step * factor) % 1 == 0:
            return float(step * factor * 4)
    return float(ceil(highest / 4) * 4)


def trend(labels: Sequence[str], bars: Sequence[int], line: Sequence[int]) -> tuple[Chart, Chart]:
    """Received as bars and closed as a line, month by month: wide, narrow."""
    wide = _trend(WIDE, labels, bars, line)
    count = 6
    return wide, _trend(NARROW, labels[-count:], bars[-count:], line[-count:])


def _trend(width: int, labels: Sequence[str], bars: Sequence[int], line: Sequence[int]) -> Chart:
    top = nice_top(max([*bars, *line], default=0))
    plan = _Plan(width, len(labels), top, RIGHT)
    return Chart(
        size="wide" if width == WIDE else "narrow",
        width=width,
        height=HEIGHT,
        left=LEFT,
        right=width - RIGHT,
        ticks=plan.ticks(),
        bars=[plan.bar(index, value) for index, value in enumerate(bars)],
        line=[Point(plan.middle(index), plan.y(value), str(value)) for index, value in enumerate(line)],
        labels=[Label(plan.middle(index), HEIGHT - 10, text) for index, text in enumerate(labels)],
    )


def pareto(parts: Sequence[tuple[str, int]], total: int, other: str) -> tuple[Chart, Chart]:
    """The parts by size with the share that they and all before them have of the whole: wide, narrow."""
    return _pareto(WIDE, parts, total, other), _pareto(NARROW, parts, total, other)


def _pareto(width: int, parts: Sequence[tuple[str, int]], total: int, other: str) -> Chart:
    shown = list(parts[: SHOWN[width]])
    rest = sum(count for _, count in parts[SHOWN[width] :])
    if rest:
        shown.append((other, rest))
    right = RIGHT + 28
    plan = _Plan(width, len(shown), nice_top(max((count for _, count in shown), default=0)), right)
    line, before = [], 0
    for index, (_, count) in enumerate(shown):
        before += count
        share = 100 * before / total if total else 0
        line.append(Point(plan.middle(index), plan.share_y(share), f"{share:.0f}%"))
    return Chart(
        size="wide" if width == WIDE else "narrow",
        width=width,
        height=HEIGHT,
        left=LEFT,
        right=width - right,
        ticks=plan.ticks(),
        bars=[plan.bar(index, count) for index, (_, count) in enumerate(shown)],
        line=line,
        labels=[
            Label(plan.middle(index), HEIGHT - 10, _short(name, LETTERS[width]))
            for index, (name, _) in enumerate(shown)
        ],
        percents=[Tick(plan.share_y(share), f"{share}%") for share in (0, 50, 100)],
    )


def _short(name: str, letters: int) -> str:
    """A label that stays under its bar: a Chinese character takes the room of two letters."""
    room, kept = letters, ""
    for sign in name:
        room -= 2 if ord(sign) > 0x2E80 else 1
        if room < 0:
            return f"{kept}…"
        kept += sign
    return kept


@dataclass(frozen=True)
class _Plan:
    """Where things are on a chart of `count` columns up to `top`."""

    width: int
    count: int
    top: float
    right: float

    @property
    def _step(self) -> float:
        return (self.width - LEFT - self.right) / max(self.count, 1)

    def middle(self, index: int) -> float:
        return LEFT + self._step * (index + 0.5)

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / self.top)

    def share_y(self, share: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share / 100)

    def bar(self, index: int, value: int) -> Bar:
        width = min(self._step * 0.6, 46)
        return Bar(
            self.middle(index) - width / 2, self.y(value), width, self.y(0) - self.y(value), str(value)
        )

    def ticks(self) -> list[Tick]:
        return [Tick(self.y(self.top * part / 4), f"{self.top * part / 4:g}") for part in range(5)]
