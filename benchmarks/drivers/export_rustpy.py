"""rustpy-xlsxwriter, the fastest writer a Python user can install, over the same streamed rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import write_worksheet

from benchmarks.drivers.measuring import measured
from benchmarks.drivers.rows import HEADINGS, rows

target = Path(os.environ["BENCH_FOLDER"]) / f"export-{os.getpid()}.xlsx"


def work() -> dict[str, Any]:
    records = (dict(zip(HEADINGS, row, strict=True)) for row in rows())
    write_worksheet(records, str(target), sheet_name="Complaints")
    return {"bytes": target.stat().st_size}


try:
    measured(work)
finally:
    target.unlink(missing_ok=True)
