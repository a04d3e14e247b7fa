"""Identity documents of complainants, and their consent to data leaving the organisation."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Addressed, Base, Stamped, check, to
from models.complaints import Complaint
from models.enums import Labelled
from models.fields import HIDDEN, Sensitivity, field
from models.labels import _l
from models.organisation import User
from models.types import enum_type


class IdentityKind(Labelled):
    """Which document shows who somebody is."""

    ID_CARD = "id_card", _l("Identity card")
    PASSPORT = "passport", _l("Passport")
    RESIDENCE_PERMIT = "residence_permit", _l("Residence permit")
    BUSINESS_LICENCE = "business_licence", _l("Business licence")
    OTHER = "other", _l("Other document")


class IdentityDocument(Addressed, Stamped, Base):
    """The document of the complainant (R07-04). Its number is encrypted; a keyed digest finds it by exact match."""

    __tablename__ = "identity_documents"

    complaint_id: Mapped[int] = mapped_column(to("complaints"), unique=True, info=HIDDEN)
    kind: Mapped[IdentityKind] = mapped_column(
        enum_type(IdentityKind, "identity_kind"), info=field(_l("Identity document"))
    )
    number_sealed: Mapped[str] = mapped_column(
        sa.Text, info=field("number_sealed", Sensitivity.SECRET, form=False)
    )
    number_index: Mapped[str] = mapped_column(
        sa.String(64), index=True, info=field("number_index", Sensitivity.SECRET, form=False)
    )
    number_masked: Mapped[str] = mapped_column(
        sa.String(40), info=field(_l("Number of the document"), read_only=True)
    )
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])


class Consent(Addressed, Stamped, Base):
    """The customer agreed that data leave the organisation: which, to whom, when, and how it was said (R03-12)."""

    __tablename__ = "consents"
    __table_args__ = (check("withdrawn_on IS NULL OR withdrawn_on >= given_on", "withdrawn_after_given"),)

    complaint_id: Mapped[int] = mapped_column(to("complaints"), index=True, info=HIDDEN)
    recipient: Mapped[str] = mapped_column(sa.String(200), info=field(_l("To whom data may go")))
    scope: Mapped[str] = mapped_column(sa.String(300), info=field(_l("Which data")))
    how: Mapped[str] = mapped_column(sa.String(200), info=field(_l("How the customer agreed")))
    given_on: Mapped[date] = mapped_column(sa.Date, info=field(_l("Agreed on")))
    withdrawn_on: Mapped[date | None] = mapped_column(sa.Date, info=field(_l("Withdrawn on"), read_only=True))
    recorded_by_id: Mapped[int | None] = mapped_column(
        to("users"), info=field(_l("Recorded by"), shows="recorded_by", read_only=True)
    )

    complaint: Mapped[Complaint] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
