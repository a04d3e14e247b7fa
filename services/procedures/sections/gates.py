"""Conditions that a regulation adds to a step of the lifecycle."""

from __future__ import annotations

from enum import StrEnum

from models.enums import EventKind
from services.procedures.parts import Ruled


class Need(StrEnum):
    """What may be asked for before a step. Each is one function of services.workflow.declared_gates."""

    ACCEPTING_EVALUATION = "accepting_evaluation"
    GRADED = "graded"
    FINAL_RESULT = "final_result"
    RESULT_TOLD_THIS_ROUND = "result_told_this_round"


class DeclaredGate(Ruled):
    """Before `event`, `needs` must hold."""

    event: EventKind
    needs: Need
