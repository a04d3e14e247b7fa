"""Measures with data of their own kind, checks of their effect, appeals; solutions, warranty, appraisals, penalties.

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.support import add_enum_values, drop_enum_values

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEW_KINDS = ("corrective", "process", "verification", "contact", "progress", "sales", "dispatch")
KINDS = (
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
    *NEW_KINDS,
    "other",
)
BEARERS = ("company", "complainant", "responsible_unit", "third_party")
CHOICES = {
    "compensation_form": ("compensation_form", ("money", "goods", "service", "other")),
    "freight_by": ("freight_by", BEARERS),
    "severity": ("severity", ("minor", "grave", "very_grave")),
    "check_result": ("check_result", ("effective", "not_effective")),
    "appeal_outcome": ("appeal_outcome", ("upheld", "changed", "lifted")),
}
TEXTS = ("none_due_reason", "cause", "check_text", "appeal_grounds", "appeal_text")
DATES = ("given_on", "help_asked_on", "promised_on", "agreed_on", "check_on", "appealed_on")
MOMENTS = ("checked_at", "appeal_decided_at", "reminded_at", "overdue_told_at", "check_told_at")
REFERENCES = {"agreed_with_id": "departments", "checked_by_id": "users", "appeal_decided_by_id": "users"}
CHECKS = {
    "checked_with_result": "(checked_at IS NULL) = (check_result IS NULL)",
    "appeal_decided_with_outcome": "(appeal_decided_at IS NULL) = (appeal_outcome IS NULL)",
    "decided_after_appeal": "appeal_outcome IS NULL OR appealed_on IS NOT NULL",
}


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _tail(table: str, *, unique_complaint: bool = False) -> list[sa.schema.SchemaItem]:
    """The columns that every record has, with the constraints on them."""
    rows: list[sa.schema.SchemaItem] = [
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f(f"fk_{table}_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]
    if unique_complaint:
        rows.append(sa.UniqueConstraint("complaint_id", name=op.f(f"uq_{table}_complaint_id")))
    return rows


def upgrade() -> None:
    add_enum_values("measures", "kind", "measure_kind", *NEW_KINDS)
    with op.batch_alter_table("measures") as batch:
        for name in TEXTS:
            batch.add_column(sa.Column(name, sa.Text(), nullable=True))
        for name in DATES:
            batch.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name in MOMENTS:
            batch.add_column(sa.Column(name, sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("person_name", sa.String(length=120), nullable=True))
        for name, (_constraint, _values) in CHOICES.items():
            batch.add_column(sa.Column(name, sa.String(length=40), nullable=True))
        for name in REFERENCES:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
    with op.batch_alter_table("measures") as batch:
        for name, (constraint, values) in CHOICES.items():
            allowed = ", ".join(f"'{value}'" for value in values)
            batch.create_check_constraint(op.f(f"ck_measures_{constraint}"), f"{name} IN ({allowed})")
        for name, sql in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_measures_{name}"), sql)
        for name, target in REFERENCES.items():
            batch.create_foreign_key(op.f(f"fk_measures_{name}"), target, [name], ["id"], ondelete="RESTRICT")
    with op.batch_alter_table("complaints") as batch:
        batch.add_column(sa.Column("is_repeat", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("complaints") as batch:
        batch.alter_column("is_repeat", server_default=None)
    with op.batch_alter_table("assignments") as batch:
        batch.add_column(sa.Column("coordinator", sa.String(length=200), nullable=True))
    _create_solutions()
    _create_warranties()
    _create_appraisals()
    _create_penalty_referrals()


def _create_solutions() -> None:
    op.create_table(
        "solutions",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("solution_kind", KINDS), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", _choice("solution_answer", ("open", "accepted", "declined")), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(answer = 'open') = (answered_on IS NULL)", name=op.f("ck_solutions_answered_when")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["users.id"], name=op.f("fk_solutions_offered_by_id"), ondelete="RESTRICT"
        ),
        *_tail("solutions"),
    )
    with op.batch_alter_table("solutions") as batch:
        batch.create_index(batch.f("ix_solutions_complaint_id"), ["complaint_id"], unique=False)


def _create_warranties() -> None:
    op.create_table(
        "warranties",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("design_life_years", sa.Integer(), nullable=True),
        sa.Column("contract_years", sa.Integer(), nullable=True),
        sa.Column("appeared_on", sa.Date(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visit_found", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "design_life_years IS NULL OR design_life_years > 0",
            name=op.f("ck_warranties_design_life_positive"),
        ),
        sa.CheckConstraint(
            "contract_years IS NULL OR contract_years > 0", name=op.f("ck_warranties_contract_positive")
        ),
        sa.CheckConstraint(
            "(visited_on IS NULL) = (visit_found IS NULL)", name=op.f("ck_warranties_visited_with_finding")
        ),
        *_tail("warranties", unique_complaint=True),
    )


def _create_appraisals() -> None:
    op.create_table(
        "appraisals",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_kind", _choice("appraisal_body", ("qualified", "experts")), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("qualification", sa.String(length=120), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("commissioned_on", sa.Date(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("advanced_by", _choice("advanced_by", BEARERS), nullable=False),
        sa.Column(
            "result", _choice("appraisal_result", ("open", "conforming", "not_conforming")), nullable=False
        ),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("result_text", sa.Text(), nullable=True),
        sa.Column("borne_by", _choice("borne_by", BEARERS), nullable=True),
        sa.Column("bearer_clause", sa.String(length=80), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_appraisals_cost_not_negative")),
        sa.CheckConstraint("(result = 'open') = (result_on IS NULL)", name=op.f("ck_appraisals_result_when")),
        sa.CheckConstraint(
            "(result = 'open') = (borne_by IS NULL)", name=op.f("ck_appraisals_bearer_with_result")
        ),
        sa.CheckConstraint(
            "body_kind <> 'qualified' OR qualification IS NOT NULL",
            name=op.f("ck_appraisals_qualified_body_shows_it"),
        ),
        *_tail("appraisals"),
    )
    with op.batch_alter_table("appraisals") as batch:
        batch.create_index(batch.f("ix_appraisals_complaint_id"), ["complaint_id"], unique=False)


def _create_penalty_referrals() -> None:
    op.create_table(
        "penalty_referrals",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("ground", _choice("penalty_ground", ("overdue", "against_rules")), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (outcome_on IS NULL)", name=op.f("ck_penalty_referrals_outcome_when")
        ),
        *_tail("penalty_referrals"),
    )
    with op.batch_alter_table("penalty_referrals") as batch:
        batch.create_index(batch.f("ix_penalty_referrals_complaint_id"), ["complaint_id"], unique=False)


def downgrade() -> None:
    for table in ("penalty_referrals", "appraisals", "warranties", "solutions"):
        op.drop_table(table)
    with op.batch_alter_table("assignments") as batch:
        batch.drop_column("coordinator")
    with op.batch_alter_table("complaints") as batch:
        batch.drop_column("is_repeat")
    with op.batch_alter_table("measures") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_measures_{name}"), type_="check")
        for constraint, _values in CHOICES.values():
            batch.drop_constraint(op.f(f"ck_measures_{constraint}"), type_="check")
        for name in REFERENCES:
            batch.drop_constraint(op.f(f"fk_measures_{name}"), type_="foreignkey")
        for name in (*TEXTS, *DATES, *MOMENTS, *REFERENCES, *CHOICES, "person_name"):
            batch.drop_column(name)
    drop_enum_values("measures", "kind", "measure_kind", *NEW_KINDS)
