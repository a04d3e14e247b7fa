"""The numbers that complaints are given."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Stamped, check
from models.fields import HIDDEN, field
from models.labels import _l


class NumberSeries(Base):
    """The last number given per prefix, year and confidentiality; taken under its row lock, so without gaps."""

    __tablename__ = "number_series"
    __table_args__ = (
        sa.UniqueConstraint("prefix", "year", "is_confidential", name="uq_number_series_key"),
        check("last >= 0", "not_negative"),
    )

    prefix: Mapped[str] = mapped_column(sa.String(20), info=HIDDEN)
    year: Mapped[int] = mapped_column(info=HIDDEN)
    is_confidential: Mapped[bool] = mapped_column(default=False, info=HIDDEN)
    last: Mapped[int] = mapped_column(default=0, info=HIDDEN)


class WithdrawnNumber(Stamped, Base):
    """A number that a complaint gave up when it was marked confidential; the series shows it as withdrawn."""

    __tablename__ = "withdrawn_numbers"

    number: Mapped[str] = mapped_column(sa.String(40), unique=True, info=field(_l("Number"), default=True))
