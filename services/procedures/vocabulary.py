"""The words a procedure file may use. Lists that the database knows too come from models.enums."""

from __future__ import annotations

from enum import StrEnum

from models.enums import Category, Channel, EventKind, PauseReason, PostName, RoleName

__all__ = [
    "CLOCK_EVENTS",
    "Category",
    "Channel",
    "ClockEvent",
    "Field",
    "Level",
    "PauseReason",
    "PostName",
    "RoleName",
    "clock_event",
]


class ClockEvent(StrEnum):
    """What sets a clock running or stops it."""

    RECEIVED = "received"
    REGISTERED = "registered"
    ACKNOWLEDGED = "acknowledged"
    PASSED_ON = "passed_on"
    """The complaint office has it: received there, or taken up there by whatever step."""
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"
    SUPERVISED = "supervised"
    SIGNED = "signed"
    IN_WORK = "in_work"
    INVESTIGATED = "investigated"
    OPINION_SUBMITTED = "opinion_submitted"
    APPROVED = "approved"
    REPLIED = "replied"
    CLOSED = "closed"
    ARCHIVED = "archived"
    ACCIDENT_HAPPENED = "accident_happened"
    ACCIDENT_REPORTED = "accident_reported"
    REPORTED_TO_QUALITY = "reported_to_quality"
    REPORTED_TO_DEPARTMENT = "reported_to_department"
    REPORTED_TO_MANAGER = "reported_to_manager"
    ACCIDENT_FORM_SENT = "accident_form_sent"
    REPORTED_TO_AUTHORITY = "reported_to_authority"
    REPORTED_UP = "reported_up"
    WRITTEN_REPORT_SENT = "written_report_sent"
    COMPANY_FORM_SENT = "company_form_sent"


CLOCK_EVENTS: dict[EventKind, ClockEvent] = {
    EventKind.REGISTER: ClockEvent.REGISTERED,
    EventKind.ACKNOWLEDGE: ClockEvent.ACKNOWLEDGED,
    EventKind.ASK_TO_COMPLETE: ClockEvent.PASSED_ON,  # a step of the office
    EventKind.ACCEPT: ClockEvent.ACCEPTED,
    EventKind.REOPEN: ClockEvent.ACCEPTED,
    EventKind.TRANSFER: ClockEvent.TRANSFERRED,
    EventKind.SUPERVISE: ClockEvent.SUPERVISED,
    EventKind.SIGN_FOR: ClockEvent.SIGNED,
    EventKind.ARBITRATE: ClockEvent.SIGNED,  # a binding ruling stands in for the signature
    EventKind.TAKE_ON: ClockEvent.IN_WORK,
    EventKind.INVESTIGATED: ClockEvent.INVESTIGATED,
    EventKind.SUBMIT_OPINION: ClockEvent.OPINION_SUBMITTED,
    EventKind.APPROVE: ClockEvent.APPROVED,
    EventKind.REPLY: ClockEvent.REPLIED,
    EventKind.CLOSE: ClockEvent.CLOSED,
    EventKind.CLOSE_ON_SPOT: ClockEvent.CLOSED,
    EventKind.ARCHIVE: ClockEvent.ARCHIVED,
}
"""The event of the history behind each clock event; RECEIVED has none, as its moment is typed in."""


def clock_event(event: ClockEvent | EventKind | str) -> ClockEvent | None:
    """The clock event that `event` stands for; None when no clock listens to it."""
    if isinstance(event, ClockEvent):
        return event
    if isinstance(event, EventKind):
        return CLOCK_EVENTS.get(event)
    return ClockEvent(event)


class Level(StrEnum):
    """Rungs of escalation, in rising order of the procedure's own list."""

    DEPARTMENT_HEAD = "department_head"
    LEADER = "leader"
    HEAD_OF_QUALITY = "head_of_quality"
    GENERAL_MANAGER = "general_manager"


class Field(StrEnum):
    """What registration may ask for and acceptance may require."""

    COMPLAINANT_NAME = "complainant_name"
    COMPLAINANT_PHONE = "complainant_phone"
    COMPLAINANT_ADDRESS = "complainant_address"
    COMPLAINANT_ORGANISATION = "complainant_organisation"
    PARTY_COMPLAINED_ABOUT = "party_complained_about"
    CONTENT = "content"
    REQUEST = "request"
    GROUNDS = "grounds"
    RECEIVED_AT = "received_at"
    CHANNEL = "channel"
    FORM = "form"
    CATEGORY = "category"
    NATURE = "nature"
    COMPLAINANT_KIND = "complainant_kind"
    OCCURRED_ON = "occurred_on"
    EVIDENCE = "evidence"
    WRITTEN_MATERIAL = "written_material"
    PRODUCT_NAME = "product_name"
    BATCH_NUMBER = "batch_number"
    STORE = "store"
    THIRD_PARTY_NAME = "third_party_name"
    THIRD_PARTY_REFERENCE = "third_party_reference"
    CUSTOMER_DATE = "customer_date"
