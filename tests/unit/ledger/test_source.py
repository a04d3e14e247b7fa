"""Files of every kind, and files that could harm."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from services.errors import Invalid
from services.ledger import source
from services.ledger.headings import check_mapping, find_heading, suggested
from services.ledger.source import UnusableFile, open_sheets
from tests.support.workbooks import HEADINGS, write_sheet

LINES = '编号,投诉人,主题,投诉时间,内容\n0012,王五,噪音,2026-01-02,"第一行\n第二行,有逗号"\n'


def file(folder: Path, content: bytes, name: str = "ledger.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = LINES.replace(",", delimiter) if delimiter != "," else LINES
    rows = list(open_sheets(file(tmp_path, text.encode(encoding)))[0])
    assert rows[0] == ["编号", "投诉人", "主题", "投诉时间", "内容"]
    assert rows[1][0] == "0012"
    assert "\n" in rows[1][4] and "第二行" in rows[1][4]


def test_a_sheet_begins_with_its_first_line(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "a.xlsx", [[], [None, "标题"], [None, *HEADINGS], [None, 1, "a"]])
    heading = find_heading(open_sheets(path))
    assert heading.line == 3
    assert heading.names[1:] == HEADINGS
    assert suggested(heading)[1] == "source_reference"


def test_the_sheet_that_says_most_is_taken(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["说明", "本表由某某填写"])
    book.create_sheet("台账").append(list(HEADINGS))
    book.save(tmp_path / "two.xlsx")
    assert find_heading(open_sheets(tmp_path / "two.xlsx")).sheet.name == "台账"


def test_the_counter_column_is_no_number_of_the_sender(tmp_path: Path) -> None:
    path = file(tmp_path, "序号,投诉编号,投诉日期,内容\n1,A-9,2026-01-01,x\n".encode())
    assert suggested(find_heading(open_sheets(path))) == {
        1: "source_reference",
        2: "received_at",
        3: "content",
    }


def test_a_mapping_is_checked(tmp_path: Path) -> None:
    heading = find_heading(open_sheets(file(tmp_path, LINES.encode())))
    check_mapping(heading, suggested(heading))
    for wrong in (
        {},
        {3: "received_at"},
        {0: "content", 1: "content", 3: "received_at"},
        {0: "is_confidential"},
    ):
        with pytest.raises(Invalid):
            check_mapping(heading, wrong)


def package(folder: Path, **parts: bytes) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file(folder, buffer.getvalue(), "ledger.xlsx")


def test_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(UnusableFile):
        open_sheets(package(tmp_path, **{"xl__worksheets__sheet1.xml": b"0" * 3_000_000}))


def test_two_cells_far_apart(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "far.xlsx", [["a"]])
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "a")
    sheet.write_string(1_000_000, 16_000, "b")
    book.close()
    with pytest.raises(UnusableFile):
        open_sheets(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 not a package",
        b"%PDF-1.7 something",
        b"\x89PNG\r\n\x1a\n",
        source._OLE + b"\0" * 600,
        source._OLE + b"\0" * 600 + source._ENCRYPTED,
        b"a,b\x00c\n",
        b"\xff\xff\x81\x20\xff",
    ],
)
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnusableFile) as refusal:
        list(open_sheets(file(tmp_path, content, "x.xlsx"))[0])
    assert str(refusal.value.message)


def test_a_cut_off_workbook(tmp_path: Path) -> None:
    whole = write_sheet(tmp_path / "a.xlsx", [HEADINGS, *[[i, "a", "b"] for i in range(500)]]).read_bytes()
    for part in (len(whole) // 3, len(whole) - 30):
        with pytest.raises(UnusableFile):
            open_sheets(file(tmp_path, whole[:part], "cut.xlsx"))


def test_a_password_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, source._OLE + b"\0" * 600 + source._ENCRYPTED, "x.xlsx")
    with pytest.raises(UnusableFile, match=r"password|密码"):
        open_sheets(path)


def test_xls_with_a_title_line() -> None:
    """tests/data/old_ledger.xls: a merged title, a counter column, a typed and a written date."""
    heading = find_heading(open_sheets(Path(__file__).parents[2] / "data" / "old_ledger.xls"))
    assert (heading.line, heading.sheet.name) == (2, "台账")
    assert suggested(heading) == {
        1: "source_reference",
        2: "complainant_name",
        3: "received_at",
        4: "content",
    }
    rows = list(heading.sheet)[2:]
    assert rows[0][1:] == ["0012", "王五", datetime(2019, 4, 25, 9, 32, 9), "\n\t夜间施工噪音"]
    assert rows[1][1:] == [13, "李四", "2019年4月26日", "=1+1"]
