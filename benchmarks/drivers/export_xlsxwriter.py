"""Plain XlsxWriter with constant_memory over streamed Core rows: what one would write by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks.drivers.measuring import measured
from benchmarks.drivers.rows import HEADINGS, rows

target = Path(os.environ["BENCH_FOLDER"]) / f"export-{os.getpid()}.xlsx"


def work() -> dict[str, Any]:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        number = 0
        for number, row in enumerate(rows(), 1):
            sheet.write_row(number, 0, row)
    return {"rows": number, "bytes": target.stat().st_size}


try:
    measured(work)
finally:
    target.unlink(missing_ok=True)
