"""Acknowledgements with the receiver's signature, and who was informed of a case.

Revision: 0016, after 0015
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
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
POSTS = ("office", "approver", "arbiter", "head_of_quality", "evaluator")
MATTERS = ("registered", "investigation_opened", "investigation_finished")


def upgrade() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.Column("channel", _enum("channel", CHANNELS), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("estimated_completion", sa.Date(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_for_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("round >= 1", name=op.f("ck_acknowledgements_round_counts_from_one")),
        sa.CheckConstraint(
            "(signed_by_id IS NULL) = (signed_at IS NULL)",
            name=op.f("ck_acknowledgements_signed_by_somebody_at_some_moment"),
        ),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_acknowledgements_known_language")),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.UniqueConstraint("public_id", name=op.f("uq_acknowledgements_public_id")),
        *_tail("acknowledgements", complaint_id="complaints", signed_by_id="users", signed_for_id="users"),
    )
    op.create_table(
        "informed_persons",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post", _enum("post", POSTS), nullable=False),
        sa.Column("informed_of", _enum("informed_of", MATTERS), nullable=False),
        sa.Column("clause", sa.String(80), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "read_at IS NULL OR read_at >= told_at", name=op.f("ck_informed_persons_read_after_told")
        ),
        *_tail("informed_persons", complaint_id="complaints", user_id="users"),
    )
    op.create_index(op.f("ix_acknowledgements_complaint_id"), "acknowledgements", ["complaint_id"])
    op.create_index("ix_informed_persons_complaint", "informed_persons", ["complaint_id", "user_id"])
    op.create_index(op.f("ix_informed_persons_user_id"), "informed_persons", ["user_id"])


def _enum(name: str, values: tuple[str, ...]) -> Any:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _tail(table: str, **references: str) -> list[Any]:
    return [
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
            )
            for column, target in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    for table in ("informed_persons", "acknowledgements"):
        op.drop_table(table)
