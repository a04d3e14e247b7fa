"""Repeated complaints: links to earlier ones, further reports, and the telephone as it is compared.

Revision: 0019, after 0018
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CHANNELS = (
    "hotline",
    "letter",
    "fax",
    "email",
    "visit",
    "reception_day",
    "online",
    "third_party",
    "superior",
    "internal",
)
_ROW = ("product", "batch")


def upgrade() -> None:
    op.create_table(
        "repeat_links",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("repeats_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=True),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("complaint_id <> repeats_id", name=op.f("ck_repeat_links_not_its_own_repeat")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_repeat_links_ended_with_reason")
        ),
        *_tail(
            "repeat_links",
            complaint_id="complaints",
            repeats_id="complaints",
            linked_by_id="users",
            ended_by_id="users",
        ),
    )
    op.create_table(
        "further_reports",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(*CHANNELS, name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("summary", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("further", sa.JSON(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        *_tail("further_reports", complaint_id="complaints", party_id="parties", recorded_by_id="users"),
    )
    for table, column in (
        ("repeat_links", "complaint_id"),
        ("repeat_links", "repeats_id"),
        ("further_reports", "complaint_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(
        "uq_repeat_links_open",
        "repeat_links",
        ["complaint_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("complaints", sa.Column("repeat_count", sa.Integer(), nullable=False, server_default="0"))
    for column in _ROW:
        op.drop_index(op.f(f"ix_complaints_{column}"), "complaints")
        op.create_index(f"ix_complaints_{column}", "complaints", [column, "received_at", "id"])
    op.create_index("ix_complaints_repeat", "complaints", ["is_repeat", "received_at", "id"])
    op.add_column("parties", sa.Column("phone_key", sa.String(40), nullable=True))
    _fill_phone_keys()
    op.create_index("ix_parties_phone_key", "parties", ["phone_key", "id"])


def _fill_phone_keys() -> None:
    """The same as models.phones.phone_key for the ways in which numbers are written."""
    digits = "phone"
    for sign in (" ", "-", "(", ")", "（", "）", "+", ".", "—", "－"):
        digits = f"replace({digits}, '{sign}', '')"
    op.execute(
        f"UPDATE parties SET phone_key = substr(CASE WHEN length({digits}) = 13 AND {digits} LIKE '861%'"
        f" THEN substr({digits}, 3) ELSE {digits} END, 1, 40) WHERE length({digits}) >= 5"
    )


def _tail(table: str, **references: str) -> list[Any]:
    return [
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
            )
            for column, target in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]


def downgrade() -> None:
    op.drop_index("ix_parties_phone_key", "parties")
    op.drop_column("parties", "phone_key")
    op.drop_index("ix_complaints_repeat", "complaints")
    for column in _ROW:
        op.drop_index(f"ix_complaints_{column}", "complaints")
        op.create_index(op.f(f"ix_complaints_{column}"), "complaints", [column])
    op.drop_column("complaints", "repeat_count")
    for table in ("further_reports", "repeat_links"):
        op.drop_table(table)
