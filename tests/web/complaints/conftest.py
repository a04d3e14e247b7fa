"""The desk of these tests: laid out once an engine, every test undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from extensions import db
from models.enums import RoleName
from services.actor import SYSTEM
from tests.factories import create_user, register_complaint
from tests.support.client import make_app, settings_for
from tests.support.databases import Databases
from tests.support.matrix import lay_out
from tests.support.route_stage import one_connection
from tests.web.complaints.desk import Desk


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def laid_out(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    kept = databases.of(request.param)
    app = make_app(settings_for(kept.url, tmp_path_factory.mktemp(f"complaints_{request.param}")))
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        session.info["actor"] = SYSTEM
        cases = lay_out(session)
        receiver = create_user(session, "另一位受理员", RoleName.FIRST_RECEIVER)
        leader = create_user(session, "另一位分管领导", RoleName.LEADER)
        session.commit()
        secret = register_complaint(
            session, receiver, confidential=True, named_user_ids=(leader.id,)
        ).public_id
    with one_connection(app) as connection:
        yield Desk(app, connection, cases, secret)
    kept.reset(engine)


@pytest.fixture
def desk(laid_out: Desk) -> Iterator[Desk]:
    """People and a case for every situation."""
    savepoint = laid_out.connection.begin_nested()
    yield laid_out
    if savepoint.is_active:
        savepoint.rollback()
