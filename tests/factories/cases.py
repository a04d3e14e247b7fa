"""Complaints brought to a state by the real operations, each step by somebody who may take it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ClockRun, Complaint, User
from models.enums import (
    Category,
    Channel,
    EventKind,
    FollowUpResult,
    PartySide,
    PauseReason,
    Responsibility,
    RoleName,
    Verdict,
)
from services.access.scope import unscoped
from services.actor import Actor
from services.identity.actors import actor_for
from services.operations.register import NewComplaint, NewParty, register
from services.procedures.of_complaint import procedure_of
from services.unit_of_work import UnitOfWork
from tests.factories.documents import put_required_documents
from tests.factories.grades import settle_grade
from tests.factories.intake import settle_checks, settle_investigation
from tests.factories.organisation import House
from tests.factories.remedies import settle_demands

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
"""Tuesday, nine in the morning in Shanghai: when everything below happens unless said otherwise."""

E = EventKind
R = RoleName
Form = Mapping[str, Any]
Step = tuple[EventKind, RoleName]

_file_numbers = count(1)

_INTAKE: tuple[Step, ...] = ()
_ACCEPTED: tuple[Step, ...] = ((E.ACCEPT, R.FIRST_RECEIVER),)
_DISPATCHED = (*_ACCEPTED, (E.TRANSFER, R.FIRST_RECEIVER))
_IN_WORK = (*_DISPATCHED, (E.SIGN_FOR, R.HANDLER))
_SUBMITTED = (*_IN_WORK, (E.SUBMIT_OPINION, R.HANDLER))
_APPROVED = (*_SUBMITTED, (E.APPROVE, R.LEADER))
_REPLIED = (*_APPROVED, (E.REPLY, R.FIRST_RECEIVER))
_FOLLOWING_UP = (*_REPLIED, (E.START_FOLLOW_UP, R.FIRST_RECEIVER))
_SATISFIED = (*_FOLLOWING_UP, (E.FOLLOW_UP, R.FIRST_RECEIVER))
_CLOSED = (*_SATISFIED, (E.CLOSE, R.LEADER))

PATHS: dict[str, tuple[Step, ...]] = {
    "registered": _INTAKE,
    "to_complete": ((E.ASK_TO_COMPLETE, R.FIRST_RECEIVER),),
    "accepted": _ACCEPTED,
    "refused": ((E.REFUSE, R.FIRST_RECEIVER),),
    "dispatched": _DISPATCHED,
    "in_work": _IN_WORK,
    "awaiting_approval": _SUBMITTED,
    "approved": _APPROVED,
    "replied": _REPLIED,
    "following_up": _FOLLOWING_UP,
    "satisfied": _SATISFIED,
    "closed": _CLOSED,
    "archived": (*_CLOSED, (E.ARCHIVE, R.ARCHIVIST)),
    "merged": ((E.MERGE, R.FIRST_RECEIVER),),
    "statutory_route": (*_ACCEPTED, (E.STATUTORY_ROUTE, R.FIRST_RECEIVER)),
    "referred": ((E.REFER, R.FIRST_RECEIVER),),
}
"""The way to each state from its registration (and to two milestones inside a state). Approved by the approver of the
organisation's procedure, whoever stands here (see approver)."""

NEXT_STEP = {"in_work": E.SUBMIT_OPINION, "approved": E.REPLY, "satisfied": E.CLOSE, "closed": E.ARCHIVE}
"""Steps before which a procedure may want documents: a complaint made for a test has those of its next step."""


def actor_of(session: Session, user: User, now: datetime = NOW) -> Actor:
    """The actor that a request of this user would act as."""
    return actor_for(session, user, now)


def valid_form(
    event: EventKind, house: House, *, master: Complaint | None = None, clock: str | None = None
) -> dict[str, Any]:
    """What somebody would type into the dialog of `event` so that nothing is missing.

    `clock` is the public id of the time limit to extend (see `extendable_clock`).
    """
    laboratory = {"department_id": house.laboratory.id, "person_id": house.outsider.id}
    forms: dict[EventKind, Callable[[], dict[str, Any]]] = {
        E.ASK_TO_COMPLETE: lambda: {"missing": "请补充就诊日期。"},
        E.SUPPLY_MISSING: lambda: {"supplied": "已补充就诊日期。"},
        E.ACKNOWLEDGE: lambda: {"text": "已收到，七日内答复。", "channel": Channel.HOTLINE},
        E.REFUSE: lambda: {
            "reason": "不属于本院职责。",
            "clause": "R01-15",
            "route": "可向卫生行政部门反映。",
            "second_person_id": house[R.LEADER].id,
        },
        E.CLOSE_ON_SPOT: lambda: {"result": "当场说明并致歉。", "complainant_agrees": True},
        E.TRANSFER: lambda: {**laboratory, "instruction": "请检验科核实并答复。"},
        E.REFUSE_SIGNATURE: lambda: {"reason": "不属本科室职责。", "clause": "R16-15"},
        E.ARBITRATE: lambda: {**laboratory, "ruling": "由检验科主办。"},
        E.INSTRUCT: lambda: {"text": "请内科核实后答复。", "department_id": house.ward.id},
        E.ADD_CO_HANDLER: lambda: {
            **laboratory,
            "instruction": "请协助核实检验结果。",
            "coordinator": "市住房和城乡建设局",
        },
        E.GIVE_CO_OPINION: lambda: {"opinion": "检验结果无误。"},
        E.GRADE: lambda: {"level": "ordinary", "reason": "影响限于本人。"},
        E.SUBMIT_OPINION: lambda: {
            "result": "情况属实，已整改。",
            "responsibility": Responsibility.DEPARTMENT,
            "no_measures_reason": "已当场改正。",
        },
        E.APPROVE: lambda: {"meaning": "同意处理意见。"},
        E.RETURN_OPINION: lambda: {"reason": "请补充调查经过。"},
        E.REPLY: lambda: {"text": "经核实……特此答复。", "channel": Channel.LETTER},
        E.FOLLOW_UP: lambda: {
            "result": FollowUpResult.SATISFIED,
            "channel": Channel.HOTLINE,
            "words": "满意。",
        },
        E.EVALUATE: lambda: {"verdict": Verdict.ACCEPTED, "opinion": "处理得当。"},
        E.CLOSE: lambda: {"opinion": "处理得当，同意办结。"},
        E.REOPEN: lambda: {"new_fact": "投诉人提供了新的证据。"},
        E.ARCHIVE: lambda: {
            "file_number": f"TS-2026-{next(_file_numbers):04d}",
            "catalogue": "登记表、答复函",
            "pages": 12,
            "absent_reason": "无需另行调查取证。",
        },
        E.MERGE: lambda: {"master_number": master.number if master else "", "reason": "同一事项。"},
        E.STATUTORY_ROUTE: lambda: {"route": "医疗事故鉴定", "explanation": "已向投诉人说明。"},
        E.REFER: lambda: {
            "authority": "市卫生健康委员会",
            "reason": "属其职权。",
            "complainant_told": True,
        },
        E.PAUSE: lambda: {"reason": PauseReason.APPRAISAL, "text": "等待鉴定结论。"},
        E.DECLINE_EXTENSION: lambda: {"reason": "理由不充分，按期办结。"},
        E.EXTEND: lambda: {
            "clock": clock,
            "amount": 5,
            "reason": "尚待专家意见。",
            "told_how": "电话告知",
        },
        E.REQUEST_EXTENSION: lambda: {"clock": clock, "amount": 5, "reason": "尚待专家意见。"},
        E.SUPERVISE: lambda: {"demand": "三日内报告进展。"},
        E.URGE: lambda: {"text": "请尽快办理。"},
        E.ESCALATE: lambda: {"reason": "需上级协调。"},
        E.NOTE: lambda: {"text": "投诉人来电询问进展。"},
        E.CORRECT: lambda: {"values": {"place": "门诊二楼"}, "reason": "补记地点。"},
        E.MARK_CONFIDENTIAL: lambda: {"named_user_ids": (house[R.LEADER].id,), "reason": "涉及举报人。"},
        E.NAME_PERSON: lambda: {"user_id": house.outsider.id, "reason": "需其协助调查。"},
    }
    return forms.get(event, dict)()


def fire(
    session: Session,
    user: User | Actor,
    event: EventKind,
    complaint: Complaint | str,
    *,
    now: datetime = NOW,
    **form: Any,
) -> Complaint:
    """Carry out one event as `user`, in a unit of work of its own."""
    operation = getattr(importlib.import_module(f"services.operations.{event.value}"), event.value)
    actor = user if isinstance(user, Actor) else actor_of(session, user, now)
    address = complaint if isinstance(complaint, str) else complaint.public_id
    with UnitOfWork(session, actor, now) as work:
        return operation(work, address, **form)


def new_complaint(**typed: Any) -> NewComplaint:
    """A complaint as somebody would type it in."""
    values: dict[str, Any] = {
        "summary": "候诊时间过长",
        "content": "3月9日上午在内科门诊等候三小时，无人解释。",
        "received_at": NOW - timedelta(hours=2),
        "channel": Channel.HOTLINE,
        "category": Category.SERVICE,
        "request": "要求说明并改进。",
        "parties": (NewParty(PartySide.COMPLAINANT, name="张某", phone="13800000000"),),
    }
    return NewComplaint(**(values | typed))


def register_complaint(session: Session, user: User, *, now: datetime = NOW, **typed: Any) -> Complaint:
    """A registered complaint, taken down by `user`."""
    with UnitOfWork(session, actor_of(session, user, now), now) as work:
        return register(work, new_complaint(**typed))


def create_complaint(
    session: Session, house: House, state: str = "registered", *, now: datetime = NOW, **typed: Any
) -> Complaint:
    """A complaint of the ward in `state` (a key of PATHS), taken down by the ward's handler and sent to them."""
    typed.setdefault("receiving_department_id", house.ward.id)
    complaint = register_complaint(session, house[R.HANDLER], now=now, **typed)
    for event, role in PATHS[state]:
        who = approver(session, complaint) if event is E.APPROVE else role
        take(session, house, complaint, event, who, now=now)
    if state in NEXT_STEP:
        put_required_documents(session, house, complaint.public_id, NEXT_STEP[state].value, now=now)
    return complaint


def approver(session: Session, complaint: Complaint) -> RoleName:
    """The role whose approval the complaint's procedure asks for."""
    return procedure_of(session, complaint).approval.approver


def take(
    session: Session,
    house: House,
    complaint: Complaint | str,
    event: EventKind,
    role: RoleName,
    *,
    now: datetime = NOW,
    **changed: Any,
) -> Complaint:
    """One step with a valid form by the house's person of `role`; a transfer goes to the ward's handler."""
    master = None
    if event is E.MERGE:
        master = create_complaint(session, house, now=now)
    clock = None
    if event in (E.EXTEND, E.REQUEST_EXTENSION):
        clock = extendable_clock(session, complaint if isinstance(complaint, str) else complaint.public_id)
    form = valid_form(event, house, master=master, clock=clock)
    address = complaint if isinstance(complaint, str) else complaint.public_id
    put_required_documents(session, house, address, event.value, now=now)
    settle_grade(session, reread(session, address), event, now)
    settle_demands(session, house, reread(session, address), event, now)
    settle_investigation(session, house, reread(session, address), event, now)
    if event is E.ACCEPT:
        settle_checks(session, reread(session, address), now)
    if event is E.TRANSFER:
        form |= {"department_id": house.ward.id, "person_id": house[R.HANDLER].id}
    return fire(session, house[role], event, complaint, now=now, **(form | changed))


def extendable_clock(session: Session, public_id: str) -> str | None:
    """The public id of the running time limit that the procedure lets people extend; None when there is none."""
    with unscoped(session, "a test chooses the time limit"):
        runs = session.scalars(sa.select(ClockRun).where(ClockRun.complaint.has(public_id=public_id)))
        return next((run.public_id for run in runs if run.rule.get("extendable")), None)


def reread(session: Session, public_id: str) -> Complaint:
    """The complaint as it stands in the database, whoever may see it."""
    with unscoped(session, "a test looks at the result"):
        query = sa.select(Complaint).where(Complaint.public_id == public_id)
        return session.scalars(query.execution_options(populate_existing=True)).one()
