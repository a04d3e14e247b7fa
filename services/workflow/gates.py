"""What must hold before an event: each gate gives the reasons that stand in the way, with where to settle them.

Gates look only at the record. What depends on the form is checked by the operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    Assignment,
    ClockRun,
    Complaint,
    Department,
    Extension,
    FollowUp,
    Hold,
    Investigation,
    Measure,
    Opinion,
)
from models.enums import (
    AssignmentKind,
    AssignmentStatus,
    ClockState,
    ExtensionStatus,
    FollowUpResult,
    InvestigationStatus,
    MeasureStatus,
    RoleName,
    State,
)
from models.hold_enums import HoldStatus
from models.labels import LazyString, _l
from services.access.separation import SeparationRule, exempted, involved
from services.actor import Actor, Grant
from services.deadlines.runs import clock_of
from services.errors import Reason
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Procedure
from services.workflow.assignments import held_by

__all__ = ["Reason", "Situation"]


@dataclass
class Situation:
    """A complaint, the person who wants something done with it, and the grant they would do it under."""

    session: Session
    complaint: Complaint
    actor: Actor
    grant: Grant | None
    now: datetime
    audiences: frozenset[str] | None = None
    """Who reads the complaint, once somebody has asked (services.workflow.steps)."""

    @cached_property
    def procedure(self) -> Procedure:
        return procedure_of(self.session, self.complaint)

    @cached_property
    def assignments(self) -> list[Assignment]:
        """Those awaiting or bearing a signature."""
        open_ones = (AssignmentStatus.AWAITING, AssignmentStatus.SIGNED)
        query = sa.select(Assignment).where(
            Assignment.complaint_id == self.complaint.id, Assignment.status.in_(open_ones)
        )
        return list(self.session.scalars(query))

    @property
    def lead(self) -> Assignment | None:
        return next((a for a in self.assignments if a.kind is AssignmentKind.LEAD), None)

    @property
    def co_handling(self) -> list[Assignment]:
        return [a for a in self.assignments if a.kind is AssignmentKind.CO_HANDLING]

    @cached_property
    def opinion(self) -> Opinion | None:
        """The last opinion of this round that was not returned."""
        query = sa.select(Opinion).where(
            Opinion.complaint_id == self.complaint.id,
            Opinion.round == self.complaint.round,
            Opinion.returned_at.is_(None),
        )
        return self.session.scalars(query.order_by(Opinion.id.desc()).limit(1)).first()

    @cached_property
    def last_follow_up(self) -> FollowUp | None:
        """The last of this round, or the dissatisfied one that led to this round and has not been answered yet."""
        query = sa.select(FollowUp).where(
            FollowUp.complaint_id == self.complaint.id,
            sa.or_(
                FollowUp.round == self.complaint.round,
                sa.and_(
                    FollowUp.round == self.complaint.round - 1,
                    FollowUp.result == FollowUpResult.DISSATISFIED,
                ),
            ),
        )
        return self.session.scalars(query.order_by(FollowUp.id.desc()).limit(1)).first()

    def receives_as(self, assignment: Assignment, grant: Grant) -> bool:
        """Whether this grant is one of the person named or of the head, the actor's own or one they stand in for."""
        department = self.session.get(Department, assignment.department_id)
        holder = grant.on_behalf_of_id or self.actor.user_id
        if holder in {assignment.person_id, department.leader_id if department else None}:
            return True
        return grant.role is RoleName.DEPARTMENT_HEAD and grant.department_id == assignment.department_id

    def is_receiver_of(self, assignment: Assignment) -> bool:
        """The person named, the head of the department it was sent to, or somebody who stands in for them."""
        department = self.session.get(Department, assignment.department_id)
        if involved(self.actor, assignment.person_id, department.leader_id if department else None):
            return True
        return any(
            grant.role is RoleName.DEPARTMENT_HEAD and grant.department_id == assignment.department_id
            for grant in self.actor.grants
        )


def _no(code: str, message: LazyString, link: str | None = None) -> list[Reason]:
    return [Reason(code, message, link)]


def not_paused(s: Situation) -> list[Reason]:
    if s.complaint.paused_at is None:
        return []
    return _no("paused", _l("The complaint is paused. Resume it first."), "clocks")


def paused(s: Situation) -> list[Reason]:
    return [] if s.complaint.paused_at else _no("not_paused", _l("The complaint is not paused."))


def confidential(s: Situation) -> list[Reason]:
    return [] if s.complaint.is_confidential else _no("open", _l("Only confidential complaints name people."))


def not_confidential(s: Situation) -> list[Reason]:
    return (
        _no("confidential", _l("The complaint is confidential already."))
        if s.complaint.is_confidential
        else []
    )


def handler_is_first_receiver(s: Situation) -> list[Reason]:
    """A handler closes on the spot only what they received themselves (R01-02)."""
    if (
        s.grant is None
        or s.grant.role is not RoleName.HANDLER
        or involved(s.actor, s.complaint.first_receiver_id)
    ):
        return []
    return _no("not_first_receiver", _l("A handler closes on the spot only what they received themselves."))


def own_department_sends(s: Situation) -> list[Reason]:
    """A department head sends on only what their own department holds."""
    if s.grant is None or s.grant.role is not RoleName.DEPARTMENT_HEAD:
        return []
    holder = held_by(s.complaint, s.lead)
    if holder is not None and s.grant.covers({holder}):
        return []
    return _no("not_own_department", _l("Your department does not hold this complaint."))


def is_proposed_receiver(s: Situation) -> list[Reason]:
    if s.lead is not None and s.lead.status is AssignmentStatus.AWAITING and s.is_receiver_of(s.lead):
        return []
    return _no("not_receiver", _l("It was sent to somebody else, who has to sign for it."), "people")


def refusals_left(s: Situation) -> list[Reason]:
    if s.complaint.refusals < s.procedure.handover.max_refusals:
        return []
    return _no(
        "refusals_used_up",
        _l(
            "Signature was refused %(count)s times already; now it has to be arbitrated.",
            count=s.complaint.refusals,
        ),
        "people",
    )


def receivers_disagree(s: Situation) -> list[Reason]:
    if s.complaint.refusals >= s.procedure.handover.max_refusals:
        return []
    return _no(
        "no_dispute",
        _l(
            "Arbitration follows after %(count)s refused signatures.", count=s.procedure.handover.max_refusals
        ),
        "people",
    )


def is_proposed_co_handler(s: Situation) -> list[Reason]:
    if any(a.status is AssignmentStatus.AWAITING and s.is_receiver_of(a) for a in s.co_handling):
        return []
    return _no("not_co_handler", _l("No co-handling awaits your signature."), "people")


def co_handles(s: Situation) -> list[Reason]:
    if any(a.status is AssignmentStatus.SIGNED and s.is_receiver_of(a) for a in s.co_handling):
        return []
    return _no("not_co_handling", _l("Your department has not signed for co-handling."), "people")


def co_opinions_given(s: Situation) -> list[Reason]:
    """Every co-handling department has its say before the opinion goes up (R01-10)."""
    return [
        Reason(
            "co_opinion_missing",
            _l("The opinion of the co-handling department %(name)s is missing.", name=a.department_name),
            "people",
        )
        for a in s.co_handling
        if a.opinion is None
    ]


def not_yet_approved(s: Situation) -> list[Reason]:
    if s.opinion is not None and s.opinion.approved_at is None:
        return []
    return _no("approved_already", _l("There is no opinion awaiting approval."), "opinion")


def approver_is_not_handler(s: Situation) -> list[Reason]:
    """The approver is neither the handler nor who submitted the opinion, nor stands in for them."""
    if exempted(s.session, SeparationRule.APPROVER_IS_NOT_HANDLER, s.now):
        return []
    opinion = s.opinion
    theirs = (opinion.submitted_by_id, opinion.submitted_for_id) if opinion else ()
    if not involved(s.actor, s.complaint.handler_id, *theirs):
        return []
    return _no("approver_is_handler", _l("Whoever handled the complaint can't approve the opinion on it."))


def returner_is_not_submitter(s: Situation) -> list[Reason]:
    opinion = s.opinion
    if opinion and involved(s.actor, opinion.submitted_by_id, opinion.submitted_for_id):
        return _no("returner_is_submitter", _l("Somebody else has to return your opinion."))
    return []


def opinion_approved(s: Situation) -> list[Reason]:
    """No reply before the approval (R01-14)."""
    if not s.procedure.approval.required or (s.opinion is not None and s.opinion.approved_at is not None):
        return []
    return _no("not_approved", _l("The opinion has not been approved yet."), "opinion")


def follow_up_not_by_handler(s: Situation) -> list[Reason]:
    if not involved(s.actor, s.complaint.handler_id):
        return []
    if exempted(s.session, SeparationRule.FOLLOW_UP_NOT_BY_HANDLER, s.now):
        return []
    return _no("handler_follows_up", _l("Somebody other than the handler asks the complainant."))


def evaluator_is_not_handler(s: Situation) -> list[Reason]:
    if not involved(s.actor, s.complaint.handler_id):
        return []
    return _no("evaluator_is_handler", _l("Whoever handled the complaint does not evaluate its result."))


def reply_recorded(s: Situation) -> list[Reason]:
    if s.complaint.replied_at or s.complaint.not_notifiable_reason:
        return []
    return _no("no_reply", _l("Neither a reply nor a reason for none is recorded."), "reply")


def followed_up(s: Situation) -> list[Reason]:
    """Satisfied, not reachable, or an exit with the leader's approval where the procedure has one (R04-08)."""
    rule, last = s.procedure.follow_up, s.last_follow_up
    if not rule.required or (last is None and s.complaint.not_notifiable_reason):
        return []
    if last is not None and last.result is FollowUpResult.DISSATISFIED:
        # Asking once is over when the work was done anew and answered; until satisfied means asking again.
        answered = last.round < s.complaint.round and not rule.goes_on(s.complaint.responsibility)
        if answered or rule.exit_with_leader_approval:
            return []
        return _no("dissatisfied", _l("The complainant is not satisfied."), "reply")
    if s.complaint.state is State.REPLIED and not s.complaint.not_notifiable_reason:
        return _no(
            "no_follow_up", _l("The complainant has not been asked yet. Start the follow-up."), "reply"
        )
    return [] if last is not None else _no("no_follow_up", _l("No follow-up is recorded yet."), "reply")


def measures_settled(s: Situation) -> list[Reason]:
    query = sa.select(sa.func.count(Measure.id)).where(
        Measure.complaint_id == s.complaint.id, Measure.status == MeasureStatus.PLANNED
    )
    count = s.session.scalar(query) or 0
    if not count:
        return []
    return _no(
        "open_measures",
        _l("%(count)s measures are neither carried out nor dropped.", count=count),
        "measures",
    )


def holds_released(s: Situation) -> list[Reason]:
    """No case is closed while goods stand still for it: releasing them says on what basis."""
    query = sa.select(Hold.number).where(Hold.complaint_id == s.complaint.id, Hold.status == HoldStatus.OPEN)
    return [
        Reason("open_hold", _l("The hold %(number)s is not released yet.", number=number), "holds")
        for number in s.session.scalars(query.order_by(Hold.id))
    ]


def investigations_finished(s: Situation) -> list[Reason]:
    query = sa.select(sa.func.count(Investigation.id)).where(
        Investigation.complaint_id == s.complaint.id, Investigation.status == InvestigationStatus.OPEN
    )
    if not s.session.scalar(query):
        return []
    return _no("open_investigation", _l("An investigation is still under way."), "investigations")


def closer_is_not_handler(s: Situation) -> list[Reason]:
    if not involved(s.actor, s.complaint.handler_id):
        return []
    if exempted(s.session, SeparationRule.CLOSER_IS_NOT_HANDLER, s.now):
        return []
    return _no("closer_is_handler", _l("Whoever handled the complaint can't close it."))


CONTENT_DESTROYED = _l(
    "The content of this file was destroyed at the end of its retention; only the stub stays."
)


def content_stands(s: Situation) -> list[Reason]:
    """A stub is not taken up again: nobody knows any more what it was about."""
    return [] if s.complaint.destroyed_at is None else _no("destroyed", CONTENT_DESTROYED)


def has_written_result(s: Situation) -> list[Reason]:
    """No file without a written result (R01-11)."""
    complaint = s.complaint
    if not s.procedure.archive.written_result_required:
        return []
    if complaint.result or complaint.reply_text or complaint.end_reason or complaint.not_notifiable_reason:
        return []
    return _no("no_result", _l("There is no written result to file."), "reply")


def has_extendable_clock(s: Situation) -> list[Reason]:
    """Extension is possible only where the procedure names it (R01-16); silence means no."""
    query = sa.select(ClockRun).where(
        ClockRun.complaint_id == s.complaint.id, ClockRun.state.in_([ClockState.RUNNING, ClockState.PAUSED])
    )
    if any(clock_of(run).extendable for run in s.session.scalars(query)):
        return []
    return _no(
        "not_extendable", _l("The procedure allows no extension of any time limit that runs now."), "clocks"
    )


def extension_asked_for(s: Situation) -> list[Reason]:
    query = sa.select(Extension.id).where(
        Extension.complaint_id == s.complaint.id, Extension.status == ExtensionStatus.REQUESTED
    )
    if s.session.scalar(query.limit(1)) is not None:
        return []
    return _no("no_request", _l("Nobody has asked for an extension."), "clocks")


def a_level_above(s: Situation) -> list[Reason]:
    if s.complaint.escalation_level < len(s.procedure.escalation):
        return []
    return _no("top_level", _l("The complaint stands at the highest level already."))
