"""Holds: goods stopped, who is told, what departments do with goods.

Revision: 0010, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open", "released", name="hold_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("rule_code", sa.String(length=60), nullable=True),
        sa.Column("clause", sa.String(length=80), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("batch", sa.String(length=80), nullable=True),
        sa.Column("stops_sale", sa.Boolean(), nullable=False),
        sa.Column("stops_dispatch", sa.Boolean(), nullable=False),
        sa.Column("stops_use", sa.Boolean(), nullable=False),
        sa.Column("stops_production", sa.Boolean(), nullable=False),
        sa.Column("isolates", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(), nullable=False),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("needs_neighbours", sa.Boolean(), nullable=False),
        sa.Column("executed_at", sa.DateTime(), nullable=True),
        sa.Column("executed_by_id", sa.Integer(), nullable=True),
        sa.Column("executed_text", sa.Text(), nullable=True),
        sa.Column("neighbours_checked_at", sa.DateTime(), nullable=True),
        sa.Column("neighbours_result", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("release_basis", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'released' OR (released_at IS NOT NULL AND release_basis IS NOT NULL)",
            name=op.f("ck_holds_released_with_basis"),
        ),
        sa.CheckConstraint(
            "executed_at IS NULL OR executed_text IS NOT NULL", name=op.f("ck_holds_executed_how")
        ),
        sa.CheckConstraint(
            "neighbours_checked_at IS NULL OR neighbours_result IS NOT NULL",
            name=op.f("ck_holds_neighbours_with_result"),
        ),
        sa.CheckConstraint(
            "stops_sale OR stops_dispatch OR stops_use OR stops_production",
            name=op.f("ck_holds_stops_something"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_holds_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["executed_by_id"], ["users.id"], name=op.f("fk_holds_executed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["users.id"], name=op.f("fk_holds_ordered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["users.id"], name=op.f("fk_holds_released_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("number", name=op.f("uq_holds_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_holds_public_id")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index("ix_holds_complaint_status", ["complaint_id", "status"], unique=False)

    op.create_table(
        "hold_notices",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "stop", "release", name="notice_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "duty",
            sa.Enum(
                "sales",
                "storage",
                "production",
                "purchasing",
                "quality",
                name="notice_duty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("outside", sa.String(length=200), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("sent_how", sa.String(length=200), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.String(length=300), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "acknowledged_at IS NULL OR sent_at IS NOT NULL",
            name=op.f("ck_hold_notices_acknowledged_after_sending"),
        ),
        sa.CheckConstraint(
            "department_id IS NOT NULL OR outside IS NOT NULL OR duty IS NOT NULL",
            name=op.f("ck_hold_notices_somebody"),
        ),
        sa.CheckConstraint(
            "department_id IS NULL OR outside IS NULL", name=op.f("ck_hold_notices_department_or_outside")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"],
            ["users.id"],
            name=op.f("fk_hold_notices_acknowledged_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_hold_notices_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["holds.id"], name=op.f("fk_hold_notices_hold_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_notices")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hold_notices_public_id")),
    )
    with op.batch_alter_table("hold_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_notices_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hold_notices_hold_id"), ["hold_id"], unique=False)

    with op.batch_alter_table("departments") as batch_op:
        batch_op.add_column(sa.Column("duty", sa.String(length=40), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_departments_department_duty"),
            "duty IN ('sales', 'storage', 'production', 'purchasing', 'quality')",
        )
    add_enum_values("complaint_events", "event", "event", "hold")


def downgrade() -> None:
    drop_enum_values("complaint_events", "event", "event", "hold")
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_departments_department_duty"), type_="check")
        batch_op.drop_column("duty")

    with op.batch_alter_table("hold_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_notices_hold_id"))
        batch_op.drop_index(batch_op.f("ix_hold_notices_department_id"))

    op.drop_table("hold_notices")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index("ix_holds_complaint_status")

    op.drop_table("holds")
