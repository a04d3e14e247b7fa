"""The ledger as text: what a spreadsheet and a program read in it."""

from __future__ import annotations

import csv
import hashlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.enums import State
from services.ledger.text_file import GUARD, guarded, write_text
from services.ledger.workbook import SheetColumn
from tests.support.workbooks import batches

ZONE = ZoneInfo("Asia/Shanghai")


def test_values_as_they_read(tmp_path: Path) -> None:
    row = [
        datetime(2026, 2, 13, 1, 30, 5), date(2026, 2, 13), -5, Decimal("12.50"), 10**17, True, State.CLOSED, None,
        "000123", '他说:"好,\n再见"', "=1+1",
    ]  # fmt: skip
    columns = [SheetColumn(str(index), f"列{index}") for index in range(len(row))]
    written = write_text(tmp_path, columns, batches([row, row], len(row), 1), ZONE)
    data = written.path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == 3
    assert (written.rows, written.size, written.sha256) == (2, len(data), hashlib.sha256(data).hexdigest())
    with written.path.open(encoding="utf-8-sig", newline="") as file:
        heads, first, second = csv.reader(file)
    assert heads[0] == "列0" and first == second
    assert first[:5] == ["2026-02-13 09:30:05", "2026-02-13", "-5", "12.50", "100000000000000000"]
    assert first[5] in ("Yes", "是") and first[6] == str(State.CLOSED.label)
    assert first[7:] == ["", "000123", '他说:"好,\n再见"', GUARD + "=1+1"]


@pytest.mark.parametrize("text", ["=1", "+86 138", "-3 元", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_calculate_is_guarded(text: str) -> None:
    assert guarded(text) == GUARD + text


@pytest.mark.parametrize("text", ["", "投诉", "1-2", "a=b", " =1", "'x"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert guarded(text) == text
