"""A leader's exemption from a separation of duties that the organisation is too small for; and its own settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from models import Exemption, Organisation
from models.labels import LazyString, _l
from services.access.permissions import Permission
from services.access.separation import SeparationRule
from services.deadlines.desk_calendar import desk_zone
from services.errors import Invalid, NotPermitted
from services.organisation.checks import load, record_change, refuse, require, required
from services.unit_of_work import UnitOfWork

RULE_LABELS: dict[SeparationRule, LazyString] = {
    SeparationRule.APPROVER_IS_NOT_HANDLER: _l("Whoever approves did not handle the complaint"),
    SeparationRule.CLOSER_IS_NOT_HANDLER: _l("Whoever closes did not handle the complaint"),
    SeparationRule.FOLLOW_UP_NOT_BY_HANDLER: _l("Whoever follows up did not handle the complaint"),
    SeparationRule.SECOND_PERSON_FOR_REFUSAL: _l("A second person agrees to a refusal"),
    SeparationRule.SECOND_PERSON_FOR_ROLES: _l("A second person confirms a role"),
}


def rule_label(rule: str) -> LazyString | str:
    """The rule in words."""
    return RULE_LABELS[SeparationRule(rule)] if rule in set(SeparationRule) else rule


def record_exemption(
    work: UnitOfWork, rule: SeparationRule, reason: str, valid_until: date | None = None
) -> Exemption:
    """Note that one separation does not hold here, with the reason. By a leader in charge only."""
    require(work, Permission.EXEMPTION_WRITE)
    if work.actor.user_id is None:
        raise NotPermitted  # somebody has to answer for it
    required({"reason": reason}, "reason")
    if valid_until is not None and valid_until < work.now.astimezone(desk_zone(work.session)).date():
        raise Invalid({"valid_until": _l("This date is over already.")})
    same = sa.select(Exemption.id).where(
        Exemption.rule == rule.value,
        Exemption.ended_at.is_(None),
        sa.or_(Exemption.valid_until.is_(None), Exemption.valid_until >= work.now.date()),
    )
    if work.session.scalar(same) is not None:
        raise Invalid({"rule": _l("There is an exemption from this rule already.")})
    exemption = Exemption(
        rule=rule.value, reason=reason.strip(), granted_by_id=work.actor.user_id, valid_until=valid_until
    )
    work.session.add(exemption)
    record_change(work, "exemption.recorded", exemption, reason.strip())
    return exemption


def end_exemption(work: UnitOfWork, exemption_id: int) -> Exemption:
    """Let the separation hold again from now on. What was done under the exemption stays."""
    require(work, Permission.EXEMPTION_WRITE)
    exemption = load(work, Exemption, exemption_id)
    if exemption.ended_at is not None:
        refuse("ended", _l("This exemption has ended."))
    exemption.ended_at = work.now
    record_change(work, "exemption.ended", exemption)
    return exemption


def edit_organisation(work: UnitOfWork, values: Mapping[str, Any]) -> Organisation:
    """Change name, telephone, fax and address of the organisation."""
    require(work, Permission.ORGANISATION_WRITE)
    organisation = load(work, Organisation, 1)
    if "name" in values:
        required(values, "name")
    for key in ("name", "phone", "fax", "address"):
        if key in values:
            value = str(values[key] or "").strip() or None
            if getattr(organisation, key) != value:
                setattr(organisation, key, value)
    record_change(work, "organisation.edited", organisation)
    return organisation
