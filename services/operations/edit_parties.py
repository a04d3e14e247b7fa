"""Correcting who complains and about whom: a correction of the record, personal values kept out of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from models import Complaint, Party
from models.enums import EventKind, PartyKind, PartySide
from models.labels import _l
from services import audit
from services.errors import Invalid, NotFound, Stale
from services.procedures.schema import Procedure
from services.unit_of_work import UnitOfWork
from services.workflow.parties import keep_first_complainant, party_faults
from services.workflow.procedure_words import coded_faults
from services.workflow.steps import Act, begin
from services.workflow.typed import optional

EDITABLE = ("kind", "complainant_kind", "name", "phone", "email", "address", "notes")
LONGEST_REASON = 200


def edit_party(
    work: UnitOfWork,
    complaint_id: str,
    party_id: int,
    version: int | None = None,
    *,
    values: Mapping[str, Any],
    reason: str | None = None,
) -> Complaint:
    """The complaint with one party corrected. NotFound for a party of another complaint.

    Stale with the values that stand now; Invalid at the field. Who and when is recorded, of personal values only that
    they changed.
    """
    act = begin(work, complaint_id, EventKind.CORRECT)
    query = sa.select(Party).where(Party.id == party_id, Party.complaint_id == act.complaint.id)
    party = work.session.scalars(
        query.with_for_update(of=Party).execution_options(populate_existing=True)
    ).first()
    if party is None:
        raise NotFound
    earlier = audit.values_of(party)
    if version is not None and version != party.version:
        raise Stale(earlier, party.version)
    reason = optional(reason, "reason", LONGEST_REASON)
    _put(party, values, act.situation.procedure)
    before, after = audit.differences(party, earlier)
    if not after:
        return act.complaint
    return _finish(act, party, "party.edit", before, after, reason)


def add_party(
    work: UnitOfWork,
    complaint_id: str,
    *,
    side: PartySide | None,
    values: Mapping[str, Any],
    reason: str | None = None,
) -> Complaint:
    """The complaint with a further party. Errors as for `edit_party`."""
    act = begin(work, complaint_id, EventKind.CORRECT)
    if side is None:
        raise Invalid({"side": _l("Say on which side.")})
    reason = optional(reason, "reason", LONGEST_REASON)
    party = Party(side=side, kind=PartyKind.PERSON)
    _put(party, values, act.situation.procedure)
    act.complaint.parties.append(party)
    work.session.flush()
    _before, after = audit.differences(party, {})
    return _finish(act, party, "party.add", {}, after, reason)


def _put(party: Party, values: Mapping[str, Any], procedure: Procedure) -> None:
    foreign = set(values) - set(EDITABLE)
    if foreign:
        raise Invalid({key: _l("This field is not edited by hand.") for key in foreign})
    said = {key: getattr(party, key) for key in EDITABLE} | dict(values)
    if said["kind"] is PartyKind.ANONYMOUS:
        said["name"] = None
    if party.side is PartySide.COMPLAINED_ABOUT:
        said["complainant_kind"] = None
    if faults := party_faults(said) | coded_faults(procedure, said, party):
        raise Invalid(faults)
    for key, value in said.items():
        if getattr(party, key) != value:
            setattr(party, key, value)


def _finish(
    act: Act,
    party: Party,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str | None,
) -> Complaint:
    keep_first_complainant(act.complaint)
    act.work.record(
        audit.Draft(
            action,
            "party",
            party.id,
            act.complaint.number,
            act.complaint,
            before=before,
            after=after,
            reason=reason,
            on_behalf_of_id=act.for_id,
        )
    )
    return act.finish(text=reason, reason=reason, party=party.side)
