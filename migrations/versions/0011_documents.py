"""Issued documents, to whom they went, and the organisation's own templates.

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

EVENTS = ("document_issued", "document_delivered")


def upgrade() -> None:
    add_enum_values("complaint_events", "event", "event", *EVENTS)
    op.create_table(
        "issued_documents",
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("accident_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("name_zh", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("template", sa.String(120), nullable=False),
        sa.Column("typed", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("pdf_size", sa.BigInteger(), nullable=False),
        sa.Column("word_sha256", sa.String(64), nullable=False),
        sa.Column("word_size", sa.BigInteger(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_for_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(complaint_id IS NULL) <> (accident_id IS NULL)", name=op.f("ck_issued_documents_one_subject")
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_issued_documents_round_counts_from_one")),
        *_references(
            "issued_documents",
            complaint_id="complaints",
            accident_id="accidents",
            issued_by_id="users",
            issued_for_id="users",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_documents")),
        sa.UniqueConstraint("number", name="uq_issued_documents_number"),
        sa.UniqueConstraint("public_id", name=op.f("uq_issued_documents_public_id")),
    )
    _indexes("issued_documents", "complaint_id", "accident_id", "pdf_sha256", "word_sha256")
    op.create_table(
        "document_deliveries",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "complainant",
                "department",
                "leadership",
                "authority",
                name="delivery_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(200), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
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
                name="delivery_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("remark", sa.String(300), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(sql, name=op.f(f"ck_document_deliveries_{name}"))
            for name, sql in (
                ("to_a_department", "kind <> 'department' OR department_id IS NOT NULL"),
                ("to_a_leader", "kind <> 'leadership' OR user_id IS NOT NULL"),
                ("to_an_authority", "kind <> 'authority' OR recipient IS NOT NULL"),
                ("outside_by_a_channel", "kind NOT IN ('complainant', 'authority') OR channel IS NOT NULL"),
            )
        ),
        *_references(
            "document_deliveries",
            document_id="issued_documents",
            department_id="departments",
            user_id="users",
            recorded_by_id="users",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_deliveries")),
    )
    _indexes("document_deliveries", "document_id", "department_id", "user_id")
    op.create_table(
        "document_templates",
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_references("document_templates", uploaded_by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_templates")),
        sa.UniqueConstraint("public_id", name=op.f("uq_document_templates_public_id")),
    )
    _indexes("document_templates", "sha256")
    op.create_index(
        "uq_document_templates_open",
        "document_templates",
        ["form", "language"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("document_templates")
    op.drop_table("document_deliveries")
    op.drop_table("issued_documents")
    drop_enum_values("complaint_events", "event", "event", *EVENTS)


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
        )
        for column, target in columns.items()
    ]


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
