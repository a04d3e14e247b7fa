"""Who holds the posts of a procedure: the people the organisation bound to one, otherwise the roles it names."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint, PostBinding, RoleGrant, User
from models.enums import EventKind, PostName
from services.actor import Grant
from services.procedures.schema import Procedure
from services.workflow.gates import Situation
from services.workflow.people import of_roles, only_named

OF_EVENT: dict[EventKind, PostName] = {
    EventKind.ACCEPT: PostName.OFFICE,
    EventKind.REFUSE: PostName.OFFICE,
    EventKind.ASK_TO_COMPLETE: PostName.OFFICE,
    EventKind.APPROVE: PostName.APPROVER,
    EventKind.RETURN_OPINION: PostName.APPROVER,
    EventKind.ARBITRATE: PostName.ARBITER,
    EventKind.EVALUATE: PostName.EVALUATOR,
}
"""The steps that belong to a post, whatever else a role allows."""


def post_of(situation: Situation, event: EventKind) -> PostName | None:
    """The post this step belongs to here; None when the role alone decides."""
    if event is EventKind.REPLY:
        rule = situation.procedure.reply_by(situation.complaint.grade)
        return rule.by if rule else None
    return OF_EVENT.get(event)


def bound(session: Session, post: PostName) -> Sequence[PostBinding]:
    """The organisation's own bindings of a post that are in force."""
    query = sa.select(PostBinding).where(PostBinding.post == post, PostBinding.ended_at.is_(None))
    return session.scalars(query.order_by(PostBinding.id)).all()


def holds(situation: Situation, post: PostName, grant: Grant | None) -> bool:
    """Whether somebody acting under `grant` holds the post, for themselves or for whom they stand in for."""
    if grant is None:
        return situation.actor.is_system
    bindings = bound(situation.session, post)
    if not bindings:
        return grant.role in situation.procedure.roles_of(post)
    person = grant.on_behalf_of_id or situation.actor.user_id
    department_id = situation.actor.department_id
    if grant.on_behalf_of_id is not None:
        department_id = situation.session.scalar(sa.select(User.department_id).where(User.id == person))
    return any(
        binding.user_id == person
        or (binding.department_id is not None and binding.department_id == department_id)
        for binding in bindings
    )


def holders_of(session: Session, procedure: Procedure, complaint: Complaint, post: PostName) -> list[int]:
    """The people to tell when something waits for the post; on confidential cases those named there."""
    bindings = bound(session, post)
    if not bindings:
        return of_roles(session, complaint, procedure.roles_of(post))
    departments = [binding.department_id for binding in bindings if binding.department_id is not None]
    people = [binding.user_id for binding in bindings if binding.user_id is not None]
    query = (
        sa.select(User.id)
        .where(User.is_active, sa.or_(User.id.in_(people), User.department_id.in_(departments)))
        .order_by(User.id)
    )
    return only_named(session, complaint, session.scalars(query))


def may_stand_for(session: Session, procedure: Procedure, post: PostName, user_id: int) -> bool:
    """Whether this person holds the post by a role of their own or by a binding."""
    bindings = bound(session, post)
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        return False
    if bindings:
        return any(
            b.user_id == user_id or (b.department_id is not None and b.department_id == user.department_id)
            for b in bindings
        )
    held = sa.select(RoleGrant.id).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role.in_(procedure.roles_of(post)),
        RoleGrant.ended_at.is_(None),
        RoleGrant.confirmed_at.is_not(None),
    )
    return session.scalar(held.limit(1)) is not None
