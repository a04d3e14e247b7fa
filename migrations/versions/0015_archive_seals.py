"""Seals on archived files with their history, and the register of who looked into them.

Revision: 0015, after 0014
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEW_COLUMNS = ("seal_algorithm", "sealed_rows", "sealed_files", "verified_at", "verdict")


def upgrade() -> None:
    with op.batch_alter_table("archive_records") as batch:
        batch.add_column(sa.Column("seal_algorithm", sa.String(20), nullable=True))
        batch.add_column(sa.Column("sealed_rows", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sealed_files", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("verified_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("verdict", sa.String(40), nullable=True))
        batch.create_check_constraint(
            op.f("ck_archive_records_seal_verdict"), "verdict IN ('intact', 'differs')"
        )
    op.create_table(
        "archive_seals",
        sa.Column("archive_record_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("occasion", _choice("seal_occasion", "archived", "changed", "later"), nullable=False),
        sa.Column("cause", sa.String(80), nullable=True),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sealed_by_id", sa.Integer(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("row_count >= 1", name=op.f("ck_archive_seals_has_rows")),
        sa.CheckConstraint("file_count >= 0", name=op.f("ck_archive_seals_files_not_negative")),
        *_tail(
            "archive_seals",
            archive_record_id="archive_records",
            complaint_id="complaints",
            sealed_by_id="users",
        ),
    )
    op.create_table(
        "archive_loans",
        sa.Column("archive_record_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("loan_kind", "screen", "paper", "copy"), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("reader_name", sa.String(120), nullable=False),
        sa.Column("unit", sa.String(200), nullable=True),
        sa.Column("purpose", sa.String(500), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("returned_at", sa.DateTime(), nullable=True),
        sa.Column("return_note", sa.String(300), nullable=True),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_to_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(12), nullable=False),
        *(
            sa.CheckConstraint(sql, name=op.f(f"ck_archive_loans_{name}"))
            for name, sql in (
                ("on_screen_by_a_user", "kind <> 'screen' OR reader_id IS NOT NULL"),
                ("only_paper_is_due", "kind = 'paper' OR due_on IS NULL"),
                ("only_paper_comes_back", "returned_at IS NULL OR kind = 'paper'"),
                ("back_after_taken", "returned_at IS NULL OR returned_at >= taken_at"),
            )
        ),
        *_tail(
            "archive_loans",
            archive_record_id="archive_records",
            complaint_id="complaints",
            reader_id="users",
            registered_by_id="users",
            returned_to_id="users",
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_archive_loans_public_id")),
    )
    _indexes("archive_seals", "archive_record_id", "complaint_id")
    _indexes("archive_loans", "archive_record_id", "reader_id")
    op.create_index(
        "uq_archive_seals_standing",
        "archive_seals",
        ["archive_record_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_archive_loans_reading", "archive_loans", ["complaint_id", "reader_id", "taken_at"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _indexes(table: str, *columns: str) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.create_index(batch.f(f"ix_{table}_{column}"), [column], unique=False)


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
    op.drop_table("archive_loans")
    op.drop_table("archive_seals")
    with op.batch_alter_table("archive_records") as batch:
        batch.drop_constraint(op.f("ck_archive_records_seal_verdict"), type_="check")
        for column in NEW_COLUMNS:
            batch.drop_column(column)
