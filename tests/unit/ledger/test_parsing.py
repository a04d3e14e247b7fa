"""What people write into the cells of old ledgers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.enums import Channel
from services.ledger.parsing import CellFault, boolean_of, choice_of, date_of, moment_of, number_of, text_of

ZONE = ZoneInfo("Asia/Shanghai")
WITH_TIME = datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC)
MIDNIGHT = datetime(2019, 4, 24, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2019/4/25 9:32:09", "2019-04-25 09:32:09", "2019.4.25 9:32:09", "2019年4月25日 9时32分9秒",
        "2019年04月25日09:32:09", "20190425093209", "2019-04-25T09:32:09", "2019-04-25T01:32:09Z",
        "2019-04-25T09:32:09.250+08:00", "4/25/2019 9:32:09 AM", "25 Apr 2019 09:32:09", "April 25, 2019 9:32:09",
        "２０１９／４／２５　９：３２：０９", "2019-04-25 星期四 09:32:09", "二〇一九年四月二十五日 9:32:09",
        " 2019/4/25  9:32:09 ", datetime(2019, 4, 25, 9, 32, 9), 43580.39732638889, "2019年4月25日上午9点32分9秒",
    ],
)  # fmt: skip
def test_spellings_of_a_moment(written: Any) -> None:
    assert moment_of(written, ZONE) == WITH_TIME


@pytest.mark.parametrize(
    "written",
    [
        "2019/4/25",
        "2019-4-25",
        "2019年4月25日",
        "20190425",
        20190425.0,
        43580,
        "25/4/2019",
        date(2019, 4, 25),
    ],
)
def test_a_day_is_its_midnight_on_the_desks_clock(written: Any) -> None:
    assert moment_of(written, ZONE) == MIDNIGHT
    assert date_of(written) == date(2019, 4, 25)


def test_afternoon() -> None:
    assert moment_of("2019年4月25日下午3点05分", ZONE) == datetime(2019, 4, 25, 7, 5, tzinfo=UTC)
    assert moment_of("2019-04-25 12:10 AM", ZONE) == datetime(2019, 4, 24, 16, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["4/5/2019", "19-4-25", "2019-2-30", "2019-13-01", "昨天", 12, "0219-01-01", "2019-04-25 25:00", True],
)
def test_what_is_not_certain_is_a_fault(written: Any) -> None:
    with pytest.raises(CellFault) as fault:
        moment_of(written, ZONE)
    assert str(fault.value)


def test_a_day_takes_no_time() -> None:
    with pytest.raises(CellFault):
        date_of("2019-04-25 09:00")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2549.0, "2549"),
        (2549, "2549"),
        (1.5, "1.5"),
        ("0012", "0012"),
        ("\n\t 原文 \r\n", "\n\t 原文 \r\n"),
        (True, "TRUE"),
    ],
)
def test_text_is_kept_to_the_character(cell: Any, text: str) -> None:
    assert text_of(cell) == text


def test_yes_and_no() -> None:
    assert [boolean_of(word) for word in ("是", "Yes", "√", 1.0, "否", "×", "0")] == [True] * 4 + [False] * 3
    with pytest.raises(CellFault):
        boolean_of("也许")


def test_choices_by_value_label_and_custom() -> None:
    assert choice_of("hotline", Channel, {}) is Channel.HOTLINE
    assert choice_of("Letter", Channel, {}) is Channel.LETTER
    assert choice_of("来电", Channel, {"来电": "hotline"}) is Channel.HOTLINE
    with pytest.raises(CellFault):
        choice_of("鸽子", Channel, {})


def test_numbers() -> None:
    assert number_of("1,234.5") == 1234.5
    assert number_of("１２") == 12
    with pytest.raises(CellFault):
        number_of("十二")
