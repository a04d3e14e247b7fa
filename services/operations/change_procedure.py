"""Putting a running case under the version in force, by a recorded act."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from models import ClockRun, Complaint, ComplaintEvent, ProcedureChange, ProcedureVersion
from models.enums import OPEN_STATES, ClockState, EventKind
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.deadlines import clocks
from services.deadlines.desk_calendar import DeskTime, desk_time
from services.deadlines.rules import Unit
from services.deadlines.runs import OPEN, clock_of, follow_clock, given_of
from services.errors import Reason, Refused
from services.organisation.checks import required
from services.procedures.drafts import permitted
from services.procedures.impact import clocks_due_to_run, due_text
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.schema import Clock, Procedure
from services.unit_of_work import UnitOfWork
from services.workflow.materials import expect_materials
from services.workflow.steps import check_version, load, write_event


def change_procedure(
    work: UnitOfWork, complaint_id: str, version: int | None = None, *, reason: str
) -> Complaint:
    """The open case under the version in force, its clocks counted anew from their own starts.

    When each clock was first due stays on it; a clock that the new version does not have ends without effect. Refused
    for a case that has ended, or that follows the version in force already.
    """
    grant = permitted(work, Permission.PROCEDURE_WRITE)
    complaint = load(work, complaint_id)
    check_version(complaint, version)
    required({"reason": reason}, "reason")
    if complaint.state not in OPEN_STATES:
        raise Refused([Reason("ended", _l("The complaint has ended; reopen it first."))])
    target = current_version(work.session)
    former = work.session.get_one(ProcedureVersion, complaint.procedure_version_id)
    if target is None or target.id == former.id:
        raise Refused([Reason("same_version", _l("The case follows the version in force already."))])
    complaint.procedure_version_id = target.id
    changed = _move_clocks(work, complaint, parsed(target))
    expect_materials(work, complaint)
    assert work.actor.user_id is not None
    work.session.add(
        ProcedureChange(
            complaint_id=complaint.id,
            from_version_id=former.id,
            to_version_id=target.id,
            reason=reason.strip(),
            changed_by_id=work.actor.user_id,
            clocks=changed,
        )
    )
    before, after = (f"{one.code} {one.number}" for one in (former, target))
    write_event(
        work, complaint, EventKind.PROCEDURE_CHANGED, text=reason.strip(), grant=grant, procedure=after
    )
    work.record(
        audit.Draft(
            "complaint.procedure_changed",
            "complaint",
            complaint.id,
            complaint.number,
            complaint,
            before={"procedure_version_id": former.id},
            after={"procedure_version_id": target.id, "procedure": f"{before} → {after}"},
            reason=reason.strip(),
            on_behalf_of_id=grant.on_behalf_of_id,
        )
    )
    return complaint


def _move_clocks(work: UnitOfWork, complaint: Complaint, procedure: Procedure) -> list[dict[str, Any]]:
    """Running clocks by the new rules, those it lacks ended, those it adds started where their event has happened."""
    time = desk_time(work.session)
    known = {clock.code: clock for clock in procedure.clocks}
    changed = []
    for run in clocks.runs_of(work.session, complaint):
        if run.state not in OPEN or run.round != complaint.round:
            continue
        earlier, clock = due_text(run, time), known.get(run.code)
        if clock is None:
            old = clock_of(run)
            clocks.void_run(run, work.now)
            changed.append(_line(old, earlier, None))
        elif _can_follow(run, clock):
            follow_clock(run, clock, time, work.now)
            if due_text(run, time) != earlier:
                changed.append(_line(clock, earlier, due_text(run, time)))
    changed += _start_new(work, complaint, procedure, time)
    clocks.refresh(work, complaint)
    return changed


def _can_follow(run: ClockRun, clock: Clock) -> bool:
    """A date that the customer set can't be had afterwards: such a clock goes on as it was."""
    return clock.unit is not Unit.CUSTOMER_SET or given_of(run) is not None


def _start_new(
    work: UnitOfWork, complaint: Complaint, procedure: Procedure, time: DeskTime
) -> list[dict[str, Any]]:
    events = work.session.scalars(
        sa.select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint.id)
    ).all()
    ran = {
        run.code
        for run in clocks.runs_of(work.session, complaint)
        if run.round == complaint.round and run.state is not ClockState.VOID
    }
    changed = []
    for clock, event, at in clocks_due_to_run(complaint, events, procedure):
        if clock.code not in ran:
            for run in clocks.start_clocks(work, complaint, event, at, codes={clock.code}):
                changed.append(_line(clock, None, due_text(run, time)))
    return changed


def _line(clock: Clock, before: str | None, after: str | None) -> dict[str, Any]:
    return {
        "code": clock.code,
        "zh": clock.names.zh,
        "en": clock.names.en,
        "before": before,
        "after": after,
    }
