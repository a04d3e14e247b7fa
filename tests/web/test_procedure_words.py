"""Every key and every word of the schema has a name in the editor."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from admin_views.procedure_words import KEY_LABELS, word_label
from services.procedures.forms import Node, item, sections, tree
from services.procedures.schema import Procedure


def nodes(found: tuple[Node, ...]) -> Iterator[Node]:
    """Every place that the form can show, an item of every list included."""
    for node in found:
        yield node
        if node.of is not None and node.kind in ("list", "object", "either"):
            model = node.of
            yield from nodes(node.children or tree(model, None, node.path))
            if node.kind == "list":
                yield from nodes(item(model, None, (*node.path, 0)).children)


def test_every_key_has_a_name() -> None:
    keys = {str(node.key) for node in nodes(tree(Procedure, None)) if isinstance(node.key, str)}
    missing = sorted((keys | set(sections())) - set(KEY_LABELS) - {"version"})
    assert not missing, f"give these a name in KEY_LABELS of admin_views/procedure_words.py: {missing}"


def test_every_word_has_a_name(app: Flask) -> None:
    missing = set()
    with app.test_request_context():
        for node in nodes(tree(Procedure, None)):
            enumeration = node.of if node.kind in ("choice", "choices", "open_choice") else None
            for word in node.choices:
                if word_label(word, enumeration) == word:
                    missing.add(f"{node.key}: {word}")
    assert not missing, f"give these a name in WORDS of admin_views/procedure_words.py: {sorted(missing)}"


def test_no_place_falls_back_to_raw_text() -> None:
    raw = [node.name for node in nodes(tree(Procedure, None)) if node.kind == "raw"]
    assert raw == [], "services/procedures/forms.py knows no field for these"
