"""The parties of a complaint, and the complaint's own copy of its first complainant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Complaint, Party
from models.enums import PartyKind, PartySide
from models.labels import _l
from services.errors import Text
from services.workflow.typed import column_faults


def keep_first_complainant(complaint: Complaint) -> None:
    """Copy name and telephone of the first complainant with a name onto the complaint, and whose kind is known first:
    lists and search read them."""
    named = next(
        (party for party in complaint.parties if party.side is PartySide.COMPLAINANT and party.name), None
    )
    complaint.is_anonymous = named is None
    complaint.complainant_name = named.name if named else None
    complaint.complainant_phone = named.phone if named else None
    complaint.complainant_kind = next(
        (
            party.complainant_kind
            for party in complaint.parties
            if party.side is PartySide.COMPLAINANT and party.complainant_kind
        ),
        None,
    )


def party_faults(values: Mapping[str, Any]) -> dict[str, Text]:
    """What is wrong with a party as typed in, by field."""
    faults = column_faults(Party, values)
    if values.get("kind") is not PartyKind.ANONYMOUS and not values.get("name"):
        faults["name"] = _l("Give the name, or choose anonymous.")
    return faults
