"""The search index of SQLite gathers the pieces of some thousand new complaints before it writes them out.

Revision: 0029, after 0028
"""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _gather(32 * 1024 * 1024)


def downgrade() -> None:
    _gather(1024 * 1024)  # what FTS5 does by itself


def _gather(most_bytes: int) -> None:
    """Written out before, they are merged again and again, which takes longer than to gather them."""
    if op.get_bind().dialect.name == "sqlite":
        for table in ("complaint_open_grams", "complaint_personal_grams"):
            op.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {most_bytes})")
