"""Leave covers: who stands in for whom, from when to when."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models import Department, LeaveCover, User
from models.enums import RoleName
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid, NotPermitted
from services.organisation.checks import active_user, load, record_change, refuse
from services.unit_of_work import UnitOfWork


def may_arrange(work: UnitOfWork, principal: User) -> bool:
    """The person herself, the head of her department, a leader in charge or the administrator."""
    actor = work.actor
    if actor.is_system or actor.user_id == principal.id:
        return True
    if not actor.may(Permission.COVER_ARRANGE):
        return False
    if any(grant.role is not RoleName.DEPARTMENT_HEAD for grant in actor.grants if _arranges(grant.role)):
        return True
    department = work.session.get(Department, principal.department_id) if principal.department_id else None
    if department is None:
        return False
    return department.leader_id == actor.user_id or any(
        grant.role is RoleName.DEPARTMENT_HEAD and grant.covers({department.id}) for grant in actor.grants
    )


def _arranges(role: RoleName) -> bool:
    from services.access.roles import ROLE_PERMISSIONS

    return Permission.COVER_ARRANGE in ROLE_PERMISSIONS[role]


def arrange_cover(
    work: UnitOfWork,
    principal_id: int,
    deputy_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
) -> LeaveCover:
    """Let `deputy` act for `principal` for a time. Invalid for wrong times, disabled people, or a second deputy."""
    principal = active_user(work, principal_id, "principal_id")
    if not may_arrange(work, principal):
        raise NotPermitted
    deputy = active_user(work, deputy_id, "deputy_id")
    if deputy.id == principal.id:
        raise Invalid({"deputy_id": _l("Choose somebody else.")})
    if ends_at <= starts_at:
        raise Invalid({"ends_at": _l("The end lies before the beginning.")})
    if ends_at <= work.now:
        raise Invalid({"ends_at": _l("This time is over already.")})
    overlapping = sa.select(LeaveCover.id).where(
        LeaveCover.principal_id == principal.id,
        LeaveCover.ended_at.is_(None),
        LeaveCover.starts_at < ends_at,
        LeaveCover.ends_at > starts_at,
    )
    if work.session.scalar(overlapping) is not None:
        raise Invalid({"starts_at": _l("Somebody stands in for this person in that time already.")})
    cover = LeaveCover(
        principal_id=principal.id,
        deputy_id=deputy.id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip() or None,
        arranged_by_id=work.actor.user_id,
    )
    work.session.add(cover)
    record_change(work, "cover.arranged", cover)
    return cover


def end_cover(work: UnitOfWork, cover_id: int, version: int | None = None) -> LeaveCover:
    """End a cover now: by those who could arrange it, or by the deputy."""
    cover = load(work, LeaveCover, cover_id, version)
    principal = work.session.get_one(User, cover.principal_id)
    if work.actor.user_id != cover.deputy_id and not may_arrange(work, principal):
        raise NotPermitted
    if cover.ended_at is not None or cover.ends_at <= work.now:
        refuse("ended", _l("This cover has ended."))
    cover.ended_at = work.now
    record_change(work, "cover.ended", cover)
    return cover
