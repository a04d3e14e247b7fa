"""Records that are no complaints: quality queries, feedback, suggestions, letters and visits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Setting

from models.enums import Channel, RoleName
from services.procedures.parts import Code, Ruled, Text


class EnquiryKind(Ruled):
    """One kind of record: the channels it comes in by, who answers it, whether it goes to a department."""

    code: Code
    names: Text
    channels: Annotated[tuple[Channel, ...], Setting(min_length=1)]
    answered_by: Annotated[tuple[RoleName, ...], Setting(min_length=1)]
    responsible: RoleName | None = None
    """Whose post at the receiving department answers for it until it is answered (R09-13)."""
    to_department: bool = False
    """It is addressed to a department, whose head may answer it too."""
    of_complaint: bool = False
    """It is asked about a complaint that cannot be answered at once, and stands on its page (R14-03)."""
