"""What people do with their own account, and the one-time code by which an administrator lets them in again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User
from models.labels import _l
from services.access.permissions import Permission
from services.actor import Actor
from services.audit import Draft
from services.errors import Invalid, NotFound, NotPermitted, Reason, Refused
from services.identity import passwords
from services.identity.bookkeeping import note
from services.identity.signing_in import count_failure, normal_login
from services.unit_of_work import UnitOfWork

CODE_VALID = timedelta(hours=24)
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 12


def _myself(work: UnitOfWork) -> User:
    if work.actor.user_id is None:
        raise NotPermitted
    user = work.session.scalar(
        sa.select(User)
        .where(User.id == work.actor.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise NotFound
    return user


def set_password(session: Session, user: User, password: str, field: str = "new_password") -> None:
    """Give the account this password and end every session that knows the old one. Invalid when it breaks a rule."""
    fault = passwords.fault_of(password, user.login)
    if fault:
        raise Invalid({field: fault})
    note(
        session,
        user,
        password_hash=passwords.hash_password(password),
        must_change_password=False,
        reset_code_hash=None,
        reset_code_expires_at=None,
        failed_logins=0,
        locked_until=None,
        session_stamp=User.session_stamp + 1,
    )


def change_password(work: UnitOfWork, current: str, new: str) -> User:
    """Change one's own password; the current one is asked for. Every other session of the account ends."""
    user = _myself(work)
    if user.locked_until is not None and user.locked_until > work.now:
        raise Refused([Reason("locked", _l("Too many wrong passwords. Wait a few minutes."))])
    if not passwords.verify(user.password_hash, current):
        raise Invalid({"current_password": _l("This is not your current password.")})
    if passwords.verify(user.password_hash, new):
        raise Invalid({"new_password": _l("The new password is the old one.")})
    set_password(work.session, user, new)
    work.record(Draft("password.changed", "user", user.id))
    return user


def sign_out_everywhere(work: UnitOfWork) -> User:
    """End every session of one's own account, this one included."""
    user = _myself(work)
    note(work.session, user, session_stamp=User.session_stamp + 1)
    work.record(Draft("sign_out.everywhere", "user", user.id))
    return user


def sign_out(work: UnitOfWork) -> None:
    """Note that a person signed out."""
    work.record(Draft("sign_out.done", "user", work.actor.user_id))


def set_preferences(work: UnitOfWork, locale: str | None = None, theme: str | None = None) -> User:
    """Keep the language and the appearance a person chose."""
    user = _myself(work)
    note(work.session, user, locale=locale or user.locale, theme=theme or user.theme)
    return user


def create_reset_code(work: UnitOfWork, public_id: str) -> tuple[User, str]:
    """A code that lets this user set a password once within 24 hours; shown to the administrator for handing over.

    The old password stops working at once: it is asked for because it is lost or known to somebody.
    NotPermitted without user:write.
    """
    if not work.actor.is_system and not work.actor.may(Permission.USER_WRITE):
        raise NotPermitted
    user = work.session.scalar(sa.select(User).where(User.public_id == public_id).with_for_update())
    if user is None:
        raise NotFound
    if not user.is_active:
        raise Refused([Reason("disabled", _l("The account is disabled."))])
    if user.id == work.actor.user_id:
        raise Refused([Reason("own_account", _l("Change your own password with the current one."))])
    code = new_code()
    note(
        work.session,
        user,
        reset_code_hash=hash_code(code),
        reset_code_expires_at=work.now + CODE_VALID,
        password_hash=None,
        session_stamp=User.session_stamp + 1,
    )
    work.record(Draft("password.reset_code_created", "user", user.id, user.name))
    return user, code


def redeem_reset_code(work: UnitOfWork, login: str, code: str, new_password: str) -> User | None:
    """Set a new password with a one-time code; None when login, code or time do not fit (the answer is the same).

    Failures count as failed sign-ins do. Invalid when the new password breaks a rule: the code then stays good.
    """
    user = work.session.scalar(
        sa.select(User)
        .where(User.login == normal_login(login))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    given = hash_code(code)
    kept = (user.reset_code_hash if user else None) or "0" * 64
    same = hmac.compare_digest(given, kept)
    if user is None or not user.is_active or (user.locked_until is not None and user.locked_until > work.now):
        work.record(Draft("password.reset_refused", "user", user.id if user else None))
        return None
    expires = user.reset_code_expires_at
    if not same or expires is None or expires < work.now:
        count_failure(work, user)
        work.record(Draft("password.reset_failed", "user", user.id))
        return None
    set_password(work.session, user, new_password)
    work.actor = Actor(user_id=user.id, name=user.name, request_id=work.actor.request_id)
    work.record(Draft("password.reset", "user", user.id))
    return user


def new_code() -> str:
    """Twelve letters and digits in groups of four, easy to read out."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def hash_code(code: str) -> str:
    """The code as it is kept: 60 random bits need no slow hash."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
