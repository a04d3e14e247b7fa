"""Fields that a procedure declares itself, natures and categories by its names, kinds of complainants.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODES = ("category_code", "nature", "complainant_kind")


def upgrade() -> None:
    # Added without batch mode: neither engine needs the table rebuilt for a nullable column or a constant default.
    for name in CODES:
        op.add_column("complaints", sa.Column(name, sa.String(40), nullable=True))
        op.create_index(f"ix_complaints_{name}", "complaints", [name])
    op.add_column("complaints", sa.Column("own_values", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("parties", sa.Column("complainant_kind", sa.String(40), nullable=True))
    op.create_table(
        "complaint_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("text", sa.String(500), nullable=True),
        sa.Column("number", sa.Numeric(18, 4), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "text IS NOT NULL OR number IS NOT NULL OR day IS NOT NULL"
            " OR user_id IS NOT NULL OR department_id IS NOT NULL",
            name=op.f("ck_complaint_values_holds_a_value"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_values_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_complaint_values_user_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_complaint_values_department_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_values")),
    )
    for name, columns in (
        ("complaint", ["complaint_id", "code"]),
        ("text", ["code", "text", "complaint_id"]),
        ("number", ["code", "number", "complaint_id"]),
        ("day", ["code", "day", "complaint_id"]),
        ("user", ["user_id", "code"]),
        ("department", ["department_id", "code"]),
    ):
        op.create_index(f"ix_complaint_values_{name}", "complaint_values", columns)


def downgrade() -> None:
    op.drop_table("complaint_values")
    op.drop_column("parties", "complainant_kind")
    op.drop_column("complaints", "own_values")
    for name in reversed(CODES):
        op.drop_index(f"ix_complaints_{name}", table_name="complaints")
        op.drop_column("complaints", name)
