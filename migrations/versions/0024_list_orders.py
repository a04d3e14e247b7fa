"""Indexes for every order and filter of the list; who may see a complaint, in the order of the list.

Revision: 0024, after 0023
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_BY = {
    "by_state": ["state", "id"],
    "by_category": ["category", "id"],
    "by_grade": ["grade", "id"],
    "occurred": ["occurred_on", "id"],
    "replied": ["replied_at", "id"],
    "closed": ["closed_at", "id"],
    "archived": ["archived_at", "id"],
    "created": ["created_at", "id"],
    "channel": ["channel"],
    "form": ["form"],
    "receiving_department": ["receiving_department_id"],
    "accepted": ["accepted_at"],
    "responsibility": ["responsibility"],
    "satisfaction": ["satisfaction"],
    "close_kind": ["close_kind"],
    "escalation": ["escalation_level"],
}
_GIVEN = {
    "customer_due": "customer_due_on",
    "paused": "paused_at",
    "supervised": "supervised_at",
    "destroyed": "destroyed_at",
}
_SET = {
    "major": "is_major",
    "confidential": "is_confidential",
    "anonymous": "is_anonymous",
    "out_of_hours": "received_out_of_hours",
    "from_ledgers": "is_imported",
}
_OPEN = (
    "accepted",
    "awaiting_approval",
    "dispatched",
    "following_up",
    "in_work",
    "registered",
    "replied",
    "to_complete",
)
_VISIBILITY = ("received_at", "due_at")


def upgrade() -> None:
    op.drop_index("ix_complaints_closed", "complaints")
    for name, columns in _BY.items():
        op.create_index(f"ix_complaints_{name}", "complaints", columns)
    for name, column in _GIVEN.items():
        op.create_index(f"ix_complaints_{name}", "complaints", [column], **_where(f"{column} IS NOT NULL"))
    for name, column in _SET.items():
        op.create_index(
            f"ix_complaints_{name}",
            "complaints",
            ["id"],
            sqlite_where=sa.text(f"{column} IS 1"),
            postgresql_where=sa.text(f"{column} IS TRUE"),
        )
    states = ", ".join(f"'{state}'" for state in _OPEN)
    op.create_index("ix_complaints_open", "complaints", ["due_at", "id"], **_where(f"state IN ({states})"))
    _orders_of_visibility()


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _orders_of_visibility() -> None:
    for name in _VISIBILITY:
        op.add_column("complaint_visibility", sa.Column(name, sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE complaint_visibility SET (received_at, due_at) ="
        " (SELECT c.received_at, c.due_at FROM complaints c WHERE c.id = complaint_visibility.complaint_id)"
    )
    with op.batch_alter_table("complaint_visibility") as batch:
        batch.alter_column("received_at", existing_type=sa.DateTime(), nullable=False)
        batch.create_index(
            "ix_complaint_visibility_received", ["audience", "received_at", "complaint_id"], unique=False
        )
        batch.create_index(
            "ix_complaint_visibility_due", ["audience", "due_at", "complaint_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("complaint_visibility") as batch:
        batch.drop_index("ix_complaint_visibility_due")
        batch.drop_index("ix_complaint_visibility_received")
        for name in reversed(_VISIBILITY):
            batch.drop_column(name)
    for name in ("open", *_SET, *_GIVEN, *_BY):
        op.drop_index(f"ix_complaints_{name}", "complaints")
    op.create_index("ix_complaints_closed", "complaints", ["closed_at"])
