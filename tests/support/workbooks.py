"""Workbooks read back by two libraries that share no code, and old ledgers to import."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

from services.ledger.text import decoded
from services.ledger.workbook import SheetBatch

HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")


def by_openpyxl(path: Path, sheet: int = 0) -> list[list[Any]]:
    """Rows as openpyxl reads them; it hands out Excel's escapes as they stand, so they are decoded here."""
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [[_plain(cell) for cell in row] for row in book.worksheets[sheet].iter_rows(values_only=True)]
    book.close()
    return rows


def _plain(cell: Any) -> Any:
    return decoded(cell) if isinstance(cell, str) else "" if cell is None else cell


def by_calamine(path: Path, sheet: int = 0) -> list[list[Any]]:
    """Rows as calamine reads them; it decodes the escapes itself."""
    with CalamineWorkbook.from_path(str(path)) as book:
        return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


READERS = (by_openpyxl, by_calamine)


def batches(rows: Sequence[Sequence[Any]], width: int, size: int = 1000) -> Iterator[SheetBatch]:
    """Rows as the writer takes them; short ones are filled up with nothing."""
    for start in range(0, len(rows), size):
        some = [[*row, *[None] * (width - len(row))] for row in rows[start : start + size]]
        yield SheetBatch(list(zip(*some, strict=True)), [""] * len(some))


def write_sheet(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """A workbook of these rows; datetimes are typed, everything else is as given."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, column, value, dated)
            elif isinstance(value, str):
                sheet.write_string(line, column, value)
            elif value is not None:
                sheet.write(line, column, value)
    book.close()
    return path


def old_ledger(path: Path, count: int = 2816, seed: int = 7) -> Path:
    """A made-up ledger with the quirks of real ones.

    Numbers as numbers, moments as text but one, details that begin with line breaks and tabs, carriage returns,
    replies of thousands of characters, subjects and texts that several people wrote alike.
    """
    chance = random.Random(seed)
    topics = (
        "夜间施工噪音扰民",
        "小区物业管理混乱",
        "公交站点太远",
        "拆迁补偿咨询",
        "自来水发黄",
        " 路灯不亮 ",
    )
    begin = datetime(2010, 3, 1, 8)
    rows: list[Sequence[Any]] = [HEADINGS]
    for index in range(count):
        at = begin + timedelta(seconds=chance.randrange(9 * 365 * 86400))
        answered = at + timedelta(seconds=chance.randrange(3600, 60 * 86400))
        topic = chance.choice(topics)
        text = (
            "同样的问题反映多次。"
            if index % 90 == 0
            else f"{topic}，第{index}次反映。" * chance.randrange(1, 60)
        )
        detail = f"\n\t\t\t\t\t\n\t\t\t\t\t\u3000\u3000{text}\r\n请处理\n\t\t\t\t"
        reply = (
            "已收悉"
            if index % 70 == 0
            else f"网友：您好！关于“{topic}”，现回复如下：" + "核实。" * chance.randrange(5, 900)
        )
        if index == 5:
            reply = "办" * 7883
        received: Any = at if index == 100 else _spelt(at)
        rows.append(
            (
                2549 + index * 3,
                f"UU{chance.randrange(10**7):07d}",
                topic,
                received,
                detail,
                reply,
                _spelt(answered),
            )
        )
    return write_sheet(path, rows)


def _spelt(at: datetime) -> str:
    return f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}"
