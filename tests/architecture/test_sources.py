"""Rules of the code that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from tests.architecture.sources import calls, files, imported_modules, product_files, relative, tree

MAX_LINES = 400
COMMITTING_FILES = {"services/unit_of_work.py"}
ALLOWED_UNSCOPED = Path(__file__).with_name("unscoped_uses.yaml")


def test_no_python_file_is_longer_than_400_lines() -> None:
    lengths = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in files("*.py")
        if not _is_migration(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_table_of_the_code_names_a_key_twice() -> None:
    """The later line would silently take the place of the earlier one."""
    found = []
    for path in product_files():
        for node in ast.walk(tree(path)):
            keys = [ast.unparse(key) for key in node.keys if key] if isinstance(node, ast.Dict) else []
            found += [f"{relative(path)}: {key}" for key in sorted({k for k in keys if keys.count(k) > 1})]
    assert found == []


def _is_migration(path: Path) -> bool:
    """Generated once, never edited again: length is no burden there."""
    return relative(path).startswith("migrations/versions/")


def test_only_the_unit_of_work_commits() -> None:
    found = [
        f"{relative(path)}:{call.lineno}"
        for path in product_files()
        if relative(path) not in COMMITTING_FILES
        for call in calls(path, "commit")
    ]
    assert found == [], "leave the transaction to services.unit_of_work.UnitOfWork"


def test_the_unit_of_work_does_commit() -> None:
    """So that the test above looks for the right name."""
    unit_of_work = next(path for path in product_files() if relative(path) in COMMITTING_FILES)
    assert list(calls(unit_of_work, "commit"))


def test_unscoped_is_used_only_where_listed_with_a_reason() -> None:
    allowed: dict[str, str] = yaml.safe_load(ALLOWED_UNSCOPED.read_text(encoding="utf-8")) or {}
    assert all(str(reason).strip() for reason in allowed.values()), "every entry gives its reason"
    used = {relative(path) for path in product_files() if any(calls(path, "unscoped"))}
    assert used - set(allowed) == set(), "reads around the scope rule; list it in unscoped_uses.yaml"
    assert set(allowed) - used == set(), "stale entries in unscoped_uses.yaml"


def test_every_unscoped_call_states_its_reason() -> None:
    found = []
    for path in product_files():
        for call in calls(path, "unscoped"):
            arguments = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
            if not any(isinstance(each, ast.Constant) and each.value for each in arguments):
                found.append(f"{relative(path)}:{call.lineno}")
    assert found == []


def test_operations_do_not_import_each_other() -> None:
    """One operation is one file; what two share lives below them (or in a `_private` module beside)."""
    modules = {path.stem for path in files("*.py", "services/operations") if not path.stem.startswith("_")}
    found = []
    for path in files("*.py", "services/operations"):
        if path.stem.startswith("_"):
            continue
        for module, line in imported_modules(path):
            parts = module.split(".")
            if parts[:2] == ["services", "operations"] and parts[2:3] and parts[2] in modules - {path.stem}:
                found.append(f"{relative(path)}:{line} imports {module}")
    assert found == []


@pytest.mark.parametrize("forbidden", ["flask", "flask_admin", "flask_login", "wtforms", "werkzeug"])
def test_services_and_models_know_nothing_of_the_web(forbidden: str) -> None:
    found = [
        f"{relative(path)}:{line} imports {module}"
        for path in files("*.py", "services", "models")
        for module, line in imported_modules(path)
        if module.split(".")[0] == forbidden
    ]
    assert sorted(set(found)) == []


def test_every_public_operation_takes_the_unit_of_work_first() -> None:
    """No operation opens a transaction or a session of its own."""
    found = []
    for path in files("*.py", "services/operations"):
        if path.stem.startswith("_"):
            continue
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and node.name == path.stem:
                first = node.args.args[0] if node.args.args else None
                if first is None or first.annotation is None or ast.unparse(first.annotation) != "UnitOfWork":
                    found.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert found == []
