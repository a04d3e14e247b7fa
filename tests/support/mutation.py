"""Takes each rule behind a clause out in turn; the tests marked with the clause have to fail.

    python -m tests.support.mutation [--clause R05-11] [--regulation R05] [--workers 2] [--report FILE]

A rule is a place in the procedure file that cites the clause, or a function named in procedures/clauses. A list item or
an optional part is removed; in a part that has to be there, booleans are flipped, numbers doubled, roles changed for
another, and what a list says of it exchanged with another item's. A function's body becomes `return None`. Each is
done in a copy of the tree, so nothing here is touched.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from queue import Queue
from typing import Any

import yaml

from models.enums import RoleName
from services.procedures.checking import parse
from services.procedures.clauses import Clause, Place, catalogue, passing_tests, places_of
from services.procedures.reading import InvalidProcedure, name, read
from services.procedures.registry import packs_in
from settings import ROOT
from tests.support.pruning import pruned

LEFT_OUT = (
    ".git",
    ".venv",
    "var",
    "test-results",
    ".mypy_cache",
    ".ruff_cache",
    ".import_linter_cache",
    "__pycache__",
)
SECONDS = 300
ROLES = frozenset(role.value for role in RoleName)
IDENTITY = ("code", "names", "clause", "assumption")
OTHER_ROLES = (RoleName.ARCHIVIST.value, RoleName.HANDLER.value)


class NothingToExchange(Exception):
    """The two items differ in their names alone."""


@dataclass(frozen=True)
class Mutation:
    """One rule taken out: which file reads how instead."""

    clause: str
    rule: str
    file: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """`verdict`: killed (a marked test fails, as it must), survived, untested, unremovable, or broken (nothing ran)."""

    clause: str
    rule: str
    verdict: str
    detail: str = ""


def mutations(clause: Clause) -> Iterator[Mutation | Outcome]:
    """Every rule of `clause` taken out; an Outcome for one that cannot be."""
    pack = packs_in()[clause.procedure]
    places = places_of(pack.procedure).get(clause.code, [])
    for place in places:
        text = without(pack.text, place, places)
        rule = f"{pack.path.name}: {name(place)}"
        if text is None:
            yield Outcome(clause.code, rule, "unremovable", "the procedure is not valid without it")
        else:
            yield Mutation(clause.code, rule, f"procedures/{pack.path.name}", text)
    for dotted in clause.code_rules:
        yield emptied(clause.code, dotted)


def without(text: str, place: Place, places: Sequence[Place]) -> str | None:
    """The procedure without the rule at `place`; None when no such procedure is valid. `places` cite the same clause.

    Removal comes first: alone, with what names it, and with all that cites the clause; what only changes the rule is
    the last resort.
    """
    return (
        _changed(text, place, _removed)
        or _without_mentions(text, place)
        or without_all(text, places)
        or _altered(text, place)
    )


def _changed(text: str, place: Place, change: Callable[[Any, Any], None]) -> str | None:
    data = read(text).data
    change(_holder(data, place), place[-1])
    return _valid(data)


def _removed(holder: Any, last: Any) -> None:
    del holder[last]


def _without_mentions(text: str, place: Place) -> str | None:
    """The procedure without an item and without the rows, lists and conditions elsewhere that name its code."""
    data = read(text).data
    code = _holder(data, place)[place[-1]].get("code")
    if code is None:
        return None
    del _holder(data, place)[place[-1]]
    return _valid(pruned(data, {code, f"own.{code}"}))


def _altered(text: str, place: Place) -> str | None:
    for change in changes(read(text).data, place):
        with suppress(NothingToExchange):
            if changed := _changed(text, place, change):
                return changed
    return None


def without_all(text: str, places: Sequence[Place]) -> str | None:
    """The procedure without anything that cites the clause: a field and the line that asks for it go together."""
    data = read(text).data
    for place in sorted(places, key=_from_the_end, reverse=True):
        with suppress(KeyError, IndexError):  # it went with the part that held it
            del _holder(data, place)[place[-1]]
    return _valid(data)


def _from_the_end(place: Place) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _valid(data: Any) -> str | None:
    changed = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    try:
        parse(changed)
    except InvalidProcedure:
        return None
    return changed


def _holder(data: Any, place: Place) -> Any:
    for part in place[:-1]:
        data = data[part]
    return data


def changes(data: Any, place: Place) -> Iterator[Callable[[Any, Any], None]]:
    """Ways to turn the rule into another; where a combination is not valid, one setting at a time."""
    part = _holder(data, place)[place[-1]]
    settings = [key for key, value in part.items() if isinstance(value, bool | int) or str(value) in ROLES]
    if settings:
        for keys in (settings, *([key] for key in settings)):
            yield partial(_turned, keys=keys)
    inner = [value for value in part.values() if isinstance(value, dict | list)]
    if any(_numbers(value) for value in inner):
        yield lambda holder, last: _double_numbers(holder[last])
    if isinstance(place[-1], int):
        for other in range(len(_holder(data, place))):
            yield partial(_exchanged, other=other)


def _turned(holder: Any, last: Any, keys: Sequence[str]) -> None:
    part = holder[last]
    for key in keys:
        part[key] = _other(part[key])


def _exchanged(holder: Any, last: Any, other: int) -> None:
    """What distinguishes two items of a list, but for their names, goes to the other one."""
    one, two = holder[last], holder[other]
    said = [
        key
        for key in one
        if key in two and isinstance(one[key], str) and one[key] != two[key] and key not in IDENTITY
    ]
    if not said:
        raise NothingToExchange
    for key in said:
        one[key], two[key] = two[key], one[key]


def _numbers(part: Any) -> bool:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return any(_is_number(each) or _numbers(each) for each in inner)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _double_numbers(part: Any) -> None:
    """Thresholds of criteria, wherever in the part they stand."""
    for key, value in list(part.items() if isinstance(part, dict) else enumerate(part)):
        if _is_number(value):
            part[key] = value * 2
        elif isinstance(value, dict | list):
            _double_numbers(value)


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value * 2
    return next(role for role in OTHER_ROLES if role != value)


def emptied(clause: str, dotted: str) -> Mutation | Outcome:
    """The module with the function's body gone (of a class: the bodies of its methods)."""
    module, _, attribute = dotted.rpartition(".")
    file = ROOT / f"{module.replace('.', '/')}.py"
    if not file.exists():
        file = ROOT / module.replace(".", "/") / "__init__.py"
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    found = [
        node
        for node in ast.parse(source).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == attribute
    ]
    if not found:
        return Outcome(clause, dotted, "unremovable", f"no function of this name in {file.relative_to(ROOT)}")
    functions = (
        [found[0]]
        if isinstance(found[0], ast.FunctionDef)
        else [node for node in found[0].body if isinstance(node, ast.FunctionDef)]
    )
    for function in reversed(functions):
        first, last = function.body[0], function.body[-1]
        assert last.end_lineno is not None
        if first.lineno == function.lineno:
            return Outcome(clause, dotted, "unremovable", "a function on one line")
        lines[first.lineno - 1 : last.end_lineno] = [f"{' ' * first.col_offset}return None\n"]
    return Mutation(clause, dotted, str(file.relative_to(ROOT)), "".join(lines))


class Tree:
    """A copy of the tree and the processes that run its tests."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.folder = folder
        self._servers: dict[str, subprocess.Popen[str]] = {}

    def run(self, kind: str, clause: str, tests: Sequence[str]) -> dict[str, Any]:
        """What the server that holds `kind` ("libraries" or "product") says of the tests."""
        server = self._servers.get(kind) or self._start(kind)
        assert server.stdin is not None
        assert server.stdout is not None
        print(
            json.dumps({"clause": clause, "tests": tests, "seconds": SECONDS}), file=server.stdin, flush=True
        )
        answer: dict[str, Any] = json.loads(server.stdout.readline())
        return answer

    def _start(self, kind: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.support.mutation_server", kind]
        self._servers[kind] = subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self._servers[kind]

    def close(self) -> None:
        for server in self._servers.values():
            server.communicate()


def marked_tests(clause: str) -> list[str]:
    """The tests of the clause, those of the browser last: one that fails is enough, and they are the slowest."""
    return sorted(passing_tests().get(clause, ()), key=lambda test: "/browser/" in test)


def control(clause: str, tree: Tree) -> Outcome | None:
    """What is wrong with the marked tests while nothing is taken out; a test that fails anyway shows nothing."""
    if not marked_tests(clause):
        return Outcome(clause, "–", "untested")
    answer = tree.run("product", clause, marked_tests(clause))
    if answer["exit"] == 0:
        return None
    return Outcome(clause, "–", "broken", f"fails with every rule in place: {_last(answer['output'])}")


def try_out(mutation: Mutation, tree: Tree) -> Outcome:
    """Run the marked tests in `tree` with the mutation in place."""
    target = tree.folder / mutation.file
    kept = target.read_text(encoding="utf-8")
    target.write_text(mutation.text, encoding="utf-8")
    kind = "libraries" if target.suffix == ".py" else "product"
    try:
        answer = tree.run(kind, mutation.clause, marked_tests(mutation.clause))
    finally:
        target.write_text(kept, encoding="utf-8")
    if answer["exit"] is None:
        return Outcome(mutation.clause, mutation.rule, "killed", f"did not end within {SECONDS} seconds")
    verdict = {0: "survived", 1: "killed", 2: "killed", 5: "untested"}.get(answer["exit"], "broken")
    return Outcome(mutation.clause, mutation.rule, verdict, _last(answer["output"]))


def _last(output: str) -> str:
    return output.strip().splitlines()[-1] if output.strip() else ""


def copies(folder: Path, count: int) -> Queue[Tree]:
    """As many copies of the tree as there are workers."""
    trees: Queue[Tree] = Queue()
    for number in range(count):
        trees.put(Tree(folder / f"tree{number}"))
    return trees


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--clause", action="append", default=[])
    asked.add_argument("--regulation", action="append", default=[])
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--report", type=Path)
    options = asked.parse_args()
    chosen = [
        clause
        for clause in catalogue().values()
        if not clause.organisational
        and (not options.clause or clause.code in options.clause)
        and (not options.regulation or clause.regulation in options.regulation)
    ]
    with tempfile.TemporaryDirectory(prefix="mutated_") as folder:
        outcomes = _outcomes(chosen, copies(Path(folder), options.workers), options.workers)
    return _summary(outcomes, {clause.code for clause in chosen}, options.report)


def _outcomes(chosen: Sequence[Clause], trees: Queue[Tree], workers: int) -> list[Outcome]:
    def in_a_tree(work: Callable[[Any, Tree], Any], item: Any) -> Any:
        tree = trees.get()
        try:
            return work(item, tree)
        finally:
            trees.put(tree)

    def one(item: Mutation | Outcome) -> Outcome:
        outcome: Outcome = item if isinstance(item, Outcome) else in_a_tree(try_out, item)
        if outcome.verdict != "killed":
            print(f"{outcome.verdict:12} {outcome.clause}  {outcome.rule}  {outcome.detail}", flush=True)
        return outcome

    with ThreadPoolExecutor(workers) as pool:
        unfit = [
            each
            for each in pool.map(lambda clause: in_a_tree(control, clause.code), chosen)
            if each is not None
        ]
        shown = {each.clause for each in unfit}
        planned = (each for clause in chosen if clause.code not in shown for each in mutations(clause))
        outcomes = list(pool.map(one, chain(unfit, planned)))
    while not trees.empty():
        trees.get().close()
    return outcomes


def _summary(outcomes: list[Outcome], clauses: set[str], report: Path | None) -> int:
    killed = [outcome for outcome in outcomes if outcome.verdict == "killed"]
    bad = {outcome.clause for outcome in outcomes} - {o.clause for o in killed} | {
        outcome.clause for outcome in outcomes if outcome.verdict in ("survived", "untested", "broken")
    }
    ruled = {outcome.clause for outcome in outcomes}
    for clause in sorted(clauses - ruled):
        print(f"{'no rule':12} {clause}")
    good = len(ruled - bad)
    print(f"{len(killed)} of {len(outcomes)} rules taken out: a marked test failed.")
    print(f"{good} of {len(clauses)} clauses: every removable rule is held by a marked test.")
    if report:
        report.write_text(
            json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False, indent=1) + "\n"
        )
    return 0 if good == len(clauses) else 1


if __name__ == "__main__":
    sys.exit(main())
