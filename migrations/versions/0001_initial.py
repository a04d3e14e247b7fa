"""The first schema.

Revision: 0001, after none
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import APPEND_ONLY, drop_append_only, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CIRCULAR = (
    ("fk_departments_leader_id", "departments", "users", "leader_id"),
    ("fk_departments_leader_in_charge_id", "departments", "users", "leader_in_charge_id"),
)
"""Foreign keys of tables that refer to each other: name, table, target, column. SQLite has them in the table."""


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "work",
                "rest",
                "holiday",
                "make_up",
                name="day_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_days_day")),
    )
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_years")),
        sa.UniqueConstraint("year", name=op.f("uq_calendar_years_year")),
    )
    op.create_table(
        "departments",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("leader_in_charge_id", sa.Integer(), nullable=True),
        sa.Column("is_office", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> id", name=op.f("ck_departments_not_its_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"],
            ["users.id"],
            name=op.f("fk_departments_leader_id"),
            ondelete="RESTRICT",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["leader_in_charge_id"],
            ["users.id"],
            name=op.f("fk_departments_leader_in_charge_id"),
            ondelete="RESTRICT",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["departments.id"], name=op.f("fk_departments_parent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("code", name=op.f("uq_departments_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_departments_public_id")),
    )
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_departments_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "number_series",
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_number_series_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("prefix", "year", "is_confidential", name="uq_number_series_key"),
    )
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("procedure_code", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=80), nullable=True),
        sa.Column("fax", sa.String(length=80), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("sealed_key_check", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "procedure_versions",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_versions")),
        sa.UniqueConstraint("code", "content_hash", name="uq_procedure_versions_content"),
        sa.UniqueConstraint("code", "number", name="uq_procedure_versions_number"),
        sa.UniqueConstraint("public_id", name=op.f("uq_procedure_versions_public_id")),
    )
    op.create_table(
        "withdrawn_numbers",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawn_numbers")),
        sa.UniqueConstraint("number", name=op.f("uq_withdrawn_numbers_number")),
    )
    op.create_table(
        "department_successions",
        sa.Column(
            "kind",
            sa.Enum(
                "rename",
                "merge",
                "split",
                name="succession_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("old_name", sa.String(length=120), nullable=False),
        sa.Column("new_name", sa.String(length=120), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["departments.id"],
            name=op.f("fk_department_successions_from_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["departments.id"], name=op.f("fk_department_successions_to_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_successions")),
    )
    with op.batch_alter_table("department_successions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_successions_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_successions_to_id"), ["to_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("post", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=True),
        sa.Column("theme", sa.String(length=10), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("reset_code_hash", sa.String(length=200), nullable=True),
        sa.Column("reset_code_expires_at", sa.DateTime(), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(), nullable=True),
        sa.Column("session_stamp", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("failed_logins >= 0", name=op.f("ck_users_failed_logins_not_negative")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_users_department_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
        sa.UniqueConstraint("public_id", name=op.f("uq_users_public_id")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_department_id"), ["department_id"], unique=False)

    op.create_table(
        "column_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=60), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_column_choices_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_choices")),
        sa.UniqueConstraint("user_id", "screen", name="uq_column_choices_screen"),
    )
    op.create_table(
        "done_requests",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_done_requests_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_done_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_done_requests_key")),
    )
    with op.batch_alter_table("done_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_done_requests_at"), ["at"], unique=False)

    op.create_table(
        "exemptions",
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["users.id"], name=op.f("fk_exemptions_granted_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
    )
    op.create_table(
        "jobs",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="job_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("arguments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_jobs_progress_percent")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_jobs_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_jobs_public_id")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_user_id"), ["user_id"], unique=False)

    op.create_table(
        "leave_covers",
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("arranged_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("deputy_id <> principal_id", name=op.f("ck_leave_covers_somebody_else")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_leave_covers_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["arranged_by_id"], ["users.id"], name=op.f("fk_leave_covers_arranged_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["users.id"], name=op.f("fk_leave_covers_deputy_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["users.id"], name=op.f("fk_leave_covers_principal_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_covers")),
    )
    with op.batch_alter_table("leave_covers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_covers_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_covers_principal_id"), ["principal_id"], unique=False)

    op.create_table(
        "ledger_batches",
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "uploaded",
                "checked",
                "imported",
                "failed",
                name="batch_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_written", sa.Integer(), nullable=False),
        sa.Column("rows_skipped", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by_id"],
            ["users.id"],
            name=op.f("fk_ledger_batches_imported_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_batches")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_batches_public_id")),
    )
    with op.batch_alter_table("ledger_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_batches_header_key"), ["header_key"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "screen", "name", name="uq_saved_views_name"),
    )
    op.create_table(
        "complaints",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "registered",
                "to_complete",
                "accepted",
                "dispatched",
                "in_work",
                "awaiting_approval",
                "replied",
                "following_up",
                "closed",
                "archived",
                "refused",
                "merged",
                "statutory_route",
                "referred",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
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
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "form",
            sa.Enum(
                "written",
                "oral",
                "electronic",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "product",
                "service",
                "medical",
                "engineering",
                "counterfeit",
                "conduct",
                "other",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("batch", sa.String(length=80), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("source_reference", sa.String(length=80), nullable=True),
        sa.Column("passed_on_by", sa.String(length=200), nullable=True),
        sa.Column("customer_due_on", sa.Date(), nullable=True),
        sa.Column("complainant_name", sa.String(length=200), nullable=True),
        sa.Column("complainant_phone", sa.String(length=80), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("grade_reason", sa.Text(), nullable=True),
        sa.Column("procedure_version_id", sa.Integer(), nullable=False),
        sa.Column("first_receiver_id", sa.Integer(), nullable=True),
        sa.Column("receiving_department_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("due_is_lower_bound", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("supervised_at", sa.DateTime(), nullable=True),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column(
            "responsibility",
            sa.Enum(
                "department",
                "staff",
                "complainant",
                "third_party",
                "none",
                "undetermined",
                name="responsibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reply_text", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(), nullable=True),
        sa.Column("not_notifiable_reason", sa.Text(), nullable=True),
        sa.Column(
            "satisfaction",
            sa.Enum(
                "satisfied",
                "dissatisfied",
                "unreachable",
                name="satisfaction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column(
            "close_kind",
            sa.Enum(
                "normal",
                "on_spot",
                "not_notifiable",
                "leader_exit",
                "imported",
                name="close_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("master_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("is_imported", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'archived' OR archived_at IS NOT NULL", name=op.f("ck_complaints_archived_has_moment")
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR close_kind IS NOT NULL", name=op.f("ck_complaints_closed_has_kind")
        ),
        sa.CheckConstraint(
            "state <> 'dispatched' OR department_id IS NOT NULL",
            name=op.f("ck_complaints_dispatched_somewhere"),
        ),
        sa.CheckConstraint(
            "state <> 'merged' OR master_id IS NOT NULL", name=op.f("ck_complaints_merged_has_master")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR end_reason IS NOT NULL", name=op.f("ck_complaints_refused_has_reason")
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'refused', 'merged', 'statutory_route', 'referred', 'archived') OR closed_at IS NOT NULL",
            name=op.f("ck_complaints_ended_has_moment"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('in_work', 'awaiting_approval') OR (department_id IS NOT NULL AND handler_id IS NOT NULL)",
            name=op.f("ck_complaints_in_work_has_handler"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('replied', 'following_up') OR replied_at IS NOT NULL OR not_notifiable_reason IS NOT NULL",
            name=op.f("ck_complaints_replied_has_reply"),
        ),
        sa.CheckConstraint("escalation_level >= 0", name=op.f("ck_complaints_escalation_not_negative")),
        sa.CheckConstraint(
            "master_id IS NULL OR master_id <> id", name=op.f("ck_complaints_not_its_own_master")
        ),
        sa.CheckConstraint("refusals >= 0", name=op.f("ck_complaints_refusals_not_negative")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_complaints_round_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["ledger_batches.id"], name=op.f("fk_complaints_batch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_complaints_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["first_receiver_id"],
            ["users.id"],
            name=op.f("fk_complaints_first_receiver_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["users.id"], name=op.f("fk_complaints_handler_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["master_id"], ["complaints.id"], name=op.f("fk_complaints_master_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["procedure_version_id"],
            ["procedure_versions.id"],
            name=op.f("fk_complaints_procedure_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["receiving_department_id"],
            ["departments.id"],
            name=op.f("fk_complaints_receiving_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["users.id"], name=op.f("fk_complaints_responsible_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("batch_id", "import_key", name="uq_complaints_import_key"),
        sa.UniqueConstraint("number", name=op.f("uq_complaints_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_complaints_public_id")),
    )
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaints_batch"), ["batch"], unique=False)
        batch_op.create_index(
            "ix_complaints_department", ["department_id", "state", "received_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_complaints_first_receiver_id"), ["first_receiver_id"], unique=False
        )
        batch_op.create_index("ix_complaints_handler", ["handler_id", "state"], unique=False)
        batch_op.create_index("ix_complaints_list", ["due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_master_id"), ["master_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_complaints_procedure_version_id"), ["procedure_version_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_complaints_product"), ["product"], unique=False)
        batch_op.create_index("ix_complaints_received", ["received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaints_responsible_id"), ["responsible_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_complaints_source_reference"), ["source_reference"], unique=False
        )
        batch_op.create_index("ix_complaints_state", ["state", "received_at", "id"], unique=False)

    op.create_table(
        "role_grants",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "first_receiver",
                "handler",
                "investigator",
                "department_head",
                "leader",
                "head_of_quality",
                "archivist",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("exemption_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_role_grants_confirmed_when")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> granted_by_id",
            name=op.f("ck_role_grants_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["users.id"],
            name=op.f("fk_role_grants_confirmed_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_role_grants_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["exemption_id"], ["exemptions.id"], name=op.f("fk_role_grants_exemption_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["users.id"], name=op.f("fk_role_grants_granted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index(
            "uq_role_grants_open",
            ["user_id", "role", "department_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_role_grants_open_all",
            ["user_id", "role"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL AND department_id IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND department_id IS NULL"),
        )

    op.create_table(
        "accidents",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "reported",
                "handled",
                "closed",
                name="accident_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum(
                "general",
                "major",
                "undetermined",
                name="accident_grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("batch", sa.String(length=80), nullable=True),
        sa.Column("loss", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("casualties", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("emergency_measures", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_accidents_closed_when")
        ),
        sa.CheckConstraint(
            "casualties IS NULL OR casualties >= 0", name=op.f("ck_accidents_casualties_not_negative")
        ),
        sa.CheckConstraint("loss IS NULL OR loss >= 0", name=op.f("ck_accidents_loss_not_negative")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_accidents_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_accidents_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["users.id"], name=op.f("fk_accidents_reported_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accidents")),
        sa.UniqueConstraint("number", name=op.f("uq_accidents_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accidents_public_id")),
    )
    with op.batch_alter_table("accidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accidents_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_accidents_department_id"), ["department_id"], unique=False)

    op.create_table(
        "archive_records",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(length=80), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("box", sa.String(length=80), nullable=True),
        sa.Column("retention_years", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("archived_by_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("pages >= 0", name=op.f("ck_archive_records_pages_not_negative")),
        sa.ForeignKeyConstraint(
            ["archived_by_id"],
            ["users.id"],
            name=op.f("fk_archive_records_archived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_archive_records_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_records")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_archive_records_complaint_id")),
        sa.UniqueConstraint("file_number", name=op.f("uq_archive_records_file_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_archive_records_public_id")),
    )
    op.create_table(
        "assignments",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lead",
                "co_handling",
                name="assignment_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "awaiting",
                "signed",
                "refused",
                "ended",
                name="assignment_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("department_name", sa.String(length=120), nullable=False),
        sa.Column("from_department_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("instructed_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_for_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("refusal_clause", sa.String(length=80), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("opinion_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'ended' OR ended_at IS NOT NULL", name=op.f("ck_assignments_ended_when")
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR refusal_reason IS NOT NULL",
            name=op.f("ck_assignments_refused_with_reason"),
        ),
        sa.CheckConstraint(
            "status <> 'signed' OR (signed_at IS NOT NULL AND signed_by_id IS NOT NULL)",
            name=op.f("ck_assignments_signed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_assignments_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_assignments_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["from_department_id"],
            ["departments.id"],
            name=op.f("fk_assignments_from_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["instructed_by_id"],
            ["users.id"],
            name=op.f("fk_assignments_instructed_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_assignments_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["users.id"], name=op.f("fk_assignments_sent_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["users.id"], name=op.f("fk_assignments_signed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signed_for_id"], ["users.id"], name=op.f("fk_assignments_signed_for_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignments_public_id")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_assignments_person", ["person_id", "status"], unique=False)
        batch_op.create_index(
            "uq_assignments_open_co",
            ["complaint_id", "department_id"],
            unique=True,
            postgresql_where=sa.text("kind = 'co_handling' AND status IN ('awaiting', 'signed')"),
            sqlite_where=sa.text("kind = 'co_handling' AND status IN ('awaiting', 'signed')"),
        )
        batch_op.create_index(
            "uq_assignments_open_lead",
            ["complaint_id"],
            unique=True,
            postgresql_where=sa.text("kind = 'lead' AND status IN ('awaiting', 'signed')"),
            sqlite_where=sa.text("kind = 'lead' AND status IN ('awaiting', 'signed')"),
        )

    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("subject_type", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_name", sa.String(length=120), nullable=True),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_audit_entries_actor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_audit_entries_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"],
            ["users.id"],
            name=op.f("fk_audit_entries_on_behalf_of_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_audit_entries_entry_hash")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index("ix_audit_entries_subject", ["subject_type", "subject_id"], unique=False)

    op.create_table(
        "complaint_events",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "register",
                "ask_to_complete",
                "supply_missing",
                "acknowledge",
                "accept",
                "refuse",
                "close_on_spot",
                "transfer",
                "sign_for",
                "refuse_signature",
                "arbitrate",
                "take_on",
                "add_co_handler",
                "sign_co_handling",
                "give_co_opinion",
                "grade",
                "submit_opinion",
                "approve",
                "return_opinion",
                "reply",
                "start_follow_up",
                "follow_up",
                "close",
                "reopen",
                "archive",
                "merge",
                "statutory_route",
                "refer",
                "pause",
                "resume",
                "request_extension",
                "extend",
                "decline_extension",
                "supervise",
                "urge",
                "escalate",
                "note",
                "correct",
                "mark_confidential",
                "name_person",
                "clock_warned",
                "clock_breached",
                "imported",
                "attached",
                "attachment_withdrawn",
                "investigated",
                "measure_recorded",
                "accident_linked",
                "revealed",
                "handed_over",
                name="event",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_state",
            sa.Enum(
                "registered",
                "to_complete",
                "accepted",
                "dispatched",
                "in_work",
                "awaiting_approval",
                "replied",
                "following_up",
                "closed",
                "archived",
                "refused",
                "merged",
                "statutory_route",
                "referred",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "registered",
                "to_complete",
                "accepted",
                "dispatched",
                "in_work",
                "awaiting_approval",
                "replied",
                "following_up",
                "closed",
                "archived",
                "refused",
                "merged",
                "statutory_route",
                "referred",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("on_behalf_of_name", sa.String(length=80), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("department_name", sa.String(length=120), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("clause", sa.String(length=80), nullable=True),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_complaint_events_actor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_events_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of_id"],
            ["users.id"],
            name=op.f("fk_complaint_events_on_behalf_of_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_events")),
        sa.UniqueConstraint("public_id", name=op.f("uq_complaint_events_public_id")),
    )
    with op.batch_alter_table("complaint_events", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_events_complaint", ["complaint_id", "id"], unique=False)

    op.create_table(
        "complaint_visibility",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_visibility_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_visibility")),
        sa.UniqueConstraint("audience", "complaint_id", name="uq_complaint_visibility_audience"),
    )
    with op.batch_alter_table("complaint_visibility", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_visibility_complaint", ["complaint_id"], unique=False)

    op.create_table(
        "follow_ups",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
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
                name="follow_up_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum(
                "satisfied",
                "dissatisfied",
                "unreachable",
                name="follow_up_result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_follow_ups_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_follow_ups_complaint_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_ups_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "investigations",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "finished",
                name="investigation_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("standard", sa.String(length=300), nullable=True),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'finished' OR (finished_at IS NOT NULL AND report IS NOT NULL)",
            name=op.f("ck_investigations_finished_has_report"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_investigations_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["users.id"], name=op.f("fk_investigations_leader_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_investigations_public_id")),
    )
    with op.batch_alter_table("investigations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_investigations_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "named_persons",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_deputy", sa.Boolean(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_named_persons_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["users.id"], name=op.f("fk_named_persons_named_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_named_persons_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_persons")),
    )
    with op.batch_alter_table("named_persons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_named_persons_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_named_persons_open",
            ["complaint_id", "user_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "notices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_notices_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notices_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index("ix_notices_inbox", ["user_id", "read_at", "id"], unique=False)

    op.create_table(
        "opinions",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column(
            "responsibility",
            sa.Enum(
                "department",
                "staff",
                "complainant",
                "third_party",
                "none",
                "undetermined",
                name="opinion_responsibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("no_measures_reason", sa.Text(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_for_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_for_id", sa.Integer(), nullable=True),
        sa.Column("exemption_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("meaning", sa.String(length=200), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("returned_at", sa.DateTime(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_opinions_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "approved_at IS NULL OR returned_at IS NULL", name=op.f("ck_opinions_approved_or_returned")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> submitted_by_id OR exemption_id IS NOT NULL",
            name=op.f("ck_opinions_approver_is_not_submitter"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_opinions_approved_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["approved_for_id"], ["users.id"], name=op.f("fk_opinions_approved_for_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_opinions_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["exemption_id"], ["exemptions.id"], name=op.f("fk_opinions_exemption_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_opinions_submitted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_for_id"], ["users.id"], name=op.f("fk_opinions_submitted_for_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    with op.batch_alter_table("opinions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinions_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                name="outbox_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts_not_negative")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_outbox_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["users.id"], name=op.f("fk_outbox_recipient_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_recipient_id"), ["recipient_id"], unique=False)
        batch_op.create_index("ix_outbox_waiting", ["status", "next_attempt_at", "id"], unique=False)

    op.create_table(
        "parties",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "complainant",
                "complained_about",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "organisation",
                "anonymous",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=80), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind = 'anonymous' OR name IS NOT NULL", name=op.f("ck_parties_named_unless_anonymous")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_parties_complaint_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "appraisal",
                "test",
                "complainant_reply",
                "third_party",
                "legal",
                name="pause_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_pauses_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_pauses_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["users.id"], name=op.f("fk_pauses_started_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index(
            "uq_pauses_open",
            ["complaint_id"],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "replies",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
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
                name="reply_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("not_notifiable_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "text IS NOT NULL OR not_notifiable_reason IS NOT NULL", name=op.f("ck_replies_text_or_reason")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_replies_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["users.id"], name=op.f("fk_replies_sent_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "supervisions",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_supervisions_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["users.id"], name=op.f("fk_supervisions_ordered_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisions")),
    )
    with op.batch_alter_table("supervisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervisions_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("accident_id", sa.Integer(), nullable=True),
        sa.Column("investigation_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=True),
        sa.Column("is_evidence", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("taken_where", sa.String(length=200), nullable=True),
        sa.Column("taken_by", sa.String(length=80), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachments_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["accident_id"], ["accidents.id"], name=op.f("fk_attachments_accident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_attachments_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_attachments_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_attachments_uploaded_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachments_public_id")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_accident_id"), ["accident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_attachments_investigation_id"), ["investigation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    op.create_table(
        "clock_runs",
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("accident_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("clause", sa.String(length=80), nullable=True),
        sa.Column("rule", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("start_event", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "paused",
                "met",
                "missed",
                "void",
                name="clock_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("original_due_at", sa.DateTime(), nullable=False),
        sa.Column("is_lower_bound", sa.Boolean(), nullable=False),
        sa.Column("missing_year", sa.Integer(), nullable=True),
        sa.Column("extended_by", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("pauses", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=True),
        sa.Column("warned", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("breached_at", sa.DateTime(), nullable=True),
        sa.Column("next_check_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'paused' OR paused_at IS NOT NULL", name=op.f("ck_clock_runs_paused_when")
        ),
        sa.CheckConstraint(
            "state NOT IN ('met', 'missed') OR stopped_at IS NOT NULL",
            name=op.f("ck_clock_runs_stopped_when"),
        ),
        sa.CheckConstraint(
            "(complaint_id IS NULL) <> (accident_id IS NULL)", name=op.f("ck_clock_runs_one_subject")
        ),
        sa.CheckConstraint("due_at >= started_at", name=op.f("ck_clock_runs_due_after_start")),
        sa.ForeignKeyConstraint(
            ["accident_id"], ["accidents.id"], name=op.f("fk_clock_runs_accident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_clock_runs_complaint_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_runs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_clock_runs_public_id")),
    )
    with op.batch_alter_table("clock_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_runs_accident_id"), ["accident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clock_runs_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index("ix_clock_runs_sweep", ["state", "next_check_at", "id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column("allegation", sa.Text(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "upheld",
                "partly",
                "not_upheld",
                "undetermined",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_findings_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_investigation_id"), ["investigation_id"], unique=False)

    op.create_table(
        "investigation_members",
        sa.Column("investigation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["investigation_id"],
            ["investigations.id"],
            name=op.f("fk_investigation_members_investigation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_investigation_members_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_members")),
        sa.UniqueConstraint("investigation_id", "user_id", name="uq_investigation_members_person"),
    )
    with op.batch_alter_table("investigation_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_investigation_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "measures",
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("accident_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "repair",
                "replacement",
                "return",
                "refund",
                "compensation",
                "rectification",
                "penalty",
                "training",
                "discipline",
                "improvement",
                "prevention",
                "other",
                name="measure_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "done",
                "verified",
                "dropped",
                name="measure_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_text", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("drop_reason", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("status <> 'done' OR done_at IS NOT NULL", name=op.f("ck_measures_done_when")),
        sa.CheckConstraint(
            "status <> 'dropped' OR drop_reason IS NOT NULL", name=op.f("ck_measures_dropped_with_reason")
        ),
        sa.CheckConstraint(
            "status <> 'verified' OR (verified_at IS NOT NULL AND done_at IS NOT NULL)",
            name=op.f("ck_measures_verified_when"),
        ),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_measures_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["accident_id"], ["accidents.id"], name=op.f("fk_measures_accident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_measures_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_measures_department_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_measures_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["users.id"], name=op.f("fk_measures_verified_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint("public_id", name=op.f("uq_measures_public_id")),
    )
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measures_accident_id"), ["accident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measures_complaint_id"), ["complaint_id"], unique=False)

    op.create_table(
        "extensions",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("clock_run_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "granted",
                "declined",
                name="extension_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("told_complainant_at", sa.DateTime(), nullable=True),
        sa.Column("told_how", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'granted' OR told_complainant_at IS NOT NULL",
            name=op.f("ck_extensions_complainant_told"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_extensions_positive")),
        sa.ForeignKeyConstraint(
            ["clock_run_id"], ["clock_runs.id"], name=op.f("fk_extensions_clock_run_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_extensions_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["users.id"], name=op.f("fk_extensions_granted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_extensions_requested_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extensions_clock_run_id"), ["clock_run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_extensions_complaint_id"), ["complaint_id"], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        for name, table, target, column in CIRCULAR:
            op.create_foreign_key(name, table, target, [column], ["id"], ondelete="RESTRICT")

    make_append_only(*APPEND_ONLY)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for name, table, _target, _column in CIRCULAR:
            op.drop_constraint(name, table, type_="foreignkey")
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extensions_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_extensions_clock_run_id"))

    op.drop_table("extensions")
    with op.batch_alter_table("measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measures_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_measures_accident_id"))

    op.drop_table("measures")
    with op.batch_alter_table("investigation_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investigation_members_user_id"))

    op.drop_table("investigation_members")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_findings_investigation_id"))

    op.drop_table("findings")
    with op.batch_alter_table("clock_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_runs_sweep")
        batch_op.drop_index(batch_op.f("ix_clock_runs_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_clock_runs_accident_id"))

    op.drop_table("clock_runs")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachments_investigation_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_accident_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("supervisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervisions_complaint_id"))

    op.drop_table("supervisions")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replies_complaint_id"))

    op.drop_table("replies")
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_pauses_open",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("pauses")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parties_complaint_id"))

    op.drop_table("parties")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_waiting")
        batch_op.drop_index(batch_op.f("ix_outbox_recipient_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_complaint_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("opinions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opinions_complaint_id"))

    op.drop_table("opinions")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_inbox")
        batch_op.drop_index(batch_op.f("ix_notices_complaint_id"))

    op.drop_table("notices")
    with op.batch_alter_table("named_persons", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_named_persons_open",
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_named_persons_user_id"))

    op.drop_table("named_persons")
    with op.batch_alter_table("investigations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investigations_complaint_id"))

    op.drop_table("investigations")
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_ups_complaint_id"))

    op.drop_table("follow_ups")
    with op.batch_alter_table("complaint_visibility", schema=None) as batch_op:
        batch_op.drop_index("ix_complaint_visibility_complaint")

    op.drop_table("complaint_visibility")
    with op.batch_alter_table("complaint_events", schema=None) as batch_op:
        batch_op.drop_index("ix_complaint_events_complaint")

    op.drop_table("complaint_events")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entries_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_actor_id"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignments_open_lead",
            postgresql_where=sa.text("kind = 'lead' AND status IN ('awaiting', 'signed')"),
            sqlite_where=sa.text("kind = 'lead' AND status IN ('awaiting', 'signed')"),
        )
        batch_op.drop_index(
            "uq_assignments_open_co",
            postgresql_where=sa.text("kind = 'co_handling' AND status IN ('awaiting', 'signed')"),
            sqlite_where=sa.text("kind = 'co_handling' AND status IN ('awaiting', 'signed')"),
        )
        batch_op.drop_index("ix_assignments_person")
        batch_op.drop_index(batch_op.f("ix_assignments_department_id"))
        batch_op.drop_index(batch_op.f("ix_assignments_complaint_id"))

    op.drop_table("assignments")
    op.drop_table("archive_records")
    with op.batch_alter_table("accidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accidents_department_id"))
        batch_op.drop_index(batch_op.f("ix_accidents_complaint_id"))

    op.drop_table("accidents")
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_grants_open_all",
            postgresql_where=sa.text("ended_at IS NULL AND department_id IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND department_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_role_grants_open",
            postgresql_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
            sqlite_where=sa.text("ended_at IS NULL AND department_id IS NOT NULL"),
        )

    op.drop_table("role_grants")
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_index("ix_complaints_state")
        batch_op.drop_index(batch_op.f("ix_complaints_source_reference"))
        batch_op.drop_index(batch_op.f("ix_complaints_responsible_id"))
        batch_op.drop_index("ix_complaints_received")
        batch_op.drop_index(batch_op.f("ix_complaints_product"))
        batch_op.drop_index(batch_op.f("ix_complaints_procedure_version_id"))
        batch_op.drop_index(batch_op.f("ix_complaints_master_id"))
        batch_op.drop_index("ix_complaints_list")
        batch_op.drop_index("ix_complaints_handler")
        batch_op.drop_index(batch_op.f("ix_complaints_first_receiver_id"))
        batch_op.drop_index("ix_complaints_department")
        batch_op.drop_index(batch_op.f("ix_complaints_batch"))

    op.drop_table("complaints")
    op.drop_table("saved_views")
    with op.batch_alter_table("ledger_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_batches_header_key"))

    op.drop_table("ledger_batches")
    with op.batch_alter_table("leave_covers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leave_covers_principal_id"))
        batch_op.drop_index(batch_op.f("ix_leave_covers_deputy_id"))

    op.drop_table("leave_covers")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_user_id"))

    op.drop_table("jobs")
    op.drop_table("exemptions")
    with op.batch_alter_table("done_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_done_requests_at"))

    op.drop_table("done_requests")
    op.drop_table("column_choices")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_department_id"))

    op.drop_table("users")
    with op.batch_alter_table("department_successions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_successions_to_id"))
        batch_op.drop_index(batch_op.f("ix_department_successions_from_id"))

    op.drop_table("department_successions")
    op.drop_table("withdrawn_numbers")
    op.drop_table("procedure_versions")
    op.drop_table("organisation")
    op.drop_table("number_series")
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_departments_parent_id"))

    op.drop_table("departments")
    op.drop_table("calendar_years")
    op.drop_table("calendar_days")
    drop_append_only()
