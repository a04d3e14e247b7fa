"""Posts bound to people, gradings kept one by one, evaluations of results.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_bindings",
        sa.Column(
            "post",
            sa.Enum(
                "office",
                "approver",
                "arbiter",
                "head_of_quality",
                "evaluator",
                name="post",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("bound_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(department_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_post_bindings_department_or_person")
        ),
        sa.ForeignKeyConstraint(
            ["bound_by_id"], ["users.id"], name=op.f("fk_post_bindings_bound_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_post_bindings_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_post_bindings_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_bindings")),
    )
    with op.batch_alter_table("post_bindings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_bindings_user_id"), ["user_id"], unique=False)

    op.create_table(
        "evaluations",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted", "rectify", name="verdict", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_evaluations_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_evaluations_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["for_id"], ["users.id"], name=op.f("fk_evaluations_for_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluations_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "grade_records",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("earlier", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("was_asked", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recognition", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_grade_records_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_grade_records_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_records")),
    )
    with op.batch_alter_table("grade_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grade_records_complaint_id"), ["complaint_id"], unique=False)

    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("execution", sa.Text(), nullable=True))

    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("together_with_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_replies_together_with_id"),
            "users",
            ["together_with_id"],
            ["id"],
            ondelete="RESTRICT",
        )

    add_enum_values("complaint_events", "event", "event", "evaluate")


def downgrade() -> None:
    drop_enum_values("complaint_events", "event", "event", "evaluate")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_replies_together_with_id"), type_="foreignkey")
        batch_op.drop_column("together_with_id")

    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.drop_column("execution")

    with op.batch_alter_table("grade_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grade_records_complaint_id"))

    op.drop_table("grade_records")
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluations_complaint_id"))

    op.drop_table("evaluations")
    with op.batch_alter_table("post_bindings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_bindings_user_id"))

    op.drop_table("post_bindings")
