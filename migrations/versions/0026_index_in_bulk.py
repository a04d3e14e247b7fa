"""The search index of SQLite can be written in bulk: a statement inside a trigger costs FTS5 six times as much.

Revision: 0026, after 0025
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # desk_index_follows is registered by database.py: no while services.search writes the index itself.
    _put_triggers(" WHEN desk_index_follows()")


def downgrade() -> None:
    _put_triggers("")


def _put_triggers(condition: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for kind in ("open", "personal"):
        table = f"complaint_{kind}_grams"
        op.execute(f"DROP TRIGGER tr_{table}_put")
        op.execute(
            f"CREATE TRIGGER tr_{table}_put AFTER INSERT ON complaint_texts{condition} BEGIN"
            f" INSERT INTO {table} (rowid, grams) VALUES (new.id, desk_grams(new.{kind}_text)); END"
        )
