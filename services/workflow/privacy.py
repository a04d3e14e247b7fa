"""Numbers of identity documents, and whether the customer agreed that data leave the organisation."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Complaint
from models.labels import _l
from models.privacy import Consent, IdentityKind
from services.errors import Reason, Refused, Text
from services.procedures.of_complaint import procedure_of

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def tidy(number: str) -> str:
    """The number without spaces and hyphens, in capitals: the same document always reads the same."""
    return re.sub(r"[\s-]+", "", number).upper()


def number_faults(kind: IdentityKind | None, number: str) -> Text | None:
    """What is wrong with a number: identity cards carry their own check digit (GB 11643)."""
    if not number:
        return _l("Give the number of the document.")
    if len(number) > 40 or not re.fullmatch(r"[0-9A-Z()（）]+", number):
        return _l("Letters and digits only, at most 40.")
    if kind is IdentityKind.ID_CARD:
        if not re.fullmatch(r"\d{17}[\dX]", number):
            return _l("An identity card has 18 characters: 17 digits, and a digit or X at the end.")
        total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
        if _CHECK[total % 11] != number[-1]:
            return _l("The check digit does not fit: one of the digits is mistyped.")
    return None


def masked_number(number: str) -> str:
    """Enough to tell two documents of one case apart, not enough to use one."""
    return f"{number[:2]}{'*' * max(4, len(number) - 4)}{number[-2:]}" if len(number) > 6 else "****"


def consents_of(session: Session, complaint: Complaint) -> list[Consent]:
    query = sa.select(Consent).where(Consent.complaint_id == complaint.id).order_by(Consent.id)
    return list(session.scalars(query))


def require_consent(session: Session, complaint: Complaint, recipient: str) -> None:
    """Refused when personal data are about to go to `recipient` without the customer's consent on record (R03-12).

    Who stayed anonymous has no data to pass on.
    """
    rule = procedure_of(session, complaint).consent_to_pass_on
    if rule is None or complaint.is_anonymous:
        return
    if any(_covers(one, recipient) for one in consents_of(session, complaint)):
        return
    message = _l(
        "Nothing on record says that the customer agreed to data going to %(recipient)s (%(clause)s). "
        "Record the consent first.",
        recipient=recipient,
        clause=", ".join(rule.clause) or _l("own rule"),
    )
    raise Refused([Reason("no_consent", message, "people")])


def _covers(consent: Any, recipient: str) -> bool:
    """A consent stands for the recipient it names, until it is withdrawn."""
    return consent.withdrawn_on is None and consent.recipient.strip() == recipient.strip()
