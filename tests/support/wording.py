"""What a page says, and which of its words are in the wrong language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import sqlalchemy as sa

from models.searching import is_derived

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
SAME_IN_BOTH = re.compile(
    r"SHA-256|UTF-8|Excel|Word|WPS|CSV|PDF|\.?\bxlsx?\b|\.csv|\b[KMG]B\b|R\d\d-[\d-]+|Ctrl|Esc|Enter"
    r"|TS-|English|中文|Asia/Shanghai|_x000D_|setup_token|\{[\w:]+\}"
)
"""Names of products, formats, keys and places, the names of the languages, and gaps that scripts fill in."""
MASKED = re.compile(r"[\u4e00-\u9fff]{1,4}\*+")
READ_ALOUD = ("title", "aria-label", "aria-description", "placeholder", "alt")


class _Page(HTMLParser):
    """Gathers the texts people read or hear, and the links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.links: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag != "html" and "lang" in values:
            # Said to be in a language of its own, such as the words of a regulation.
            self._silent.append(tag)
            values = {name: value for name, value in values.items() if name not in READ_ALOUD}
        elif tag == "code":  # names of files, rules and tests
            self._silent.append(tag)
        if tag in ("style", "svg", "title") or (tag == "script" and values.get("id") != "desk-strings"):
            self._silent.append(tag)
        if values.get("aria-hidden") == "true" and tag == "span":
            self._silent.append(tag)
        self.texts += [values[name] for name in READ_ALOUD if values.get(name)]
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._silent:
            self.texts += list(_texts_in(json.loads(text))) if text.startswith('{"') else [text]


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)


def read(html: str) -> tuple[list[str], list[str]]:
    """The texts of a page, those that its scripts show included, and the addresses it links."""
    page = _Page()
    page.feed(html)
    return page.texts, page.links


def stored_texts(engine: sa.Engine) -> list[str]:
    """Every text in the database, the longest first: what people typed stays in their own language."""
    found: set[str] = set()
    tables = sa.MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        for table in (one for one in tables.tables.values() if not is_derived(one.name)):
            for row in connection.execute(
                sa.select(*(sa.type_coerce(each, sa.String) for each in table.columns))
            ):
                for value in row:
                    if isinstance(value, str):
                        found.update(_pieces(value))
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def _pieces(value: str) -> Iterator[str]:
    yield " ".join(value.split())
    yield from (" ".join(line.split()) for line in value.splitlines())
    if value[:1] in "[{":
        try:
            yield from (" ".join(text.split()) for text in _texts_in(json.loads(value)))
        except ValueError:
            return


def strangers(texts: Iterable[str], wrong: re.Pattern[str], stored: list[str]) -> set[str]:
    """The texts that hold words of the wrong alphabet (HAN or LATIN) after all that was typed or is the same in both.

    A masked name (王**, 东风****) counts as typed.
    """
    typed = [text for text in stored if wrong.search(text)]
    whole = set(typed)
    found = set()
    for text in texts:
        if text in whole or not wrong.search(text):
            continue
        rest = text
        for each in typed:
            if each in rest and (len(each) > 3 or wrong is HAN):
                rest = rest.replace(each, "")
        if wrong.search(MASKED.sub("", SAME_IN_BOTH.sub("", rest))):
            found.add(text)
    return found
