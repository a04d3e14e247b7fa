"""The steps that made-up complaints take, each as the operation of that name carries it out."""

from __future__ import annotations

from typing import Any

from models.enums import (
    AssignmentKind,
    Category,
    ClockState,
    EventKind,
    ExtensionStatus,
    FindingVerdict,
    InvestigationStatus,
    State,
)
from services.seeding import words as w
from services.seeding.case import STRIDE, Case
from services.seeding.house import Person, Place
from services.seeding.timeline import as_json as json_moment
from services.seeding.timeline import stored

E, S = EventKind, State


def ask_to_complete(case: Case) -> None:
    case.fire(E.ASK_TO_COMPLETE, case.receiver, S.TO_COMPLETE, text=case.world.words.missing)


def supply_missing(case: Case) -> None:
    case.fire(E.SUPPLY_MISSING, case.receiver, S.REGISTERED, text="投诉人已补充购买凭证和照片。")


def accept(case: Case) -> None:
    case.row["accepted_at"] = stored(case.at)
    case.fire(E.ACCEPT, case.receiver, S.ACCEPTED)


def grade(case: Case) -> None:
    """Where the procedure has grades that follow from no questions."""
    scale = case.world.procedure.grading
    if scale is None or scale.facts:
        return
    start = scale.start(Category(case.row["category"]))
    codes = [code for code, _ in case.world.levels]
    weights = [weight for _, weight in case.world.levels]
    code = start.level if start else case.chance.choices(codes, weights)[0]
    found = scale.level(code)
    assert found is not None  # the codes are those of the scale
    reason = "按投诉内容和影响范围评定。"
    case.world.sheets.grades.add(
        complaint_id=case.id,
        round=case.row["round"],
        scheme=scale.scheme,
        level=code,
        reason=reason,
        at=stored(case.at),
        by_id=case.receiver.id,
        created_at=stored(case.at),
    )
    case.row |= {"grade": code, "grade_reason": reason, "is_major": found.major}
    case.fire(E.GRADE, case.receiver, text=reason, clause=", ".join(found.clause) or None, level=code)
    case.regrade_limits()


def receiver_at(case: Case, place: Place) -> Person:
    if case.confidential:
        return case.world.house.investigators[0]
    return case.chance.choice(place.handlers)


def transfer(case: Case, place: Place, to: Person) -> None:
    """To a department and a person, with the leader's instruction where the procedure wants one."""
    instruction = case.chance.choice(case.world.words.instructions)
    leader = case.world.house.leader_of(case.place)
    by_leader = case.world.procedure.handover.leader_instruction
    place_id, name = place.id, place.name
    assignment = case.send(
        AssignmentKind.LEAD,
        place_id,
        name,
        to,
        instruction=instruction,
        instructed_by_id=leader.id if by_leader else None,
        sent_by_id=case.receiver.id,
        from_department_id=case.row["department_id"] or case.world.house.office_id,
    )
    case.row |= {"department_id": place_id, "handler_id": None, "responsible_id": case.receiver.id}
    case.fire(
        E.TRANSFER,
        case.receiver,
        S.DISPATCHED,
        text=instruction,
        department_id=place_id,
        department=name,
        person_id=to.id,
        person=to.name,
        assignment_id=assignment["id"],
    )


def refuse_signature(case: Case, person: Person) -> None:
    lead = case.assignments[-1]
    reason = case.world.words.misdirected
    clause = next(iter(case.world.procedure.handover.clause), "部门职责分工")
    lead |= {
        "status": "refused",
        "refusal_reason": reason,
        "refusal_clause": clause,
        "ended_at": stored(case.at),
    }
    case.row["refusals"] += 1
    case.row |= {
        "department_id": lead["from_department_id"],
        "handler_id": None,
        "responsible_id": lead["sent_by_id"],
    }
    case.fire(
        E.REFUSE_SIGNATURE, person, S.ACCEPTED, text=reason, clause=clause, department=lead["department_name"]
    )


def sign_for(case: Case, person: Person) -> None:
    lead = case.assignments[-1]
    case.sign(lead, person)
    case.row |= {"handler_id": person.id, "responsible_id": person.id}
    case.handler = person
    case.fire(E.SIGN_FOR, person, S.IN_WORK, department_id=lead["department_id"], person_id=person.id)


def note(case: Case) -> None:
    case.fire(E.NOTE, case.handler, text=case.world.texts.note(case.chance))


def urge(case: Case) -> None:
    case.fire(E.URGE, case.receiver, text="请抓紧办理，注意办理期限。")


def supervise(case: Case) -> None:
    demand, due = "上级交办，请按期报告进展。", case.at + 5 * 86_400
    leader = case.world.house.leader_of(case.place)
    case.supervision = {
        "complaint_id": case.id,
        "demand": demand,
        "due_at": stored(due),
        "ordered_by_id": leader.id,
        "created_at": stored(case.at),
    }
    case.row["supervised_at"] = stored(case.at)
    case.fire(E.SUPERVISE, leader, text=demand, due_at=json_moment(due))


def pause(case: Case) -> bool:
    """Time limits that the procedure lets stand still; False when none runs."""
    run = case.run_that("pause")
    if run is None:
        return False
    reason = run.limit.clock.pausable_by[0]
    leader, text = case.world.house.leader_of(case.place), case.world.words.paused
    paused = [r for r in case.runs if r.state is ClockState.RUNNING and reason in r.limit.clock.pausable_by]
    for each in paused:
        each.state, each.paused_at = ClockState.PAUSED, case.at
        each.pauses.append((case.at, None))
    case.pause_row = {
        "complaint_id": case.id,
        "reason": reason.value,
        "text": text,
        "started_at": stored(case.at),
        "started_by_id": leader.id,
        "created_at": stored(case.at),
    }
    case.row["paused_at"] = stored(case.at)
    codes = [each.limit.code for each in paused]
    case.fire(E.PAUSE, leader, text=text, reason_kind=reason.value, clocks=codes)
    return True


def resume(case: Case) -> None:
    for run in case.runs:
        if run.state is ClockState.PAUSED:
            run.pauses[-1] = (run.pauses[-1][0], case.at)
            run.state, run.paused_at = ClockState.RUNNING, None
            run.period = case.world.clockwork.period(run)
    assert case.pause_row is not None  # only what was paused is resumed
    case.pause_row["ended_at"] = stored(case.at)
    case.row["paused_at"] = None
    case.fire(E.RESUME, case.world.house.leader_of(case.place))


def extend(case: Case) -> None:
    """Asked for and granted at once, while the period still runs."""
    run = case.run_that("extendable")
    if run is None:
        return
    limit = run.limit.clock.extendable
    assert limit is not None  # run_that has seen it
    leader = case.world.house.leader_of(case.place)
    amount, before = min(10, limit.max_amount), run.period.due_at
    why, granted = case.world.words.extended, "同意延期，及时告知投诉人。"
    case.fire(E.REQUEST_EXTENSION, case.handler, text=why, clock=run.limit.code, amount=amount)
    run.extended_by = amount
    run.period = case.world.clockwork.period(run)
    fired, run.warned = set(run.warned), []
    ahead = {mark for mark, at in run.pending() if at > case.at}
    run.warned = sorted(fired - ahead)
    case.world.sheets.extensions.add(
        complaint_id=case.id,
        clock_run_id=run.id,
        status=ExtensionStatus.GRANTED.value,
        amount=amount,
        unit=limit.unit,
        reason=granted,
        requested_by_id=case.handler.id,
        granted_by_id=leader.id,
        told_complainant_at=stored(case.at),
        told_how="电话告知",
        created_at=stored(case.at),
    )
    case.fire(
        E.EXTEND,
        leader,
        text=granted,
        clause=run.limit.clause,
        clock=run.limit.code,
        amount=amount,
        due_before=json_moment(before),
        due_after=json_moment(run.period.due_at),
    )


def add_co_handler(case: Case, place: Place) -> tuple[dict[str, Any], Person]:
    joint = case.world.procedure.joint_handling
    person = place.handlers[case.chance.randrange(len(place.handlers))]
    assignment = case.send(
        AssignmentKind.CO_HANDLING,
        place.id,
        place.name,
        person,
        instruction=case.world.words.co_task,
        coordinator=joint.coordinator.zh if joint else None,
        sent_by_id=case.receiver.id,
    )
    coordinator: dict[str, Any] = {"coordinator": joint.coordinator.zh} if joint else {}
    case.fire(
        E.ADD_CO_HANDLER,
        case.receiver,
        text=case.world.words.co_task,
        department=place.name,
        person=person.name,
        **coordinator,
    )
    return assignment, person


def give_co_opinion(case: Case, assignment: dict[str, Any], person: Person) -> None:
    opinion = case.world.words.co_opinion
    assignment |= {"opinion": opinion, "opinion_at": stored(case.at)}
    case.fire(E.GIVE_CO_OPINION, person, text=opinion, department=assignment["department_name"])


def open_investigation(case: Case) -> dict[str, Any]:
    """A team of an investigator and, half of the time, the head of the department."""
    world = case.world
    leader = case.chance.choice(world.house.investigators)
    made: dict[str, Any] = {
        "id": case.id * STRIDE + case.investigations,
        "public_id": world.address(case.chance),
        "complaint_id": case.id,
        "title": f"{case.row['number']} 调查",
        "status": InvestigationStatus.OPEN.value,
        "leader_id": leader.id,
        "plan": world.words.plan,
        "standard": world.words.standard,
        "started_at": stored(case.at),
        "created_at": stored(case.at),
    }
    case.investigations += 1
    case.team.append(leader.id)
    members = [leader.id]
    if not case.confidential and case.place.head_id is not None and case.chance.random() < 0.5:
        members.append(case.place.head_id)
        case.team.append(case.place.head_id)
    for member in members:
        world.sheets.members.add(investigation_id=made["id"], user_id=member, part="核查")
    case.investigator = leader
    case.note_down(E.INVESTIGATED, leader, str(made["title"]), done="opened")
    return made


def finish_investigation(case: Case, made: dict[str, Any], result: str, verdict: FindingVerdict) -> None:
    case.world.sheets.findings.add(
        investigation_id=made["id"],
        allegation=case.row["summary"],
        verdict=verdict.value,
        facts=result,
        created_at=stored(case.at),
    )
    report = f"调查组查阅资料并询问有关人员，认定：{result}"
    made |= {
        "status": InvestigationStatus.FINISHED.value,
        "report": report,
        "root_cause": case.chance.choice(w.CAUSE),
        "finished_at": stored(case.at),
    }
    case.fire(E.INVESTIGATED, case.investigator, text=report, done="finished")
