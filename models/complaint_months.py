"""How many complaints each audience may see, month by month."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.fields import HIDDEN


class ComplaintMonth(Base):
    """The rows of `complaint_visibility` of one audience and month of receipt (UTC), counted.

    Kept by services.access.months: with it a page far down the list is found, and all rows are counted, without
    reading what stands before it.
    """

    __tablename__ = "complaint_months"
    __table_args__ = (sa.UniqueConstraint("audience", "month", name="uq_complaint_months_audience"),)

    audience: Mapped[str] = mapped_column(sa.String(20), info=HIDDEN)
    month: Mapped[int] = mapped_column(info=HIDDEN)
    """Year × 100 + month."""
    number: Mapped[int] = mapped_column(info=HIDDEN)
