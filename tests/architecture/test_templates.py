"""Templates keep the strict content security policy: no inline handler, no javascript: link, no style attribute."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import files, product_files, relative

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "inline handler": re.compile(r"""<[a-zA-Z][^>]*?[\s"']on[a-z]{3,}\s*=\s*["'{]""", re.DOTALL),
    "javascript: link": re.compile(r"""(?:href|src|action)\s*=\s*["']?\s*javascript:""", re.IGNORECASE),
    "style attribute": re.compile(r"""<[a-zA-Z][^>]*?\sstyle\s*=\s*["'{]""", re.DOTALL),
    "script without nonce": re.compile(
        r"""<script(?![^>]*\b(?:nonce|src)\s*=)(?![^>]*type=["']application/json["'])[^>]*>""", re.IGNORECASE
    ),
    "style without nonce": re.compile(r"<style(?![^>]*\bnonce\s*=)[^>]*>", re.IGNORECASE),
    "address outside": re.compile(
        r"""<(?:script|link|img|iframe)[^>]*\b(?:src|href)\s*=\s*["'](?:https?:)?//"""
    ),
}
MARKUP_IN_PYTHON = {
    name: FORBIDDEN[name] for name in ("inline handler", "javascript: link", "style attribute")
}


def faults(text: str, rules: dict[str, re.Pattern[str]]) -> list[str]:
    """What of the rules the text breaks, with its line."""
    bare = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), text)
    return [
        f"{bare.count(chr(10), 0, match.end()) + 1}: {name}: {match.group()[-60:]!r}"
        for name, pattern in rules.items()
        for match in pattern.finditer(bare)
    ]


def _of_files(paths: list[Path], rules: dict[str, re.Pattern[str]]) -> list[str]:
    return [
        f"{relative(path)}:{fault}"
        for path in paths
        for fault in faults(path.read_text(encoding="utf-8"), rules)
    ]


def test_templates_carry_nothing_inline() -> None:
    assert _of_files(files("*.html", "templates"), FORBIDDEN) == []


def test_markup_written_in_python_carries_nothing_inline() -> None:
    assert _of_files(product_files(), MARKUP_IN_PYTHON) == []


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="#" onclick="go()">',
        "<a\n  class='x'\n  onclick='go()'>",
        '<a href="javascript:void(0)">',
        '<div class="a" style="color: red">',
        '<div style="width: {{ n }}%">',
        "<script>go()</script>",
        "<style>a { color: red }</style>",
        '<script src="https://example.org/x.js"></script>',
    ],
)
def test_the_rules_find_what_they_forbid(markup: str) -> None:
    assert faults(markup, FORBIDDEN)


@pytest.mark.parametrize(
    "markup",
    [
        '<button data-action="close" class="btn">',
        '<script nonce="{{ csp_nonce() }}">go()</script>',
        "{# onclick= is forbidden: <a onclick='x'> #}",
        '<link rel="stylesheet" href="{{ url }}">',
        '<option value="{{ each }}" selected>',
        '<script type="application/json" id="data">{{ data }}</script>',
    ],
)
def test_the_rules_let_pass_what_is_allowed(markup: str) -> None:
    assert faults(markup, FORBIDDEN) == []
