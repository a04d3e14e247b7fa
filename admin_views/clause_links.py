"""Clause numbers in texts as links to "Why does the system do this?"."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, g, url_for
from markupsafe import Markup, escape

from extensions import db
from services.procedures.clause_texts import clause_texts
from services.procedures.published import own_clause_texts

_CODE = re.compile(r"\b([A-Z]{1,4}\d{2})-\d{2}\b")


def text_of_clause(code: str) -> str | None:
    """The words of a clause; None when nobody knows it."""
    regulation = code.split("-")[0]
    known = clause_texts().get(regulation)
    return known.get(code) if known is not None else _own().get(code)


def _own() -> dict[str, str]:
    if "own_clauses" not in g:
        g.own_clauses = own_clause_texts(db.session())
    found: dict[str, str] = g.own_clauses
    return found


def _chip(code: str, tab: bool) -> Markup | None:
    text = text_of_clause(code)
    if text is None:
        return None
    # In a dialog the way there must not take the form away that is being filled in.
    how = Markup('target="_blank" rel="noopener"') if tab else Markup("data-dialog")
    url = url_for("clauses.clause", code=code)
    return Markup('<a class="clause-chip" lang="zh-CN" href="{}" title="{}" {}>{}</a>').format(
        url, text, how, code
    )


def clause_links(value: Any, tab: bool = False) -> Any:
    """A text with every known clause number in it as a link; anything else as it is."""
    text = str(value) if value is not None else ""
    if not _CODE.search(text) or isinstance(value, Markup):
        return value
    parts: list[Markup] = []
    at = 0
    for match in _CODE.finditer(text):
        chip = _chip(match[0], tab)
        if chip is not None:
            parts += [escape(text[at : match.start()]), chip]
            at = match.end()
    return Markup("").join([*parts, escape(text[at:])])


def clause_chips(value: Any, tab: bool = False) -> Markup:
    """Only the links to the clauses that a text names, for beside a text that is a link itself."""
    codes = dict.fromkeys(match[0] for match in _CODE.finditer(str(value or "")))
    return Markup(" ").join(chip for code in codes if (chip := _chip(code, tab)) is not None)


def register(app: Flask) -> None:
    """Give the templates both filters."""
    app.jinja_env.filters["clause_links"] = clause_links
    app.jinja_env.filters["clause_chips"] = clause_chips
