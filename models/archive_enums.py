"""Fixed values of the archive: why a file was sealed, and what checking a seal found."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class SealOccasion(Labelled):
    """Why a seal was put on a file."""

    ARCHIVED = "archived", _l("Archived")
    CHANGED = "changed", _l("Changed while archived")
    LATER = "later", _l("Sealed later")


class SealVerdict(Labelled):
    """What the last check of a seal found."""

    INTACT = "intact", _l("Intact")
    DIFFERS = "differs", _l("Differs from its seal")


class LoanKind(Labelled):
    """How somebody looked into an archived file."""

    SCREEN = "screen", _l("Read on the desk")
    PAPER = "paper", _l("Paper file lent")
    COPY = "copy", _l("Copy handed out")


class DestructionStatus(Labelled):
    """Where the destruction of files stands."""

    PROPOSED = "proposed", _l("Awaiting the second signature")
    CARRIED_OUT = "carried_out", _l("Content destroyed")
    DECLINED = "declined", _l("Declined")
