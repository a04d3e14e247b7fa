"""The lifecycle as one table: event, from which states, to which, under which gates, and what clocks hear of it.

Who may fire an event is the permission `complaint:<event>` in services.access.roles. Anything not listed here fails.
docs/lifecycle.md and the diagram in the panel are generated from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.enums import OPEN_STATES, EventKind, RoleName, State
from services.access.permissions import for_event
from services.access.roles import ROLE_PERMISSIONS
from services.workflow import documents as d
from services.workflow import gates as g
from services.workflow import post_gates as p
from services.workflow import remedies as r
from services.workflow.acceptance import acceptance_complete
from services.workflow.declared_gates import recognition_recorded
from services.workflow.file_parts import file_is_complete
from services.workflow.intake_checks import intake_checked
from services.workflow.levels import decided_on_report, investigated_as_graded
from services.workflow.management import managed_by_its_department
from services.workflow.procedure_words import closing_complete
from services.workflow.warranty import appraisals_finished, warranty_followed

if TYPE_CHECKING:
    from services.workflow.gates import Situation

E = EventKind
S = State
Gate = Callable[["Situation"], list[g.Reason]]


@dataclass(frozen=True)
class Transition:
    """One event. `moves` gives the state each source leads to; a tuple of targets means that the form decides."""

    event: EventKind
    moves: dict[State, tuple[State, ...]]
    gates: tuple[Gate, ...] = ()
    restarts: bool = False
    """Begins a new round: clocks of the round before are kept and new ones run."""

    @property
    def sources(self) -> frozenset[State]:
        return frozenset(self.moves)

    def targets(self, state: State) -> tuple[State, ...]:
        return self.moves.get(state, ())


def _to(target: State, *sources: State) -> dict[State, tuple[State, ...]]:
    return dict.fromkeys(sources, (target,))


def _stay(*sources: State) -> dict[State, tuple[State, ...]]:
    return {source: (source,) for source in sources}


_BEFORE_WORK = (S.REGISTERED, S.TO_COMPLETE)
_IN_HAND = (S.ACCEPTED, S.DISPATCHED, S.IN_WORK)
_UP_TO_APPROVAL = (*_IN_HAND, S.AWAITING_APPROVAL)
_BEFORE_END = (*_BEFORE_WORK, *_IN_HAND)
_NOT_FILED = tuple(state for state in S if state not in (S.ARCHIVED, S.MERGED))

_ROWS = (
    Transition(E.ASK_TO_COMPLETE, _to(S.TO_COMPLETE, S.REGISTERED), (p.office_takes_it,)),
    Transition(E.SUPPLY_MISSING, _to(S.REGISTERED, S.TO_COMPLETE)),
    Transition(E.ACKNOWLEDGE, _stay(*_BEFORE_END)),
    Transition(
        E.ACCEPT, _to(S.ACCEPTED, *_BEFORE_WORK), (p.office_takes_it, acceptance_complete, intake_checked)
    ),
    Transition(E.REFUSE, _to(S.REFUSED, *_BEFORE_WORK), (p.office_takes_it,)),
    Transition(
        E.CLOSE_ON_SPOT,
        _to(S.CLOSED, S.REGISTERED),
        (
            g.handler_is_first_receiver,
            p.on_the_spot_allowed,
            closing_complete,
            r.demanded_before_closing,
            g.holds_released,
        ),
    ),
    Transition(E.TRANSFER, _to(S.DISPATCHED, *_IN_HAND), (g.not_paused, g.own_department_sends)),
    Transition(E.SIGN_FOR, _to(S.IN_WORK, S.DISPATCHED), (g.is_proposed_receiver,)),
    Transition(E.REFUSE_SIGNATURE, _to(S.ACCEPTED, S.DISPATCHED), (g.is_proposed_receiver, g.refusals_left)),
    Transition(E.ARBITRATE, _to(S.IN_WORK, S.DISPATCHED), (p.arbiter_decides, g.receivers_disagree)),
    Transition(E.TAKE_ON, _to(S.IN_WORK, S.ACCEPTED)),
    Transition(E.ADD_CO_HANDLER, _stay(*_IN_HAND)),
    Transition(
        E.SIGN_CO_HANDLING, _stay(S.DISPATCHED, S.IN_WORK, S.AWAITING_APPROVAL), (g.is_proposed_co_handler,)
    ),
    Transition(E.GIVE_CO_OPINION, _stay(S.IN_WORK), (g.co_handles,)),
    Transition(E.GRADE, _stay(*_BEFORE_END)),
    Transition(
        E.SUBMIT_OPINION,
        _to(S.AWAITING_APPROVAL, S.IN_WORK),
        (
            g.not_paused,
            p.handles_or_leads,
            g.co_opinions_given,
            managed_by_its_department,
            investigated_as_graded,
            decided_on_report,
            warranty_followed,
            appraisals_finished,
            r.demanded_before_opinion,
            d.documents_before_opinion,
        ),
    ),
    Transition(
        E.APPROVE,
        _stay(S.AWAITING_APPROVAL),
        (p.approver_decides, g.not_yet_approved, g.approver_is_not_handler),
    ),
    Transition(
        E.RETURN_OPINION,
        _to(S.IN_WORK, S.AWAITING_APPROVAL),
        (p.approver_decides, g.returner_is_not_submitter),
    ),
    Transition(
        E.REPLY,
        _to(S.REPLIED, S.AWAITING_APPROVAL),
        (
            g.not_paused,
            g.opinion_approved,
            p.competent_to_reply,
            r.demanded_before_reply,
            d.documents_before_reply,
        ),
    ),
    Transition(E.START_FOLLOW_UP, _to(S.FOLLOWING_UP, S.REPLIED)),
    Transition(
        E.FOLLOW_UP,
        {S.FOLLOWING_UP: (S.FOLLOWING_UP, S.IN_WORK)},
        (g.follow_up_not_by_handler,),
        restarts=True,
    ),
    Transition(
        E.EVALUATE,
        {S.REPLIED: (S.REPLIED, S.IN_WORK), S.FOLLOWING_UP: (S.FOLLOWING_UP, S.IN_WORK)},
        (p.evaluator_decides, g.evaluator_is_not_handler),
        restarts=True,
    ),
    Transition(
        E.CLOSE,
        _to(S.CLOSED, S.FOLLOWING_UP, S.REPLIED),
        (
            g.not_paused,
            g.reply_recorded,
            g.followed_up,
            g.measures_settled,
            r.demanded_before_closing,
            g.investigations_finished,
            g.holds_released,
            closing_complete,
            g.closer_is_not_handler,
            d.documents_before_closing,
            recognition_recorded,
        ),
    ),
    Transition(
        E.REOPEN,
        _to(S.ACCEPTED, S.REFUSED, S.CLOSED, S.ARCHIVED, S.STATUTORY_ROUTE, S.REFERRED),
        (g.content_stands,),
        restarts=True,
    ),
    Transition(
        E.ARCHIVE,
        _to(S.ARCHIVED, S.REFUSED, S.CLOSED, S.STATUTORY_ROUTE, S.REFERRED),
        (g.has_written_result, g.holds_released, d.documents_before_filing, file_is_complete),
    ),
    Transition(E.MERGE, _to(S.MERGED, *_BEFORE_END)),
    Transition(E.STATUTORY_ROUTE, _to(S.STATUTORY_ROUTE, S.ACCEPTED, S.IN_WORK)),
    Transition(E.REFER, _to(S.REFERRED, *_BEFORE_WORK, S.ACCEPTED, S.IN_WORK)),
    Transition(E.PAUSE, _stay(*_IN_HAND), (g.not_paused,)),
    Transition(E.RESUME, _stay(*_IN_HAND), (g.paused,)),
    Transition(E.REQUEST_EXTENSION, _stay(*_IN_HAND), (p.asks_as_handler, g.has_extendable_clock)),
    Transition(E.EXTEND, _stay(*_UP_TO_APPROVAL), (p.extension_is_its_approvers, g.has_extendable_clock)),
    Transition(
        E.DECLINE_EXTENSION, _stay(*_UP_TO_APPROVAL), (p.extension_is_its_approvers, g.extension_asked_for)
    ),
    Transition(E.SUPERVISE, _stay(*_UP_TO_APPROVAL, S.REPLIED, S.FOLLOWING_UP)),
    Transition(E.URGE, _stay(*_UP_TO_APPROVAL)),
    Transition(E.ESCALATE, _stay(*sorted(OPEN_STATES)), (g.a_level_above,)),
    Transition(E.INSTRUCT, _stay(*_BEFORE_END)),
    Transition(E.NOTE, _stay(*_NOT_FILED)),
    Transition(E.CORRECT, _stay(*_BEFORE_END)),
    Transition(E.MARK_CONFIDENTIAL, _stay(*_BEFORE_END), (g.not_confidential,)),
    Transition(E.NAME_PERSON, _stay(*_NOT_FILED), (g.confidential,)),
)

TRANSITIONS: dict[EventKind, Transition] = {row.event: row for row in _ROWS}


def allowed(event: EventKind, state: State | None, role: RoleName) -> tuple[State, ...]:
    """The states that `event` may lead to from `state` for somebody with `role`; empty when it may not happen.

    `state` None stands for "not registered yet".
    """
    if for_event(event) not in ROLE_PERMISSIONS[role]:
        return ()
    if event is EventKind.REGISTER:
        return (State.REGISTERED,) if state is None else ()
    if state is None or event not in TRANSITIONS:
        return ()
    return TRANSITIONS[event].targets(state)
