"""The clauses of the regulations, and what carries each of them out: rule, screen, test.

procedures/clauses/<regulation>.yaml holds the text of each clause, what it demands of the desk, the rule in the code
where no line of a procedure file is enough, and the screen on which people meet it. Which tests show a clause is
written down by a passing test run (procedures/clauses/tests.json), never by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from services.procedures.clause_texts import CLAUSES_FOLDER, clause_files
from services.procedures.consistency import ruled_parts
from services.procedures.parts import Text
from services.procedures.reading import name
from services.procedures.registry import load_packs
from services.procedures.schema import Procedure

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
    for data in clause_files():
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
    for place, ruled in ruled_parts(procedure):
        for clause in ruled.clause:
            found.setdefault(clause, []).append(place)
    return found


@cache
def procedure_names() -> dict[str, Text]:
    """The names of the procedures that lie in the folder, published or not."""
    return {code: procedure.names for code, procedure in load_packs().items()}


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


def own_traces(procedure: Procedure) -> dict[str, Trace]:
    """The clauses that a procedure brings along itself, with the places that cite them."""
    places = places_of(procedure)
    return {
        own.code: Trace(
            Clause(own.code, procedure.code, own.text, "", (), "procedures.index_view"),
            tuple(f"{procedure.code}: {name(place)}" for place in places.get(own.code, [])),
            (),
        )
        for own in procedure.clauses
    }


@dataclass(frozen=True)
class Sum:
    """How many clauses of a regulation are carried out."""

    regulation: str
    procedure: str
    title: str
    done: int
    all: int


def sums(rows: Iterable[Trace]) -> list[Sum]:
    """The count of each regulation, in their order."""
    titles = {data["regulation"]: data["title"] for data in clause_files()}
    by_regulation: dict[str, list[Trace]] = {}
    for row in rows:
        by_regulation.setdefault(row.clause.regulation, []).append(row)
    return [
        Sum(
            code,
            found[0].clause.procedure,
            titles.get(code, ""),
            sum(r.is_carried_out for r in found),
            len(found),
        )
        for code, found in by_regulation.items()
    ]
