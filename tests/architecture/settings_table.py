"""The table of settings as README.md shows it, made from settings.py. `python -m tests.architecture.settings_table`"""

from __future__ import annotations

import ast
from dataclasses import MISSING, fields

from settings import ROOT, Settings


def table() -> str:
    """The Markdown table: variable, default, meaning."""
    meanings = _meanings()
    lines = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for field in fields(Settings):
        default = "" if field.default is MISSING else str(field.default)
        shown = f"`{default.lower() if default in ('True', 'False') else default}`" if default else "–"
        lines.append(f"| `DESK_{field.name.upper()}` | {shown} | {meanings[field.name]} |")
    return "\n".join(lines)


def _meanings() -> dict[str, str]:
    """The string below each field of the class."""
    module = ast.parse((ROOT / "settings.py").read_text(encoding="utf-8"))
    (settings,) = (node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    found = {}
    for field, below in zip(settings.body, settings.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant), field.target.id
            found[field.target.id] = " ".join(str(below.value.value).split())
    return found


if __name__ == "__main__":
    print(table())
