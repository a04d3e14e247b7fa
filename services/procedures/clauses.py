"""The clauses of the regulations, and what carries each of them out: rule, screen, test.

procedures/clauses/<regulation>.yaml holds the text of each clause, what it demands of the desk, the rule in the code
where no line of a procedure file is enough, and the screen on which people meet it. Which tests show a clause is
written down by a passing test run (procedures/clauses/tests.json), never by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import yaml
from pydantic import BaseModel

from services.procedures.parts import Ruled
from services.procedures.reading import name
from services.procedures.registry import PACKS_FOLDER, load_packs
from services.procedures.schema import Procedure

CLAUSES_FOLDER = PACKS_FOLDER / "clauses"
TESTS_FILE = CLAUSES_FOLDER / "tests.json"

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Clause:
    """One clause. `code_rules` are dotted names (services.workflow.gates.reply_recorded); `screen` an endpoint.

    `organisational` says why no software can carry the clause; such a clause is never counted as carried out.
    """

    code: str
    procedure: str
    text: str
    requirement: str
    code_rules: tuple[str, ...]
    screen: str
    organisational: str = ""

    @property
    def regulation(self) -> str:
        return self.code.split("-")[0]


@dataclass(frozen=True)
class Trace:
    """A clause with everything that carries it: places in its procedure file, code, screen, passing tests."""

    clause: Clause
    places: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        return (*self.places, *self.clause.code_rules)

    @property
    def is_carried_out(self) -> bool:
        """Only with a rule, a screen and a passing test that asserts it."""
        return bool(self.rules and self.clause.screen and self.tests and not self.clause.organisational)


@cache
def catalogue() -> dict[str, Clause]:
    """Every clause by its code, in the order of the regulations."""
    found: dict[str, Clause] = {}
    for path in sorted(CLAUSES_FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for code, row in data["clauses"].items():
            found[code] = Clause(
                code,
                data["procedure"],
                row["text"],
                row["requirement"],
                tuple(row["rules"]),
                row["screen"],
                row.get("organisational", ""),
            )
    return found


@cache
def passing_tests() -> dict[str, tuple[str, ...]]:
    """The tests that passed in the last recorded run, by the clause they are marked with."""
    if not TESTS_FILE.exists():
        return {}
    recorded = json.loads(TESTS_FILE.read_text(encoding="utf-8"))
    return {code: tuple(tests) for code, tests in recorded.items()}


def places_of(procedure: Procedure) -> dict[str, list[Place]]:
    """Where in a procedure each clause is cited."""
    found: dict[str, list[Place]] = {}
    for place, ruled in _ruled(procedure, ()):
        for clause in ruled.clause:
            found.setdefault(clause, []).append(place)
    return found


def _ruled(part: BaseModel, place: Place) -> Iterator[tuple[Place, Ruled]]:
    if isinstance(part, Ruled):
        yield place, part
    for key in type(part).model_fields:
        value = getattr(part, key)
        if isinstance(value, BaseModel):
            yield from _ruled(value, (*place, key))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _ruled(item, (*place, key, index))


@cache
def traces() -> dict[str, Trace]:
    """Every clause with its rules, screen and tests."""
    places = {code: places_of(procedure) for code, procedure in load_packs().items()}
    tests = passing_tests()
    return {
        code: Trace(
            clause,
            tuple(
                f"{clause.procedure}.yaml: {name(place)}"
                for place in places.get(clause.procedure, {}).get(code, [])
            ),
            tests.get(code, ()),
        )
        for code, clause in catalogue().items()
    }
