"""The project's own files, for tests that read source instead of running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {
    ".git",
    ".venv",
    ".venv-bench",
    "venv",
    "node_modules",
    "__pycache__",
    "vendor",
    "instance",
    "build",
    "dist",
}


def files(pattern: str, *folders: str) -> list[Path]:
    """Files of the project that match, below the folders given or everywhere; vendored ones left out."""
    roots = [ROOT / folder for folder in folders] or [ROOT]
    found = (path for root in roots for path in root.rglob(pattern))
    return sorted(path for path in found if not _is_skipped(path))


def product_files() -> list[Path]:
    """Python of the product itself: no tests, no migrations, no benchmarks."""
    aside = {"tests", "migrations", "benchmarks"}
    return [path for path in files("*.py") if relative(path).split("/")[0] not in aside]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    """Calls of a function or method by its last name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and called_name(node) == name:
            yield node


def called_name(call: ast.Call) -> str:
    target = call.func
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def imported_modules(path: Path) -> Iterator[tuple[str, int]]:
    """Full names of everything imported (for `from a import b` both `a` and `a.b`), with the line."""
    package = relative(path).removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, node.lineno
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno


def _is_skipped(path: Path) -> bool:
    return bool(SKIPPED & set(path.relative_to(ROOT).parts))
