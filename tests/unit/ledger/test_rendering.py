"""Rows rendered column by column: every way that is taken for speed writes what the plain way writes."""

from __future__ import annotations

import random
import zlib
from typing import Any
from xml.etree import ElementTree

import pytest

from services.ledger import deflate
from services.ledger.deflate import END, Piece, deflated, joined_crc
from services.ledger.rendering import MOST_LINES, Block, Column, Renderer
from services.ledger.sharing import Renderers
from services.ledger.text import decoded

TONES = {"": 1, "overdue": 2}


def column(name: str, *, tall: bool = False, stands_out: bool = False) -> Column:
    out = {"": 11, "overdue": 12} if stands_out else TONES
    numbers = {"": 5, "overdue": 6}
    return Column((name,), TONES, numbers, out, out if stands_out else numbers, tall)


def inflated(*pieces: Piece) -> bytes:
    return zlib.decompressobj(-15).decompress(b"".join(piece.data for piece in pieces) + END)


def cells(*blocks: Block) -> list[tuple[str, str, Any]]:
    """Reference, style and content of every cell."""
    root = ElementTree.fromstring(b"<x>" + inflated(*(block.piece for block in blocks)) + b"</x>")
    found: list[tuple[str, str, Any]] = []
    for cell in root.iter("c"):
        text, number = cell.find("is/t"), cell.find("v")
        content: Any = None
        if text is not None:
            content = decoded(text.text or "")
        elif number is not None:
            content = float(number.text or "")
        found.append((cell.attrib["r"], cell.attrib["s"], content))
    return found


def made_up(chance: random.Random, kind: str, size: int) -> list[Any]:
    few = ["门诊", "a<b&c>", " 空 ", "=1+1", "_x000D_", "", None]
    if kind == "few":
        return [chance.choice(few) for _ in range(size)]
    if kind == "many":
        return [chance.choice(["", None, f"内容{n}", f"第\n{n}行", f"{n}&"]) for n in range(size)]
    if kind == "clean":
        return [f"内容{n}" if n % 7 else None for n in range(size)]
    if kind == "numbers":
        return [chance.choice([None, chance.random() * 50000, n]) for n in range(size)]
    return [chance.choice([None, "文", 3, 2.5, 0]) for n in range(size)]


KINDS = ("few", "many", "clean", "numbers", "mixed")


@pytest.mark.parametrize("shades", [("",), ("", "overdue")])
def test_every_cell_has_its_place_its_style_and_its_value(shades: tuple[str, ...]) -> None:
    chance = random.Random(5)
    layout = [column(name, stands_out=name == "C") for name in "ABCDE"]
    values = [made_up(chance, kind, 400) for kind in KINDS]
    tones = [chance.choice(shades) for _ in range(400)]
    found = iter(cells(Renderer(layout).block(7, values, tones)))
    for row in range(400):
        for one, part in zip(layout, values, strict=True):
            value, tone = part[row], tones[row]
            is_number = isinstance(value, int | float)
            empty = value is None or value == ""
            texts, numbers = (one.set_texts, one.set_numbers) if value else (one.texts, one.numbers)
            style = (numbers if is_number else one.texts if empty else texts)[tone]
            assert next(found) == (f"{one.names[0]}{row + 7}", str(style), None if empty else value)
    assert next(found, None) is None


def test_a_row_is_as_high_as_its_longest_text() -> None:
    layout = [column("A", tall=True), column("B", tall=True)]
    block = Renderer(layout).block(2, [["x", "长" * 60, None], ["a\nb\nc", None, "\n" * 400]], [""] * 3)
    root = ElementTree.fromstring(b"<x>" + inflated(block.piece) + b"</x>")
    heights = [float(row.attrib.get("ht", 15)) for row in root.iter("row")]
    assert heights == [45, 45, 15 * MOST_LINES]


def test_a_helper_renders_the_same_rows_in_the_same_order() -> None:
    chance = random.Random(6)
    layout = [column(name) for name in "ABCDE"]
    batches = [[made_up(chance, kind, 200) for kind in KINDS] for _ in range(12)]
    tones = [""] * 200

    def rendered(processes: int) -> list[tuple[str, str, Any]]:
        kept: list[Block] = []
        with Renderers(layout, processes) as renderers:
            for number, values in enumerate(batches):
                renderers.render(number * 200 + 1, values, tones, lambda block, count: kept.append(block))
            renderers.finish(lambda block, count: kept.append(block))
        return cells(*kept)

    assert rendered(2) == rendered(1)


def test_a_helper_that_is_ended_from_outside_costs_no_row(caplog: pytest.LogCaptureFixture) -> None:
    layout = [column("A")]
    kept: list[Block] = []
    with Renderers(layout, 2) as renderers:
        for number in range(20):
            renderers.render(
                number * 10 + 1,
                [[f"{number}-{n}" for n in range(10)]],
                [""] * 10,
                lambda b, n: kept.append(b),
            )
            if number == 8:
                assert renderers._helper is not None and renderers._helper._process is not None
                renderers._helper._process.kill()
        renderers.finish(lambda block, count: kept.append(block))
    assert [content for *_place, content in cells(*kept)] == [
        f"{a}-{b}" for a in range(20) for b in range(10)
    ]
    assert "going on without" in caplog.text


@pytest.mark.parametrize("library", ["isal", "zlib"])
def test_pieces_join_into_one_stream(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if library == "zlib":
        monkeypatch.setattr(deflate, "isal_zlib", None)
    chance = random.Random(3)
    texts = [chance.randbytes(chance.randrange(5000)) for _ in range(20)] + [b"", b"x" * 70_000]
    pieces = [deflated(text) for text in texts]
    assert inflated(*pieces) == b"".join(texts)
    crc = 0
    for piece in pieces:
        crc = joined_crc(crc, piece.crc, piece.length)
    assert crc == zlib.crc32(b"".join(texts))


def test_the_fast_library_is_in_use() -> None:
    assert deflate.isal_zlib is not None, "pip install -r requirements.txt"
