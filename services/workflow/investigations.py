"""The rows of an investigation: its team and its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from models import Finding, Investigation, InvestigationMember, User
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork

Rows = Sequence[Mapping[str, Any]]


def put_rows(work: UnitOfWork, investigation: Investigation, members: Rows, findings: Rows) -> dict[str, Any]:
    """Make team and findings what the rows say: changed, added, taken out. Returns what changed, for the audit."""
    ids = [row["user_id"] for row in members if row.get("user_id") is not None]
    if len(ids) != len(set(ids)):
        raise Invalid({"members": _l("A person can be in the team only once.")})
    changed: dict[str, Any] = {}
    before, after = _names(work, investigation), None
    if _put(work, InvestigationMember, investigation, members, ("user_id", "part")):
        after = _names(work, investigation)
        changed["members"] = {"from": before, "to": after}
    if _put(work, Finding, investigation, findings, ("allegation", "verdict", "facts")):
        query = sa.select(Finding.allegation, Finding.verdict).where(
            Finding.investigation_id == investigation.id
        )
        changed["findings"] = [
            f"{row.allegation[:80]}: {row.verdict.value}" for row in work.session.execute(query)
        ]
    return changed


def _put(
    work: UnitOfWork, model: Any, investigation: Investigation, rows: Rows, keys: tuple[str, ...]
) -> bool:
    """Whether anything changed. Rows without any value are left out; ids of other investigations are unknown here."""
    query = sa.select(model).where(model.investigation_id == investigation.id)
    known = {row.id: row for row in work.session.scalars(query)}
    kept: set[int] = set()
    changed = False
    for values in rows:
        if all(values.get(key) in (None, "") for key in keys):
            continue
        row = known.get(values.get("id") or 0)
        if row is None:
            row = model(investigation_id=investigation.id)
            work.session.add(row)
        else:
            kept.add(row.id)
        for key in keys:
            if getattr(row, key) != values.get(key):
                setattr(row, key, values.get(key))
                changed = True
    for row_id, row in known.items():
        if row_id not in kept:
            work.session.delete(row)
            changed = True
    work.session.flush()
    return changed


def _names(work: UnitOfWork, investigation: Investigation) -> list[str]:
    query = (
        sa.select(User.name)
        .join(InvestigationMember, InvestigationMember.user_id == User.id)
        .where(InvestigationMember.investigation_id == investigation.id)
        .order_by(User.name)
    )
    return list(work.session.scalars(query))


def team(work: UnitOfWork, investigation: Investigation) -> list[int]:
    """Leader and members."""
    query = sa.select(InvestigationMember.user_id).where(
        InvestigationMember.investigation_id == investigation.id
    )
    return [investigation.leader_id, *work.session.scalars(query)]
