"""What the screens of quality work share: which complaint a new record is for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import request

from extensions import db
from models import Complaint


def asked_complaint() -> int | None:
    """The id of the complaint that the address names (`?complaint=<address>`), if it is in scope."""
    address = request.args.get("complaint", "")
    if not address:
        return None
    found: Any = db.session().scalar(sa.select(Complaint.id).where(Complaint.public_id == address))
    return int(found) if found is not None else None
