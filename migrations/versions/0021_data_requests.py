"""Requests of people about data of their own, each with its decision.

Revision: 0021, after 0020
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column(
            "kind",
            _choice("data_request_kind", "copy", "correction", "supplement", "erasure"),
            nullable=False,
        ),
        sa.Column(
            "status", _choice("data_request_status", "open", "to_do", "done", "refused"), nullable=False
        ),
        sa.Column("applicant", sa.String(200), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("standing", sa.String(200), nullable=False),
        sa.Column("identity_checked", sa.String(300), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", _choice("data_decision", "granted", "partly", "refused"), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("legal_ground", sa.String(300), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("copied_at", sa.DateTime(), nullable=True),
        sa.Column("copy_sha256", sa.String(64), nullable=True),
        sa.Column("done_what", sa.Text(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(sql, name=op.f(f"ck_data_requests_{name}"))
            for name, sql in (
                ("decided_when", "(decision IS NULL) = (status = 'open')"),
                (
                    "decided_how",
                    "decision IS NULL OR (decided_at IS NOT NULL AND decision_reason IS NOT NULL)",
                ),
                (
                    "refused_with_ground",
                    "decision IS NULL OR decision = 'granted' OR legal_ground IS NOT NULL",
                ),
                ("done_what", "status <> 'done' OR (done_at IS NOT NULL AND done_what IS NOT NULL)"),
            )
        ),
        *_references("data_requests", recorded_by_id="users", decided_by_id="users", done_by_id="users"),
        sa.UniqueConstraint("number", name=op.f("uq_data_requests_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_requests_public_id")),
    )
    op.create_table(
        "data_request_cases",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_references("data_request_cases", request_id="data_requests", complaint_id="complaints"),
        sa.UniqueConstraint("request_id", "complaint_id", name=op.f("uq_data_request_cases_complaint")),
    )
    op.create_index(
        op.f("ix_data_request_cases_complaint_id"), "data_request_cases", ["complaint_id"], unique=False
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


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
    op.drop_table("data_request_cases")
    op.drop_table("data_requests")
