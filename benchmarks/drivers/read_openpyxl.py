"""openpyxl in its read-only mode, reading every cell of the same file and doing nothing with it."""

from __future__ import annotations

import sys
from typing import Any

import openpyxl

from benchmarks.drivers.measuring import measured


def work() -> dict[str, Any]:
    book = openpyxl.load_workbook(sys.argv[1], read_only=True)
    count = sum(1 for sheet in book.worksheets for _ in sheet.iter_rows(values_only=True))
    return {"rows": count - 1}


measured(work)
