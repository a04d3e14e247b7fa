"""The table of a benchmark says of each goal whether it is reached, by the better of the peers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cases, reporting
from benchmarks.case import TITLES


def _case(name: str, times: dict[str, float], *goals: dict[str, Any], **told: float) -> dict[str, Any]:
    whole = {
        "against": (),
        "at_least": 1.0,
        "case": "",
        "under": 0.0,
        "memory": 0.0,
        "memory_over": "",
        "at_most": 0.0,
        "ours": "desk",
        "engine": "",
    }
    return {
        "name": name,
        "title": name,
        "figures": {
            subject: {"median": seconds, "missing": "", "told": told if subject == "desk" else {}}
            for subject, seconds in times.items()
        },
        "goals": [whole | goal for goal in goals],
    }


@pytest.mark.parametrize(
    "goal, reached",
    [
        ({"against": ("flask_admin", "django"), "at_least": 3.9}, True),
        ({"against": ("flask_admin", "django"), "at_least": 4.1}, False),
        ({"under": 0.6}, True),
        ({"under": 0.4}, False),
        ({"memory": 100.0}, True),
        ({"memory": 30.0}, False),
        ({"memory": 10.0, "memory_over": "small"}, True),
        ({"memory": 5.0, "memory_over": "small"}, False),
        ({"at_most": 12.0, "case": "small"}, True),
        ({"at_most": 9.0, "case": "small"}, False),
        ({"against": ("django",), "at_least": 4.5, "ours": "desk_two"}, True),
        ({"against": ("django",), "at_least": 5.5, "ours": "desk_two"}, False),
        ({"against": ("django",), "engine": "sqlite"}, True),
    ],
)
def test_a_goal_is_held_against_the_better_peer(goal: dict[str, Any], reached: bool) -> None:
    small = _case("small", {"desk": 0.05}, idle=100.0, peak=32.0)
    case = _case(
        "large",
        {"desk": 0.5, "desk_two": 0.4, "flask_admin": 3.0, "django": 2.0},
        goal,
        idle=100.0,
        peak=20.0,
        child_peak=140.0,
    )
    assert [ok for _, ok in reporting.verdicts(case, {"small": small, "large": case}, "sqlite")] == [reached]


def test_a_figure_that_is_missing_reaches_nothing() -> None:
    case = _case("deep", {"desk": 0.5}, {"against": ("django",)})
    assert reporting.verdicts(case, {"deep": case}, "sqlite") == []


def test_a_goal_of_the_other_database_does_not_count() -> None:
    case = _case("import", {"desk": 0.5, "openpyxl": 0.4}, {"against": ("openpyxl",), "engine": "postgresql"})
    assert reporting.verdicts(case, {"import": case}, "sqlite") == []
    assert [ok for _, ok in reporting.verdicts(case, {"import": case}, "postgresql")] == [False]


def test_a_run_of_some_cases_leaves_the_others_as_they_were() -> None:
    earlier = {"at": "then", "cases": [_case("load", {"desk": 1.0}), _case("first_page", {"desk": 2.0})]}
    run = {"at": "now", "cases": [_case("deep_page", {"desk": 3.0}), _case("first_page", {"desk": 4.0})]}
    found = reporting.joined(earlier, run)
    assert found["at"] == "now"
    assert [(case["name"], case["figures"]["desk"]["median"]) for case in found["cases"]] == [
        ("first_page", 4.0), ("deep_page", 3.0), ("load", 1.0)
    ]  # fmt: skip


def test_kept_results_go_between_the_marks_of_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = {
        "engine": "sqlite", "complaints": 1000, "at": "2026-11-25T00:00:00+00:00", "machine": "2 cores", "seeding": 9.0,
        "cases": [_case("first_page", {"desk": 0.01, "django": 0.02}, {"against": ("django",), "at_least": 3.0})],
    }  # fmt: skip
    (tmp_path / "sqlite-1000.json").write_text(json.dumps(run))
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- results: begin -->\nold\n<!-- results: end -->\nafter\n")
    monkeypatch.setattr(reporting, "RESULTS", tmp_path)
    monkeypatch.setattr(reporting, "DOCUMENT", document)
    reporting.write_document()
    written = document.read_text()
    assert "old" not in written and written.startswith("before\n") and written.endswith("\nafter\n")
    assert "| first_page | 10 ms | 20 ms | ✗ 2.0 × Django (goal: 3 ×) |" in written
    reporting.write_document()
    assert document.read_text() == written


def test_every_case_is_found_and_compares_with_known_subjects() -> None:
    pages, programs = cases.pages(), cases.programs()
    names = [case.name for case in (*pages, *programs)]
    assert len(names) == len(set(names)) and {"first_page", "deep_page", "search_rare", "export_100k"} <= set(
        names
    )
    for case in (*pages, *programs):
        for goal in case.goals:
            assert set(goal.against) <= set(TITLES), case.name
            assert not goal.case or goal.case in names, case.name
