"""Accidents: facts that give the grade, reports, records of the handling, signatures, concealment.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FACTS = ("counterfeit", "whole_batch_scrapped", "spoiled_on_display", "vile_nature", "grave_impact")
TEXTS = (
    "grade_reason",
    "scene_protection",
    "self_examination",
    "disposition",
    "outcome",
    "concealed_reason",
    "sanction_reason",
)
MOMENTS = ("scene_arrived_at", "quality_signed_at", "head_signed_at", "concealed_at")
DAYS = ("self_examined_on", "announced_on")
WORDS = {"scope": 40, "sanction": 40, "announced_where": 200}
REFERENCES = {
    "procedure_version_id": "procedure_versions",
    "scene_visitor_id": "users",
    "quality_signed_by_id": "users",
    "head_signed_by_id": "users",
}
CHECKS = {
    "accident_scope": "scope IN ('nonconforming_product', 'work_quality', 'poor_keeping', 'unlawful_sale',"
    " 'wrong_dispatch')",
    "accident_sanction": "sanction IN ('circulated_criticism', 'administrative')",
    "scene_visited_by_somebody": "(scene_arrived_at IS NULL) = (scene_visitor_id IS NULL)",
    "quality_signed_by_somebody": "(quality_signed_at IS NULL) = (quality_signed_by_id IS NULL)",
    "head_signed_by_somebody": "(head_signed_at IS NULL) = (head_signed_by_id IS NULL)",
    "signed_by_two": "quality_signed_by_id IS NULL OR head_signed_by_id IS NULL"
    " OR quality_signed_by_id <> head_signed_by_id",
    "signature_under_words": "disposition IS NOT NULL OR (quality_signed_at IS NULL AND head_signed_at IS NULL)",
    "sanction_for_concealment": "sanction IS NULL OR concealed_at IS NOT NULL",
    "concealed_with_reason": "concealed_at IS NULL OR concealed_reason IS NOT NULL",
}


def upgrade() -> None:
    op.create_table(
        "accident_reports",
        sa.Column("accident_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reported_to_quality",
                "reported_to_department",
                "reported_to_manager",
                "accident_form_sent",
                "reported_up",
                "reported_to_authority",
                "written_report_sent",
                "company_form_sent",
                name="report_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "recipient",
            sa.Enum(
                "quality_management",
                "department_leader",
                "leader",
                "general_manager",
                "head_of_enterprise",
                "authority",
                "superior",
                name="report_recipient",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to_whom", sa.String(length=200), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accident_id"],
            ["accidents.id"],
            name=op.f("fk_accident_reports_accident_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_accident_reports_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accident_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accident_reports_public_id")),
    )
    with op.batch_alter_table("accident_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accident_reports_accident_id"), ["accident_id"], unique=False)

    with op.batch_alter_table("accidents") as batch:
        for name in FACTS:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in TEXTS:
            batch.add_column(sa.Column(name, sa.Text(), nullable=True))
        for name in MOMENTS:
            batch.add_column(sa.Column(name, sa.DateTime(), nullable=True))
        for name in DAYS:
            batch.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name, length in WORDS.items():
            batch.add_column(sa.Column(name, sa.String(length), nullable=True))
        for name in REFERENCES:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch.create_index(op.f("ix_accidents_procedure_version_id"), ["procedure_version_id"])
        for name, table in REFERENCES.items():
            batch.create_foreign_key(op.f(f"fk_accidents_{name}"), table, [name], ["id"], ondelete="RESTRICT")
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_accidents_{name}"), condition)


def downgrade() -> None:
    with op.batch_alter_table("accidents") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_accidents_{name}"), type_="check")
        for name in REFERENCES:
            batch.drop_constraint(op.f(f"fk_accidents_{name}"), type_="foreignkey")
        batch.drop_index(op.f("ix_accidents_procedure_version_id"))
        for name in (*FACTS, *TEXTS, *MOMENTS, *DAYS, *WORDS, *REFERENCES):
            batch.drop_column(name)
    op.drop_table("accident_reports")
