"""Every text of the interface is in the Chinese catalogue, and the catalogue is complete."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.architecture.sources import ROOT, called_name, files, product_files, relative, tree

CATALOGUE = ROOT / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
MARKERS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "_n"}
IN_TEMPLATE = re.compile(r"""\b(?:_|gettext)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
HAN = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_EVERY_LANGUAGE = re.compile('aria-hidden="true">诉<|中文')
"""The mark of the desk, and the name of the language in that language."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def texts_in_python(path: Path) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and called_name(node) in MARKERS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((first.value, node.lineno))
    return found


def texts_in_template(path: Path) -> list[tuple[str, int]]:
    text = path.read_text(encoding="utf-8")
    return [
        (
            (match[1] or match[2] or "").replace('\\"', '"').replace("\\'", "'"),
            text.count("\n", 0, match.start()) + 1,
        )
        for match in IN_TEMPLATE.finditer(text)
    ]


def test_every_text_of_the_interface_has_chinese() -> None:
    missing = []
    for path in [*product_files(), *files("*.html", "templates"), *files("*.txt", "templates")]:
        texts = texts_in_python(path) if path.suffix == ".py" else texts_in_template(path)
        for text, line in texts:
            message = catalogue().get(text)
            if message is None or not message.string or message.fuzzy:
                missing.append(f"{relative(path)}:{line} {text!r}")
    assert missing == []


def test_no_marked_text_is_put_together_at_run_time() -> None:
    """`_(f"…")` and `_("a" + b)` can never be found in a catalogue."""
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and called_name(node) in {"_", "_l"}
        and node.args
        and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert found == []


def test_translations_keep_their_placeholders() -> None:
    wrong = []
    for message in catalogue():
        if not message.id or not message.string:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for target in [message.string] if isinstance(message.string, str) else message.string:
            if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(target)):
                wrong.append(source)
    assert wrong == []


def test_source_texts_are_english() -> None:
    found = [
        f"{relative(path)}:{line} {text!r}"
        for path in product_files()
        for text, line in texts_in_python(path)
        if HAN.search(text)
    ]
    assert found == []


def test_templates_hold_no_untranslated_chinese() -> None:
    comment = re.compile(r"\{#.*?#\}", re.DOTALL)
    found = []
    for path in files("*.html", "templates"):
        for line in comment.sub("", path.read_text(encoding="utf-8")).splitlines():
            if HAN.search(SAME_IN_EVERY_LANGUAGE.sub("", line)):
                found.append(f"{relative(path)}: {line.strip()[:80]}")
    assert found == []
