"""Separation of duties: who counts as the same person, and the exemptions that a leader has recorded."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Exemption
from services.actor import Actor
from services.deadlines.desk_calendar import desk_zone


class SeparationRule(StrEnum):
    """Separations that an organisation may be too small for."""

    APPROVER_IS_NOT_HANDLER = "approver_is_not_handler"
    CLOSER_IS_NOT_HANDLER = "closer_is_not_handler"
    FOLLOW_UP_NOT_BY_HANDLER = "follow_up_not_by_handler"
    SECOND_PERSON_FOR_REFUSAL = "second_person_for_refusal"
    SECOND_PERSON_FOR_ROLES = "second_person_for_roles"


def involved(actor: Actor, *user_ids: int | None) -> bool:
    """Whether the actor, or anybody they stand in for, is one of these people."""
    return any(user_id in actor.people for user_id in user_ids if user_id is not None)


def exemption_in_force(session: Session, rule: SeparationRule, now: datetime) -> int | None:
    """The id of a leader's exemption from this rule, if one holds today (local day)."""
    today = now.astimezone(desk_zone(session)).date()
    return session.scalar(
        sa.select(Exemption.id)
        .where(Exemption.rule == rule.value, Exemption.ended_at.is_(None))
        .where(sa.or_(Exemption.valid_until.is_(None), Exemption.valid_until >= today))
        .order_by(Exemption.id)
        .limit(1)
    )


def exempted(session: Session, rule: SeparationRule, now: datetime) -> bool:
    """Whether a leader's exemption from this rule is in force."""
    return exemption_in_force(session, rule, now) is not None
