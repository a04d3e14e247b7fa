"""The audit trail: append-only, each entry chained to the one before, values of confidential cases sealed.

An entry is written in the transaction of the act it records. Its hash covers everything it says and the hash before it,
so a change, a removal or a swap shows (`verify_chain`); that its end was cut off shows in services.audit_anchors.

What an entry says of a case goes into the chain as a salted digest. At the end of retention the words and the case's
salt are destroyed; the digest stays, the chain stays whole, and nobody can try values against it (decision 15).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, AuditSalt, Complaint, Destruction, DestructionItem
from models.archive_enums import DestructionStatus
from models.fields import Sensitivity, fields_of
from services.access.scope import unscoped
from services.actor import Actor
from services.own_fields.specs import code_of, key_of
from services.procedures.of_complaint import parsed
from services.sealing import seal

FIRST = "0" * 64
CONTENT = ("subject_name", "before", "after", "sealed", "reason")
"""What an entry says in words and values; the rest says who did what to which record when."""
DESTROYED = "complaint.destroyed"
"""The action that says that the content of a case was destroyed."""
_LOCK = 0x5A485355  # advisory lock of the chain on PostgreSQL; SQLite has one writer anyway


@dataclass(frozen=True)
class Draft:
    """An entry to be written when the unit of work ends."""

    action: str
    subject_type: str
    subject_id: int | None = None
    subject_name: str | None = None
    complaint: Complaint | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None
    on_behalf_of_id: int | None = None


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def changes(record: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """As `differences`, for an edit that has not been flushed yet."""
    state = sa.inspect(record)
    earlier = values_of(record)
    for spec in fields_of(type(record)):
        history = state.attrs[spec.key].history
        if history.has_changes():
            earlier[spec.key] = plain(history.deleted[0]) if history.deleted else None
    return differences(record, earlier)


def values_of(record: Any) -> dict[str, Any]:
    """The declared fields of a record as they stand, to compare with later (`differences`)."""
    values = {spec.key: plain(getattr(record, spec.key)) for spec in fields_of(type(record))}
    if isinstance(record, Complaint):
        values |= {key_of(code): value for code, value in (record.own_values or {}).items()}
    return values


def differences(record: Any, earlier: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Old and new values of the fields that changed since `earlier`; personal ones only as changed, not as text."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for spec in fields_of(type(record)):
        old, new = earlier.get(spec.key), plain(getattr(record, spec.key))
        if old != new:
            masked = spec.sensitivity is Sensitivity.PERSONAL
            before[spec.key] = "***" if masked and old is not None else old
            after[spec.key] = "***" if masked and new is not None else new
    if isinstance(record, Complaint):
        _own_differences(record, earlier, before, after)
    return before, after


def _own_differences(
    complaint: Complaint, earlier: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The same for fields that the procedure declares; ones that only some roles read are told like personal ones."""
    now = {key_of(code): value for code, value in (complaint.own_values or {}).items()}
    was = {key: value for key, value in earlier.items() if code_of(key) is not None}
    changed = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    if not changed:
        return
    open_to_all = {
        key_of(one.code)
        for one in parsed(complaint.procedure_version).fields
        if one.level is not Sensitivity.PERSONAL and not one.visible_to
    }
    for key in changed:
        for side, value in ((before, was.get(key)), (after, now.get(key))):
            side[key] = value if value is None or key in open_to_all else "***"


def _digest(entry: AuditEntry) -> str:
    said = {
        "at": entry.at.astimezone(UTC).isoformat(),  # as the database hands it out, whatever zone it came in
        "action": entry.action,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "on_behalf_of_id": entry.on_behalf_of_id,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "subject_name": entry.subject_name,
        "complaint_id": entry.complaint_id,
        "before": entry.before,
        "after": entry.after,
        "sealed": entry.sealed,
        "reason": entry.reason,
        "request_id": entry.request_id,
        "previous": entry.previous_hash,
    }
    if entry.content_digest is not None:
        said = {key: value for key, value in said.items() if key not in CONTENT}
        said["content"] = entry.content_digest
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _content_digest(entry: AuditEntry, salt: str) -> str:
    said = {key: getattr(entry, key) for key in CONTENT}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def _is_emptied(entry: AuditEntry) -> bool:
    return all(getattr(entry, key) is None for key in CONTENT)


def _head(session: Session) -> str:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    last = session.scalar(sa.select(AuditEntry.entry_hash).order_by(AuditEntry.id.desc()).limit(1))
    return last or FIRST


def write(session: Session, actor: Actor, drafts: list[Draft], at: datetime) -> None:
    """Write the entries of one unit of work; called once, last, so that the chain is locked for a moment only."""
    if not drafts:
        return
    session.flush()
    with unscoped(session, "the chain goes through entries that the actor may not read"):
        previous = _head(session)
        salts = _salts(session, drafts)
        for draft in drafts:
            entry = _entry(draft, actor, at, previous, salts)
            previous = entry.entry_hash
            session.add(entry)
            session.flush()


def _salts(session: Session, drafts: list[Draft]) -> dict[int, str]:
    """The salt of each case that is written of, made with its first entry; a destroyed case gets none again."""
    cases = {d.complaint.id: d.complaint for d in drafts if d.complaint and d.complaint.destroyed_at is None}
    if not cases:
        return {}
    query = sa.select(AuditSalt.complaint_id, AuditSalt.salt).where(AuditSalt.complaint_id.in_(cases))
    found = {row[0]: row[1] for row in session.execute(query)}
    for case in cases.keys() - found.keys():
        found[case] = secrets.token_hex(32)
        session.add(AuditSalt(complaint_id=case, salt=found[case]))
    return found


def _entry(draft: Draft, actor: Actor, at: datetime, previous: str, salts: Mapping[int, str]) -> AuditEntry:
    confidential = draft.complaint is not None and draft.complaint.is_confidential
    entry = AuditEntry(
        at=at,
        action=draft.action,
        actor_id=actor.user_id,
        actor_name=actor.name,
        on_behalf_of_id=draft.on_behalf_of_id,
        subject_type=draft.subject_type,
        subject_id=draft.subject_id,
        subject_name=None if confidential else draft.subject_name,
        complaint_id=draft.complaint.id if draft.complaint else None,
        before=None if confidential else dict(draft.before or {}),
        after=None if confidential else dict(draft.after or {}),
        reason=None if confidential else draft.reason,
        request_id=actor.request_id,
        previous_hash=previous,
    )
    if confidential:
        entry.sealed = seal({"before": draft.before, "after": draft.after, "reason": draft.reason})
    salt = salts.get(entry.complaint_id) if entry.complaint_id is not None else None
    if salt is not None:
        entry.content_digest = _content_digest(entry, salt)
    entry.entry_hash = _digest(entry)
    return entry


def verify_chain(session: Session) -> Iterator[int]:
    """The ids of entries that do not follow from the one before or whose content was changed. Reads all of them.

    An entry without content is sound when two people signed for the destruction of its case, and the trail says so.
    """
    previous = FIRST
    with unscoped(session, "verifying the chain reads every entry"):
        destroyed = _destroyed(session)
        query = sa.select(AuditEntry, AuditSalt.salt).outerjoin(
            AuditSalt, AuditSalt.complaint_id == AuditEntry.complaint_id
        )
        for entry, salt in session.execute(query.order_by(AuditEntry.id).execution_options(yield_per=1000)):
            if entry.previous_hash != previous or not _is_sound(entry, salt, destroyed):
                yield entry.id
            previous = entry.entry_hash


def _is_sound(entry: AuditEntry, salt: str | None, destroyed: frozenset[int]) -> bool:
    emptied = _is_emptied(entry) and entry.complaint_id in destroyed
    if entry.content_digest is None:
        return emptied or entry.entry_hash == _digest(entry)  # written before digests were salted
    if entry.entry_hash != _digest(entry):
        return False
    return emptied or (salt is not None and entry.content_digest == _content_digest(entry, salt))


def _destroyed(session: Session) -> frozenset[int]:
    """The cases whose content was destroyed: signed for, and told by the trail."""
    signed = (
        sa.select(DestructionItem.complaint_id)
        .join(Destruction, Destruction.id == DestructionItem.destruction_id)
        .where(Destruction.status == DestructionStatus.CARRIED_OUT)
    )
    told = sa.select(AuditEntry.complaint_id).where(
        AuditEntry.action == DESTROYED, AuditEntry.complaint_id.in_(signed)
    )
    return frozenset(one for one in session.scalars(told) if one is not None)
