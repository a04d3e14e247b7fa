"""What complaints are searched by."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.fields import HIDDEN

DERIVED = (
    "complaint_open_grams",
    "complaint_personal_grams",
    "ix_complaint_texts_open_grams",
    "ix_complaint_texts_personal_grams",
)
"""The index over these texts: full-text tables on SQLite, indexes over a function on PostgreSQL. Migrations make them;
no model declares them."""


def is_derived(name: str | None) -> bool:
    """Whether a table or an index of the database belongs to the search index (its shadow tables as well)."""
    return name is not None and name.startswith(DERIVED)


class ComplaintText(Base):
    """The texts of one complaint in one spelling, field after field (see grams.py), kept by services.search.

    What follows from other rows: no backup carries it, and `flask desk search-index --rebuild` makes it anew.
    """

    __tablename__ = "complaint_texts"

    id: Mapped[int] = mapped_column(
        sa.ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, info=HIDDEN
    )
    heading: Mapped[int] = mapped_column(info=HIDDEN)
    """How many characters number and subject take at the beginning of `open_text`."""
    open_text: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)
    personal_text: Mapped[str] = mapped_column(sa.Text, info=HIDDEN)
    """Found only by those who handle the case (services.access.masking)."""
