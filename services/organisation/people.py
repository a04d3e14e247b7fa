"""Accounts: made, edited, disabled when nothing is in hand, enabled again; never removed, no login given twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Department, RoleGrant, User
from models.enums import RoleName
from models.labels import _l
from services.access.permissions import Permission
from services.errors import Invalid, Reason, Refused
from services.identity.actors import counting_grants
from services.identity.bookkeeping import note
from services.identity.signing_in import normal_login
from services.organisation import confidential, duties
from services.organisation.checks import load, record_change, refuse, require, required
from services.unit_of_work import UnitOfWork

EDITABLE = ("name", "department_id", "post", "phone", "email")


def create_user(work: UnitOfWork, values: Mapping[str, Any]) -> User:
    """A new account, without a password: a one-time code lets the person set one. Invalid for a login ever used."""
    require(work, Permission.USER_WRITE)
    required(values, "login", "name")
    login = normal_login(str(values["login"]))
    if any(sign.isspace() for sign in login):
        raise Invalid({"login": _l("A login has no blanks.")})
    if work.session.scalar(sa.select(User.id).where(User.login == login)) is not None:
        raise Invalid({"login": _l("This login was given before; logins are never used again.")})
    user = User(login=login, **{key: _clean(values.get(key)) for key in EDITABLE})
    _check_department(work, user)
    work.session.add(user)
    record_change(work, "user.created", user)
    return user


def edit_user(work: UnitOfWork, key: int | str, version: int, values: Mapping[str, Any]) -> User:
    """Change name, department, post, telephone or e-mail; the login stays for ever."""
    require(work, Permission.USER_WRITE)
    user = load(work, User, key, version)
    if "login" in values and normal_login(str(values["login"] or "")) != user.login:
        raise Invalid({"login": _l("A login can't be changed.")})
    new = {name: _clean(value) for name, value in values.items() if name in EDITABLE}
    if "name" in new:
        required(new, "name")
    with work.session.no_autoflush:
        for name, value in new.items():
            if getattr(user, name) != value:
                setattr(user, name, value)
        _check_department(work, user)
    record_change(work, "user.edited", user)
    if "department_id" in new:
        confidential.keep_out_accused(work, [user.id])
    return user


def disable_user(work: UnitOfWork, key: int | str, version: int, reason: str) -> User:
    """Close an account. Refused while anything is in hand: every reason is listed, with what hands it over.

    What the person holds on confidential complaints goes to somebody named on them, unseen by whoever disables.
    """
    require(work, Permission.USER_WRITE)
    user = load(work, User, key, version)
    if not user.is_active:
        refuse("disabled", _l("The account is disabled already."))
    if user.id == work.actor.user_id:
        refuse("own_account", _l("Somebody else has to disable your account."))
    required({"reason": reason}, "reason")
    if is_last_administrator(work, user.id):
        refuse("last_administrator", _l("This is the last administrator. Appoint another one first."))
    reasons = [
        Reason(duty.kind, duty.message, "hand-over")
        for duty in duties.open_duties(work.session, user.id, work.now)
    ]
    if reasons:
        raise Refused(reasons)
    if not confidential.hand_on(work, user):
        refuse("personal", confidential.PERSONALLY)
    user.is_active = False
    user.disabled_at = work.now
    record_change(work, "user.disabled", user, reason.strip())
    note(
        work.session,
        user,
        session_stamp=User.session_stamp + 1,
        reset_code_hash=None,
        reset_code_expires_at=None,
    )
    return user


def enable_user(work: UnitOfWork, key: int | str, version: int, reason: str) -> User:
    """Open a disabled account again, without a password: it needs a one-time code. Its open roles count again."""
    require(work, Permission.USER_WRITE)
    user = load(work, User, key, version)
    if user.is_active:
        refuse("active", _l("The account is active already."))
    required({"reason": reason}, "reason")
    user.is_active = True
    user.disabled_at = None
    record_change(work, "user.enabled", user, reason.strip())
    note(work.session, user, session_stamp=User.session_stamp + 1, password_hash=None)
    return user


def is_last_administrator(work: UnitOfWork, user_id: int) -> bool:
    """Whether nobody else could administer the desk without this person."""
    query = (
        counting_grants()
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role == RoleName.ADMINISTRATOR, User.is_active)
    )
    holders = set(work.session.scalars(query.with_only_columns(RoleGrant.user_id)))
    return holders == {user_id}


def _clean(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value


def _check_department(work: UnitOfWork, user: User) -> None:
    department = work.session.get(Department, user.department_id) if user.department_id else None
    if user.department_id and (department is None or department.ended_on is not None):
        raise Invalid({"department_id": _l("Choose another department that still exists.")})
