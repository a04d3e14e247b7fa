"""What is open is counted out of one index; what waits for a signature or for the archive has its own.

Revision: 0028, after 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

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
_TO_FILE = ("closed", "referred", "refused", "statutory_route")
_OPEN_WORK = (
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


def upgrade() -> None:
    op.drop_index("ix_complaints_open", "complaints")
    _create("open", _OPEN_WORK, _OPEN)
    _create("to_file", ("due_at", "id"), _TO_FILE)
    awaiting = sa.text("status = 'awaiting'")
    op.create_index(
        "ix_assignments_awaiting",
        "assignments",
        ["complaint_id", "person_id", "department_id"],
        sqlite_where=awaiting,
        postgresql_where=awaiting,
    )


def downgrade() -> None:
    op.drop_index("ix_assignments_awaiting", "assignments")
    op.drop_index("ix_complaints_to_file", "complaints")
    op.drop_index("ix_complaints_open", "complaints")
    _create("open", ("due_at", "id"), _OPEN)


def _create(name: str, columns: tuple[str, ...], states: tuple[str, ...]) -> None:
    condition = sa.text("state IN ({})".format(", ".join(f"'{state}'" for state in states)))
    op.create_index(
        f"ix_complaints_{name}",
        "complaints",
        list(columns),
        sqlite_where=condition,
        postgresql_where=condition,
    )
