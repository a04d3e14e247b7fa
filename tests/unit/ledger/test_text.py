"""Text in a cell: reversible, safe XML, cut where a cell ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.text import CELL_UNITS, decoded, encoded, pieces, utf16_units

XML_FORBIDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LIKE_ESCAPES = st.text(alphabet="_x05FDxA\r\x01文", max_size=40)


@given(st.text(max_size=60) | LIKE_ESCAPES)
def test_decoding_gives_back_the_text(text: str) -> None:
    assert decoded(encoded(text)) == text


@given(st.text(alphabet=st.characters(codec=None), max_size=60) | LIKE_ESCAPES)
def test_what_is_written_is_safe_xml(text: str) -> None:
    assert not XML_FORBIDS.search(encoded(text))
    assert "\r" not in encoded(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\rb", "a_x000D_b"),
        ("_x000D_", "_x005F_x000D_"),
        ("_x005F_x000D_", "_x005F_x005F_x005F_x000D_"),
        ("snake_xyz_case", "snake_xyz_case"),
        ("行\n列\t", "行\n列\t"),
        ("😀", "😀"),
    ],
)
def test_known_spellings(text: str, written: str) -> None:
    assert encoded(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "文" * (CELL_UNITS + 1),
        "😀" * CELL_UNITS,
        "文" + "😀" * CELL_UNITS,
        "a" * (CELL_UNITS * 3),
        "\r\n" * CELL_UNITS,
    ],
)
def test_long_texts_are_cut_without_loss(text: str) -> None:
    cut = pieces(text)
    assert "".join(cut) == text
    assert len(cut) > 1
    assert all(0 < utf16_units(piece) <= CELL_UNITS for piece in cut)
    assert all(utf16_units(piece) >= CELL_UNITS - 1 for piece in cut[:-1])


@pytest.mark.parametrize("text", ["", "文" * CELL_UNITS, "😀" * (CELL_UNITS // 2)])
def test_what_fits_is_one_cell(text: str) -> None:
    assert pieces(text) == [text]
