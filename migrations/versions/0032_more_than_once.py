"""Complaints taken up, refused or reported more than once are found by indexes that hold nothing else.

Revision: 0032, after 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_INDEXES = {"again": "round > 1", "refused": "refusals > 0", "reported_again": "repeat_count > 0"}


def upgrade() -> None:
    for name, condition in _INDEXES.items():
        where = sa.text(condition)
        op.create_index(
            f"ix_complaints_{name}", "complaints", ["id"], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(f"ix_complaints_{name}", "complaints")
