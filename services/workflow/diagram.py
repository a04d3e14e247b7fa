"""The lifecycle table as a picture and as rows of a table. Both are drawn from TRANSITIONS and from nothing else.

The picture: the ordinary way runs down the middle; steps back and jumps run in lanes on its left; what ends a complaint
early stands on the right. Steps that keep the state are in the table only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from models.enums import OPEN_STATES, EventKind, RoleName, State
from services.workflow.table import TRANSITIONS, Transition, allowed
from services.workflow.words import CHINESE, NEEDS, SOURCE, said_in

S = State
MIDDLE = (
    S.TO_COMPLETE,
    S.REGISTERED,
    S.ACCEPTED,
    S.DISPATCHED,
    S.IN_WORK,
    S.AWAITING_APPROVAL,
    S.REPLIED,
    S.FOLLOWING_UP,
    S.CLOSED,
    S.ARCHIVED,
)
"""From top to bottom."""
RIGHT = {S.REFUSED: 1.5, S.MERGED: 3.0, S.REFERRED: 4.5, S.STATUTORY_ROUTE: 6.0}
"""Row, counted in those of the middle."""

NODE_WIDTH, NODE_HEIGHT, PITCH, TOP = 164, 46, 92, 40
LEFT_LANE, LANE = 92, 20
MIDDLE_X = 4 * LEFT_LANE + 20
BETWEEN_X = MIDDLE_X + NODE_WIDTH + 24
RIGHT_X = BETWEEN_X + 5 * LANE + 150
WIDTH, HEIGHT = RIGHT_X + NODE_WIDTH + 70, TOP + PITCH * len(MIDDLE)

STYLE = """
.lc-node rect { fill: #fff; stroke: #8794a1; stroke-width: 1.5 } .lc-open rect { fill: #e3f0f4; stroke: #17607a }
.lc-zh { font: 600 14px sans-serif; fill: #17222d } .lc-en { font: 11px sans-serif; fill: #455361 }
.lc-edge { fill: none; stroke: #5d6b79; stroke-width: 1.3 } .lc-head { fill: #5d6b79 }
.lc-label { font: 11px sans-serif; fill: #17222d; stroke: #fff; stroke-width: 3; paint-order: stroke }
.lc-ground { fill: #fff }
@media (prefers-color-scheme: dark) {
  .lc-node rect { fill: #1b232b; stroke: #74818e } .lc-open rect { fill: #163441; stroke: #6fb6cf }
  .lc-zh, .lc-label { fill: #e6ecf1 } .lc-en { fill: #b4c0ca } .lc-label { stroke: #12181e }
  .lc-edge { stroke: #93a1ae } .lc-head { fill: #93a1ae } .lc-ground { fill: #12181e }
}
"""
"""For the picture on its own; in the panel the desk's style sheets colour the same classes."""


@dataclass(frozen=True)
class Move:
    """One arrow: an event that leads from one state to another."""

    event: EventKind
    source: State
    target: State


def moves() -> list[Move]:
    """Every change of state of the table."""
    return [
        Move(row.event, source, target)
        for row in TRANSITIONS.values()
        for source, targets in sorted(row.moves.items(), key=lambda item: _row(item[0]))
        for target in targets
        if target is not source
    ]


def rows(locale: str) -> list[tuple[str, str, str, str, str]]:
    """The table in words: step, from, to, who, what it needs."""
    first = (
        said_in(locale, EventKind.REGISTER.label),
        "-",
        said_in(locale, State.REGISTERED.label),
        _who(EventKind.REGISTER, None, locale),
        "-",
    )
    return [first, *(_in_words(row, locale) for row in TRANSITIONS.values())]


def _in_words(row: Transition, locale: str) -> tuple[str, str, str, str, str]:
    comma = "、" if locale == CHINESE else ", "
    sources = sorted(row.sources, key=list(State).index)
    changing = {target for source in sources for target in row.targets(source) if target != source}
    targets = comma.join(said_in(locale, s.label) for s in sorted(changing, key=list(State).index)) or "="
    return (
        said_in(locale, row.event.label),
        comma.join(said_in(locale, source.label) for source in sources),
        targets,
        _who(row.event, sources[0], locale),
        comma.join(said_in(locale, NEEDS[gate.__name__]) for gate in row.gates) or "-",
    )


def _who(event: EventKind, source: State | None, locale: str) -> str:
    roles = [role for role in RoleName if allowed(event, source, role)]
    return ("、" if locale == CHINESE else ", ").join(said_in(locale, role.label) for role in roles)


def markdown() -> str:
    """The table for docs/lifecycle.md."""
    lines = ["| Step | 步骤 | From | To | Who | Needs |", "|---|---|---|---|---|---|"]
    for english, chinese in zip(rows(SOURCE), rows(CHINESE), strict=True):
        lines.append("| " + " | ".join([english[0], chinese[0], *english[1:]]) + " |")
    return "\n".join(lines) + "\n"


def svg(*, on_its_own: bool) -> str:
    """The picture. `on_its_own`: with colours inside, for a file; else coloured by the desk's style sheets."""
    title = f"{said_in(SOURCE, 'Lifecycle')} {said_in(CHINESE, 'Lifecycle')}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lifecycle-diagram" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="lifecycle-title">',
        f'<title id="lifecycle-title">{escape(title)}</title>',
    ]
    if on_its_own:
        parts += [f"<style>{STYLE}</style>", f'<rect class="lc-ground" width="{WIDTH}" height="{HEIGHT}"/>']
    parts += [
        '<defs><marker id="lc-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path class="lc-head" d="M0 0L8 4L0 8z"/></marker></defs>',
        *Drawing().lines(),
        *(_node(state) for state in State),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(state: State) -> float:
    return RIGHT[state] if state in RIGHT else float(MIDDLE.index(state))


def _x(state: State) -> int:
    return RIGHT_X if state in RIGHT else MIDDLE_X


def _y(state: State) -> float:
    """The middle of its box."""
    return TOP + _row(state) * PITCH + NODE_HEIGHT / 2


def _node(state: State) -> str:
    x, y = _x(state), _y(state)
    kind = "lc-node lc-open" if state in OPEN_STATES else "lc-node"
    centre = x + NODE_WIDTH // 2
    return (
        f'<g class="{kind}" data-state="{state.value}"><rect x="{x}" y="{y - NODE_HEIGHT / 2:g}" width="{NODE_WIDTH}" '
        f'height="{NODE_HEIGHT}" rx="8"/>'
        f'<text class="lc-zh" x="{centre}" y="{y - 3:g}" text-anchor="middle">'
        f"{escape(said_in(CHINESE, state.label))}</text>"
        f'<text class="lc-en" x="{centre}" y="{y + 13:g}" text-anchor="middle">'
        f"{escape(said_in(SOURCE, state.label))}</text></g>"
    )


class Drawing:
    """Gives every arrow its lane and its place on the side of a box, so that no two lines lie on each other."""

    def __init__(self) -> None:
        self.moves = moves()
        self.left = [m for m in self.moves if self._side(m) == "left"]
        self.lane_of = dict(self._left_lanes())
        self.shared = self._shared_lanes()
        self.ports = self._ports()

    @staticmethod
    def _side(move: Move) -> str:
        if move.source in RIGHT and move.target is S.ARCHIVED:
            return "far"
        if move.source in RIGHT or move.target in RIGHT or move.event is EventKind.REOPEN:
            return "between"
        if abs(_row(move.source) - _row(move.target)) == 1 and (
            _row(move.target) > _row(move.source) or move.target is S.TO_COMPLETE
        ):
            return "straight"
        return "left"

    def _left_lanes(self) -> Iterator[tuple[Move, int]]:
        """The nearest lane on the left that is free between both rows; short ways first."""
        taken: list[list[tuple[float, float]]] = []
        for move in sorted(self.left, key=lambda m: abs(_row(m.source) - _row(m.target))):
            low, high = sorted((_row(move.source), _row(move.target)))
            lane = next(
                (i for i, used in enumerate(taken) if all(high <= a or low >= b for a, b in used)), len(taken)
            )
            if lane == len(taken):
                taken.append([])
            taken[lane].append((low, high))
            yield move, lane

    def _shared_lanes(self) -> dict[EventKind, int]:
        """One lane an event between middle and right; archiving from the right runs on the far side."""
        events = dict.fromkeys(m.event for m in self.moves if self._side(m) == "between")
        return {event: index for index, event in enumerate(events)}

    def _lane_x(self, move: Move) -> float:
        side = self._side(move)
        if side == "left":
            return MIDDLE_X - 24 - self.lane_of[move] * LEFT_LANE
        if side == "far":
            return RIGHT_X + NODE_WIDTH + 30
        return BETWEEN_X + self.shared[move.event] * LANE

    def _ports(self) -> dict[tuple[State, str, object], float]:
        """The height at which each line meets a box, by box, side and lane."""
        wanted: dict[tuple[State, str], dict[object, float]] = {}
        for move in self.moves:
            side = self._side(move)
            if side == "straight":
                continue
            for state, other in ((move.source, move.target), (move.target, move.source)):
                edge = self._edge(state, side)
                key = self._key(move, side)
                wanted.setdefault((state, edge), {})[key] = _row(other) + 0.01 * len(wanted)
        found: dict[tuple[State, str, object], float] = {}
        for (state, edge), lines in wanted.items():
            ordered = sorted(lines, key=lambda key: lines[key])
            step = (NODE_HEIGHT - 8) / (len(ordered) + 1)
            for index, key in enumerate(ordered, 1):
                found[state, edge, key] = _y(state) - NODE_HEIGHT / 2 + 4 + step * index
        return found

    @staticmethod
    def _edge(state: State, side: str) -> str:
        if side == "left":
            return "left"
        return "left" if state in RIGHT and side == "between" else "right"

    @staticmethod
    def _key(move: Move, side: str) -> object:
        return move if side == "left" else (move.event, side)

    def lines(self) -> Iterator[str]:
        """The arrows, then their words, so that no line crosses a word."""
        labels: dict[object, str] = {}
        for move in self.moves:
            path, key, label = self._straight(move) if self._side(move) == "straight" else self._lane(move)
            yield (
                f'<path class="lc-edge" data-event="{move.event.value}" data-from="{move.source.value}" '
                f'data-to="{move.target.value}" d="{path}" marker-end="url(#lc-arrow)"/>'
            )
            labels[key] = label
        yield from labels.values()

    def _straight(self, move: Move) -> tuple[str, object, str]:
        same = [m for m in self.moves if {m.source, m.target} == {move.source, move.target}]
        same = [m for m in same if self._side(m) == "straight"]
        spread = 40 if len(same) > 1 else 0
        x = MIDDLE_X + NODE_WIDTH / 2 + (same.index(move) - (len(same) - 1) / 2) * spread
        down = _row(move.target) > _row(move.source)
        half = NODE_HEIGHT / 2
        begin, end = (half, -half) if down else (-half, half)
        y1, y2 = _y(move.source) + begin, _y(move.target) + end
        outward = len(same) > 1 and same.index(move) == 0
        label_x, anchor = (x - 7, "end") if outward else (x + 7, "start")
        return f"M{x:g} {y1:g}V{y2:g}", move, _label(move.event, label_x, (y1 + y2) / 2 - 2, anchor)

    def _lane(self, move: Move) -> tuple[str, object, str]:
        side = self._side(move)
        key = self._key(move, side)
        lane = self._lane_x(move)
        ends = []
        for state in (move.source, move.target):
            edge = self._edge(state, side)
            x = _x(state) + (NODE_WIDTH if edge == "right" else 0)
            ends.append((x, self.ports[state, edge, key]))
        (x1, y1), (x2, y2) = ends
        path = f"M{x1:g} {y1:g}H{lane:g}V{y2:g}H{x2:g}"
        if side == "left":
            return path, key, _label(move.event, lane - 6, (y1 + y2) / 2, "end")
        if side == "far":
            return path, key, _label(move.event, lane - 6, y2 - 10, "end")
        if move.target in RIGHT:
            return path, key, _label(move.event, RIGHT_X - 12, y2 - 3, "end", below=True)
        return path, key, _label(move.event, lane + 6, _y(S.CLOSED) - PITCH / 2, "start")


def _label(event: EventKind, x: float, y: float, anchor: str, *, below: bool = False) -> str:
    """Chinese over English; `below`: the English stands under the line."""
    lines = (said_in(CHINESE, event.label), said_in(SOURCE, event.label))
    gap = 15 if below else 12
    spans = "".join(
        f'<tspan x="{x:g}" dy="{0 if index == 0 else gap}">{escape(text)}</tspan>'
        for index, text in enumerate(lines)
    )
    return (
        f'<text class="lc-label" data-label="{event.value}" y="{y:g}" text-anchor="{anchor}">{spans}</text>'
    )
