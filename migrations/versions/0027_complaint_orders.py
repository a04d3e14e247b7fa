"""What complaints are sorted by where a name or a text decides: Chinese by sound, alike on both engines.

Revision: 0027, after 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pinyin import name_key, order_key

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_KEYS = ("department_key", "handler_key", "product_key")
_CHUNK = 1000


def upgrade() -> None:
    key = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")
    op.create_table(
        "complaint_orders",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, key, nullable=True) for name in _KEYS),
        sa.ForeignKeyConstraint(
            ["id"], ["complaints.id"], name=op.f("fk_complaint_orders_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_orders")),
    )
    _fill()
    for name in ("department", "handler", "product"):
        op.create_index(f"ix_complaint_orders_{name}", "complaint_orders", [f"{name}_key", "id"])


def _names(table: str) -> sa.Select[tuple[int, str]]:
    return sa.select(sa.table(table, sa.column("id"), sa.column("name")))


def _fill() -> None:
    connection = op.get_bind()
    departments = {id: order_key(name) for id, name in connection.execute(_names("departments"))}
    people = {id: name_key(name) for id, name in connection.execute(_names("users"))}
    columns = ("id", "department_id", "handler_id", "product")
    complaints = sa.table("complaints", *(sa.column(name) for name in columns))
    orders = sa.table("complaint_orders", sa.column("id"), *(sa.column(name) for name in _KEYS))
    last = 0
    while True:
        asked = sa.select(complaints).where(complaints.c.id > last).order_by(complaints.c.id).limit(_CHUNK)
        rows = connection.execute(asked).all()
        if not rows:
            return
        made = [
            {
                "id": row.id,
                "department_key": departments.get(row.department_id),
                "handler_key": people.get(row.handler_id),
                "product_key": order_key(row.product),
            }
            for row in rows
        ]
        connection.execute(sa.insert(orders), made)
        last = rows[-1].id


def downgrade() -> None:
    op.drop_table("complaint_orders")
