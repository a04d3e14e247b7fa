"""What a regulation says of the data of the people in a case."""

from __future__ import annotations

from services.procedures.parts import Ruled


class IdentityAsked(Ruled):
    """The complainant's identity document is asked for at registration and recorded; the number stays sealed."""


class ConsentNeeded(Ruled):
    """Personal data leave the organisation only with the customer's recorded consent."""
