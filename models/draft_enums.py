"""The closed lists of procedures that are being written, with their labels."""

from __future__ import annotations

from models.enums import Labelled
from models.labels import _l


class DraftStatus(Labelled):
    """Where the draft of a procedure stands."""

    EDITING = "editing", _l("Being edited")
    SUBMITTED = "submitted", _l("Awaiting second person")
    PUBLISHED = "published", _l("Published")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class DraftAct(Labelled):
    """What was done with the draft of a procedure."""

    COPIED = "copied", _l("Copied")
    EDITED = "edited", _l("Edited")
    SUBMITTED = "submitted", _l("Submitted")
    RETURNED = "returned", _l("Returned")
    PUBLISHED = "published", _l("Published")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class AdoptionStatus(Labelled):
    """Whether the organisation works by a procedure that somebody proposed."""

    PROPOSED = "proposed", _l("Awaiting second person")
    ADOPTED = "adopted", _l("Adopted")
    DECLINED = "declined", _l("Declined")
