"""What checking a seal found, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from admin_views.audit_words import action_label, subject_label
from models import ArchiveSeal, Base
from services.archives.checking import Difference, Fault
from services.records import subject_of

_SUBJECT_OF_TABLE = {
    mapper.class_.__tablename__: subject_of(mapper.class_) for mapper in Base.registry.mappers
}


def part_name(table: str) -> str:
    """A table of a file as people call its records, with its own name for whoever looks into the database."""
    label = subject_label(_SUBJECT_OF_TABLE.get(table, table))
    return f"{label} ({table})" if label != table else table


def difference_in_words(one: Difference) -> str:
    """One difference as a sentence."""
    if one.fault is Fault.FILE_MISSING:
        return _("The stored file %(name)s is missing.", name=one.name[:16] + "…")
    if one.fault is Fault.FILE_CHANGED:
        return _("The stored file %(name)s is not what was sealed.", name=one.name[:16] + "…")
    if one.fault is Fault.SEAL:
        return _("The seal itself was changed: it does not agree with the audit trail.")
    part = part_name(one.name)
    if one.fault is Fault.CHANGED:
        return _("%(part)s: content was changed.", part=part)
    return _(
        "%(part)s: %(sealed)s rows were sealed, %(found)s are there.",
        part=part,
        sealed=one.sealed,
        found=one.found,
    )


def occasion_in_words(seal: ArchiveSeal) -> str:
    """Why a seal was put on, with the step that changed the file."""
    label = str(seal.occasion.label)
    return f"{label}: {action_label(seal.cause)}" if seal.cause else label
