"""Every route × role × record: own, of a foreign department, confidential and not named, unknown; on both engines.

The answers are those of tests/expectations/routes.yaml. A route that is missing there fails, and so does one that
declares no permission.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from admin_views.guard import PUBLIC, declared
from extensions import db
from services.access.permissions import Permission
from tests.expectations import routes as expectation
from tests.expectations.routes import FORBIDDEN, OWN, UNKNOWN, Route
from tests.support.client import make_app, settings_for
from tests.support.databases import Databases
from tests.support.route_stage import Stage, outcome, staged

EXPECTED = expectation.load()
METHODS_OF_NO_INTEREST = {"HEAD", "OPTIONS"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    kept = databases.of(request.param)
    app = make_app(settings_for(kept.url, tmp_path_factory.mktemp(f"routes_{request.param}")))
    with app.app_context():
        engine = db.engine
    with staged(app, engine) as made:
        # Faults are answers here (500), so that one of them does not hide the rest.
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield made
    kept.reset(engine)


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every rule, named as in the file."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - METHODS_OF_NO_INTEREST):
            yield f"{method} {rule.rule}", rule


def test_every_route_is_in_the_file_and_the_file_has_no_other(stage: Stage) -> None:
    found = {name for name, _ in rules(stage.app)}
    missing, stale = found - set(EXPECTED.routes), set(EXPECTED.routes) - found
    assert not missing, "not in routes.yaml:\n" + "\n".join(sorted(missing))
    assert not stale, "in routes.yaml, but no such route:\n" + "\n".join(sorted(stale))


def test_every_route_declares_its_permission(stage: Stage) -> None:
    wrong = []
    for name, rule in rules(stage.app):
        said = declared(stage.app, rule.endpoint)
        public = name in EXPECTED.routes and EXPECTED.routes[name].public
        if said is None or (said == PUBLIC) != public or not (public or isinstance(said, Permission)):
            wrong.append(f"{name}: {said}")
    assert not wrong, "no permission declared, or public without being listed so:\n" + "\n".join(wrong)


def tries(stage: Stage) -> Iterator[tuple[Route, Rule]]:
    for name, rule in rules(stage.app):
        if name in EXPECTED.routes:
            yield EXPECTED.routes[name], rule


def differences(stage: Stage, role: str | None, routes: list[tuple[Route, Rule]] | None = None) -> list[str]:
    """Each address at which `role` gets another answer than the file says."""
    found = []
    for route, rule in routes or tries(stage):
        situations = EXPECTED.situations(route)
        if role is None or EXPECTED.answer(route, role) == FORBIDDEN:
            # Refused before anything is looked up: one role shows that an unknown address makes no difference.
            looked_at = (OWN, UNKNOWN) if role == "administrator" or role is None else (OWN,)
            situations = tuple(one for one in situations if one in looked_at)
        for situation in situations:
            url = stage.url(rule, route.record, situation)
            signed_out = route.ends_session and role is not None
            answer = stage.ask(role, route.method, url, fragment=not signed_out)
            got = outcome(answer, ends_session=signed_out)
            wanted = EXPECTED.answer(route, role, situation)
            if got != wanted:
                found.append(f"{route.name} [{situation}]: expected {wanted}, got {got}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", EXPECTED.roles)
def test_every_route_answers_each_role_as_written(stage: Stage, role: str) -> None:
    found = differences(stage, role)
    assert not found, f"{role}: {len(found)} answers differ\n" + "\n".join(found)


def test_nobody_signed_in_gets_to_the_sign_in_page_and_no_further(stage: Stage) -> None:
    found = differences(stage, None)
    assert not found, f"{len(found)} answers differ\n" + "\n".join(found)


def test_an_unknown_and_a_foreign_record_look_the_same(stage: Stage) -> None:
    """Byte for byte, but for what differs in every answer (ids, tokens, the address itself)."""
    for route, rule in tries(stage):
        if route.method != "GET" or "foreign" not in EXPECTED.situations(route):
            continue
        seen = set()
        for situation in ("foreign", "confidential", "unknown"):
            url = stage.url(rule, route.record, situation)
            page = stage.ask("handler", "GET", url) if "handler" in route.who else None
            if page is not None:
                assert page.status_code == 404
                seen.add((page.status_code, page.content_type, len(_settled(page.text, url))))
        assert len(seen) <= 1, f"{route.name}: {seen}"


def _settled(text: str, url: str) -> str:
    """The page without its own address."""
    return text.replace(url, "").replace(url.replace("/", "%2F"), "")


def test_a_wrong_expectation_is_noticed(stage: Stage) -> None:
    """The comparison can fail: a role swapped in or out of any route shows."""
    swapped = 0
    for route, rule in tries(stage):
        if route.public or route.ends_session:
            continue
        for role in ("handler", "administrator"):
            url = stage.url(rule, route.record, OWN)
            got = outcome(stage.ask(role, route.method, url))
            wrong = Route(route.method, route.rule, route.who ^ {role}, route.record)
            assert got != EXPECTED.answer(wrong, role, OWN), f"{route.name} × {role}"
            swapped += 1
        if swapped >= 50:
            break
    assert swapped
