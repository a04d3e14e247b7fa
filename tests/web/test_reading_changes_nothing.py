"""No GET changes anything but the audit of a view: every route, by everybody who is let through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from extensions import db
from tests.expectations import routes as expectation
from tests.expectations.routes import OK, OWN
from tests.support.client import make_app, settings_for
from tests.support.databases import Databases
from tests.support.route_stage import Stage, staged

EXPECTED = expectation.load()
AUDITED = ("audit_entries",)
"""What looking at something may write."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    kept = databases.of(request.param)
    app = make_app(settings_for(kept.url, tmp_path_factory.mktemp(f"reading_{request.param}")))
    with app.app_context():
        engine = db.engine
    with staged(app, engine) as made:
        yield made
    kept.reset(engine)


def test_reading_writes_nothing(stage: Stage) -> None:
    written: list[str] = []
    audited: list[str] = []
    where = ""

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        verb, *words = statement.split(None, 3)
        if verb.upper() in ("INSERT", "UPDATE", "DELETE"):
            found = audited if any(table in words for table in AUDITED) else written
            found.append(f"{where}: {statement[:80]}")

    sa.event.listen(stage.connection, "before_cursor_execute", note)
    tried = 0
    try:
        for rule in stage.app.url_map.iter_rules():
            route = EXPECTED.routes.get(f"GET {rule.rule}")
            if route is None or "static" in rule.endpoint:
                continue
            # One role a route is enough: what a page does beside its own work does not hang on who reads it.
            role = next((one for one in EXPECTED.roles if EXPECTED.answer(route, one) == OK), None)
            if role is None:
                continue
            where = f"GET {rule.rule} as {role}"
            stage.ask(role, "GET", stage.url(rule, route.record, OWN))
            tried += 1
    finally:
        sa.event.remove(stage.connection, "before_cursor_execute", note)
    assert tried > 80
    assert not written, "\n".join(written)
    assert any("/attachments/" in one for one in audited), (
        "a download is on record, and the test would see it"
    )
