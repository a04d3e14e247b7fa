"""An old ledger of so many rows and 25 columns as an xlsx file, for the imports: `old_ledger.py FILE ROWS`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from rustpy_xlsxwriter import write_worksheet

from benchmarks.drivers.rows import rows

HEADINGS = {
    "编号": "number", "投诉人": "complainant_name", "联系电话": "complainant_phone", "投诉主题": "summary",
    "投诉时间": "received_at", "投诉内容": "content", "答复内容": "reply_text", "答复时间": "replied_at",
    "产品": "product", "批号": "batch", "地点": "place", "处理结果": "result", "投诉要求": "request",
    "办结时间": "closed_at",
}  # fmt: skip
FURTHER = [f"备注{number}" for number in range(1, 26 - len(HEADINGS))]
"""Columns that no field of the desk takes: read all the same."""


def _cell(value: Any) -> Any:
    return (value + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


def records(count: int) -> Iterator[dict[str, Any]]:
    found = 0
    while found < count:
        for row in islice(rows(), count - found):
            found += 1
            made = {heading: _cell(getattr(row, key)) for heading, key in HEADINGS.items()}
            made["编号"] = f"OLD-{found:07d}"
            made["投诉人"] = made["投诉人"] or "匿名"
            yield made | dict.fromkeys(FURTHER, f"第{found}行")


if __name__ == "__main__":
    write_worksheet(records(int(sys.argv[2])), sys.argv[1], sheet_name="台账")
