"""Imports in steps: rows staged before they become complaints, batches that can be undone.

Revision: 0023, after 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_STATUSES = ("ready", "faulty", "repeated", "known")
_NEW = ("writing", "cancelled", "undone")


def upgrade() -> None:
    with op.batch_alter_table("ledger_batches") as batch:
        batch.add_column(sa.Column("undone_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("job_id", sa.Integer(), nullable=True))
        for name in ("heading", "figures"):
            batch.add_column(sa.Column(name, sa.JSON(none_as_null=True), server_default="{}", nullable=False))
        batch.create_foreign_key(
            op.f("fk_ledger_batches_job_id"), "jobs", ["job_id"], ["id"], ondelete="RESTRICT"
        )
    add_enum_values("ledger_batches", "status", "batch_status", *_NEW)
    op.create_table(
        "staged_rows",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*_STATUSES, name="row_status", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("row_key", sa.String(64), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("row_values", sa.Text(), nullable=True),
        sa.Column("faults", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'ready' OR (row_key IS NOT NULL AND received_at IS NOT NULL)",
            name=op.f("ck_staged_rows_ready_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["ledger_batches.id"], name=op.f("fk_staged_rows_batch_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_rows")),
        sa.UniqueConstraint("batch_id", "line", name=op.f("uq_staged_rows_line")),
    )
    op.create_index(
        op.f("ix_staged_rows_order"), "staged_rows", ["batch_id", "status", "received_at", "line"]
    )
    op.create_index(
        op.f("ix_complaints_imported"),
        "complaints",
        ["import_key"],
        postgresql_where=sa.text("import_key IS NOT NULL"),
        sqlite_where=sa.text("import_key IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_complaints_imported"), "complaints")
    op.drop_table("staged_rows")
    op.execute(
        "UPDATE ledger_batches SET status = 'failed' WHERE status IN ('writing', 'cancelled', 'undone')"
    )
    drop_enum_values("ledger_batches", "status", "batch_status", *_NEW)
    with op.batch_alter_table("ledger_batches") as batch:
        batch.drop_constraint(op.f("fk_ledger_batches_job_id"), type_="foreignkey")
        for name in ("figures", "heading", "job_id", "undone_at"):
            batch.drop_column(name)
