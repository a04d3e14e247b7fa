"""Informants apart from their case, requests to read who they are, and departments complained about.

Revision: 0014, after 0013
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "informants",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(40), nullable=False),
        sa.Column("identity_sealed", sa.Text(), nullable=False),
        sa.Column("protected_by_id", sa.Integer(), nullable=True),
        *_tail("informants", complaint_id="complaints", protected_by_id="users"),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_informants_complaint_id")),
        sa.UniqueConstraint("alias", name=op.f("uq_informants_alias")),
    )
    op.create_table(
        "informant_requests",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("viewed_at", sa.DateTime(), nullable=True),
        *(
            sa.CheckConstraint(sql, name=op.f(f"ck_informant_requests_{name}"))
            for name, sql in (
                ("decided_when", "(decided_at IS NULL) = (is_granted IS NULL)"),
                ("two_people", "decided_by_id IS NULL OR decided_by_id <> asked_by_id"),
                ("viewed_after_decision", "viewed_at IS NULL OR decided_at IS NOT NULL"),
            )
        ),
        *_tail("informant_requests", complaint_id="complaints", asked_by_id="users", decided_by_id="users"),
    )
    op.create_table(
        "accused_departments",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        *_tail("accused_departments", complaint_id="complaints", department_id="departments"),
        sa.UniqueConstraint(
            "complaint_id",
            "department_id",
            name=op.f("uq_accused_departments_complaint_id_department_id"),
        ),
    )
    for table in ("informant_requests", "accused_departments"):
        with op.batch_alter_table(table) as batch:
            batch.create_index(batch.f(f"ix_{table}_complaint_id"), ["complaint_id"], unique=False)


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
    for table in ("accused_departments", "informant_requests", "informants"):
        op.drop_table(table)
