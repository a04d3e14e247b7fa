"""The reply to the complainant, or the reason why none can be given (R01-14, R15-17)."""

from __future__ import annotations

from datetime import datetime

from models import Complaint, Department, Reply
from models.enums import Channel, EventKind
from models.labels import _l
from services.errors import Invalid
from services.unit_of_work import UnitOfWork
from services.workflow.post_gates import post_name
from services.workflow.posts import may_stand_for
from services.workflow.steps import Act, begin
from services.workflow.typed import not_in_future, optional

WRITTEN = frozenset({Channel.LETTER, Channel.FAX, Channel.EMAIL, Channel.ONLINE})
"""Ways in which a reply reaches the complainant in writing."""


def reply(
    work: UnitOfWork,
    complaint_id: str,
    version: int | None = None,
    *,
    text: str | None = None,
    channel: Channel | None = None,
    sent_at: datetime | None = None,
    not_notifiable_reason: str | None = None,
    together_with_id: int | None = None,
) -> Complaint:
    """Replied. Either `text` with its channel, or a reason for none: anonymous, or not to be reached after attempts."""
    act = begin(work, complaint_id, EventKind.REPLY, version)
    text, reason = optional(text), optional(not_notifiable_reason)
    if text is None and reason is None:
        raise Invalid({"text": _l("Write the reply, or say why none can be given.")})
    if text is not None and reason is not None:
        raise Invalid({"not_notifiable_reason": _l("Either a reply or a reason for none, not both.")})
    if text is not None and channel is None:
        raise Invalid({"channel": _l("Say how the reply was sent.")})
    if text is not None and act.situation.procedure.reply.written_required and channel not in WRITTEN:
        raise Invalid(
            {"channel": _l("The procedure asks for a written reply: by letter, fax, e-mail or online.")}
        )
    complaint = act.complaint
    rule = act.situation.procedure.reply
    exempt = rule.anonymous_exempt if complaint.is_anonymous else rule.unreachable_exempt
    if reason is not None and not exempt:
        raise Invalid(
            {"not_notifiable_reason": _l("A complainant who gave a name has to be told (see the procedure).")}
        )
    partner = _partner(act, together_with_id) if text is not None else None
    sent = _sent_at(act, sent_at) if text is not None else None
    work.session.add(
        Reply(
            complaint_id=complaint.id,
            round=complaint.round,
            text=text,
            channel=channel if text else None,
            sent_at=sent,
            sent_by_id=act.by_id,
            together_with_id=partner,
            not_notifiable_reason=reason,
        )
    )
    complaint.reply_text = text or complaint.reply_text
    complaint.replied_at = sent or complaint.replied_at
    complaint.not_notifiable_reason = reason
    act.finish(text=text or reason, channel=channel, together_with=partner)
    heads = [
        head
        for assignment in act.situation.assignments
        if (head := _head(act, assignment.department_id)) is not None
    ]
    act.tell([complaint.first_receiver_id, complaint.handler_id, partner, *heads], "replied")
    return complaint


def _partner(act: Act, user_id: int | None) -> int | None:
    """Whose agreement the reply carries, where the procedure asks for two at this grade (R05-04)."""
    procedure = act.situation.procedure
    rule = procedure.reply_by(act.complaint.grade)
    if rule is None or rule.together_with is None:
        return None
    if (
        user_id is None
        or user_id == act.by_id
        or not may_stand_for(act.work.session, procedure, rule.together_with, user_id)
    ):
        name = post_name(procedure, rule.together_with)
        raise Invalid({"together_with_id": _l("This grade is answered together with: %(post)s.", post=name)})
    return user_id


def _head(act: Act, department_id: int) -> int | None:
    department = act.work.session.get(Department, department_id)
    return department.leader_id if department else None


def _sent_at(act: Act, sent_at: datetime | None) -> datetime:
    """When the reply went out: not ahead of now, and after the approval (R01-14), which people type to the minute."""
    sent = not_in_future(act.work, sent_at, "sent_at")
    opinion = act.situation.opinion
    if opinion is not None and opinion.approved_at is not None:
        approved = opinion.approved_at.replace(second=0, microsecond=0)
        if sent < approved:
            raise Invalid({"sent_at": _l("The reply can't have gone out before the approval.")})
    return sent
