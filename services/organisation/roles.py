"""Roles: granted by one person, confirmed by another, ended by one of them. Only then do they count."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Department, Exemption, OutboxMessage, RoleGrant, User
from models.enums import RoleName
from models.labels import _l
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.access.separation import SeparationRule, exempted, involved
from services.errors import Invalid
from services.organisation.checks import active_user, load, record_change, refuse, require
from services.organisation.confidential import keep_out_accused
from services.organisation.people import is_last_administrator
from services.unit_of_work import UnitOfWork
from services.workflow.people import holders

_CONFIRMING = [role for role, held in ROLE_PERMISSIONS.items() if Permission.ROLE_CONFIRM in held]


def grant_role(work: UnitOfWork, user_id: int, role: RoleName, department_id: int | None = None) -> RoleGrant:
    """Propose a role; it counts once a second person confirms it, or at once under a recorded exemption.

    Invalid for a disabled user, an ended department, or a role that the user holds or awaits already.
    """
    require(work, Permission.ROLE_GRANT)
    user = active_user(work, user_id, "user_id")
    department = work.session.get(Department, department_id) if department_id is not None else None
    if department_id is not None and (department is None or department.ended_on is not None):
        raise Invalid({"department_id": _l("Choose another department that still exists.")})
    if role is RoleName.ADMINISTRATOR and department_id is not None:
        raise Invalid({"department_id": _l("An administrator serves the whole desk; name no department.")})
    same = sa.select(RoleGrant.id).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role,
        RoleGrant.ended_at.is_(None),
        RoleGrant.department_id == department_id if department_id else RoleGrant.department_id.is_(None),
    )
    if work.session.scalar(same) is not None:
        raise Invalid({"role": _l("This person holds or awaits this role already.")})
    grant = RoleGrant(
        user_id=user.id, role=role, department_id=department_id, granted_by_id=work.actor.user_id
    )
    exemption = _exemption(work)
    if exemption is not None:
        grant.exemption_id = exemption.id
        grant.confirmed_at = work.now
    work.session.add(grant)
    record_change(work, "role.granted", grant)
    keep_out_accused(work, [user.id])
    if exemption is None:
        _ask_for_confirmation(work, grant)
    return grant


def confirm_role(work: UnitOfWork, grant_id: int) -> RoleGrant:
    """Confirm what somebody else granted. Refused for the granter, for the person concerned, and for their deputies."""
    require(work, Permission.ROLE_CONFIRM)
    grant = _open(work, grant_id)
    if grant.confirmed_at is not None:
        refuse("confirmed", _l("This role is confirmed already."))
    if involved(work.actor, grant.granted_by_id):
        refuse("granter", _l("Somebody other than the person who granted the role has to confirm it."))
    if involved(work.actor, grant.user_id):
        refuse("own_role", _l("Nobody confirms a role of their own."))
    grant.confirmed_by_id = work.actor.user_id
    grant.confirmed_at = work.now
    record_change(work, "role.confirmed", grant)
    return grant


def end_role(work: UnitOfWork, grant_id: int, reason: str = "") -> RoleGrant:
    """Take a role back, or turn a proposed one down. Refused for the last administrator."""
    require(work, Permission.ROLE_GRANT, Permission.ROLE_CONFIRM)
    grant = _open(work, grant_id)
    confirmed = grant.confirmed_at is not None
    if confirmed and not work.actor.is_system and not work.actor.may(Permission.ROLE_GRANT):
        refuse("confirmed", _l("Only an administrator ends a confirmed role."))
    if confirmed and grant.role is RoleName.ADMINISTRATOR and is_last_administrator(work, grant.user_id):
        refuse("last_administrator", _l("This is the last administrator. Appoint another one first."))
    grant.ended_at = work.now
    record_change(work, "role.ended" if confirmed else "role.turned_down", grant, reason.strip() or None)
    return grant


def waiting_for(session: Session, user_id: int | None) -> list[RoleGrant]:
    """The proposed roles that this person could confirm, oldest first."""
    query = (
        sa.select(RoleGrant)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_(None), User.is_active)
        .where(RoleGrant.user_id != user_id)
        .where(sa.or_(RoleGrant.granted_by_id.is_(None), RoleGrant.granted_by_id != user_id))
        .order_by(RoleGrant.id)
    )
    return list(session.scalars(query))


def _ask_for_confirmation(work: UnitOfWork, grant: RoleGrant) -> None:
    concerned = {work.actor.user_id, grant.user_id}
    for person in holders(work.session, _CONFIRMING):
        if person not in concerned:
            work.session.add(
                OutboxMessage(
                    recipient_id=person,
                    topic="role.confirm",
                    payload={"by": work.actor.name},
                    next_attempt_at=work.now,
                )
            )


def _open(work: UnitOfWork, grant_id: int) -> RoleGrant:
    grant = load(work, RoleGrant, grant_id)
    if grant.ended_at is not None:
        refuse("ended", _l("This role has ended."))
    return grant


def _exemption(work: UnitOfWork) -> Exemption | None:
    """The exemption under which one person is enough: in force, or the last while nobody else ever could confirm."""
    newest = (
        sa.select(Exemption)
        .where(Exemption.rule == SeparationRule.SECOND_PERSON_FOR_ROLES.value)
        .order_by(Exemption.id.desc())
    )
    if exempted(work.session, SeparationRule.SECOND_PERSON_FOR_ROLES, work.now):
        return work.session.scalars(newest.where(Exemption.ended_at.is_(None))).first()
    others = sa.select(RoleGrant.id).where(
        RoleGrant.confirmed_at.is_not(None),
        RoleGrant.role.in_(_CONFIRMING),
        RoleGrant.user_id != (work.actor.user_id or 0),
    )
    if work.session.scalar(sa.select(others.exists())):
        return None
    return work.session.scalars(newest).first()
