"""The register of complaints for a period, printed: filled with what the reader may see, and recorded as an export."""

from __future__ import annotations

import hashlib
from datetime import date

from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.attachments.store import FileStore
from services.documents.forms import form_of
from services.documents.making import Made, make
from services.documents.reading import Subject
from services.errors import Invalid, NotFound, NotPermitted
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.unit_of_work import UnitOfWork

LONGEST_DAYS = 366


def print_register(
    work: UnitOfWork, store: FileStore, first: date | None, last: date | None, language: str = "zh"
) -> Made:
    """PDF and Word of the register (投诉登记簿) of every complaint received from `first` to `last`, both included."""
    if not work.actor.is_system and not work.actor.may(Permission.LEDGER_EXPORT):
        raise NotPermitted
    if first is None or last is None:
        raise Invalid({"first" if first is None else "last": _l("Please fill this in.")})
    if last < first:
        raise Invalid({"last": _l("The period ends before it begins.")})
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid({"last": _l("At most a year at a time.")})
    version = current_version(work.session)
    if version is None:
        raise NotFound
    procedure = parsed(version)
    form = form_of(procedure, "complaint_register", "register")
    subject = Subject(work.session, work.actor, procedure, work.now, period=(first, last))
    made = make(store, subject, form, language)
    work.record(
        audit.Draft(
            "document.register",
            "register",
            None,
            f"{first.isoformat()} – {last.isoformat()}",
            after={"content": made.content_hash, "pdf": hashlib.sha256(made.pdf).hexdigest()},
        )
    )
    return made
