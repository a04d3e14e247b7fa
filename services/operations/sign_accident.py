"""Signing the disposition of an accident, for quality management or as head of the enterprise: two different people."""

from __future__ import annotations

from enum import StrEnum

from models import Accident
from models.enums import RoleName
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.actor import Actor
from services.errors import Invalid, NotPermitted, Reason, Refused
from services.records import grant_for_record, load_record, record_change, save
from services.unit_of_work import UnitOfWork
from services.workflow import accidents


class Capacity(StrEnum):
    """As what somebody signs."""

    QUALITY = "quality"
    HEAD = "head"


def capacities_of(actor: Actor) -> tuple[Capacity, ...]:
    """As what this person may sign: heads of quality, and leaders whose role counts for the whole enterprise."""
    found = []
    if actor.has_role(RoleName.HEAD_OF_QUALITY):
        found.append(Capacity.QUALITY)
    if any(grant.role is RoleName.LEADER and grant.department_id is None for grant in actor.grants):
        found.append(Capacity.HEAD)
    return tuple(found)


def sign_accident(
    work: UnitOfWork, accident_id: int, version: int | None, *, capacity: Capacity | None
) -> Accident:
    """The accident with the signature under its disposition (R09-10).

    Refused without a disposition, when this capacity has signed already, and for somebody who signed for the other.
    """
    accident: Accident = load_record(work, Accident, accident_id, version)
    grant = grant_for_record(work, Permission.ACCIDENT_SIGN, accident)
    accidents.require_open_accident(accident)
    if capacity is None:
        raise Invalid({"capacity": _l("Say as what you sign.")})
    if capacity not in capacities_of(work.actor):
        raise NotPermitted
    if not accident.disposition:
        raise Refused([Reason("disposition", _l("There is no disposition to sign yet."))])
    signed_at = accident.quality_signed_at if capacity is Capacity.QUALITY else accident.head_signed_at
    if signed_at is not None:
        raise Refused([Reason("signed", _l("This signature is given already."))])
    other = accident.head_signed_by_id if capacity is Capacity.QUALITY else accident.quality_signed_by_id
    if other is not None and other in work.actor.people:
        raise Refused([Reason("same_person", _l("The two signatures come from two different people."))])
    earlier = audit.values_of(accident)
    if capacity is Capacity.QUALITY:
        accident.quality_signed_at, accident.quality_signed_by_id = work.now, work.actor.user_id
    else:
        accident.head_signed_at, accident.head_signed_by_id = work.now, work.actor.user_id
    save(work, accident)
    record_change(work, "sign", accident, earlier, grant=grant)
    return accident
