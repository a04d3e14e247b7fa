"""Procedures written in the panel: drafts, their steps, and which procedure the organisation adopts.

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _user(name: str, table: str, *, nullable: bool) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return sa.Column(name, sa.Integer(), nullable=nullable), sa.ForeignKeyConstraint(
        [name], ["users.id"], name=op.f(f"fk_{table}_{name}"), ondelete="RESTRICT"
    )


def upgrade() -> None:
    table = "procedure_drafts"
    op.create_table(
        table,
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column(
            "status", _choice("status", "editing", "submitted", "published", "withdrawn"), nullable=False
        ),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("source_code", sa.String(length=80), nullable=False),
        sa.Column("source_number", sa.Integer(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_user("author_id", table, nullable=False),
        *_user("submitted_by_id", table, nullable=True),
        *_user("decided_by_id", table, nullable=True),
        sa.Column("published_version_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'published' OR published_version_id IS NOT NULL",
            name=op.f("ck_procedure_drafts_published_as_version"),
        ),
        sa.CheckConstraint(
            "status <> 'submitted' OR submitted_by_id IS NOT NULL",
            name=op.f("ck_procedure_drafts_submitted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["published_version_id"],
            ["procedure_versions.id"],
            name=op.f("fk_procedure_drafts_published_version_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_drafts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_procedure_drafts_public_id")),
    )
    table = "procedure_draft_steps"
    op.create_table(
        table,
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column(
            "act",
            _choice("act", "copied", "edited", "submitted", "returned", "published", "withdrawn"),
            nullable=False,
        ),
        *_user("by_id", table, nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        *_user("for_id", table, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["procedure_drafts.id"],
            name=op.f("fk_procedure_draft_steps_draft_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_draft_steps")),
    )
    op.create_index(op.f("ix_procedure_draft_steps_draft_id"), table, ["draft_id"])
    table = "procedure_adoptions"
    op.create_table(
        table,
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("former_code", sa.String(length=80), nullable=False),
        sa.Column("status", _choice("status", "proposed", "adopted", "declined"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_user("proposed_by_id", table, nullable=False),
        *_user("decided_by_id", table, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status = 'proposed' OR decided_by_id IS NOT NULL",
            name=op.f("ck_procedure_adoptions_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id",
            name=op.f("ck_procedure_adoptions_two_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_adoptions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_procedure_adoptions_public_id")),
    )
    table = "procedure_changes"
    op.create_table(
        table,
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_user("changed_by_id", table, nullable=False),
        sa.Column("clocks", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "from_version_id <> to_version_id", name=op.f("ck_procedure_changes_another_version")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
            )
            for column, target in (
                ("complaint_id", "complaints"),
                ("from_version_id", "procedure_versions"),
                ("to_version_id", "procedure_versions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_changes")),
    )
    op.create_index(op.f("ix_procedure_changes_complaint_id"), table, ["complaint_id"])
    add_enum_values("complaint_events", "event", "event", "procedure_changed")


def downgrade() -> None:
    drop_enum_values("complaint_events", "event", "event", "procedure_changed")
    op.drop_table("procedure_changes")
    op.drop_table("procedure_adoptions")
    op.drop_table("procedure_draft_steps")
    op.drop_table("procedure_drafts")
