"""Joint liability of whoever was asked first for a broken time limit.

Revision: 0017, after 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_CHECKS = (
    ("stated_with_reason", "(stated_at IS NULL) = (stated_reason IS NULL)"),
    ("decided_when", "(status = 'open') = (decided_at IS NULL)"),
    ("decided_with_reasons", "(decided_at IS NULL) = (decision_text IS NULL)"),
    ("not_by_oneself", "decided_by_id IS NULL OR decided_by_id <> person_id"),
)
_REFERENCES = {
    "complaint_id": "complaints",
    "clock_run_id": "clock_runs",
    "person_id": "users",
    "decided_by_id": "users",
}


def upgrade() -> None:
    op.create_table(
        "liabilities",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("clock_run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "excused",
                "confirmed",
                name="liability_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("clause", sa.String(80), nullable=True),
        sa.Column("breached_at", sa.DateTime(), nullable=False),
        sa.Column("stated_at", sa.DateTime(), nullable=True),
        sa.Column("stated_reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_liabilities_{name}")) for name, sql in _CHECKS),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_liabilities_{column}"), ondelete="RESTRICT"
            )
            for column, target in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liabilities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_liabilities_public_id")),
        sa.UniqueConstraint("clock_run_id", name=op.f("uq_liabilities_clock_run_id")),
    )
    with op.batch_alter_table("liabilities") as batch:
        batch.create_index(batch.f("ix_liabilities_complaint_id"), ["complaint_id"], unique=False)
        batch.create_index("ix_liabilities_person_status", ["person_id", "status"], unique=False)


def downgrade() -> None:
    op.drop_table("liabilities")
