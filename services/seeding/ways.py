"""The ways that made-up complaints go, and how often: most through every step, some to another end."""

from __future__ import annotations

import random
from collections.abc import Callable

from models.enums import OPEN_STATES, EventKind, FollowUpResult, RoleName, State
from services.seeding import deciding as d
from services.seeding import outcome
from services.seeding import steps as s
from services.seeding import words as w
from services.seeding.case import Case, Later
from services.seeding.sheets import as_json
from services.seeding.world import World

MERGED = 0.015
"""The share of complaints that are about the one before and are merged into it."""
_OPEN = frozenset(state.value for state in OPEN_STATES)


def make(world: World, numbers: range) -> None:
    """Put the complaints of these numbers into the sheets of `world`; the same numbers give the same rows."""
    before: Case | None = None
    for number in numbers:
        chance = random.Random(f"{world.plan.seed}:{number}")  # noqa: S311
        case = Case(world, number, world.minute(number), chance)
        merges = before is not None and not case.confidential and chance.random() < MERGED
        _play(case, before if merges else None)
        if before is not None:
            outcome.write(before)
        before = case
    if before is not None:
        outcome.write(before)


def _play(case: Case, master: Case | None) -> None:
    try:
        if master is not None and _is_open(master, case.at):
            _merged(case, master)
        else:
            _way_of(case)(case)
    except Later:
        case.catch_up(case.world.timeline.now)


def _way_of(case: Case) -> Callable[[Case], None]:
    if case.confidential:
        return _ordinary
    on_spot = case.world.procedure.approval.on_the_spot_exempt
    ways = (_ordinary, _on_the_spot, _refused, _referred, _statutory)
    weights = (80, 11 if on_spot else 0, 4, 2, 1)
    return case.chance.choices(ways, weights)[0]


def _registered(case: Case, like: Case | None = None) -> None:
    """Written down by one of the office; the same person comes again with a second complaint."""
    world, chance = case.world, case.chance
    receiver = chance.choice(world.house.receivers)
    if like is not None:
        case.place = like.place
    case.register(receiver, like.complainant if like else world.facts.complainant(chance))


def _accepted(case: Case) -> None:
    _registered(case)
    case.wait(50)
    if case.chance.random() < 0.05:
        s.ask_to_complete(case)
        case.wait(700)
        s.supply_missing(case)
        case.wait(60)
    s.accept(case)
    if case.world.procedure.grading is not None:
        case.wait(10)
        s.grade(case)


def _in_work(case: Case) -> None:
    chance, house = case.chance, case.world.house
    _accepted(case)
    case.wait(100)
    if not case.confidential and chance.random() < 0.04 and len(house.places) > 1:
        wrong = chance.choice([place for place in house.places[:-1] if place is not case.place])
        person = s.receiver_at(case, wrong)
        s.transfer(case, wrong, person)
        case.wait(300)
        s.refuse_signature(case, person)
        case.wait(90)
    person = s.receiver_at(case, case.place)
    s.transfer(case, case.place, person)
    case.wait(150)
    s.sign_for(case, person)


def _worked_on(case: Case) -> None:
    """Between the signature and the opinion: notes, other departments, investigations, pauses, orders from above."""
    chance, house = case.chance, case.world.house
    if chance.random() < 0.35:
        case.wait(250)
        s.note(case)
    if not case.confidential and chance.random() < 0.04 and len(house.places) > 2:
        case.wait(100)
        other = chance.choice([place for place in house.places[:-1] if place is not case.place])
        assignment, person = s.add_co_handler(case, other)
        case.wait(300)
        case.sign(assignment, person)
        case.fire(EventKind.SIGN_CO_HANDLING, person, department=other.name)
        case.wait(400)
        s.give_co_opinion(case, assignment, person)
    if chance.random() < 0.012:
        case.wait(200)
        if s.pause(case):
            case.wait(4000)
            s.resume(case)
    if chance.random() < 0.015:
        case.wait(300)
        s.extend(case)
    if chance.random() < 0.01:
        case.wait(300)
        s.supervise(case)
    if chance.random() < 0.03:
        case.wait(500)
        s.urge(case)


def _decided(case: Case) -> None:
    """Investigated or not, the opinion goes up and comes back approved."""
    chance = case.chance
    result = case.world.texts.result(chance)
    cause, verdict = d.cause_of(case)
    if chance.random() < (0.3 if case.row["grade"] in (None, "ordinary", "class_4") else 0.9):
        case.wait(300)
        made = s.open_investigation(case)
        try:
            case.wait(900)
            s.finish_investigation(case, made, result, verdict)
        finally:
            case.world.sheets.investigations.add(**made)
    case.wait(500)
    d.submit_opinion(case, result, cause)
    case.wait(220)
    if chance.random() < 0.06:
        d.return_opinion(case)
        case.wait(500)
        d.submit_opinion(case, case.world.texts.result(chance), cause)
        case.wait(200)
    d.approve(case)
    case.wait(160)


def _ordinary(case: Case) -> None:
    chance = case.chance
    _in_work(case)
    _worked_on(case)
    _decided(case)
    if case.row["is_anonymous"] or chance.random() < 0.01:
        d.reply(
            case, "匿名投诉，未留联系方式。" if case.row["is_anonymous"] else "三次去电无人接听，信函退回。"
        )
    else:
        d.reply(case)
        _followed_up(case)
    case.wait(250)
    d.close(case)
    case.wait(900)
    d.archive(case)


def _followed_up(case: Case) -> None:
    """Asked; who is not satisfied gets another round."""
    chance = case.chance
    case.wait(500)
    case.fire(EventKind.START_FOLLOW_UP, case.receiver, State.FOLLOWING_UP)
    case.wait(300)
    if chance.random() < 0.04:
        d.follow_up(case, FollowUpResult.DISSATISFIED, chance.choice(w.DISSATISFIED))
        case.wait(300)
        s.note(case)
        _decided(case)
        d.reply(case)
        case.wait(400)
        case.fire(EventKind.START_FOLLOW_UP, case.receiver, State.FOLLOWING_UP)
        case.wait(300)
    if chance.random() < 0.05:
        d.follow_up(case, FollowUpResult.UNREACHABLE, chance.choice(w.UNREACHABLE))
    else:
        d.follow_up(case, FollowUpResult.SATISFIED, chance.choice(w.SATISFIED))


def _on_the_spot(case: Case) -> None:
    _registered(case)
    case.wait(20)
    d.close_on_spot(case)
    case.wait(1200)
    d.archive(case)


def _refused(case: Case) -> None:
    _registered(case)
    case.wait(200)
    words = case.world.words
    clause = f"{case.world.procedure.regulation} 适用范围"
    d.end(
        case, EventKind.REFUSE, State.REFUSED, case.receiver, words.refused, f"{words.refused}\n{words.route}",
        clause=clause, route=words.route, second_person_id=case.world.house.leaders[0].id,
    )  # fmt: skip


def _referred(case: Case) -> None:
    _registered(case)
    case.wait(300)
    words = case.world.words
    reason = f"{words.authority}\n{words.referred}"
    d.end(
        case, EventKind.REFER, State.REFERRED, case.receiver, words.referred, reason,
        authority=words.authority,
    )  # fmt: skip


def _statutory(case: Case) -> None:
    _accepted(case)
    case.wait(700)
    words, leader = case.world.words, case.world.house.leaders[0]
    reason = f"{words.statutory}\n{words.explained}"
    d.end(
        case, EventKind.STATUTORY_ROUTE, State.STATUTORY_ROUTE, leader, words.explained, reason,
        route=words.statutory,
    )  # fmt: skip


def _is_open(master: Case, at: int) -> bool:
    """Whether the complaint before could take this one in at that moment and the hours after."""
    if master.confidential or master.row["state"] == State.MERGED:
        return False
    before_end = (State.REGISTERED, State.TO_COMPLETE, State.ACCEPTED, State.DISPATCHED, State.IN_WORK)
    until = at + 3 * 3600
    stood = [each["to_state"] for each in master.events if each["moment"] <= until]
    return bool(stood) and stood[-1] in before_end and stood[-1] in _OPEN


def _merged(case: Case, master: Case) -> None:
    """A second complaint about the same matter: both records say so."""
    _registered(case, like=master)
    case.wait(30)
    stood = [each for each in master.events if each["moment"] <= case.at][-1]
    if stood["to_state"] not in _OPEN or case.receiver.role != RoleName.FIRST_RECEIVER:
        return
    reason = "同一投诉人就同一事项重复投诉。"
    case.row["master_id"] = master.id
    d.end(case, EventKind.MERGE, State.MERGED, case.receiver, reason, reason, master=master.row["number"])
    told = case.events[-1] | {
        "public_id": case.world.address(case.chance),
        "complaint_id": master.id,
        "from_state": stood["to_state"],
        "to_state": stood["to_state"],
        "round": stood["round"],
        "data": as_json({"merged": case.row["number"]}),
    }
    master.events.insert(master.events.index(stood) + 1, told)
    if master.row.get("archived_at"):
        case.row["archived_at"] = master.row["archived_at"]
