"""`flask desk init` and `flask desk demo`, as typed, on both engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from models import Complaint, Department, Organisation, User
from services.access.scope import unscoped
from services.identity.passwords import DEMONSTRATION_PASSWORD
from settings import Mode
from tests.support.client import make_app, settings_for

ANSWERS = (
    "--name",
    "市立医院",
    "--procedure",
    "hospital-complaint-office",
    "--login",
    "Admin",
    "--person",
    "周琳",
)


@pytest.fixture
def desk(engine_url: str, tmp_path: Path) -> Flask:
    return make_app(settings_for(engine_url, tmp_path))


@pytest.fixture
def demonstration(engine_url: str, tmp_path: Path) -> Flask:
    return make_app(settings_for(engine_url, tmp_path, mode=Mode.DEMONSTRATION))


def _run(app: Flask, *arguments: str, typed: str | None = None) -> Result:
    try:
        return app.test_cli_runner().invoke(args=["desk", *arguments], input=typed)
    finally:
        with app.app_context():
            db.engine.dispose()


def test_init_sets_up_an_empty_desk_once(desk: Flask) -> None:
    done = _run(desk, "init", *ANSWERS, typed="herbst-laub-42\n")
    assert done.exit_code == 0, done.output
    assert "herbst-laub-42" not in done.output
    again = _run(desk, "init", *ANSWERS, typed="herbst-laub-42\n")
    assert again.exit_code == 1 and "already" in again.output
    with desk.app_context():
        session = db.session()
        organisation = session.get_one(Organisation, 1)
        assert not organisation.is_demonstration and organisation.timezone == "Asia/Shanghai"
        assert [one.is_office for one in session.scalars(sa.select(Department))] == [True]
        assert session.scalars(sa.select(User)).one().login == "admin"
        db.engine.dispose()


@pytest.mark.parametrize("password", ["short", "1234567890", DEMONSTRATION_PASSWORD])
def test_init_refuses_a_poor_password_and_leaves_nothing_behind(desk: Flask, password: str) -> None:
    assert _run(desk, "init", *ANSWERS, typed=f"{password}\n").exit_code == 1
    with desk.app_context():
        assert db.session().get(Organisation, 1) is None
        db.engine.dispose()


def test_init_can_print_a_code_instead(desk: Flask) -> None:
    done = _run(desk, "init", *ANSWERS, "--code-only")
    assert done.exit_code == 0 and "with the code " in done.output


def test_demo_needs_demonstration_mode(desk: Flask) -> None:
    refused = _run(desk, "demo")
    assert refused.exit_code == 1 and "DESK_MODE=demonstration" in refused.output


def test_demo_makes_an_organisation_and_later_adds_to_it(demonstration: Flask, tmp_path: Path) -> None:
    assert _run(demonstration, "demo", "--complaints", "3").exit_code == 0
    more = _run(demonstration, "demo", "--complaints", "2", "--seed", "5")
    assert more.exit_code == 0, more.output
    shown = json.loads((tmp_path / "demonstration_accounts.json").read_text(encoding="utf-8"))
    assert {"admin", "receiver", "handler", "leader", "archivist", "auditor"} <= {
        one["login"] for one in shown
    }
    with demonstration.app_context():
        session: Session = db.session()
        with unscoped(session, "test"):
            assert session.scalar(sa.select(sa.func.count(Complaint.id))) == 5
        db.engine.dispose()


def test_demo_does_not_touch_a_real_organisation(desk: Flask, demonstration: Flask) -> None:
    assert _run(desk, "init", *ANSWERS, "--code-only").exit_code == 0
    refused = _run(demonstration, "demo")
    assert refused.exit_code == 1 and "real organisation" in refused.output
