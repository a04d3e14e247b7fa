"""Takes each rule behind a clause out in turn; the tests marked with the clause have to fail.

    python -m tests.support.mutation [--clause R05-11] [--regulation R05] [--workers 2] [--report FILE]

A rule is a place in the procedure file that cites the clause (a list item or an optional part is removed; in a part
that has to be there, booleans are flipped and numbers doubled), or a function named in procedures/clauses (its body
becomes `return None`). Each is done in a copy of the tree, so nothing here is touched.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from typing import Any

import yaml

from services.procedures.checking import parse
from services.procedures.clauses import Clause, Place, catalogue, passing_tests, places_of
from services.procedures.reading import InvalidProcedure, name, read
from services.procedures.registry import packs_in
from settings import ROOT

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
    for place in places_of(pack.procedure).get(clause.code, []):
        text = without(pack.text, place)
        rule = f"{pack.path.name}: {name(place)}"
        if text is None:
            yield Outcome(clause.code, rule, "unremovable", "the procedure is not valid without it")
        else:
            yield Mutation(clause.code, rule, f"procedures/{pack.path.name}", text)
    for dotted in clause.code_rules:
        yield emptied(clause.code, dotted)


def without(text: str, place: Place) -> str | None:
    """The procedure without the rule at `place`; None when no such procedure is valid."""
    for change in (_removed, _turned):
        data = read(text).data
        change(data, place)
        changed = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        try:
            parse(changed)
        except InvalidProcedure:
            continue
        return changed
    return None


def _holder(data: Any, place: Place) -> Any:
    for part in place[:-1]:
        data = data[part]
    return data


def _removed(data: Any, place: Place) -> None:
    del _holder(data, place)[place[-1]]


def _turned(data: Any, place: Place) -> None:
    part = _holder(data, place)[place[-1]]
    for key, value in part.items():
        if isinstance(value, bool):
            part[key] = not value
        elif isinstance(value, int):
            part[key] = value * 2


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


def try_out(mutation: Mutation, tree: Path) -> Outcome:
    """Run the marked tests in `tree` with the mutation in place."""
    tests = passing_tests().get(mutation.clause, ())
    if not tests:
        return Outcome(mutation.clause, mutation.rule, "untested")
    target = tree / mutation.file
    kept = target.read_text(encoding="utf-8")
    target.write_text(mutation.text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-k",
        "not postgresql",
        "--clause",
        mutation.clause,
        *tests,
    ]
    try:
        run = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=SECONDS)
        verdict = {0: "survived", 1: "killed", 2: "killed", 5: "untested"}.get(run.returncode, "broken")
        return Outcome(mutation.clause, mutation.rule, verdict, _last(run.stdout))
    except subprocess.TimeoutExpired:
        return Outcome(mutation.clause, mutation.rule, "killed", f"did not end within {SECONDS} seconds")
    finally:
        target.write_text(kept, encoding="utf-8")


def _last(output: str) -> str:
    return output.strip().splitlines()[-1] if output.strip() else ""


def copies(folder: Path, count: int) -> Queue[Path]:
    """As many copies of the tree as there are workers."""
    trees: Queue[Path] = Queue()
    for number in range(count):
        tree = folder / f"tree{number}"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (tree / ".venv").symlink_to(ROOT / ".venv")
        trees.put(tree)
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
    planned = [one for clause in chosen for one in mutations(clause)]
    with tempfile.TemporaryDirectory(prefix="mutated_") as folder:
        trees = copies(Path(folder), options.workers)

        def one(item: Mutation | Outcome) -> Outcome:
            if isinstance(item, Outcome):
                return item
            tree = trees.get()
            try:
                outcome = try_out(item, tree)
            finally:
                trees.put(tree)
            if outcome.verdict != "killed":
                print(f"{outcome.verdict:12} {outcome.clause}  {outcome.rule}  {outcome.detail}", flush=True)
            return outcome

        with ThreadPoolExecutor(options.workers) as pool:
            outcomes = list(pool.map(one, planned))
    return _summary(outcomes, {clause.code for clause in chosen}, options.report)


def _summary(outcomes: list[Outcome], clauses: set[str], report: Path | None) -> int:
    killed = [outcome for outcome in outcomes if outcome.verdict == "killed"]
    bad = {outcome.clause for outcome in outcomes} - {o.clause for o in killed} | {
        outcome.clause for outcome in outcomes if outcome.verdict in ("survived", "untested", "broken")
    }
    ruled = {outcome.clause for outcome in outcomes}
    for outcome in outcomes:
        if outcome.verdict == "unremovable":
            print(f"{'unremovable':12} {outcome.clause}  {outcome.rule}  {outcome.detail}")
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
