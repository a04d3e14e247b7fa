"""Outcomes of intake checks, and material that oral complaints are asked for.

Revision: 0018, after 0017
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.support import make_append_only

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OUTCOMES = ("passed", "not_passed", "not_possible")
STATUSES = ("to_request", "requested", "received", "not_supplied", "not_needed")


def upgrade() -> None:
    op.create_table(
        "complaint_checks",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("outcome", _enum("check_outcome", *OUTCOMES), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_for_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        *_checks("complaint_checks", reason_given="outcome = 'passed' OR note IS NOT NULL"),
        *_tail("complaint_checks", complaint_id="complaints", checked_by_id="users", checked_for_id="users"),
    )
    op.create_table(
        "requested_materials",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("status", _enum("material_status", *STATUSES), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(200), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_checks(
            "requested_materials",
            requested_when="status IN ('to_request', 'not_needed') OR requested_at IS NOT NULL",
            received_when="(status = 'received') = (received_at IS NOT NULL)",
            received_after_request="received_at IS NULL OR received_at >= requested_at",
            reason_given="status <> 'not_supplied' OR note IS NOT NULL",
        ),
        *_tail(
            "requested_materials",
            complaint_id="complaints",
            requested_by_id="users",
            received_by_id="users",
            attachment_id="attachments",
        ),
        sa.UniqueConstraint("complaint_id", "code", name=op.f("uq_requested_materials_complaint_id_code")),
    )
    with op.batch_alter_table("complaint_checks") as batch:
        batch.create_index(batch.f("ix_complaint_checks_complaint_id_code"), ["complaint_id", "code"])
    with op.batch_alter_table("requested_materials") as batch:
        batch.create_index(batch.f("ix_requested_materials_status"), ["status"], unique=False)
    make_append_only("complaint_checks")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _checks(table: str, **rules: str) -> list[Any]:
    return [sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}")) for name, sql in rules.items()]


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
    op.drop_table("requested_materials")
    op.drop_table("complaint_checks")
