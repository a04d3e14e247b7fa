"""Texts in the language of whoever reads them, also when languages take turns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

SPELT = {"zh_Hans_CN": "投诉", "en": "Complaint"}


def _said(app: Flask, language: str, times: int) -> set[str]:
    found = set()
    for _turn in range(times):
        with app.test_request_context(), force_locale(language):
            found |= {gettext("Complaint"), gettext("Complaint")}
    return found


@pytest.mark.parametrize("language", SPELT)
def test_a_language_within_another(app: Flask, language: str) -> None:
    other = next(one for one in SPELT if one != language)
    with app.test_request_context(), force_locale(language):
        assert gettext("Complaint") == SPELT[language]
        with force_locale(other):
            assert gettext("Complaint") == SPELT[other]
        assert gettext("Complaint") == SPELT[language]


def test_two_readers_at_once(app: Flask) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [(language, pool.submit(_said, app, language, 200)) for language in [*SPELT] * 2]
        for language, said in asked:
            assert said.result() == {SPELT[language]}


def test_outside_of_a_request_the_source_is_shown() -> None:
    assert gettext("Complaint") == "Complaint"
