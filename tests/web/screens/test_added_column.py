"""A column added by a migration is on every screen with its label, and one that declares nothing is on none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

LABELS = {"zh_Hans_CN": "门店", "en": "Store"}


def test_an_added_column_shows_everywhere(empty_database_url: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.added_column", empty_database_url, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])
    for language, label in LABELS.items():
        places = found[language]
        heads = places.pop("workbook heads")
        assert label in heads
        assert places == {
            "saved": 303,
            "list head": label,
            "list value": True,
            "chooser": True,
            "filter panel": True,
            "filter finds": [True, False],
            "form": label,
            "register": True,
            "page": True,
            "workbook": True,
            "silent anywhere": False,
        }, language
    assert found["import"] == ["ward_round"]
