"""Opinion, approval, reply, follow-up, ending and filing of made-up complaints, as the operations do them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from models.enums import (
    Channel,
    CloseKind,
    EventKind,
    FindingVerdict,
    FollowUpResult,
    Responsibility,
    RoleName,
    State,
)
from services.procedures.vocabulary import ClockEvent
from services.seeding.case import Case
from services.seeding.house import Person
from services.seeding.timeline import stored

E, S = EventKind, State
_CAUSES = (
    (Responsibility.DEPARTMENT, FindingVerdict.UPHELD),
    (Responsibility.STAFF, FindingVerdict.UPHELD),
    (Responsibility.THIRD_PARTY, FindingVerdict.PARTLY),
    (Responsibility.NONE, FindingVerdict.NOT_UPHELD),
    (Responsibility.COMPLAINANT, FindingVerdict.NOT_UPHELD),
)
WRITTEN = (Channel.LETTER, Channel.EMAIL, Channel.ONLINE)


def approver_of(case: Case) -> Person:
    house = case.world.house
    if case.world.procedure.approval.approver is RoleName.HEAD_OF_QUALITY:
        return house.quality[0]
    return house.leader_of(case.place)


def cause_of(case: Case) -> tuple[Responsibility, FindingVerdict]:
    return case.chance.choices(_CAUSES, (50, 20, 12, 12, 6))[0]


def submit_opinion(case: Case, result: str, cause: Responsibility) -> None:
    case.give_opinion(case.handler, result, cause.value)
    case.fire(E.SUBMIT_OPINION, case.handler, S.AWAITING_APPROVAL, text=result, responsibility=cause.value)


def return_opinion(case: Case) -> None:
    reason = "请补充与投诉人的沟通情况和责任人谈话记录。"
    case.opinions[-1] |= {"returned_at": stored(case.at), "return_reason": reason}
    case.fire(E.RETURN_OPINION, approver_of(case), S.IN_WORK, text=reason)


def approve(case: Case) -> None:
    meaning, by, opinion = "同意处理意见，按此答复投诉人。", approver_of(case), case.opinions[-1]
    opinion |= {"meaning": meaning, "approved_at": stored(case.at), "approved_by_id": by.id}
    case.fire(E.APPROVE, by, text=meaning, content_hash=opinion["content_hash"])


def reply(case: Case, reason: str | None = None) -> None:
    """The answer, or why there is none."""
    text = None
    if reason is None:
        text = f"您反映的“{case.row['summary'][:30]}”一事已调查完毕。{case.row['result']}感谢您的监督。"
    channel = None if text is None else case.chance.choice(WRITTEN).value
    case.world.sheets.replies.add(
        complaint_id=case.id,
        round=case.row["round"],
        text=text,
        channel=channel,
        sent_at=stored(case.at) if text else None,
        sent_by_id=case.receiver.id,
        not_notifiable_reason=reason,
        created_at=stored(case.at),
    )
    case.row["reply_text"] = text or case.row.get("reply_text")
    case.row["replied_at"] = stored(case.at) if text else case.row.get("replied_at")
    case.row["not_notifiable_reason"] = reason
    said: dict[str, Any] = {"channel": channel} if channel else {}
    case.fire(E.REPLY, case.receiver, S.REPLIED, text=text or reason, **said)


def follow_up(case: Case, result: FollowUpResult, words: str) -> None:
    case.world.sheets.follow_ups.add(
        complaint_id=case.id,
        round=case.row["round"],
        at=stored(case.at),
        channel=Channel.HOTLINE.value,
        result=result.value,
        words=words,
        execution="方案已执行。",
        by_id=case.receiver.id,
        created_at=stored(case.at),
    )
    case.row["satisfaction"] = result.value
    if result is not FollowUpResult.DISSATISFIED:
        case.fire(E.FOLLOW_UP, case.receiver, S.FOLLOWING_UP, text=words, result=result.value)
        return
    case.row["round"] += 1
    case.row["not_notifiable_reason"] = None
    case.fire(E.FOLLOW_UP, case.receiver, S.IN_WORK, text=words, result=result.value)
    case.start_limits(ClockEvent.TRANSFERRED, case.at)


def close(case: Case) -> None:
    kind = CloseKind.NOT_NOTIFIABLE if case.row.get("not_notifiable_reason") else CloseKind.NORMAL
    case.row |= {"closed_at": stored(case.at), "close_kind": kind.value}
    case.end_assignments()
    by = case.world.house.other_leader(approver_of(case))
    case.fire(E.CLOSE, by, S.CLOSED, text="处理得当，整改到位，同意办结。")
    case.void_limits()


def close_on_spot(case: Case) -> None:
    result, at = f"当场核实并解决。{case.world.texts.result(case.chance)}", stored(case.at)
    case.row |= {
        "result": result,
        "reply_text": result,
        "replied_at": at,
        "closed_at": at,
        "accepted_at": at,
        "close_kind": CloseKind.ON_SPOT.value,
    }
    case.world.sheets.replies.add(
        complaint_id=case.id,
        round=1,
        text=result,
        channel=case.row["channel"],
        sent_at=at,
        sent_by_id=case.receiver.id,
        created_at=at,
    )
    case.fire(E.CLOSE_ON_SPOT, case.receiver, S.CLOSED, text=result)
    case.void_limits()


def end(case: Case, event: EventKind, state: State, by: Person, text: str, reason: str, **data: Any) -> None:
    """Refused, referred, directed elsewhere, merged: over without a reply."""
    case.row |= {"closed_at": stored(case.at), "end_reason": reason}
    clause = data.pop("clause", None)
    if event is not E.REFUSE:
        case.end_assignments()
    case.void_limits()
    case.fire(event, by, state, text=text, clause=str(clause) if clause else None, **data)


def archive(case: Case) -> None:
    world, archivist = case.world, case.world.house.archivists[0]
    rule = world.procedure.archive
    day = world.timeline.local(case.at)
    sequence = world.plan.filed + case.number + 1
    number = rule.file_number_pattern.format(
        year=day.year, number=case.row["number"], prefix=world.procedure.number_prefix, sequence=sequence
    )
    if case.confidential:
        number = f"{case.row['number']}-{case.row['round']}"
    case.filed = {
        "public_id": world.address(case.chance),
        "complaint_id": case.id,
        "file_number": number,
        "catalogue": "登记表、转办单、调查材料、处理意见、答复函、回访记录",
        "pages": case.chance.randint(4, 46),
        "box": f"{day.year}-投诉-{case.chance.randint(1, 60):02d}",
        "retention_years": rule.retention_years,
        "review_on": _years_on(day, rule.retention_years),
        "archived_by_id": archivist.id,
        "archived_at": stored(case.at),
        "created_at": stored(case.at),
    }
    case.row["archived_at"] = stored(case.at)
    case.fire(E.ARCHIVE, archivist, S.ARCHIVED, text=number)


def _years_on(day: date, years: int) -> str:
    last = monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last)).isoformat()
