"""The table of roles and actions (R07-02), read from the table that decides."""

from __future__ import annotations

from dataclasses import dataclass

from models.enums import EventKind, RoleName
from models.labels import LazyString, _l
from services.access.permissions import Permission, for_event
from services.access.roles import ROLE_PERMISSIONS
from services.workflow.posts import OF_EVENT
from services.workflow.table import TRANSITIONS

ROLES = tuple(role for role in RoleName)

OTHERS: dict[Permission, LazyString] = {
    Permission.COMPLAINT_READ: _l("Read complaints in one's scope"),
    Permission.COMPLAINT_REVEAL: _l("Show personal data of a case"),
    Permission.COMPLAINT_ATTACH: _l("Add files"),
    Permission.INVESTIGATION_WRITE: _l("Open and lead investigations"),
    Permission.MEASURE_WRITE: _l("Record measures"),
    Permission.ACCIDENT_WRITE: _l("Report accidents"),
    Permission.LEDGER_EXPORT: _l("Export ledgers"),
    Permission.LEDGER_IMPORT: _l("Import ledgers"),
    Permission.AUDIT_READ: _l("Read the audit trail"),
    Permission.EXEMPTION_WRITE: _l("Record exemptions"),
    Permission.COVER_ARRANGE: _l("Arrange leave covers"),
    Permission.ROLE_GRANT: _l("Grant roles"),
    Permission.ROLE_CONFIRM: _l("Confirm roles"),
    Permission.USER_WRITE: _l("Keep accounts"),
    Permission.DEPARTMENT_WRITE: _l("Keep departments"),
    Permission.CALENDAR_WRITE: _l("Keep the calendar"),
    Permission.ORGANISATION_WRITE: _l("Keep the organisation and its posts"),
}


@dataclass(frozen=True)
class ActionRow:
    """One action, and for each role whether it may."""

    action: LazyString
    held: tuple[bool, ...]
    post: LazyString | str = ""


def _held(permission: Permission) -> tuple[bool, ...]:
    return tuple(permission in ROLE_PERMISSIONS[role] for role in ROLES)


def step_rows() -> list[ActionRow]:
    """Every step of the lifecycle."""
    events = [EventKind.REGISTER, *TRANSITIONS]
    return [
        ActionRow(event.label, _held(for_event(event)), OF_EVENT[event].label if event in OF_EVENT else "")
        for event in events
    ]


def other_rows() -> list[ActionRow]:
    return [ActionRow(label, _held(permission)) for permission, label in OTHERS.items()]
