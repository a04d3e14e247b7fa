"""An approval by the submitter is possible under a recorded exemption, and only then.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APART = "ck_opinions_approver_is_not_submitter"


def upgrade() -> None:
    with op.batch_alter_table("opinions") as batch_op:
        batch_op.add_column(sa.Column("exemption_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_opinions_exemption_id"), "exemptions", ["exemption_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.drop_constraint(op.f(APART), type_="check")
        batch_op.create_check_constraint(
            op.f(APART),
            "approved_by_id IS NULL OR approved_by_id <> submitted_by_id OR exemption_id IS NOT NULL",
        )


def downgrade() -> None:
    # What was approved under an exemption can't be kept under the old rule: its approval is taken back.
    op.execute(
        "UPDATE opinions SET approved_at = NULL, approved_by_id = NULL, approved_for_id = NULL"
        " WHERE approved_by_id = submitted_by_id"
    )
    with op.batch_alter_table("opinions") as batch_op:
        batch_op.drop_constraint(op.f(APART), type_="check")
        batch_op.create_check_constraint(
            op.f(APART), "approved_by_id IS NULL OR approved_by_id <> submitted_by_id"
        )
        batch_op.drop_constraint(op.f("fk_opinions_exemption_id"), type_="foreignkey")
        batch_op.drop_column("exemption_id")
