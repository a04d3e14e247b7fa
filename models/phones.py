"""A telephone number as it is compared: digits only, without the country code."""

from __future__ import annotations

import re

SHORTEST = 5


def phone_key(phone: str | None) -> str | None:
    """What two ways of writing one number have in common; None for what is too short to tell people apart."""
    digits = re.sub(r"\D", "", phone or "")
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits[:40] if len(digits) >= SHORTEST else None
