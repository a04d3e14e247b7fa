"""How many complaints each audience may see, month by month.

Revision: 0025, after 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_months",
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_months")),
        sa.UniqueConstraint("audience", "month", name="uq_complaint_months_audience"),
    )
    seen = sa.table(
        "complaint_visibility", sa.column("audience", sa.String), sa.column("received_at", sa.DateTime)
    )
    months = sa.table("complaint_months", *(sa.column(name) for name in ("audience", "month", "number")))
    month = sa.extract("year", seen.c.received_at) * 100 + sa.extract("month", seen.c.received_at)
    counts = sa.select(seen.c.audience, sa.cast(month, sa.Integer), sa.func.count()).group_by(
        seen.c.audience, month
    )
    op.execute(sa.insert(months).from_select(["audience", "month", "number"], counts))


def downgrade() -> None:
    op.drop_table("complaint_months")
