"""The organisation binds the posts of its procedure to its departments and people; unbound, the roles hold them."""

from __future__ import annotations

import sqlalchemy as sa

from models import PostBinding, RoleGrant, User
from models.enums import PostName
from models.labels import _l
from services.access.permissions import Permission
from services.access.roles import ROLE_PERMISSIONS
from services.errors import Invalid
from services.organisation.checks import active_user, load, record_change, refuse, require
from services.unit_of_work import UnitOfWork

NEEDS: dict[PostName, Permission] = {
    PostName.OFFICE: Permission.COMPLAINT_ACCEPT,
    PostName.APPROVER: Permission.COMPLAINT_APPROVE,
    PostName.ARBITER: Permission.COMPLAINT_ARBITRATE,
    PostName.HEAD_OF_QUALITY: Permission.COMPLAINT_APPROVE,
    PostName.EVALUATOR: Permission.COMPLAINT_EVALUATE,
}
"""What somebody must be allowed by a role to act in the post: a binding narrows roles down, it grants nothing."""


def bind_post(
    work: UnitOfWork, post: PostName | None, department_id: int | None = None, user_id: int | None = None
) -> PostBinding:
    """From now on the post is held by this department or person, beside others bound to it, and by no role alone.

    Invalid unless exactly one is given, when it is bound already, or when nobody there has a role for the post.
    """
    require(work, Permission.ORGANISATION_WRITE)
    if post is None:
        raise Invalid({"post": _l("Please fill this in.")})
    if (department_id is None) == (user_id is None):
        raise Invalid({"department_id": _l("Choose either a department or a person.")})
    if user_id is not None:
        active_user(work, user_id, "user_id")
    field = "user_id" if user_id is not None else "department_id"
    if not _able(work, post, department_id, user_id):
        raise Invalid(
            {field: _l("Nobody there holds a role that may act in this post. Grant the role first.")}
        )
    same = sa.select(PostBinding.id).where(
        PostBinding.post == post,
        PostBinding.ended_at.is_(None),
        PostBinding.department_id.is_not_distinct_from(department_id),
        PostBinding.user_id.is_not_distinct_from(user_id),
    )
    if work.session.scalar(same) is not None:
        raise Invalid({field: _l("This is bound to the post already.")})
    binding = PostBinding(
        post=post, department_id=department_id, user_id=user_id, bound_by_id=work.actor.user_id
    )
    work.session.add(binding)
    record_change(work, "post.bound", binding)
    return binding


def end_binding(work: UnitOfWork, binding_id: int) -> PostBinding:
    """The post is no longer held this way; when it was the last one, the roles hold it again."""
    require(work, Permission.ORGANISATION_WRITE)
    binding = load(work, PostBinding, binding_id)
    if binding.ended_at is not None:
        refuse("ended", _l("This binding has ended."))
    binding.ended_at = work.now
    record_change(work, "post.ended", binding)
    return binding


def _able(work: UnitOfWork, post: PostName, department_id: int | None, user_id: int | None) -> bool:
    roles = [role for role, held in ROLE_PERMISSIONS.items() if NEEDS[post] in held]
    query = (
        sa.select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, RoleGrant.ended_at.is_(None), RoleGrant.confirmed_at.is_not(None))
        .where(RoleGrant.role.in_(roles))
    )
    found = query.where(User.id == user_id if user_id is not None else User.department_id == department_id)
    return work.session.scalar(found.limit(1)) is not None
