"""The expectation file of the routes: for each role and address the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.expectations import lifecycle

FILE = Path(__file__).with_name("routes.yaml")
OWN, FOREIGN, CONFIDENTIAL, UNKNOWN = "own", "foreign", "confidential", "unknown"
OK, FORBIDDEN, MISSING, LOGIN = "ok", "403", "404", "login"


@dataclass(frozen=True)
class Route:
    """One method of one rule, and what is expected of it."""

    method: str
    rule: str
    who: frozenset[str]
    record: str | None = None
    public: bool = False
    over: bool = False
    """Answers 404 to everybody once the organisation exists."""
    refused: frozenset[str] = frozenset()
    """Roles that get 403 at a record they can read: they could do it with another one, not with this."""
    nothing: bool = False
    """Answers 404 to whoever is let through: there is nothing behind it here."""
    ends_session: bool = False
    """Leads to the sign-in page when it has done its work."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


@dataclass(frozen=True)
class Routes:
    """The file as read."""

    roles: tuple[str, ...]
    routes: dict[str, Route]
    records: dict[str, dict[str, frozenset[str]]]

    def answer(self, route: Route, role: str | None, situation: str = OWN) -> str:
        """What `role` (None: nobody signed in) is to get at the address of a record in this situation."""
        if route.over:
            return MISSING
        if route.public:
            return OK
        if role is None:
            return LOGIN
        if role not in route.who:
            return FORBIDDEN
        if route.record is None:
            return MISSING if route.nothing else OK
        if situation == UNKNOWN:
            return MISSING
        readers = self.records.get(route.record, {}).get(situation, frozenset(self.roles))
        if role not in readers:
            return MISSING
        return FORBIDDEN if role in route.refused else OK

    def situations(self, route: Route) -> tuple[str, ...]:
        """The kinds of record to try the route with."""
        if route.record is None:
            return (OWN,)
        scoped = self.records.get(route.record, {})
        return (OWN, *(one for one in (FOREIGN, CONFIDENTIAL) if one in scoped), UNKNOWN)


def load(path: Path = FILE) -> Routes:
    """Read and check the file; ValueError for a role that does not exist."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    roles = tuple(raw["roles"]["everybody"])
    routes = {}
    for name in raw["public"]:
        method, rule = name.split(" ", 1)
        routes[name] = Route(method, rule, frozenset(roles), public=True)
    for name in raw["over_after_first_run"]:
        routes[name] = replace(routes[name], over=True)
    for name, said in raw["routes"].items():
        method, rule = name.split(" ", 1)
        unknown = set(said["who"]) - set(roles)
        if unknown or set(said) - {"who", "record", "refused", "nothing", "ends_session"}:
            raise ValueError(f"{name}: {sorted(unknown)} {sorted(said)}")
        routes[name] = Route(
            method,
            rule,
            frozenset(said["who"]),
            said.get("record"),
            refused=frozenset(said.get("refused", ())),
            nothing=said.get("nothing", False),
            ends_session=said.get("ends_session", False),
        )
    routes |= _steps(raw["steps"])
    records = {
        kind: {situation: frozenset(who) for situation, who in said.items()}
        for kind, said in raw["records"].items()
    }
    return Routes(roles, routes, records)


def _steps(said: dict[str, Any]) -> dict[str, Route]:
    """The dialogs of the lifecycle's events: their roles stand in lifecycle.yaml."""
    expected = lifecycle.load()
    who = {
        event: frozenset(role for (one, _, role), to in expected.cells.items() if one == event and to)
        for event in expected.events
    }
    made = []
    for event in expected.events:
        if event not in said["without_dialog"]:
            rule = said["one"].replace("EVENT", event)
            made += [Route(method, rule, who[event], "complaint") for method in ("GET", "POST")]
        if event in said["over_a_selection"]:
            made.append(Route("POST", said["many"].replace("EVENT", event), who[event]))
    return {route.name: route for route in made}
