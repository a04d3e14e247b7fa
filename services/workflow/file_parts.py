"""Whether the file of an ended complaint holds what its procedure asks for (R08-06, R14-05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from models import Attachment, ComplaintEvent, InvestigationRecord, InvestigationWaiver, Opinion, Reply
from models.cases import Investigation
from models.enums import CloseKind, EventKind, InvestigationStatus, State
from models.labels import LazyString, _l
from services.errors import Reason
from services.procedures.sections.archive import FileContent, FilePart
from services.workflow.gates import Situation

PART_NAMES: dict[FilePart, LazyString] = {
    FilePart.COMPLAINT: _l("the complaint with who made it"),
    FilePart.INVESTIGATION: _l("the investigation"),
    FilePart.EVIDENCE: _l("the evidence"),
    FilePart.HANDLING: _l("the records of its handling"),
    FilePart.REPLY: _l("the reply, or why none could be given"),
}
MAY_BE_EXPLAINED = frozenset({FilePart.INVESTIGATION, FilePart.EVIDENCE})
"""There may have been nothing to investigate or to take: then the file says why. Nothing explains the others away."""


def missing_parts(s: Situation) -> list[FileContent]:
    """The parts that the procedure asks for and the record does not hold."""
    return [content for content in s.procedure.archive.contents if not _HOLDS[content.part](s)]


def file_is_complete(s: Situation) -> list[Reason]:
    """A gate before archiving: what no explanation makes good, each with its clause."""
    return [
        Reason(f"file_lacks_{content.part.value}", part_in_words(content), "reply")
        for content in missing_parts(s)
        if content.part not in MAY_BE_EXPLAINED
    ]


def part_in_words(content: FileContent) -> LazyString:
    what, clauses = PART_NAMES[content.part], ", ".join(content.clause)
    if not clauses:
        return _l("The file lacks: %(part)s.", part=what)
    return _l("The file lacks: %(part)s (%(clause)s).", part=what, clause=clauses)


def _exists(s: Situation, *conditions: Any) -> bool:
    return s.session.scalar(sa.select(sa.literal(1)).where(*conditions).limit(1)) is not None


def _complaint(s: Situation) -> bool:
    return bool(s.complaint.content.strip()) and (s.complaint.is_anonymous or bool(s.complaint.parties))


def _investigation(s: Situation) -> bool:
    """A finished one, what was found out without one, or the reason why there was none."""
    mine = s.complaint.id
    return (
        _exists(
            s,
            Investigation.complaint_id == mine,
            Investigation.status == InvestigationStatus.FINISHED,
        )
        or _exists(s, InvestigationRecord.complaint_id == mine)
        or _exists(s, InvestigationWaiver.complaint_id == mine)
    )


def _evidence(s: Situation) -> bool:
    """A file that stands, on the complaint or on one of its investigations."""
    investigations = sa.select(Investigation.id).where(Investigation.complaint_id == s.complaint.id)
    belongs = sa.or_(
        Attachment.complaint_id == s.complaint.id, Attachment.investigation_id.in_(investigations)
    )
    return _exists(s, belongs, Attachment.is_evidence, Attachment.withdrawn_at.is_(None))


def _handling(s: Situation) -> bool:
    """An opinion, a solution on the spot, or the decision that ended the case; imported cases have their result."""
    mine = s.complaint.id
    if s.complaint.state is not State.CLOSED:
        return bool(s.complaint.end_reason)
    if s.complaint.close_kind is CloseKind.ON_SPOT or s.complaint.is_imported:
        return bool(s.complaint.result)
    return _exists(s, Opinion.complaint_id == mine) and _exists(
        s, ComplaintEvent.complaint_id == mine, ComplaintEvent.event == EventKind.CLOSE
    )


def _reply(s: Situation) -> bool:
    """Answered in this round, or why nobody could be told; on the spot the complainant was there (R14-05)."""
    if s.complaint.state is not State.CLOSED:
        return bool(s.complaint.end_reason)
    if s.complaint.close_kind is CloseKind.ON_SPOT:
        return bool(s.complaint.result)
    if s.complaint.is_imported:
        return bool(s.complaint.reply_text or s.complaint.not_notifiable_reason)
    return _exists(s, Reply.complaint_id == s.complaint.id, Reply.round == s.complaint.round)


_HOLDS: dict[FilePart, Callable[[Situation], bool]] = {
    FilePart.COMPLAINT: _complaint,
    FilePart.INVESTIGATION: _investigation,
    FilePart.EVIDENCE: _evidence,
    FilePart.HANDLING: _handling,
    FilePart.REPLY: _reply,
}
