"""Outcomes of intake checks, and how material that was asked for stands."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class CheckOutcome(Labelled):
    """What a check at intake came to."""

    PASSED = "passed", _l("Passed")
    NOT_PASSED = "not_passed", _l("Not passed")
    NOT_POSSIBLE = "not_possible", _l("Not possible")


class MaterialStatus(Labelled):
    """How material stands that an oral complaint needs."""

    TO_REQUEST = "to_request", _l("To be requested")
    REQUESTED = "requested", _l("Asked for")
    RECEIVED = "received", _l("Has come in")
    NOT_SUPPLIED = "not_supplied", _l("Not supplied")
    NOT_NEEDED = "not_needed", _l("Not needed any more")
