"""When and by whom complaints are received: duty outside office hours, reception days, what is made public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from models.enums import RoleName
from services.procedures.parts import Code, LocalTime, OfficeHours, Part, Ruled, Text

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class MorningInstruction(Ruled):
    """Whoever leads that week, or else the holders of `otherwise`, instruct on what came in out of hours."""

    otherwise: Annotated[tuple[RoleName, ...], Setting(min_length=1)]


class DutyOfficer(Ruled):
    """Outside office hours the duty officer is the first receiver."""


class DutyRoster(Part):
    """Office hours of working days, and what holds outside them."""

    office_hours: Annotated[tuple[OfficeHours, ...], Setting(min_length=1)]
    officer: DutyOfficer | None = None
    instruction: MorningInstruction | None = None


class ReceptionDay(Ruled):
    """A reception that comes back: on a day of each month, or on a day of each week."""

    code: Code
    names: Text
    monthly_on: Annotated[int, Setting(ge=1, le=28)] | None = None
    weekly_on: Weekday | None = None
    opens: LocalTime
    closes: LocalTime
    place: Text | None = None
    host: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.monthly_on is None) == (self.weekly_on is None):
            raise ValueError("write either monthly_on (a day of the month) or weekly_on (a day of the week)")
        if self.opens >= self.closes:
            raise ValueError("a reception must open before it closes")
        return self

    def is_on(self, day: date) -> bool:
        """Whether this reception is held on `day`; the text moves it for no holiday."""
        if self.monthly_on is not None:
            return day.day == self.monthly_on
        return _WEEKDAYS[day.weekday()] == self.weekly_on

    def days(self, first: date, last: date) -> list[date]:
        """Every day from `first` to `last` on which it is held."""
        length = (last - first).days + 1
        return [day for n in range(length) if self.is_on(day := first + timedelta(days=n))]


class PublicContact(Ruled):
    """The organisation's complaint telephone, fax and address are published, on notices and letters too."""


class PublicDescription(Ruled):
    """The way of a complaint is described for complainants."""


class Publicity(Part):
    contact: PublicContact | None = None
    description: PublicDescription | None = None


class Reading(Ruled):
    """Staff read the procedure and confirm it, for each version anew."""


class Staffing(Ruled):
    """Open cases of each handler are watched, and their training is recorded."""
