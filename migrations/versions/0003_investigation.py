"""What investigations leave behind: records, requests, memos, decisions, plans; standing handling groups.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handling_groups",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["users.id"], name=op.f("fk_handling_groups_leader_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_handling_groups_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_handling_groups_public_id")),
    )
    op.create_table(
        "handling_group_members",
        sa.Column("handling_group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handling_group_id"],
            ["handling_groups.id"],
            name=op.f("fk_handling_group_members_handling_group_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_handling_group_members_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_group_members")),
        sa.UniqueConstraint("handling_group_id", "user_id", name="uq_handling_group_members_person"),
    )
    with op.batch_alter_table("handling_group_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handling_group_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "investigation_waivers",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waived_by_id", sa.Integer(), nullable=True),
        sa.Column("waived_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_investigation_waivers_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["waived_by_id"],
            ["users.id"],
            name=op.f("fk_investigation_waivers_waived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_waivers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_investigation_waivers_public_id")),
    )
    with op.batch_alter_table("investigation_waivers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_investigation_waivers_complaint_id"), ["complaint_id"], unique=False
        )

    op.create_table(
        "internal_memos",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "agreed",
                "changed",
                "turned_down",
                name="memo_decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_internal_memos_decided_when")
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision_text IS NOT NULL", name=op.f("ck_internal_memos_decided_in_words")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_internal_memos_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_internal_memos_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_internal_memos_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["users.id"], name=op.f("fk_internal_memos_manager_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["users.id"], name=op.f("fk_internal_memos_sent_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_memos")),
        sa.UniqueConstraint("public_id", name=op.f("uq_internal_memos_public_id")),
    )
    with op.batch_alter_table("internal_memos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_internal_memos_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_internal_memos_investigation_id"), ["investigation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_internal_memos_manager_id"), ["manager_id"], unique=False)

    op.create_table(
        "investigation_records",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "contact",
                "interview",
                "site_visit",
                "sample",
                "meeting",
                name="inquiry_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("people", sa.String(length=300), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("laboratory", sa.String(length=200), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'meeting' OR (cause IS NOT NULL AND responsibility IS NOT NULL AND plan IS NOT NULL)",
            name=op.f("ck_investigation_records_meeting_settles"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('contact', 'interview', 'meeting') OR people IS NOT NULL",
            name=op.f("ck_investigation_records_with_whom"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('site_visit', 'meeting') OR place IS NOT NULL",
            name=op.f("ck_investigation_records_where"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_investigation_records_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_investigation_records_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["users.id"],
            name=op.f("fk_investigation_records_recorded_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_records")),
        sa.UniqueConstraint("public_id", name=op.f("uq_investigation_records_public_id")),
    )
    with op.batch_alter_table("investigation_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_investigation_records_complaint_id"), ["complaint_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_investigation_records_investigation_id"), ["investigation_id"], unique=False
        )

    op.create_table(
        "investigation_requests",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assistance",
                "production_records",
                name="request_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_investigation_requests_answered_when")
        ),
        sa.CheckConstraint(
            "answered_at IS NULL OR answered_by_id IS NOT NULL",
            name=op.f("ck_investigation_requests_answered_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["users.id"],
            name=op.f("fk_investigation_requests_answered_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["users.id"],
            name=op.f("fk_investigation_requests_asked_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_investigation_requests_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_investigation_requests_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_investigation_requests_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_investigation_requests_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_investigation_requests_public_id")),
    )
    with op.batch_alter_table("investigation_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_investigation_requests_complaint_id"), ["complaint_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_investigation_requests_investigation_id"), ["investigation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_investigation_requests_person_id"), ["person_id"], unique=False)

    op.create_table(
        "quality_decisions",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("weighed", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_quality_decisions_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_quality_decisions_decided_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_quality_decisions_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_decisions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quality_decisions_public_id")),
    )
    with op.batch_alter_table("quality_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quality_decisions_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_quality_decisions_investigation_id"), ["investigation_id"], unique=False
        )

    op.create_table(
        "resolution_plans",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tasks", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("notified_by_id", sa.Integer(), nullable=True),
        sa.Column("notified_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_resolution_plans_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_resolution_plans_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["notified_by_id"],
            ["users.id"],
            name=op.f("fk_resolution_plans_notified_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution_plans")),
        sa.UniqueConstraint("public_id", name=op.f("uq_resolution_plans_public_id")),
    )
    with op.batch_alter_table("resolution_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolution_plans_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_resolution_plans_investigation_id"), ["investigation_id"], unique=False
        )

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("evidence_kind", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_attachments_request_id"), ["request_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_attachments_request_id"),
            "investigation_requests",
            ["request_id"],
            ["id"],
            ondelete="RESTRICT",
        )

    with op.batch_alter_table("investigations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("design_document", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("acceptance_body", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("problem_found", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("severity", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("impact", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("hazard_analysis", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("technical_analysis", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("site_visit", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("responsibility", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("responsible_department_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("responsible_person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("responsibility_explained", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("customer_told_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("return_applied_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("product_returned_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("determined_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("determined_by_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_investigations_problem_found"), "problem_found IN ('found', 'not_found')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_investigations_severity"), "severity IN ('slight', 'considerable', 'grave')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_investigations_site_visit"), "site_visit IN ('needed', 'not_needed')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_investigations_investigation_responsibility"),
            "responsibility IN ('department', 'staff', 'complainant', 'third_party', 'none', 'undetermined')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_investigations_responsibility_explained"),
            "responsibility NOT IN ('complainant', 'undetermined') OR responsibility_explained IS NOT NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_investigations_determined_by_id"),
            "users",
            ["determined_by_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_investigations_responsible_department_id"),
            "departments",
            ["responsible_department_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_investigations_group_id"),
            "handling_groups",
            ["group_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_investigations_responsible_person_id"),
            "users",
            ["responsible_person_id"],
            ["id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    with op.batch_alter_table("investigations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_investigations_responsible_person_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_investigations_group_id"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_investigations_responsible_department_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_investigations_determined_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_investigations_problem_found"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_investigations_severity"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_investigations_site_visit"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_investigations_investigation_responsibility"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_investigations_responsibility_explained"), type_="check")
        batch_op.drop_column("determined_by_id")
        batch_op.drop_column("determined_at")
        batch_op.drop_column("product_returned_at")
        batch_op.drop_column("return_applied_at")
        batch_op.drop_column("customer_told_at")
        batch_op.drop_column("responsibility_explained")
        batch_op.drop_column("responsible_person_id")
        batch_op.drop_column("responsible_department_id")
        batch_op.drop_column("responsibility")
        batch_op.drop_column("site_visit")
        batch_op.drop_column("technical_analysis")
        batch_op.drop_column("hazard_analysis")
        batch_op.drop_column("impact")
        batch_op.drop_column("severity")
        batch_op.drop_column("problem_found")
        batch_op.drop_column("acceptance_body")
        batch_op.drop_column("design_document")
        batch_op.drop_column("group_id")

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attachments_request_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_attachments_request_id"))
        batch_op.drop_column("request_id")
        batch_op.drop_column("evidence_kind")

    with op.batch_alter_table("resolution_plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resolution_plans_investigation_id"))
        batch_op.drop_index(batch_op.f("ix_resolution_plans_complaint_id"))

    op.drop_table("resolution_plans")
    with op.batch_alter_table("quality_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quality_decisions_investigation_id"))
        batch_op.drop_index(batch_op.f("ix_quality_decisions_complaint_id"))

    op.drop_table("quality_decisions")
    with op.batch_alter_table("investigation_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investigation_requests_person_id"))
        batch_op.drop_index(batch_op.f("ix_investigation_requests_investigation_id"))
        batch_op.drop_index(batch_op.f("ix_investigation_requests_complaint_id"))

    op.drop_table("investigation_requests")
    with op.batch_alter_table("investigation_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investigation_records_investigation_id"))
        batch_op.drop_index(batch_op.f("ix_investigation_records_complaint_id"))

    op.drop_table("investigation_records")
    with op.batch_alter_table("internal_memos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_internal_memos_manager_id"))
        batch_op.drop_index(batch_op.f("ix_internal_memos_investigation_id"))
        batch_op.drop_index(batch_op.f("ix_internal_memos_complaint_id"))

    op.drop_table("internal_memos")
    with op.batch_alter_table("investigation_waivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investigation_waivers_complaint_id"))

    op.drop_table("investigation_waivers")
    with op.batch_alter_table("handling_group_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handling_group_members_user_id"))

    op.drop_table("handling_group_members")
    op.drop_table("handling_groups")
