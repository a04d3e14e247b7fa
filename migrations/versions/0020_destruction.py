"""Destruction of content under two signatures, longer retention, and salted digests of what the trail says of a case.

Revision: 0020, after 0019
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.support import APPEND_ONLY, allow_destruction, forbid_destruction

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added without rebuilding the tables: SQLite would lose the triggers of the trail.
    op.add_column("complaints", sa.Column("destroyed_at", sa.DateTime(), nullable=True))
    op.add_column("archive_records", sa.Column("destroyed_at", sa.DateTime(), nullable=True))
    op.add_column("audit_entries", sa.Column("content_digest", sa.String(64), nullable=True))
    op.create_table(
        "audit_salts",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_references("audit_salts", complaint_id="complaints"),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_audit_salts_complaint_id")),
    )
    status = sa.Enum(
        "proposed",
        "carried_out",
        "declined",
        name="destruction_status",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "destructions",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_checks(
            "destructions",
            two_people="decided_by_id IS NULL OR decided_by_id <> proposed_by_id",
            decided_when="(status = 'proposed') = (decided_at IS NULL)",
            declined_with_reason="status <> 'declined' OR decision_reason IS NOT NULL",
        ),
        *_references("destructions", proposed_by_id="users", decided_by_id="users"),
        sa.UniqueConstraint("number", name=op.f("uq_destructions_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_destructions_public_id")),
    )
    op.create_table(
        "destruction_items",
        sa.Column("destruction_id", sa.Integer(), nullable=False),
        sa.Column("archive_record_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(80), nullable=False),
        sa.Column("retention_ended_on", sa.Date(), nullable=False),
        sa.Column("seal_digest", sa.String(64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_checks(
            "destruction_items",
            counts_not_negative="row_count >= 0 AND file_count >= 0 AND entry_count >= 0",
        ),
        *_references(
            "destruction_items",
            destruction_id="destructions",
            archive_record_id="archive_records",
            complaint_id="complaints",
        ),
        sa.UniqueConstraint("destruction_id", "complaint_id", name=op.f("uq_destruction_items_complaint")),
    )
    op.create_table(
        "retention_extensions",
        sa.Column("archive_record_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_checks("retention_extensions", longer="until_on IS NULL OR until_on > from_on"),
        *_references(
            "retention_extensions",
            archive_record_id="archive_records",
            complaint_id="complaints",
            decided_by_id="users",
        ),
    )
    for table, columns in (
        ("destruction_items", ("destruction_id", "archive_record_id", "complaint_id")),
        ("retention_extensions", ("archive_record_id", "complaint_id")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    allow_destruction(*APPEND_ONLY, "complaint_checks")


def _checks(table: str, **rules: str) -> list[Any]:
    return [sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}")) for name, sql in rules.items()]


def _references(table: str, **targets: str) -> list[Any]:
    return [
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
            )
            for column, target in targets.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    forbid_destruction(*APPEND_ONLY, "complaint_checks")
    for table in ("retention_extensions", "destruction_items", "destructions", "audit_salts"):
        op.drop_table(table)
    op.drop_column("audit_entries", "content_digest")
    op.drop_column("archive_records", "destroyed_at")
    op.drop_column("complaints", "destroyed_at")
