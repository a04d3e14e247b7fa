"""What procedures/clauses says of rules and screens exists."""

from __future__ import annotations

import importlib
import json

import pytest
from flask import Flask

from services.procedures.clauses import TESTS_FILE, catalogue
from settings import ROOT


def test_two_hundred_and_fifty_clauses_of_eighteen_regulations() -> None:
    assert len(catalogue()) == 250
    assert len({clause.regulation for clause in catalogue().values()}) == 18


@pytest.mark.parametrize("code", catalogue())
def test_the_code_that_a_clause_names_exists(code: str) -> None:
    for rule in catalogue()[code].code_rules:
        module, _, attribute = rule.rpartition(".")
        assert callable(getattr(importlib.import_module(module), attribute)), rule


def test_the_screen_that_a_clause_names_exists(app: Flask) -> None:
    known = {*app.view_functions}
    unknown = {
        code: clause.screen for code, clause in catalogue().items() if clause.screen not in {*known, ""}
    }
    assert unknown == {}


def test_the_tests_written_down_are_in_the_tree() -> None:
    for tests in json.loads(TESTS_FILE.read_text(encoding="utf-8")).values():
        for test in tests:
            path, _, function = test.partition("::")
            name = function.split("::")[-1]
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), test
