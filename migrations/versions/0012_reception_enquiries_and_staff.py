"""Reception, enquiries and staff

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column(
            "kind",
            sa.Enum(
                "officer", "leader", name="duty_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_shifts_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_duty_shifts_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shifts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_duty_shifts_public_id")),
    )
    with op.batch_alter_table("duty_shifts", schema=None) as batch_op:
        batch_op.create_index("ix_duty_shifts_time", ["kind", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_shifts_user_id"), ["user_id"], unique=False)

    op.create_table(
        "reading_confirmations",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("procedure_version_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_version_id"],
            ["procedure_versions.id"],
            name=op.f("fk_reading_confirmations_procedure_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reading_confirmations_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_confirmations")),
        sa.UniqueConstraint("user_id", "procedure_version_id", name="uq_reading_confirmations_once"),
    )
    with op.batch_alter_table("reading_confirmations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reading_confirmations_procedure_version_id"),
            ["procedure_version_id"],
            unique=False,
        )

    op.create_table(
        "reception_sessions",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=200), nullable=True),
        sa.Column("clause", sa.String(length=80), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_reception_sessions_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["host_id"], ["users.id"], name=op.f("fk_reception_sessions_host_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_sessions")),
        sa.UniqueConstraint("code", "held_on", name="uq_reception_sessions_code_day"),
        sa.UniqueConstraint("public_id", name=op.f("uq_reception_sessions_public_id")),
    )
    with op.batch_alter_table("reception_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reception_sessions_held_on"), ["held_on"], unique=False)

    op.create_table(
        "trainings",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("result", sa.String(length=200), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours > 0", name=op.f("ck_trainings_hours_positive")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_trainings_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trainings_public_id")),
    )
    with op.batch_alter_table("trainings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainings_user_id"), ["user_id"], unique=False)

    op.create_table(
        "enquiries",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("kind_name", sa.String(length=120), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "answered",
                name="enquiry_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
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
                name="enquiry_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=True),
        sa.Column("sender_contact", sa.String(length=200), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("batch", sa.String(length=80), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'answered' OR (answered_at IS NOT NULL AND answer IS NOT NULL)",
            name=op.f("ck_enquiries_answered_how"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_enquiries_answered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_enquiries_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_enquiries_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_enquiries_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["users.id"], name=op.f("fk_enquiries_responsible_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
        sa.UniqueConstraint("number", name=op.f("uq_enquiries_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enquiries_public_id")),
    )
    with op.batch_alter_table("enquiries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enquiries_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enquiries_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enquiries_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_enquiries_recorded_by_id"), ["recorded_by_id"], unique=False)

    op.create_table(
        "leader_instructions",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("asked_of_id", sa.Integer(), nullable=True),
        sa.Column("appears_at", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(given_at IS NULL) = (text IS NULL)", name=op.f("ck_leader_instructions_given_with_text")
        ),
        sa.CheckConstraint(
            "given_at IS NULL OR given_by_id IS NOT NULL",
            name=op.f("ck_leader_instructions_given_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_of_id"],
            ["users.id"],
            name=op.f("fk_leader_instructions_asked_of_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_leader_instructions_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_leader_instructions_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["users.id"],
            name=op.f("fk_leader_instructions_given_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_instructions")),
    )
    with op.batch_alter_table("leader_instructions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leader_instructions_asked_of_id"), ["asked_of_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_leader_instructions_complaint_id"), ["complaint_id"], unique=False
        )

    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("received_out_of_hours", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("reception_session_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_complaints_reception_session_id"), ["reception_session_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_complaints_reception_session_id"),
            "reception_sessions",
            ["reception_session_id"],
            ["id"],
            ondelete="RESTRICT",
        )
    add_enum_values("complaint_events", "event", "event", "instruct")


def downgrade() -> None:
    drop_enum_values("complaint_events", "event", "event", "instruct")
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_complaints_reception_session_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_complaints_reception_session_id"))
        batch_op.drop_column("reception_session_id")
        batch_op.drop_column("received_out_of_hours")

    op.drop_table("leader_instructions")

    op.drop_table("enquiries")

    op.drop_table("trainings")

    op.drop_table("reception_sessions")

    op.drop_table("reading_confirmations")

    op.drop_table("duty_shifts")
