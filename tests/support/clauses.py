"""Which clause is shown by which passing test. `pytest --record-clauses` writes procedures/clauses/tests.json."""

from __future__ import annotations

import json

import pytest

from services.procedures.clauses import TESTS_FILE, catalogue


class ClauseRecorder:
    """Collects the marks of tests that passed in every variant (engine, parameters) and failed in none."""

    def __init__(self) -> None:
        self.marked: dict[str, set[str]] = {}
        self.passed: set[str] = set()
        self.failed: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid.split("[")[0]
        for key, value in report.user_properties:
            if key == "clause":
                self.marked.setdefault(str(value), set()).add(test)
        if report.failed:
            self.failed.add(test)
        elif report.when == "call" and report.passed:
            self.passed.add(test)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        shown = self.passed - self.failed
        found = {
            clause: sorted(self.marked[clause] & shown)
            for clause in sorted(self.marked)
            if self.marked[clause] & shown
        }
        TESTS_FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def mark_properties(item: pytest.Item) -> None:
    """The clauses of a test travel with its report, so that they survive several workers."""
    for mark in item.iter_markers("clause"):
        for clause in mark.args:
            if clause not in catalogue():
                raise pytest.UsageError(f"{item.nodeid}: {clause} is no clause")
            item.user_properties.append(("clause", clause))
