"""What an operation says when it does not do what was asked. Nothing has been changed then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.labels import LazyString, _l

Text = LazyString | str


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way, and where it can be settled (`link`: an anchor of the complaint page)."""

    code: str
    message: Text
    link: str | None = None


class DeskError(Exception):
    """Base of everything the desk refuses on purpose."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


class NotPermitted(DeskError):
    """The actor holds no role that may do this here."""

    def __init__(self, message: Text = _l("Your role does not allow this.")) -> None:
        super().__init__(message)


class NotFound(DeskError):
    """No such record, or none that the actor may see: the answer is the same."""

    def __init__(self, message: Text = _l("There is no such record.")) -> None:
        super().__init__(message)


class Refused(DeskError):
    """The actor may do this, but not now: the reasons say what is missing."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(reasons[0].message)
        self.reasons = list(reasons)


class WrongState(Refused):
    """The lifecycle has no such step from where the complaint stands."""

    def __init__(self, state_label: Text) -> None:
        message = _l("This step is not possible while the complaint is: %(state)s.", state=state_label)
        super().__init__([Reason("wrong_state", message)])


class Stale(DeskError):
    """Somebody else saved the record meanwhile; `theirs` holds the values that stand now."""

    def __init__(self, theirs: Mapping[str, Any] | None = None, version: int | None = None) -> None:
        super().__init__(
            _l("Somebody else changed this record meanwhile. Nothing of yours has been saved yet.")
        )
        self.theirs = dict(theirs or {})
        self.version = version


class Invalid(DeskError):
    """A value that cannot be taken: a message for each field."""

    def __init__(self, fields: Mapping[str, Text]) -> None:
        super().__init__(_l("Some fields need correcting."))
        self.fields = dict(fields)
