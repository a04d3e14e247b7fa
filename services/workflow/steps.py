"""The steps that every operation takes in the same order: load, authorise, decide, change, record, tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from models import ClockRun, Complaint, ComplaintEvent, Department, OutboxMessage, Pause, Supervision
from models.enums import OPEN_STATES, AssignmentKind, EventKind, State
from models.fields import fields_of
from services import audit
from services.access.permissions import for_event
from services.access.scope import unscoped
from services.access.visibility import audiences_of, refresh_visibility
from services.actor import Actor, Grant
from services.deadlines import clocks
from services.errors import NotFound, NotPermitted, Reason, Refused, Stale, WrongState
from services.own_fields import key_of
from services.procedures.vocabulary import clock_event
from services.unit_of_work import UnitOfWork
from services.workflow.declared_gates import declared
from services.workflow.gates import CONTENT_DESTROYED, Situation
from services.workflow.liability import mark
from services.workflow.people import only_named
from services.workflow.posts import holds, post_of
from services.workflow.table import TRANSITIONS, Transition


def load(work: UnitOfWork, public_id: str) -> Complaint:
    """The complaint, in scope and locked. NotFound for an unknown or a foreign one, Refused for a stub."""
    query = sa.select(Complaint).where(Complaint.public_id == public_id)
    complaint = work.session.scalars(
        query.with_for_update(of=Complaint).execution_options(populate_existing=True)
    ).first()
    if complaint is None:
        raise NotFound
    if complaint.destroyed_at is not None:
        raise Refused([Reason("destroyed", CONTENT_DESTROYED)])
    return complaint


def check_version(complaint: Complaint, version: int | None) -> None:
    """Stale, with the values that stand now, when the form was opened on an older version."""
    if version is not None and version != complaint.version:
        theirs = {spec.key: getattr(complaint, spec.key) for spec in fields_of(Complaint)}
        theirs |= {key_of(code): value for code, value in complaint.own_values.items()}
        raise Stale(theirs, complaint.version)


OPEN_TO_HELPERS = frozenset(
    {EventKind.SIGN_CO_HANDLING, EventKind.GIVE_CO_OPINION, EventKind.NOTE, EventKind.ESCALATE}
)
"""What co-handling departments and investigators of other departments may do: the rest is the lead's (R01-10)."""


SIGNATURES = {
    EventKind.SIGN_FOR: True,
    EventKind.REFUSE_SIGNATURE: True,
    EventKind.SIGN_CO_HANDLING: False,
    EventKind.GIVE_CO_OPINION: False,
}
"""What is done as the receiver of an assignment, and whether of the lead: a deputy then does it for the receiver, even
where a role of their own would do."""


def departments_of(situation: Situation, event: EventKind | None = None) -> set[int]:
    """The departments whose grants count for this complaint, and one's own where one is personally involved.

    For events of the lead, departments that only help do not count.
    """
    complaint = situation.complaint
    with_helpers = event is None or event in OPEN_TO_HELPERS
    found = {complaint.department_id, complaint.receiving_department_id}
    personally = {complaint.handler_id, complaint.first_receiver_id, complaint.responsible_id}
    for assignment in situation.assignments:
        if with_helpers or assignment.kind is AssignmentKind.LEAD:
            found |= {assignment.department_id, assignment.from_department_id}
            personally.add(assignment.person_id)
    if with_helpers:
        audiences = _audiences(situation)
        personally |= {person for person in situation.actor.people if f"u{person}" in audiences}
    found |= _own_departments(situation.actor, personally)
    return {department for department in found if department is not None}


def _own_departments(actor: Actor, involved: Collection[int | None]) -> set[int | None]:
    """The actor's department when they are involved, and those of the people they stand in for who are."""
    own = {actor.department_id} if actor.user_id in involved else set()
    return own | {
        grant.department_id
        for grant in actor.grants
        if grant.on_behalf_of_id is not None and grant.on_behalf_of_id in involved
    }


def _audiences(situation: Situation) -> frozenset[str]:
    if situation.audiences is None:
        with unscoped(situation.session, "whether the actor is personally involved"):
            situation.audiences = audiences_of(situation.session, situation.complaint)
    return situation.audiences


def grant_for(situation: Situation, event: EventKind) -> Grant | None:
    """The grant under which the actor may fire the event on this complaint; None when there is none."""
    departments = departments_of(situation, event)
    if event in SIGNATURES:
        for assignment in situation.assignments:
            held = [g for g in situation.actor.grants if situation.receives_as(assignment, g)]
            grant = replace(situation.actor, grants=tuple(held)).grant_for(for_event(event), departments)
            if grant is not None and (assignment.kind is AssignmentKind.LEAD) is SIGNATURES[event]:
                return grant
    # Being named opens a confidential case; the role then need not be one for its department.
    reached = None if situation.complaint.is_confidential else departments
    return _by_post(situation, event, reached) or situation.actor.grant_for(for_event(event), reached)


def _by_post(situation: Situation, event: EventKind, departments: Collection[int] | None) -> Grant | None:
    """Of several roles the one that holds the post the step belongs to (a leader who is head of quality as well)."""
    post = post_of(situation, event) if len(situation.actor.grants) > 1 else None
    if post is None:
        return None
    held = tuple(grant for grant in situation.actor.grants if holds(situation, post, grant))
    return replace(situation.actor, grants=held).grant_for(for_event(event), departments)


def reasons_against(situation: Situation, transition: Transition) -> list[Reason]:
    """Everything the gates of an event miss, not only the first."""
    built_in = [reason for gate in transition.gates for reason in gate(situation)]
    return [*built_in, *declared(situation, transition.event)]


@dataclass
class Act:
    """One event being carried out on one complaint."""

    work: UnitOfWork
    complaint: Complaint
    transition: Transition
    situation: Situation
    grant: Grant | None
    before: State
    earlier: dict[str, Any]
    _told: set[int] = field(default_factory=set)

    @property
    def event(self) -> EventKind:
        return self.transition.event

    @property
    def by_id(self) -> int | None:
        return self.work.actor.user_id

    @property
    def for_id(self) -> int | None:
        """Whom the actor stands in for, when the grant comes from a leave cover."""
        return self.grant.on_behalf_of_id if self.grant else None

    def require(self, condition: Any, code: str, message: Any, link: str | None = None) -> None:
        """Refuse unless `condition` holds."""
        if not condition:
            raise Refused([Reason(code, message, link)])

    def finish(
        self,
        target: State | None = None,
        *,
        text: str | None = None,
        clause: str | None = None,
        reason: str | None = None,
        **data: Any,
    ) -> Complaint:
        """Set the state, write history and audit, move the clocks, rebuild visibility."""
        possible = self.transition.targets(self.before)
        target = target or possible[0]
        if target not in possible:
            raise ValueError(f"{self.event} does not lead from {self.before} to {target}")
        complaint, work = self.complaint, self.work
        complaint.state = target
        if target not in OPEN_STATES and self.before in OPEN_STATES:
            end_pause(work, complaint)
            end_supervision(work, complaint)
        work.session.flush()
        old, new = audit.differences(complaint, self.earlier)
        write_event(
            work,
            complaint,
            self.event,
            self.before,
            target,
            text=text,
            clause=clause,
            grant=self.grant,
            **data,
        )
        move_clocks(work, complaint, self.event)
        refresh_visibility(work.session, complaint)
        work.record(
            audit.Draft(
                f"complaint.{self.event.value}",
                "complaint",
                complaint.id,
                complaint.number,
                complaint,
                before=old,
                after=new,
                reason=reason or text,
                on_behalf_of_id=self.for_id,
            )
        )
        return complaint

    def tell(self, people: Iterable[int | None], topic: str, **payload: Any) -> None:
        """Put a message for each person into the outbox, once per act; never for oneself."""
        tell(self.work, self.complaint, [p for p in people if p not in self._told], topic, **payload)
        self._told |= {person for person in people if person is not None}


def begin(
    work: UnitOfWork,
    public_id: str,
    event: EventKind,
    version: int | None = None,
    *,
    pass_gates: bool = False,
) -> Act:
    """Load, authorise, decide. NotFound, Stale, NotPermitted, WrongState or Refused before anything is changed."""
    complaint = load(work, public_id)
    situation = Situation(work.session, complaint, work.actor, None, work.now)
    transition = TRANSITIONS[event]
    grant = situation.grant = None if work.actor.is_system else grant_for(situation, event)
    if grant is None and not work.actor.is_system:
        raise NotPermitted
    check_version(complaint, version)
    if complaint.state not in transition.sources:
        raise WrongState(complaint.state.label)
    reasons = [] if pass_gates else reasons_against(situation, transition)
    if reasons:
        raise Refused(reasons)
    return Act(work, complaint, transition, situation, grant, complaint.state, audit.values_of(complaint))


def possible_events(situation: Situation) -> dict[EventKind, list[Reason]]:
    """The events that the actor may fire on this complaint now, each with what still stands in its way."""
    found: dict[EventKind, list[Reason]] = {}
    for event, transition in TRANSITIONS.items():
        if situation.complaint.state not in transition.sources:
            continue
        situation.grant = grant_for(situation, event)
        if situation.grant is not None:
            found[event] = reasons_against(situation, transition)
    return found


def write_event(
    work: UnitOfWork,
    complaint: Complaint,
    event: EventKind,
    from_state: State | None = None,
    to_state: State | None = None,
    *,
    text: str | None = None,
    clause: str | None = None,
    grant: Grant | None = None,
    **data: Any,
) -> ComplaintEvent:
    """One line of history, under the names that people and departments bear now."""
    actor: Actor = work.actor
    department = work.session.get(Department, actor.department_id) if actor.department_id else None
    row = ComplaintEvent(
        complaint_id=complaint.id,
        at=work.now,
        event=event,
        from_state=from_state or complaint.state,
        to_state=to_state or complaint.state,
        round=complaint.round,
        actor_id=actor.user_id,
        actor_name=actor.name,
        on_behalf_of_id=grant.on_behalf_of_id if grant else None,
        on_behalf_of_name=grant.on_behalf_of_name if grant else None,
        role=grant.role.value if grant else None,
        department_name=department.name if department else None,
        text=text,
        clause=clause,
        data={key: audit.plain(value) for key, value in data.items() if value is not None},
    )
    work.session.add(row)
    work.session.flush()
    return row


def move_clocks(work: UnitOfWork, complaint: Complaint, event: EventKind) -> None:
    """Stop and start what listens to this event. Imported history has no clocks (is_imported until reopened)."""
    heard = clock_event(event)
    if heard is not None:
        for run in clocks.stop_clocks(work, complaint, heard, work.now):
            tell_of_liability(work, complaint, run)
        clocks.start_clocks(work, complaint, heard, work.now)


def tell_of_liability(work: UnitOfWork, complaint: Complaint, run: ClockRun) -> None:
    """Where the procedure makes somebody answer for a broken time limit, they and who decides on it are told."""
    facts = {"name_zh": run.name_zh, "name_en": run.name_en}
    tell(work, complaint, mark(work, complaint, run), "liability.open", **facts)


def end_pause(work: UnitOfWork, complaint: Complaint) -> None:
    """Close the open pause, if any, and let the clocks run on."""
    pause = work.session.scalars(
        sa.select(Pause).where(Pause.complaint_id == complaint.id, Pause.ended_at.is_(None))
    ).first()
    if pause is not None:
        pause.ended_at = work.now
        clocks.resume_clocks(work, complaint, work.now)
    complaint.paused_at = None


def end_supervision(work: UnitOfWork, complaint: Complaint) -> None:
    """The orders are over with the complaint; a new round needs a new one."""
    orders = sa.select(Supervision).where(
        Supervision.complaint_id == complaint.id, Supervision.ended_at.is_(None)
    )
    for order in work.session.scalars(orders):
        order.ended_at = work.now
    complaint.supervised_at = None


def tell(
    work: UnitOfWork, complaint: Complaint, people: Iterable[int | None], topic: str, **payload: Any
) -> None:
    """Put a message for each person into the outbox of this transaction; on confidential cases only named people."""
    wanted = [person for person in dict.fromkeys(people) if person not in (None, work.actor.user_id)]
    for person in only_named(work.session, complaint, wanted):
        work.session.add(
            OutboxMessage(
                recipient_id=person,
                complaint_id=complaint.id,
                topic=topic,
                payload={"by": work.actor.name, **{k: audit.plain(v) for k, v in payload.items()}},
                next_attempt_at=work.now,
            )
        )
