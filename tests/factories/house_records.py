"""Records beside the cases of a desk in full use: measures at every step, holds, questions, drafts, duty, groups."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from models import (
    Appraisal,
    Complaint,
    HandlingGroup,
    Hold,
    HoldNotice,
    Measure,
    PenaltyReferral,
    PostBinding,
    Solution,
)
from models.enums import MeasureKind, MeasureStatus, PostName, RequestKind, RoleName
from models.hold_enums import NoticeKind
from models.remedy_enums import AppraisalBody, AppraisalResult, Bearer, PenaltyGround
from services.actor import SYSTEM
from services.operations.ask_department import ask_department
from services.operations.copy_procedure import copy_procedure
from services.operations.propose_procedure import propose_procedure
from services.operations.send_memo import send_memo
from services.operations.submit_procedure_draft import submit_procedure_draft
from services.unit_of_work import UnitOfWork
from tests.factories.cases import actor_of
from tests.factories.organisation import House
from tests.support.stage_rows import enquiry_row, hold_rows, reception_rows

R = RoleName


def keep_records(
    session: Session, house: House, case: Complaint, investigation_id: int, now: datetime
) -> dict[tuple[str, str], str]:
    """All of them, on this case of the ward and its investigation.

    Returns the records whose page offers other things than those of the same kind (see FullHouse.variants).
    """
    session.info["actor"] = SYSTEM
    _remedies(session, house, case, now)
    variants = _holds(session, house, case, now)
    reception_rows(session, house[R.HANDLER])
    session.add(enquiry_row("ZX-2026-0001", house.ward.id, None, now))
    session.add(HandlingGroup(name="质量投诉处理小组", leader_id=house[R.HANDLER].id))
    session.add(PostBinding(post=PostName.HEAD_OF_QUALITY, user_id=house[R.HEAD_OF_QUALITY].id))
    session.commit()
    _questions(session, house, investigation_id, now)
    return variants | _procedures(session, house, now)


def _remedies(session: Session, house: House, case: Complaint, now: datetime) -> None:
    handler, today = house[R.HANDLER].id, now.date()
    common = {"complaint_id": case.id, "owner_id": handler, "department_id": house.ward.id}
    session.add_all(
        [
            Measure(
                **common,
                kind=MeasureKind.PREVENTION,
                text="每月抽查叫号记录",
                status=MeasureStatus.VERIFIED,
                done_at=now,
                done_text="已列入计划。",
                verified_at=now,
                verified_by_id=house[R.HEAD_OF_QUALITY].id,
                check_on=today + timedelta(days=90),
            ),
            Measure(**common, kind=MeasureKind.PENALTY, text="扣发当月绩效"),
            Measure(
                **common,
                kind=MeasureKind.PENALTY,
                text="通报批评",
                appealed_on=today,
                appeal_grounds="当日系临时替班。",
            ),
            Solution(
                complaint_id=case.id, kind=MeasureKind.REPAIR, text="上门说明并重新预约", offered_on=today
            ),
            Appraisal(
                complaint_id=case.id,
                subject="输液器接头",
                body_kind=AppraisalBody.EXPERTS,
                body="市医疗器械检验所",
                requested_on=today,
                commissioned_on=today,
                advanced_by=Bearer.COMPLAINANT,
            ),
            Appraisal(
                complaint_id=case.id,
                subject="输液器接头复检",
                body_kind=AppraisalBody.EXPERTS,
                body="专家组",
                requested_on=today,
                commissioned_on=today,
                cost=Decimal(800),
                advanced_by=Bearer.COMPLAINANT,
                result=AppraisalResult.NOT_CONFORMING,
                result_on=today,
                borne_by=Bearer.RESPONSIBLE_UNIT,
            ),
            PenaltyReferral(
                complaint_id=case.id,
                party="供货单位",
                authority="市药品监督管理局",
                referred_on=date(2026, 3, 2),
                ground=PenaltyGround.AGAINST_RULES,
                facts="逾期未整改。",
            ),
        ]
    )
    session.flush()


def _questions(session: Session, house: House, investigation_id: int, now: datetime) -> None:
    """What the investigator asked of the ward, and the memo to the leader."""
    with UnitOfWork(session, actor_of(session, house[R.INVESTIGATOR], now), now) as work:
        ask_department(
            work,
            investigation_id,
            kind=RequestKind.ASSISTANCE,
            department_id=house.ward.id,
            person_id=house[R.HANDLER].id,
            wanted="请提供当日排班表。",
        )
        send_memo(
            work,
            investigation_id,
            manager_id=house[R.LEADER].id,
            facts="候诊超过三小时。",
            opinion="建议增设叫号屏。",
        )


def _procedures(session: Session, house: House, now: datetime) -> dict[tuple[str, str], str]:
    """One draft being written, one submitted, and a proposal to work by another procedure."""
    with UnitOfWork(session, actor_of(session, house[R.HEAD_OF_QUALITY], now), now) as work:
        written = copy_procedure(work, "hospital-complaint-office", "缩短转办时限")
        ready = copy_procedure(work, "hospital-complaint-office", "增加登记项目")
        work.session.flush()
        submit_procedure_draft(work, ready.public_id, None)
        propose_procedure(work, "general-quality", "按通用制度试行")
        return {
            ("procedure_drafts", written.public_id): "written",
            ("procedure_drafts", ready.public_id): "submitted",
        }


def _holds(session: Session, house: House, case: Complaint, now: datetime) -> dict[tuple[str, str], str]:
    """A stop of sale whose notices are still to be sent, and one of production whose notices wait for an answer."""
    sale = hold_rows(session, case, "ZT-2026-0001", now)["hold"]
    production = Hold(
        number="ZT-2026-0002",
        complaint_id=case.id,
        product="一次性输液器",
        reason="接头漏液",
        ordered_at=now,
        stops_production=True,
    )
    session.add(production)
    session.flush()
    told = {"hold_id": production.id, "kind": NoticeKind.STOP, "sent_at": now}
    session.add_all(
        [
            HoldNotice(**told, department_id=house.ward.id),
            HoldNotice(**told, outside="购货单位", sent_how="电话"),
        ]
    )
    session.flush()
    return {("holds", sale.public_id): "sale", ("holds", production.public_id): "production"}
