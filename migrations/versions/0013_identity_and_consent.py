"""Identity documents of complainants, and consent to data leaving the organisation.

Revision: 0013, after 0012
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = ("id_card", "passport", "residence_permit", "business_licence", "other")


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="identity_kind", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "identity_documents",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("number_sealed", sa.Text(), nullable=False),
        sa.Column("number_index", sa.String(64), nullable=False),
        sa.Column("number_masked", sa.String(40), nullable=False),
        *_tail("identity_documents"),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_identity_documents_complaint_id")),
    )
    op.create_table(
        "consents",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(300), nullable=False),
        sa.Column("how", sa.String(200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= given_on", name=op.f("ck_consents_withdrawn_after_given")
        ),
        *_tail("consents"),
    )
    for table, column in (("identity_documents", "number_index"), ("consents", "complaint_id")):
        with op.batch_alter_table(table) as batch:
            batch.create_index(batch.f(f"ix_{table}_{column}"), [column], unique=False)


def _tail(table: str) -> list[Any]:
    return [
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
            )
            for column, target in (("complaint_id", "complaints"), ("recorded_by_id", "users"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]


def downgrade() -> None:
    op.drop_table("consents")
    op.drop_table("identity_documents")
