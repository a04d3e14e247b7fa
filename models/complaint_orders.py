"""What complaints are sorted by where a text or a name decides."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.fields import HIDDEN
from models.types import bytewise

ORDER_KEY = bytewise(120)


class ComplaintOrder(Base):
    """The keys of one complaint (see pinyin.py), kept by services.listing.orders.

    What follows from other rows; beside the complaint, so that its wide rows are not written anew for them.
    """

    __tablename__ = "complaint_orders"
    __table_args__ = (
        sa.Index("ix_complaint_orders_department", "department_key", "id"),
        sa.Index("ix_complaint_orders_handler", "handler_key", "id"),
        sa.Index("ix_complaint_orders_product", "product_key", "id"),
    )

    id: Mapped[int] = mapped_column(
        sa.ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, info=HIDDEN
    )
    department_key: Mapped[str | None] = mapped_column(ORDER_KEY, info=HIDDEN)
    handler_key: Mapped[str | None] = mapped_column(ORDER_KEY, info=HIDDEN)
    product_key: Mapped[str | None] = mapped_column(ORDER_KEY, info=HIDDEN)
