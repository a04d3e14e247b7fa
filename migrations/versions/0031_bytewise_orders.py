"""What complaints are sorted by is compared byte by byte on both engines.

Revision: 0031, after 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_COLUMNS = (("complaints", "number", 40), ("complaints", "grade", 40), ("complaint_values", "text", 500))


def upgrade() -> None:
    _collate("C")


def downgrade() -> None:
    _collate("default")


def _collate(collation: str) -> None:
    """SQLite compares so anyway."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column, length in _COLUMNS:
        op.alter_column(
            table, column, existing_type=sa.String(length), type_=sa.String(length, collation=collation)
        )
