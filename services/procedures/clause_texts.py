"""The words of the clauses: of the eighteen regulations from procedures/clauses, of others from their own procedure."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

CLAUSES_FOLDER = Path(__file__).resolve().parents[2] / "procedures" / "clauses"


@cache
def clause_files() -> tuple[dict[str, Any], ...]:
    """The content of every file of the folder, in the order of the regulations."""
    paths = sorted(CLAUSES_FOLDER.glob("*.yaml"))
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths)


@cache
def clause_texts() -> dict[str, dict[str, str]]:
    """The text of each clause by its code, by regulation."""
    return {
        data["regulation"]: {code: row["text"] for code, row in data["clauses"].items()}
        for data in clause_files()
    }
