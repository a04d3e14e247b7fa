"""What a made-up complaint came to: its rows, with all that the desk keeps in step with them."""

from __future__ import annotations

import hashlib

from models.enums import AssignmentKind, AssignmentStatus, ClockState
from services.seeding.case import STRIDE, Case
from services.seeding.clockwork import Run
from services.seeding.sheets import as_json
from services.seeding.timeline import as_json as json_moment
from services.seeding.timeline import stored

_OPEN = (AssignmentStatus.AWAITING.value, AssignmentStatus.SIGNED.value)
_CO = AssignmentKind.CO_HANDLING.value


def write(case: Case) -> None:
    """Put the rows of the case into the sheets."""
    sheets, row = case.world.sheets, case.row
    if len(case.runs) > STRIDE or len(case.assignments) > STRIDE:
        raise OverflowError("more rows than ids of one complaint")
    first = min((run for run in case.runs if run.state is ClockState.RUNNING), key=_nearness, default=None)
    row["due_at"] = stored(first.period.due_at) if first else None
    row["due_is_lower_bound"] = bool(first and first.period.is_lower_bound)
    row["version"] = len(case.events)
    if case.filed is not None:
        case.filed["digest"] = _digest(case)
        sheets.archive.add(**case.filed)
    sheets.complaints.add(**row)
    for audience in sorted(audiences(case)):
        sheets.visibility.add(
            complaint_id=case.id, audience=audience, received_at=row["received_at"], due_at=row["due_at"]
        )
    for value in case.world.facts.typed(case.id, case.own):
        sheets.values.add(**value)
    for person in case.named:
        sheets.named.add(
            complaint_id=case.id,
            user_id=person,
            named_by_id=row["first_receiver_id"],
            created_at=row["created_at"],
        )
    for assignment in case.assignments:
        sheets.assignments.add(**assignment)
    for event in case.events:
        moment = event.pop("moment")
        sheets.events.add(at=stored(moment), **event)
    for run in case.runs:
        _write_run(case, run)
    for opinion in case.opinions:
        sheets.opinions.add(**opinion)
    if case.pause_row is not None:
        sheets.pauses.add(**case.pause_row)
    if case.supervision is not None:
        sheets.supervisions.add(**case.supervision)


def _nearness(run: Run) -> tuple[int, bool]:
    return run.period.due_at, run.period.is_lower_bound


def _write_run(case: Case, run: Run) -> None:
    limit, period = run.limit, run.period
    case.world.sheets.runs.add(
        id=run.id,
        public_id=run.public_id,
        complaint_id=case.id,
        code=limit.code,
        name_zh=limit.clock.names.zh,
        name_en=limit.clock.names.en,
        clause=limit.clause,
        rule=limit.rule,
        round=run.round,
        start_event=run.start_event.value,
        state=run.state.value,
        started_at=stored(run.started),
        due_at=stored(period.due_at),
        due_on=period.due_on,
        original_due_at=stored(run.original),
        is_lower_bound=period.is_lower_bound,
        missing_year=period.missing_year,
        extended_by=run.extended_by,
        paused_at=stored(run.paused_at),
        pauses=as_json([[json_moment(a), json_moment(b) if b else None] for a, b in run.pauses]),
        stopped_at=stored(run.stopped),
        warned=as_json(run.warned),
        breached_at=stored(run.breached),
        next_check_at=stored(run.next_check()),
    )


def audiences(case: Case) -> set[str]:
    """Who may see it: the rule of services.access.visibility, on what is at hand here."""
    if case.confidential:
        return {f"c{person}" for person in case.named}
    row = case.row
    departments = {row["department_id"]}
    people = {row["first_receiver_id"], row["handler_id"], row["responsible_id"], *case.team}
    signed = False
    for one in case.assignments:
        helped = one["kind"] == _CO and one.get("signed_at") is not None
        if one["status"] not in _OPEN and not helped:
            continue
        departments.add(one["department_id"])
        people.add(one["person_id"])
        if one["kind"] != _CO:
            signed = one["status"] == AssignmentStatus.SIGNED
            if not signed:
                people.add(one["sent_by_id"])
                departments.add(one["from_department_id"])
    if not signed and row["department_id"] is None:
        departments.add(row["receiving_department_id"])
    found = {"*"} | {f"d{one}" for one in departments if one is not None}
    return found | {f"u{one}" for one in people if one is not None}


def _digest(case: Case) -> str:
    """Over the history as it was filed. The file bears no seal yet: sealing reads every row of a case again."""
    filed = [[each["moment"], each["event"], each["actor_name"], each["text"]] for each in case.events]
    return hashlib.sha256(as_json(filed).encode()).hexdigest()
