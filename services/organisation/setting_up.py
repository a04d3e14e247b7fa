"""The first step of a real desk: organisation, procedure in force, first administrator. On an empty database only."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Department, Exemption, Organisation, RoleGrant, User
from models.enums import RoleName
from models.labels import _l
from services.access.separation import SeparationRule
from services.audit import Draft
from services.errors import Invalid, Reason, Refused
from services.identity import accounts
from services.identity.signing_in import normal_login
from services.organisation.checks import required
from services.procedures.published import publish_pack
from services.procedures.registry import packs_in
from services.unit_of_work import UnitOfWork

SETTING_UP = timedelta(days=14)
"""How long the first administrator grants roles alone, until there is a second person to confirm them."""
TOKEN_FILE = "setup_token"  # noqa: S105


@dataclass(frozen=True, kw_only=True)
class FirstAnswers:
    """What the desk is told at its beginning. Without a password the administrator gets a one-time code."""

    organisation: str
    procedure_code: str
    timezone: str
    login: str
    name: str
    password: str | None = None
    is_demonstration: bool = False


def is_set_up(session: Session) -> bool:
    """Whether this desk has its organisation."""
    return session.scalar(sa.select(Organisation.id)) is not None


def set_up(work: UnitOfWork, answers: FirstAnswers) -> tuple[User, str | None]:
    """Write the organisation, publish its procedure, create the first administrator; returns her and a one-time code.

    Refused when the desk is set up already or anybody works here; Invalid for an answer that cannot be taken.
    """
    session = work.session
    if is_set_up(session) or session.scalar(sa.select(sa.func.count(User.id))):
        raise Refused([Reason("set_up", _l("This desk is set up already."))])
    required(vars(answers), "organisation", "procedure_code", "login", "name")
    pack = packs_in().get(answers.procedure_code)
    if pack is None:
        raise Invalid({"procedure_code": _l("There is no such procedure.")})
    publish_pack(session, pack, work.now)
    session.add(
        Organisation(
            id=1,
            name=answers.organisation.strip(),
            procedure_code=answers.procedure_code,
            timezone=answers.timezone,
            is_demonstration=answers.is_demonstration,
        )
    )
    office = Department(name="投诉办公室", code="office", is_office=True)
    session.add(office)
    session.flush()
    user, code = _first_administrator(work, answers, office)
    work.record(Draft("organisation.set_up", "organisation", 1, answers.organisation.strip()))
    return user, code


def _first_administrator(
    work: UnitOfWork, answers: FirstAnswers, office: Department
) -> tuple[User, str | None]:
    session = work.session
    user = User(login=normal_login(answers.login), name=answers.name.strip(), department_id=office.id)
    session.add(user)
    session.flush()
    code = None
    if answers.password is None:
        code = accounts.new_code()
        user.reset_code_hash = accounts.hash_code(code)
        user.reset_code_expires_at = work.now + accounts.CODE_VALID
    else:
        accounts.set_password(session, user, answers.password, "password")
    session.flush()
    until = (work.now + SETTING_UP).astimezone(ZoneInfo(answers.timezone)).date()
    exemption = Exemption(
        rule=SeparationRule.SECOND_PERSON_FOR_ROLES.value,
        reason="首次设置：尚无第二人可以确认角色",
        granted_by_id=user.id,
        valid_until=until,
    )
    session.add(exemption)
    session.flush()
    session.add(
        RoleGrant(
            user_id=user.id,
            role=RoleName.ADMINISTRATOR,
            granted_by_id=user.id,
            confirmed_at=work.now,
            exemption_id=exemption.id,
        )
    )
    session.flush()
    return user, code


def setup_token(folder: Path) -> str:
    """The token that opens the first-run page, made once into the data folder, readable by its owner only."""
    file = folder / TOKEN_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(18), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def token_fits(folder: Path, given: str) -> bool:
    """Whether this is the token; never when there is none."""
    file = folder / TOKEN_FILE
    if not file.exists():
        return False
    kept = file.read_text(encoding="ascii").strip()
    return bool(kept) and hmac.compare_digest(kept.encode(), given.strip().encode())


def forget_token(folder: Path) -> None:
    """The token opens nothing more once the desk is set up."""
    (folder / TOKEN_FILE).unlink(missing_ok=True)
