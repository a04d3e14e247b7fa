"""One made-up complaint on its way: each method writes what the operation of that name would have written."""

from __future__ import annotations

import hashlib
import random
from typing import Any

from models.enums import (
    OPEN_STATES,
    AssignmentKind,
    AssignmentStatus,
    ClockState,
    EventKind,
    PartyKind,
    PartySide,
    State,
)
from services.actor import SYSTEM
from services.procedures.vocabulary import ClockEvent, Level, clock_event
from services.seeding.clockwork import Run
from services.seeding.facts import Complainant
from services.seeding.house import Person, Place
from services.seeding.sheets import as_json
from services.seeding.timeline import as_json as json_moment
from services.seeding.timeline import stored
from services.seeding.world import World

STRIDE = 16
"""Ids of a complaint's assignments, time limits and investigations begin at its own times this."""


_OPEN = frozenset(state.value for state in OPEN_STATES)


class Later(Exception):
    """The next step lies ahead of now: the complaint stands where it stands."""


class Case:
    """A complaint between its registration and now."""

    def __init__(self, world: World, number: int, minute: int, chance: random.Random) -> None:
        self.world, self.number, self.minute, self.chance = world, number, minute, chance
        self.id = world.first_id + number
        self.place: Place = world.house.place(number, chance)
        self.confidential = world.is_confidential(number)
        self.haste = chance.lognormvariate(0, 0.35)
        """How slowly this one goes, as a whole."""
        self.stall = chance.randrange(12) if chance.random() < world.stalled else -1
        """The step at which it is left lying."""
        self.second = chance.randrange(60)
        self.at = world.timeline.moment(minute, self.second)
        self.complainant: Complainant
        self.receiver: Person
        self.handler: Person
        self.investigator: Person
        self.row: dict[str, Any] = {}
        self.own: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.runs: list[Run] = []
        self.assignments: list[dict[str, Any]] = []
        self.team: list[int] = []
        self.investigations = 0
        self.named: list[int] = []
        self.opinions: list[dict[str, Any]] = []
        self.filed: dict[str, Any] | None = None
        self.pause_row: dict[str, Any] | None = None
        self.supervision: dict[str, Any] | None = None
        self._steps = 0

    # The passing of time

    def wait(self, minutes: float) -> None:
        """Some working minutes, now less and now more; Later when that is beyond now."""
        self._steps += 1
        wanted = 2 + minutes * self.haste * self.chance.expovariate(1.4)
        if self._steps == self.stall:
            wanted += self.chance.uniform(8, 160) * 480
        self.minute += int(wanted)
        if self.minute >= self.world.timeline.end:
            raise Later
        self.at = self.world.timeline.moment(self.minute, self.second)
        self._sweep(self.at)

    def catch_up(self, now: int) -> None:
        """What the time limits do up to now while the complaint waits for its next step."""
        self._sweep(now)

    def _sweep(self, until: int) -> None:
        """What the time limits did by themselves in the meantime."""
        if not self.runs or self.row["state"] not in _OPEN:
            return
        while True:
            due = [fire for run in self.runs for fire in run.fires(until)]
            if not due:
                return
            at, run, mark = min(due, key=lambda one: (one[0], one[1].id))
            at = max(at, self.events[-1]["moment"])
            if mark is None:
                run.breached = run.period.due_at
                event, consequence = EventKind.CLOCK_BREACHED, run.limit.clock.at_breach
            else:
                run.warned.append(mark)
                event, consequence = EventKind.CLOCK_WARNED, run.limit.clock.at_warn
            facts: dict[str, Any] = {
                "clock": run.limit.code,
                "name_zh": run.limit.clock.names.zh,
                "name_en": run.limit.clock.names.en,
                "due_at": json_moment(run.period.due_at),
            }
            bound: dict[str, Any] = {"is_lower_bound": True} if run.period.is_lower_bound else {}
            self._history(event, None, at=at, clause=run.limit.clause, run=run.public_id, **bound, **facts)
            if consequence.escalate:
                self._escalate(at, facts)

    def _escalate(self, at: int, facts: dict[str, Any]) -> None:
        steps = self.world.procedure.escalation
        for index in range(self.row["escalation_level"], len(steps)):
            if self._has_people(steps[index].level) or index == len(steps) - 1:
                number = self.row["escalation_level"] = index + 1
                level = steps[index].level.value
                self._history(
                    EventKind.ESCALATE, None, at=at, level=level, number=number, automatic=True, **facts
                )
                return

    def _has_people(self, level: Level) -> bool:
        if level is not Level.DEPARTMENT_HEAD:
            return True
        return self.place.head_id is not None and self.row["department_id"] is not None

    # History and time limits

    def _history(
        self, event: EventKind, actor: Person | None, *, at: int | None = None, clause: str | None = None,
        text: str | None = None, before: str | None = None, **data: Any,
    ) -> None:  # fmt: skip
        self.events.append(
            {
                "public_id": self.world.address(self.chance),
                "complaint_id": self.id,
                "moment": at or self.at,
                "event": event.value,
                "from_state": before or self.row["state"],
                "to_state": self.row["state"],
                "round": self.row["round"],
                "actor_id": actor.id if actor else None,
                "actor_name": actor.name if actor else SYSTEM.name,
                "role": actor.role if actor else None,
                "department_name": actor.place if actor else None,
                "text": text,
                "clause": clause,
                "data": as_json(data) if data else "{}",
            }
        )

    def fire(
        self,
        event: EventKind,
        actor: Person,
        target: State | None = None,
        *,
        text: str | None = None,
        clause: str | None = None,
        **data: Any,
    ) -> None:
        """What every operation ends with: the state, history, time limits."""
        before = self.row["state"]
        if target is not None:
            self.row["state"] = target.value
        if self.row["state"] not in _OPEN and self.supervision is not None:
            self.supervision["ended_at"] = stored(self.at)
            self.row["supervised_at"] = None
        self._history(event, actor, text=text, clause=clause, before=before, **data)
        heard = clock_event(event)
        if heard is not None:
            self.stop_limits(heard)
            self.start_limits(heard, self.at)

    def note_down(self, event: EventKind, actor: Person, text: str, **data: Any) -> None:
        """A line of history that no time limit hears."""
        self._history(event, actor, text=text, **data)

    def start_limits(self, heard: ClockEvent, at: int) -> None:
        known = {run.limit.code for run in self.runs if run.round == self.row["round"]}
        for limit in self.world.clockwork.starting.get(heard, ()):
            if limit.code in known or (limit.levels and self.row["grade"] not in limit.levels):
                continue
            period = limit.period(at, self.world.clockwork.time, [], 0)
            run_id = self.id * STRIDE + len(self.runs)
            self.runs.append(
                Run(limit, run_id, self.world.address(self.chance), self.row["round"], heard, at, period)
            )

    def stop_limits(self, heard: ClockEvent) -> None:
        for run in self.runs:
            if run.is_open and heard in run.limit.stops:
                run.stop(self.at)

    def void_limits(self) -> None:
        for run in self.runs:
            if run.is_open:
                run.void(self.at)

    def regrade_limits(self) -> None:
        """Time limits of this grade run from the event that starts them, not from the grading."""
        known = {run.limit.code for run in self.runs}
        for limit in self.world.clockwork.limits:
            if not limit.levels or limit.code in known or self.row["grade"] not in limit.levels:
                continue
            heard: list[tuple[ClockEvent | None, int]] = [(ClockEvent.RECEIVED, self.received)]
            heard += [(clock_event(EventKind(each["event"])), each["moment"]) for each in self.events]
            begun = next(((event, at) for event, at in heard if event in limit.starts), None)
            if begun is None or begun[0] is None or any(event in limit.stops for event, _ in heard):
                continue
            period = limit.period(begun[1], self.world.clockwork.time, [], 0)
            run_id = self.id * STRIDE + len(self.runs)
            address = self.world.address(self.chance)
            self.runs.append(Run(limit, run_id, address, self.row["round"], begun[0], begun[1], period))

    # What is written beside the case

    def register(self, receiver: Person, complainant: Complainant) -> None:
        world, chance = self.world, self.chance
        received = self.at - chance.randint(2, 25) * 60
        if chance.random() < 0.15:
            received -= chance.randint(60, 900) * 60  # written down the next morning
        received = max(received, world.year_begins(self.at))
        self.receiver, self.complainant = receiver, complainant
        day = world.timeline.local(received)
        anonymous = complainant.kind == PartyKind.ANONYMOUS
        self.own = world.facts.own(chance, self.place, anonymous, day.isoformat())
        self.row = world.facts.told(chance, self.place, day) | {
            "id": self.id,
            "public_id": world.address(chance),
            "number": world.complaint_number(self.number, self.confidential),
            "state": State.REGISTERED.value,
            "received_at": stored(received),
            "occurred_on": world.days_before(day, chance.randint(0, 3)),
            "complainant_name": complainant.name,
            "complainant_phone": complainant.phone,
            "complainant_kind": complainant.complainant_kind,
            "is_anonymous": anonymous,
            "procedure_version_id": world.version_id,
            "first_receiver_id": receiver.id,
            "responsible_id": receiver.id,
            "receiving_department_id": world.house.office_id,
            "department_id": None,
            "handler_id": receiver.id if world.procedure.intake.named_handler is not None else None,
            "is_confidential": self.confidential,
            "own_values": as_json(self.own),
            "created_at": stored(self.at),
            "round": 1,
            "escalation_level": 0,
            "refusals": 0,
            "grade": None,
            "is_major": False,
        }
        self.received = received
        if self.confidential:
            house = world.house
            self.place = house.secret_place
            everybody = [receiver, *house.leaders, *house.quality, *house.investigators, *house.archivists]
            self.named = list(dict.fromkeys(one.id for one in everybody))
        self._history(EventKind.REGISTER, receiver)
        self.start_limits(ClockEvent.RECEIVED, received)
        self.start_limits(ClockEvent.REGISTERED, self.at)
        self._parties()

    def _parties(self) -> None:
        one = self.complainant
        self.world.sheets.parties.add(
            complaint_id=self.id,
            side=PartySide.COMPLAINANT.value,
            kind=one.kind,
            name=one.name,
            phone=one.phone,
            address=one.address,
            complainant_kind=one.complainant_kind,
        )
        self.world.sheets.parties.add(
            complaint_id=self.id,
            side=PartySide.COMPLAINED_ABOUT.value,
            kind=PartyKind.ORGANISATION.value,
            name=self.place.name,
        )

    def send(self, kind: AssignmentKind, place_id: int, name: str, to: Person, **said: Any) -> dict[str, Any]:
        """An assignment that awaits the signature of `to`."""
        made = {
            "id": self.id * STRIDE + len(self.assignments),
            "public_id": self.world.address(self.chance),
            "complaint_id": self.id,
            "kind": kind.value,
            "status": AssignmentStatus.AWAITING.value,
            "round": self.row["round"],
            "department_id": place_id,
            "department_name": name,
            "person_id": to.id,
            "sent_at": stored(self.at),
            **said,
        }
        self.assignments.append(made)
        return made

    def sign(self, assignment: dict[str, Any], by: Person) -> None:
        assignment |= {
            "status": AssignmentStatus.SIGNED.value,
            "signed_at": stored(self.at),
            "signed_by_id": by.id,
        }

    def end_assignments(self) -> None:
        for one in self.assignments:
            if one["status"] in (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED):
                one |= {"status": AssignmentStatus.ENDED.value, "ended_at": stored(self.at)}

    def give_opinion(self, by: Person, result: str, responsibility: str) -> None:
        number = self.row["number"]
        opinion = {
            "complaint_id": self.id,
            "round": self.row["round"],
            "result": result,
            "responsibility": responsibility,
            "no_measures_reason": "问题已解决，无需另行采取措施。",
            "submitted_by_id": by.id,
            "content_hash": hashlib.sha256(f"{number}\n{result}\n{responsibility}".encode()).hexdigest(),
            "created_at": stored(self.at),
        }
        self.opinions.append(opinion)
        self.row |= {"result": result, "responsibility": responsibility}

    def run_that(self, wanted: str) -> Run | None:
        """A running time limit whose clock has this: "pause" or "extendable"."""
        return next(
            (
                run
                for run in self.runs
                if run.state is ClockState.RUNNING
                and getattr(run.limit.clock, wanted) is not None
                and not run.is_past(self.at)
            ),
            None,
        )
