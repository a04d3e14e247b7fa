"""Complaints that one which is being taken down may repeat. Every look is an indexed one with a limit, in scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from models import Complaint, Investigation, Party
from models.enums import Likeness, PartySide, State
from models.phones import phone_key
from services.procedures.sections.repeats import Match, Repeats

LOOKED_AT = 50
"""At most so many are looked at for each likeness, the latest first."""
READ = 100
"""So many of the latest are compared by their words."""
OFFERED = 6


@dataclass(frozen=True)
class Probe:
    """What is known of the complaint to compare with; `id` where it is on record already."""

    received_at: datetime
    summary: str = ""
    content: str = ""
    phones: tuple[str, ...] = ()
    product: str | None = None
    batch: str | None = None
    department_id: int | None = None
    codes: frozenset[str] = frozenset()
    """Nature and category of the procedure."""
    cause: str | None = None
    """The root cause that an investigation found."""
    is_confidential: bool = False
    id: int | None = None


@dataclass
class Likely:
    """One earlier complaint, and in what it is like the new one."""

    complaint: Complaint
    reasons: set[Likeness] = field(default_factory=set)
    alike: float = 0.0


def likely_repeats(session: Session, rules: Repeats, probe: Probe) -> list[Likely]:
    """The likeliest first, at most `OFFERED`, of those that the reader may see."""
    found: dict[int, Likely] = {}
    for match in rules.matches:
        for complaint, alike in _alike(session, match, probe):
            one = found.setdefault(complaint.id, Likely(complaint))
            one.reasons.add(match.by)
            one.alike = max(one.alike, alike)
    ranked = sorted(found.values(), key=lambda one: one.complaint.received_at, reverse=True)
    return sorted(ranked, key=lambda one: (len(one.reasons), one.alike), reverse=True)[:OFFERED]


def probe_of(session: Session, complaint: Complaint) -> Probe:
    """A complaint on record, with the department that holds it and the cause that was found."""
    phones = [p.phone for p in complaint.parties if p.side is PartySide.COMPLAINANT and p.phone]
    return Probe(
        complaint.received_at,
        complaint.summary,
        complaint.content,
        tuple(phones),
        complaint.product,
        complaint.batch,
        complaint.department_id or complaint.receiving_department_id,
        frozenset(code for code in (complaint.nature, complaint.category_code) if code),
        _causes(session, [complaint.id]).get(complaint.id),
        complaint.is_confidential,
        complaint.id,
    )


def _alike(session: Session, match: Match, probe: Probe) -> Iterable[tuple[Complaint, float]]:
    if match.by is Likeness.TEXT:
        wanted, own = match.alike or 1.0, pairs_of(f"{probe.summary}{probe.content}")
        for each in _latest(session, match, probe, READ) if own else ():
            share = common(own, pairs_of(f"{each.summary}{each.content}"))
            if share >= wanted:
                yield each, share
        return
    for each in _candidates(session, match, probe):
        yield each, 0.0


def _candidates(session: Session, match: Match, probe: Probe) -> Sequence[Complaint]:
    if match.by is Likeness.PHONE:
        keys = sorted({key for phone in probe.phones if (key := phone_key(phone))})
        if not keys:
            return []
        party = sa.select(Party.complaint_id).where(
            Party.phone_key.in_(keys), Party.side == PartySide.COMPLAINANT
        )
        ids = list(session.scalars(party.order_by(Party.id.desc()).limit(LOOKED_AT)))
        return _latest(session, match, probe, LOOKED_AT, Complaint.id.in_(ids)) if ids else []
    if match.by is Likeness.BATCH:
        batch = (probe.batch or "").strip()
        return _latest(session, match, probe, LOOKED_AT, Complaint.batch == batch) if batch else []
    product = (probe.product or "").strip()
    if not product:
        return []
    found = _latest(session, match, probe, LOOKED_AT, Complaint.product == product)
    if match.by is Likeness.DEPARTMENT:
        return [
            each
            for each in found
            if probe.department_id is not None
            and probe.department_id in (each.department_id, each.receiving_department_id)
        ]
    if match.by is Likeness.CAUSE:
        causes = _causes(session, [each.id for each in found]) if probe.cause else {}
        return [
            each
            for each in found
            if probe.codes & {each.nature, each.category_code} or causes.get(each.id, "") == probe.cause
        ]
    return found


def _latest(session: Session, match: Match, probe: Probe, most: int, *conditions: Any) -> Sequence[Complaint]:
    """The latest that came in within the days of the rule. A confidential one is never compared with an open one."""
    query = (
        sa.select(Complaint)
        .where(
            *conditions,
            Complaint.received_at >= probe.received_at - timedelta(days=match.within_days),
            Complaint.received_at <= probe.received_at + timedelta(days=1),
            Complaint.is_confidential == probe.is_confidential,
            Complaint.state != State.MERGED,
        )
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(most)
        .options(load_only(*_COLUMNS))
    )
    if probe.id is not None:
        query = query.where(Complaint.id != probe.id)
    return session.scalars(query).all()


_COLUMNS = (
    Complaint.public_id,
    Complaint.number,
    Complaint.state,
    Complaint.summary,
    Complaint.content,
    Complaint.received_at,
    Complaint.department_id,
    Complaint.receiving_department_id,
    Complaint.nature,
    Complaint.category_code,
    Complaint.is_confidential,
)


def _causes(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The root cause as the last investigation put it."""
    if not ids:
        return {}
    query = (
        sa.select(Investigation.complaint_id, Investigation.root_cause)
        .where(Investigation.complaint_id.in_(ids), Investigation.root_cause.is_not(None))
        .order_by(Investigation.id)
    )
    return {complaint_id: (cause or "").strip() for complaint_id, cause in session.execute(query)}


LONGEST = 2000
"""So many characters of a text are compared."""


def pairs_of(text: str) -> frozenset[str]:
    """Each two neighbouring characters: words need no dictionary to be compared, in either language."""
    said = "".join(char.lower() for char in text[:LONGEST] if char.isalnum())
    return frozenset(said[at : at + 2] for at in range(len(said) - 1))


def common(one: frozenset[str], other: frozenset[str]) -> float:
    """Which share of both texts is the same, from 0 to 1."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))
