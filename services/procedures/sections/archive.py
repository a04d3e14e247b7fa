"""What the file of a case has to hold, and which matters are kept confidential from their registration."""

from __future__ import annotations

from enum import StrEnum

from services.procedures.parts import Code, Ruled


class FilePart(StrEnum):
    """A part of the file. Each is one function of services.workflow.file_parts."""

    COMPLAINT = "complaint"
    INVESTIGATION = "investigation"
    EVIDENCE = "evidence"
    HANDLING = "handling"
    REPLY = "reply"


class FileContent(Ruled):
    """`part` has to be in the file before it is archived."""

    part: FilePart


class ConfidentialMatter(Ruled):
    """Complaints of this category are registered as confidential, with the people named who may know of them."""

    category: Code
