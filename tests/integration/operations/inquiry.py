"""A house under the regulation of a test, a complaint of it, an investigation of that, and how to bring each part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint, InternalMemo, Investigation, InvestigationRequest, User
from models.enums import (
    Category,
    Existence,
    InquiryKind,
    MeasureKind,
    MemoDecision,
    Need,
    RequestKind,
    Responsibility,
    RoleName,
    Severity,
)
from services.access.scope import unscoped
from services.operations.answer_request import answer_request
from services.operations.ask_department import ask_department
from services.operations.assess_responsibility import assess_responsibility
from services.operations.decide_memo import decide_memo
from services.operations.determine_responsibility import determine_responsibility
from services.operations.record_measure import record_measure
from services.operations.send_memo import send_memo
from services.unit_of_work import UnitOfWork
from services.workflow.responsibility import Said
from settings import Settings
from tests.factories import NOW, House, actor_of, create_complaint, create_house
from tests.factories.inquiries import add_file, again, investigate, put_on_record, write_down

R = RoleName


@dataclass
class Case:
    """Everything a test of investigations needs at hand."""

    session: Session
    house: House
    settings: Settings
    complaint: Complaint
    investigation: Investigation
    at: datetime = NOW

    def write(self, **values: Any) -> None:
        write_down(self.session, self.house, self.investigation, at=self.at, **values)

    def record(self, kind: InquiryKind, **told: Any) -> None:
        put_on_record(self.session, self.house, self.investigation, kind, at=self.at, **told)

    def file(self, *, by: User | None = None, **said: Any) -> None:
        user = by or self.house[R.INVESTIGATOR]
        add_file(self.session, self.settings, user, self.investigation, at=self.at, **said)

    def assess(self, responsibility: Responsibility, *, by: User | None = None, **said: Any) -> None:
        with self.work(by or self.house[R.INVESTIGATOR]) as work:
            assess_responsibility(
                work, self.investigation.id, None, Said(responsibility=responsibility, **said)
            )

    def determine(self, responsibility: Responsibility, by: User, **said: Any) -> None:
        with self.work(by) as work:
            determine_responsibility(
                work, self.investigation.id, None, Said(responsibility=responsibility, **said)
            )

    def ask(self, kind: RequestKind, person: User) -> InvestigationRequest:
        with self.work(self.house[R.INVESTIGATOR]) as work:
            return ask_department(
                work,
                self.investigation.id,
                kind=kind,
                department_id=person.department_id,
                person_id=person.id,
                wanted="请提供三月五日的批生产记录。",
            )

    def answer(self, request: InvestigationRequest, by: User, **said: Any) -> None:
        request_id = self.id_of(request)
        with self.work(by) as work:
            answer_request(work, request_id, **({"answer": "已核对，见附件。"} | said))

    def memo(self, manager: User) -> InternalMemo:
        with self.work(self.house[R.INVESTIGATOR]) as work:
            return send_memo(
                work, self.investigation.id, manager_id=manager.id, facts="裂纹。", opinion="建议更换。"
            )

    def decide_memo(self, memo: InternalMemo, by: User) -> None:
        memo_id = self.id_of(memo)
        with self.work(by) as work:
            decide_memo(work, memo_id, decision=MemoDecision.AGREED, text="同意更换。")

    def measure(self, kind: MeasureKind, **values: Any) -> None:
        given = {"kind": kind, "text": "更换温控件", "department_id": self.house.ward.id, **values}
        with self.work(self.house[R.HEAD_OF_QUALITY]) as work:
            record_measure(work, values=given, complaint_id=self.complaint.id)

    def work(self, user: User) -> UnitOfWork:
        return UnitOfWork(self.session, actor_of(self.session, user, self.at), self.at)

    def id_of(self, record: Any) -> int:
        with unscoped(self.session, "a test addresses a record"):
            found: int = record.id
            return found

    def now(self) -> Investigation:
        return again(self.session, self.investigation)


def open_case(
    session: Session,
    settings: Settings,
    procedure: str,
    *members: str,
    state: str = "registered",
    category: Category = Category.PRODUCT,
    **values: Any,
) -> Case:
    """A product complaint under `procedure`, investigated by the ward's investigator with the people named.

    `members` are roles of the house, or "outsider" for the handler of the laboratory.
    """
    house = create_house(session, procedure)
    session.commit()
    complaint = create_complaint(session, house, state, category=category)
    people = [house.outsider if each == "outsider" else house[R(each)] for each in members]
    investigation = investigate(session, house, complaint, *[p for p in people if p], **values)
    return Case(session, house, settings, complaint, investigation)


def _production_records(case: Case) -> None:
    outsider = case.house.outsider
    assert outsider is not None
    request = case.ask(RequestKind.PRODUCTION_RECORDS, outsider)
    case.file(by=outsider, name="批记录.txt", content="批记录".encode(), request_id=case.id_of(request))
    case.answer(request, outsider)


def _memo_decided(case: Case) -> None:
    head = case.house[R.DEPARTMENT_HEAD]
    case.decide_memo(case.memo(head), head)


def _person(case: Case) -> None:
    case.assess(Responsibility.STAFF, department_id=case.house.ward.id, person_id=case.house[R.HANDLER].id)


PROVIDE: dict[str, Callable[[Case], None]] = {
    "acceptance_body": lambda case: case.write(acceptance_body="市质量监督站"),
    "contact": lambda case: case.record(InquiryKind.CONTACT),
    "design_document": lambda case: case.write(design_document="施工图-03"),
    "evidence": lambda case: case.file(is_evidence=True),
    "explanation": lambda case: case.assess(
        Responsibility.COMPLAINANT, explanation="使用电压不符。", customer_told_at=case.at
    ),
    "hazard_analysis": lambda case: case.write(hazard_analysis="可能伤手。"),
    "impact": lambda case: case.write(impact="影响一个批次。"),
    "interview": lambda case: case.record(InquiryKind.INTERVIEW),
    "measure": lambda case: case.measure(MeasureKind.RECTIFICATION),
    "meeting": lambda case: case.record(InquiryKind.MEETING),
    "memo_decided": _memo_decided,
    "photos": lambda case: case.file(),
    "preventive_measure": lambda case: case.measure(MeasureKind.PREVENTION),
    "problem_found": lambda case: case.write(problem_found=Existence.FOUND),
    "production_records": _production_records,
    "responsibility": lambda case: case.assess(Responsibility.NONE),
    "responsible_department": lambda case: case.assess(
        Responsibility.DEPARTMENT, department_id=case.house.ward.id
    ),
    "responsible_person": _person,
    "root_cause": lambda case: case.write(root_cause="温控失灵。"),
    "severity": lambda case: case.write(severity=Severity.GRAVE),
    "site_visit": lambda case: case.write(site_visit=Need.NOT_NEEDED),
    "standard": lambda case: case.write(standard="GB 50300"),
    "technical_analysis": lambda case: case.write(technical_analysis="材料疲劳。"),
}
"""How each part of an investigation gets there."""
