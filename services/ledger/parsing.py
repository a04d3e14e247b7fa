"""One cell of an old ledger as a value of the desk: what people write there, read strictly and never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from models.labels import _l
from services.ledger.languages import in_all_languages, key_of

EARLIEST, LATEST = 1949, 2100
_EPOCH = datetime(1899, 12, 30)


class CellFault(ValueError):
    """A cell that cannot be taken; its text says what to do."""


def text_of(value: Any) -> str:
    """The exact text of a cell. A number that a spreadsheet made of an identifier is written without its `.0`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_CHINESE_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_TIME = (
    r"(?:[T ]*(?P<half>上午|下午|中午|早上|晚上|凌晨|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?"
    r"\s*(?:[:分]\s*(?P<second>\d{1,2})?(?:\.\d+)?\s*秒?)?\s*(?P<half2>AM|PM)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = r"\s*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = "|".join(_MONTHS)
_SPELLINGS = [
    re.compile(pattern + _WEEKDAY + _TIME, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})",
        r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?P<day>\d{{1,2}})[ -](?P<name>{_NAMED})[a-z]*\.?[ -],?\s*(?P<year>\d{{4}})",
        rf"(?P<name>{_NAMED})[a-z]*\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})",
        r"(?P<first>\d{1,2})\s*[-/.]\s*(?P<second_part>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})",
    )
]
_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_COMPACT = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


def moment_of(value: Any, zone: tzinfo) -> datetime:
    """A moment (UTC) from a date cell, a serial number or one of the spellings in use. CellFault when in doubt.

    A date without a time is the midnight that begins the day on the desk's clock.
    """
    local = _local(value)
    if local.tzinfo is None:
        local = local.replace(tzinfo=zone)
    if not EARLIEST <= local.year <= LATEST:
        raise _wrong_year()
    return local.astimezone(UTC)


def _wrong_year() -> CellFault:
    text = _l("The year must lie between %(first)s and %(last)s. Correct it.", first=EARLIEST, last=LATEST)
    return CellFault(text)


def date_of(value: Any) -> date:
    """A day, as moment_of reads it; a time beside it is dropped only when it is midnight."""
    local = _local(value)
    if local.time() != time(0):
        raise CellFault(_l("This field takes a day without a time. Write it like 2019-04-25."))
    if not EARLIEST <= local.year <= LATEST:
        raise _wrong_year()
    return local.date()


def _local(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(0))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(float(value))
    if not isinstance(value, str):
        raise _no_date()
    if _USUAL.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise CellFault(_l("There is no such day or time. Correct it.")) from None
    text = _chinese_numerals(" ".join(unicodedata.normalize("NFKC", value).split()))
    if compact := _COMPACT.fullmatch(text):
        text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4] or '00'}"
    elif _SERIAL.fullmatch(text):
        return _from_serial(float(text))
    for spelling in _SPELLINGS:
        if found := spelling.fullmatch(text):
            return _built(found.groupdict())
    raise _no_date()


def _no_date() -> CellFault:
    return CellFault(_l("This is no date that can be read for certain. Write it like 2019-04-25 09:32."))


def _from_serial(number: float) -> datetime:
    if number >= 19_490_101 and number == int(number):
        return _local(str(int(number)))  # 20190425 that a spreadsheet took for a number
    if not 18_000 <= number < 73_416:
        raise _no_date()
    return (_EPOCH + timedelta(days=number) + timedelta(microseconds=500_000)).replace(microsecond=0)


def _chinese_numerals(text: str) -> str:
    found = _CHINESE_DATE.match(text)
    if not found:
        return text
    year = "".join(_DIGITS[digit] for digit in found[1])
    return f"{year}年{_up_to_31(found[2])}月{_up_to_31(found[3])}日{text[found.end() :]}"


def _up_to_31(text: str) -> int:
    tens, mark, ones = text.partition("十")
    if not mark:
        return int(_DIGITS[text]) if len(text) == 1 else 99
    return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))


def _built(part: dict[str, str | None]) -> datetime:
    year = int(part["year"] or 0)
    if part.get("name"):
        month, day = _MONTHS.index((part["name"] or "").lower()) + 1, int(part["day"] or 0)
    elif part.get("first"):
        month, day = _american_or_european(int(part["first"] or 0), int(part["second_part"] or 0))
    else:
        month, day = int(part["month"] or 0), int(part["day"] or 0)
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    half = (part["half"] or part["half2"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    if half in ("上午", "凌晨", "早上", "AM") and hour == 12:
        hour = 0
    try:
        built = datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise CellFault(_l("There is no such day or time. Correct it.")) from None
    return _in_zone(built, part["zone"])


def _in_zone(built: datetime, mark: str | None) -> datetime:
    if not mark:
        return built
    return built.replace(tzinfo=datetime.strptime(mark.upper().replace("Z", "+0000"), "%z").tzinfo)


def _american_or_european(first: int, second: int) -> tuple[int, int]:
    """(month, day) where the order is certain."""
    if first > 12 >= second:
        return second, first
    if second > 12 >= first or first == second:
        return first, second
    raise CellFault(_l("Day and month cannot be told apart. Write the date like 2019-04-25."))


_TRUE = {"是", "有", "对", "√", "yes", "y", "true", "1", "✓"}
_FALSE = {"否", "无", "不", "×", "no", "n", "false", "0", "x"}


def boolean_of(value: Any) -> bool:
    """Yes or no in the ways they are ticked."""
    if isinstance(value, bool):
        return value
    word = key_of(text_of(value))
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellFault(_l("Write “yes” or “no”."))


def choice_of(value: Any, choices: type[StrEnum], aliases: dict[str, str]) -> StrEnum:
    """The member whose value or label (in any language) is written, or one of `aliases` (word → value)."""
    word = key_of(text_of(value))
    for member in choices:
        names = {
            key_of(member.value),
            *(key_of(name) for name in in_all_languages(getattr(member, "label", ""))),
        }
        if word in names:
            return member
    if word in aliases:
        return choices(aliases[word])
    allowed = "、".join(str(getattr(member, "label", member.value)) for member in choices)
    raise CellFault(_l("This word is not known. Write one of: %(allowed)s.", allowed=allowed))


def number_of(value: Any) -> float:
    """A number; thousands may be parted by commas."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        return float(unicodedata.normalize("NFKC", text_of(value)).replace(",", "").strip())
    except ValueError:
        raise CellFault(_l("This is no number. Write digits alone.")) from None
