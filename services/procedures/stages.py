"""The way of a complaint as complainants are told it: the stages that a procedure has, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from models.enums import State
from models.labels import LazyString, _l
from services.procedures.schema import Procedure


@dataclass(frozen=True)
class Stage:
    """One stage in words. `passed_in`: a complaint in one of these states has it behind it."""

    name: LazyString
    text: LazyString
    passed_in: frozenset[State] = frozenset()


_ACCEPTED = frozenset({State.ACCEPTED, State.DISPATCHED, State.IN_WORK, State.AWAITING_APPROVAL})
_TAKEN_DOWN = frozenset({State.REGISTERED, State.TO_COMPLETE}) | _ACCEPTED

_REGISTRATION = Stage(
    _l("Registration"),
    _l("Your complaint is taken down with number, time and content, however it comes in."),
    _TAKEN_DOWN,
)
_ACCEPTANCE = Stage(
    _l("Acceptance"),
    _l("We check whether it falls to us and what is still missing; you are told if it does not."),
    _ACCEPTED,
)
_HANDLING = Stage(
    _l("Handling"), _l("A department signs for it, investigates the facts and writes its opinion.")
)
_APPROVAL = Stage(_l("Approval"), _l("Somebody other than the handler checks and approves the result."))
_REPLY = Stage(_l("Reply"), _l("You are told the result, its reason and how it is carried out."))
_FOLLOW_UP = Stage(_l("Follow-up"), _l("We ask what you think of it; new facts open it again."))
_ARCHIVE = Stage(_l("Archive"), _l("The file is kept for the period that the procedure sets."))


def stages_of(procedure: Procedure) -> list[Stage]:
    """Every stage that a complaint goes through under this procedure."""
    asked = (
        (_REGISTRATION, True),
        (_ACCEPTANCE, True),
        (_HANDLING, True),
        (_APPROVAL, procedure.approval.required),
        (_REPLY, procedure.reply.required),
        (_FOLLOW_UP, procedure.follow_up.required),
        (_ARCHIVE, True),
    )
    return [stage for stage, is_there in asked if is_there]


def stages_ahead(procedure: Procedure, state: State) -> list[Stage]:
    """Those that still lie before a complaint in this state."""
    return [stage for stage in stages_of(procedure) if state not in stage.passed_in]
