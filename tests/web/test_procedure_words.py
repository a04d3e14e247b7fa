"""Every key and every word of the schema has a name in the editor."""

from __future__ import annotations

from flask import Flask

from admin_views.procedure_words import KEY_LABELS, every_place, word_label
from admin_views.section_words import SECTION_KEYS
from services.procedures.forms import sections, tree
from services.procedures.schema import Procedure

LISTS_OF_LISTS = {"documents.forms.0.layout.0.rows"}
"""Rows of a printed form are written as text."""


def test_every_key_has_a_name() -> None:
    keys = {str(node.key) for node in every_place(tree(Procedure, None)) if isinstance(node.key, str)}
    missing = sorted((keys | set(sections())) - set(KEY_LABELS) - set(SECTION_KEYS) - {"version"})
    assert not missing, f"give these a name in SECTION_KEYS of admin_views/section_words.py: {missing}"


def test_every_word_has_a_name(app: Flask) -> None:
    missing = set()
    with app.test_request_context():
        for node in every_place(tree(Procedure, None)):
            enumeration = node.of if node.kind in ("choice", "choices", "open_choice") else None
            for word in node.choices:
                if word_label(word, enumeration) == word:
                    missing.add(f"{node.key}: {word}")
    assert not missing, (
        f"give these a name in SECTION_WORDS of admin_views/section_words.py: {sorted(missing)}"
    )


def test_no_place_falls_back_to_raw_text() -> None:
    raw = {node.name for node in every_place(tree(Procedure, None)) if node.kind == "raw"} - LISTS_OF_LISTS
    assert raw == set(), "services/procedures/forms.py knows no field for these"
