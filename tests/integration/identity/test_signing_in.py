"""Signing in: one answer for everything that is wrong, growing locks, and a trail without names typed by strangers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from models import AuditEntry, User
from services.access.scope import unscoped
from services.actor import Actor
from services.errors import Invalid, NotPermitted, Refused
from services.identity import accounts, passwords
from services.identity.signing_in import authenticate, delay_after
from services.unit_of_work import UnitOfWork
from tests.factories.organisation import create_user

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GOOD = "herbst-laub-42"


@pytest.fixture
def user(session: Session) -> User:
    made = create_user(session, "王敏", password_hash=passwords.hash_password(GOOD))
    made.login = "wangmin"
    session.commit()
    return made


def _trail(session: Session) -> list[AuditEntry]:
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def test_the_right_password_signs_in_whatever_the_case_of_the_login(session: Session, user: User) -> None:
    assert authenticate(session, " WangMin ", GOOD, NOW) is user
    assert user.last_login_at == NOW
    entry = _trail(session)[-1]
    assert (entry.action, entry.actor_id) == ("sign_in.done", user.id)


@pytest.mark.parametrize(("login", "password"), [("wangmin", "wrong-password"), ("nobody", GOOD), ("", "")])
def test_what_is_wrong_gets_one_answer_and_an_entry_without_the_login(
    session: Session, user: User, login: str, password: str
) -> None:
    assert authenticate(session, login, password, NOW) is None
    entry = _trail(session)[-1]
    assert entry.action in {"sign_in.failed", "sign_in.refused"}
    said = f"{entry.subject_name} {entry.before} {entry.after} {entry.reason} {entry.actor_name}"
    assert "wangmin" not in said and "nobody" not in said and password not in said.split()


def test_an_unknown_login_costs_a_comparison_too(
    session: Session, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    real = PasswordHasher.verify

    def counting(self: PasswordHasher, kept: str, password: str) -> bool:
        compared.append(kept)
        return real(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    authenticate(session, "nobody", GOOD, NOW)
    authenticate(session, "wangmin", "wrong-password", NOW)
    assert len(compared) == 2


def test_a_disabled_account_does_not_sign_in(session: Session, user: User) -> None:
    user.is_active = False
    session.commit()
    assert authenticate(session, "wangmin", GOOD, NOW) is None


def test_five_failures_lock_and_every_further_one_locks_longer(session: Session, user: User) -> None:
    moment = NOW
    for _ in range(5):
        assert authenticate(session, "wangmin", "wrong-password", moment) is None
    assert authenticate(session, "wangmin", GOOD, moment + timedelta(seconds=59)) is None
    assert user.failed_logins == 5, "an attempt while locked does not count"
    moment += timedelta(minutes=1)
    assert authenticate(session, "wangmin", "wrong-password", moment) is None
    assert user.locked_until == moment + timedelta(minutes=2)
    assert authenticate(session, "wangmin", GOOD, moment + timedelta(minutes=2)) is user
    assert user.failed_logins == 0 and user.locked_until is None


def test_delays_grow_to_an_hour() -> None:
    minutes = [delay_after(n).total_seconds() / 60 for n in range(4, 13)]
    assert minutes == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_an_old_hash_is_renewed_at_the_next_sign_in(session: Session, user: User) -> None:
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    session.commit()
    old = user.password_hash
    assert authenticate(session, "wangmin", GOOD, NOW) is user
    assert user.password_hash != old and not passwords.needs_rehash(user.password_hash or "")
    assert authenticate(session, "wangmin", GOOD, NOW) is user


@pytest.mark.parametrize(
    "password",
    [
        "short-1",
        "wangmin",
        "wangmin-12",
        "1234567890",
        "qwertyuiop",
        "Password123!",
        "abcabcabcabc",
        "aaaaaaaaaaaa",
        "0987654321",
        passwords.DEMONSTRATION_PASSWORD,
    ],
)
def test_passwords_that_are_not_good_enough(password: str) -> None:
    assert passwords.fault_of(password, "wangmin") is not None


@pytest.mark.parametrize("password", [GOOD, "一个好的长密码够十个字", "Tr4ktor im Regen", "kw7#pLz90qRt"])
def test_passwords_that_will_do(password: str) -> None:
    assert passwords.fault_of(password, "wangmin") is None


def test_changing_asks_for_the_current_password_and_ends_other_sessions(session: Session, user: User) -> None:
    me = Actor(user_id=user.id, name=user.name)
    with pytest.raises(Invalid) as wrong, UnitOfWork(session, me, NOW) as work:
        accounts.change_password(work, "not mine", "neues-laub-43")
    assert set(wrong.value.fields) == {"current_password"}
    with pytest.raises(Invalid) as weak, UnitOfWork(session, me, NOW) as work:
        accounts.change_password(work, GOOD, "1234567890")
    assert set(weak.value.fields) == {"new_password"}
    stamp = user.session_stamp
    with UnitOfWork(session, me, NOW) as work:
        accounts.change_password(work, GOOD, "neues-laub-43")
    assert user.session_stamp == stamp + 1
    assert authenticate(session, "wangmin", GOOD, NOW) is None
    assert authenticate(session, "wangmin", "neues-laub-43", NOW) is user


def test_a_reset_code_lets_the_person_set_a_password_once(session: Session, user: User) -> None:
    with pytest.raises(NotPermitted), UnitOfWork(session, Actor(user_id=None, name="x"), NOW) as work:
        accounts.create_reset_code(work, user.public_id)
    code = _code_for(session, user)
    assert authenticate(session, "wangmin", GOOD, NOW) is None, "the old password is gone"
    assert code.replace("-", "") not in str([(e.after, e.reason) for e in _trail(session)])
    assert _redeem(session, "wangmin", "AAAA-BBBB-CCCC", "neues-laub-43") is None
    assert _redeem(session, "nobody", code, "neues-laub-43") is None
    with pytest.raises(Invalid):
        _redeem(session, "wangmin", code, "1234567890")
    assert _redeem(session, "wangmin", code.lower().replace("-", " "), "neues-laub-43") is user
    assert _redeem(session, "wangmin", code, "anderes-laub-44") is None, "a code is good once"
    assert authenticate(session, "wangmin", "neues-laub-43", NOW) is user


def test_a_reset_code_is_good_for_a_day(session: Session, user: User) -> None:
    code = _code_for(session, user)
    late = NOW + timedelta(hours=24, seconds=1)
    assert _redeem(session, "wangmin", code, "neues-laub-43", late) is None


def test_guessing_codes_locks(session: Session, user: User) -> None:
    code = _code_for(session, user)
    for _ in range(5):
        assert _redeem(session, "wangmin", "AAAA-BBBB-CCCC", "neues-laub-43") is None
    assert _redeem(session, "wangmin", code, "neues-laub-43") is None


def test_nobody_resets_their_own_password_by_code(session: Session, user: User) -> None:
    from models.enums import RoleName
    from services.actor import Grant

    me = Actor(user_id=user.id, name=user.name, grants=(Grant(RoleName.ADMINISTRATOR),))
    with pytest.raises(Refused), UnitOfWork(session, me, NOW) as work:
        accounts.create_reset_code(work, user.public_id)


def _code_for(session: Session, user: User) -> str:
    from services.actor import SYSTEM

    with UnitOfWork(session, SYSTEM, NOW) as work:
        return accounts.create_reset_code(work, user.public_id)[1]


def _redeem(session: Session, login: str, code: str, password: str, at: datetime = NOW) -> User | None:
    with UnitOfWork(session, Actor(user_id=None, name=""), at) as work:
        return accounts.redeem_reset_code(work, login, code, password)
