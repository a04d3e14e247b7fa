"""What was reopened in a period is found without reading all history.

Revision: 0030, after 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reopened = sa.text("event = 'reopen'")
    op.create_index(
        "ix_complaint_events_reopened",
        "complaint_events",
        ["at", "complaint_id"],
        sqlite_where=reopened,
        postgresql_where=reopened,
    )


def downgrade() -> None:
    op.drop_index("ix_complaint_events_reopened", "complaint_events")
