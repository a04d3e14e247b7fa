"""The indexes of complaints: one for each order that the list offers, and for each filter that may find few.

tests/integration/listing/test_plans.py holds that each offered order and filter has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from models.enums import OPEN_STATES, State

TO_FILE_STATES = frozenset({State.CLOSED, State.REFUSED, State.STATUTORY_ROUTE, State.REFERRED})
"""Over, and not in the archive yet."""


def _given(column: str) -> dict[str, Any]:
    """An index of the few rows where this is given."""
    condition = sa.text(f"{column} IS NOT NULL")
    return {"sqlite_where": condition, "postgresql_where": condition}


def _set(column: str) -> dict[str, Any]:
    """An index of the few rows where this is so, in the words of the filter."""
    return {"sqlite_where": sa.text(f"{column} IS 1"), "postgresql_where": sa.text(f"{column} IS TRUE")}


def _more(column: str, than: int) -> dict[str, Any]:
    """An index of the few rows where a number is no longer what it is for most, in the words of the filter."""
    condition = sa.text(f"{column} > {than}")
    return {"sqlite_where": condition, "postgresql_where": condition}


def _in_states(states: Iterable[str]) -> dict[str, Any]:
    """An index of the rows in these states, in the words of services.listing.queues."""
    named = ", ".join(f"'{state}'" for state in sorted(states))
    condition = sa.text(f"state IN ({named})")
    return {"sqlite_where": condition, "postgresql_where": condition}


OPEN_WORK = (
    "due_at",
    "id",
    "state",
    "received_at",
    "handler_id",
    "responsible_id",
    "first_receiver_id",
    "department_id",
    "procedure_version_id",
    "round",
    "satisfaction",
    "is_major",
    "is_repeat",
    "due_is_lower_bound",
    "paused_at",
    "supervised_at",
    "escalation_level",
)
"""What the queues, the menu and the tabs ask of open complaints: counted out of this index alone. It holds only the
few that are open, so that history costs nothing."""


INDEXES = (
    sa.Index("ix_complaints_list", "due_at", "id"),
    sa.Index("ix_complaints_received", "received_at", "id"),
    sa.Index("ix_complaints_department", "department_id", "state", "received_at", "id"),
    sa.Index("ix_complaints_handler", "handler_id", "state"),
    sa.Index("ix_complaints_phone", "complainant_phone", "received_at"),
    # Orders of the list, each with the id that decides among equals …
    sa.Index("ix_complaints_by_state", "state", "id"),
    sa.Index("ix_complaints_by_category", "category", "id"),
    sa.Index("ix_complaints_by_grade", "grade", "id"),
    sa.Index("ix_complaints_occurred", "occurred_on", "id"),
    sa.Index("ix_complaints_replied", "replied_at", "id"),
    sa.Index("ix_complaints_closed", "closed_at", "id"),
    sa.Index("ix_complaints_archived", "archived_at", "id"),
    sa.Index("ix_complaints_created", "created_at", "id"),
    # … and what filters look for, where it may be rare.
    sa.Index("ix_complaints_channel", "channel"),
    sa.Index("ix_complaints_form", "form"),
    sa.Index("ix_complaints_receiving_department", "receiving_department_id"),
    sa.Index("ix_complaints_accepted", "accepted_at"),
    sa.Index("ix_complaints_responsibility", "responsibility"),
    sa.Index("ix_complaints_satisfaction", "satisfaction"),
    sa.Index("ix_complaints_close_kind", "close_kind"),
    sa.Index("ix_complaints_escalation", "escalation_level"),
    sa.Index("ix_complaints_customer_due", "customer_due_on", **_given("customer_due_on")),
    sa.Index("ix_complaints_paused", "paused_at", **_given("paused_at")),
    sa.Index("ix_complaints_supervised", "supervised_at", **_given("supervised_at")),
    sa.Index("ix_complaints_destroyed", "destroyed_at", **_given("destroyed_at")),
    sa.Index("ix_complaints_open", *OPEN_WORK, **_in_states(OPEN_STATES)),
    sa.Index("ix_complaints_to_file", "due_at", "id", **_in_states(TO_FILE_STATES)),
    sa.Index("ix_complaints_major", "id", **_set("is_major")),
    sa.Index("ix_complaints_confidential", "id", **_set("is_confidential")),
    sa.Index("ix_complaints_anonymous", "id", **_set("is_anonymous")),
    sa.Index("ix_complaints_out_of_hours", "id", **_set("received_out_of_hours")),
    sa.Index("ix_complaints_from_ledgers", "id", **_set("is_imported")),
    sa.Index("ix_complaints_again", "id", **_more("round", 1)),
    sa.Index("ix_complaints_refused", "id", **_more("refusals", 0)),
    sa.Index("ix_complaints_reported_again", "id", **_more("repeat_count", 0)),
    sa.Index("ix_complaints_product", "product", "received_at", "id"),
    sa.Index("ix_complaints_batch", "batch", "received_at", "id"),
    sa.Index("ix_complaints_repeat", "is_repeat", "received_at", "id"),
    sa.Index("ix_complaints_state", "state", "received_at", "id"),
)
