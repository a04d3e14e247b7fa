"""Small desks under procedures whose rules open pages that a hospital does not have, each with its own records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import (
    Accident,
    AnalysisReport,
    Complaint,
    InformantRequest,
    Investigation,
    Liability,
    ProcedureVersion,
)
from models.enums import Category, EventKind, InquiryKind, Responsibility, RoleName
from models.privacy import IdentityKind
from services.actor import SYSTEM
from services.operations.protect_informant import protect_informant
from services.operations.record_consent import record_consent
from services.operations.record_identity import record_identity
from services.operations.request_material import request_material
from services.operations.sweep import sweep_all
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version, publish_text
from services.unit_of_work import UnitOfWork
from tests.factories.analysis import of_analysis
from tests.factories.cases import actor_of, create_complaint, register_complaint, take
from tests.factories.inquiries import LEVEL_FACTS, finish, investigate, put_on_record
from tests.factories.organisation import House

R = RoleName
Build = Callable[[Session, House, datetime], list[str]]


@dataclass(frozen=True)
class Elsewhere:
    """The endpoints that only such a desk links; `build` makes its records and returns the pages to begin with."""

    endpoints: frozenset[str]
    build: Build


def _case_page(complaint: Complaint) -> str:
    return f"/complaints/{complaint.public_id}/"


def _station(session: Session, house: House, now: datetime) -> list[str]:
    """A case within warranty, and a confidential one with an informant: one request waits, one was agreed to."""
    built = create_complaint(session, house, "in_work", now=now, category=Category.ENGINEERING)
    secret = register_complaint(
        session,
        house[R.FIRST_RECEIVER],
        now=now,
        confidential=True,
        named_user_ids=(house[R.LEADER].id, house[R.HEAD_OF_QUALITY].id),
    )
    with UnitOfWork(session, actor_of(session, house[R.FIRST_RECEIVER], now), now) as work:
        protect_informant(work, secret.public_id)
        request_material(work, built.public_id, codes=["written_account"], how="电话告知")
    session.info["actor"] = SYSTEM
    asked = {"complaint_id": secret.id, "asked_at": now, "reason": "核实举报内容"}
    session.add_all(
        [
            InformantRequest(**asked, asked_by_id=house[R.LEADER].id),
            InformantRequest(
                **asked,
                asked_by_id=house[R.HEAD_OF_QUALITY].id,
                decided_by_id=house[R.LEADER].id,
                decided_at=datetime.now(now.tzinfo) - timedelta(hours=1),
                is_granted=True,
            ),
        ]
    )
    return [_case_page(built), _case_page(secret)]


def _with_identity(session: Session, house: House, now: datetime) -> list[str]:
    complaint = create_complaint(session, house, "in_work", now=now)
    with UnitOfWork(session, actor_of(session, house[R.HANDLER], now), now) as work:
        record_identity(work, complaint.public_id, kind=IdentityKind.PASSPORT, number="E12345678")
    return ["/complaints/", _case_page(complaint)]


def _with_consent(session: Session, house: House, now: datetime) -> list[str]:
    complaint = create_complaint(session, house, "in_work", now=now)
    with UnitOfWork(session, actor_of(session, house[R.HANDLER], now), now) as work:
        record_consent(
            work, complaint.public_id, recipient="市消费者协会", scope="姓名、电话", how="书面同意"
        )
    return [_case_page(complaint)]


def _third_level(session: Session, house: House, now: datetime) -> list[str]:
    complaint = create_complaint(session, house, "in_work", now=now)
    take(
        session, house, complaint, EventKind.GRADE, R.HEAD_OF_QUALITY, now=now,
        level="level_3", facts=LEVEL_FACTS["level_3"],
    )  # fmt: skip
    return [_case_page(complaint)]


def _undetermined(session: Session, house: House, now: datetime) -> list[str]:
    """An investigation that could not say whose cause it was."""
    complaint = create_complaint(
        session, house, "in_work", now=now, category=Category.PRODUCT, product="保温杯", batch="20260105"
    )
    investigation = investigate(session, house, complaint, house[R.HANDLER], now=now)
    session.info["actor"] = SYSTEM
    unclear = session.get_one(Investigation, investigation.id)
    unclear.responsibility, unclear.responsibility_explained = Responsibility.UNDETERMINED, "须退回公司界定。"
    session.commit()
    return [f"/investigations/{investigation.public_id}/"]


def _reported(session: Session, house: House, now: datetime) -> list[str]:
    """A case whose checks are on record, and its investigation with a report on which quality management decides."""
    complaint = create_complaint(session, house, "in_work", now=now)
    investigation = investigate(session, house, complaint, house[R.HANDLER], now=now)
    put_on_record(session, house, investigation, InquiryKind.INTERVIEW, at=now)
    finish(session, house, investigation, now=now, root_cause="封口温度偏低。")
    return [f"/investigations/{investigation.public_id}/", _case_page(complaint)]


def _after_sales(session: Session, house: House, now: datetime) -> list[str]:
    session.info["actor"] = SYSTEM
    version = current_version(session)
    assert version is not None
    accident = Accident(
        number="SG-2026-0001",
        title="血压计读数异常",
        happened_at=now - timedelta(hours=9),
        reported_at=now,
        department_id=house.ward.id,
        procedure_version_id=version.id,
        facts="同批次三台读数偏低。",
    )
    session.add(accident)
    session.flush()
    return [f"/accidents/{accident.public_id}/"]


def _company(session: Session, house: House, now: datetime) -> list[str]:
    """A case that pinned the version before the one in force, and a report that belongs to nobody yet."""
    complaint = create_complaint(session, house, "in_work", now=now)
    session.info["actor"] = SYSTEM
    version = current_version(session)
    assert version is not None
    _publish_next(session, version, now)
    report = of_analysis(session, house)["report"]
    session.get_one(AnalysisReport, report.id).owner_id = None
    return ["/enquiries/", _case_page(complaint), f"/reports/{report.public_id}/"]


def _informed(session: Session, house: House, now: datetime) -> list[str]:
    """A case that the head of quality was told of."""
    return [_case_page(create_complaint(session, house, "in_work", now=now, product="止痛片"))]


def _answerable(session: Session, house: House, now: datetime) -> list[str]:
    """Two answers later than the customers' dates: one to be explained and confirmed, one with its reason stated."""
    missed = [
        create_complaint(session, house, "in_work", now=now, customer_due_on=now.date()) for _ in range(2)
    ]
    sweep_all(session, now + timedelta(days=1, hours=12))
    session.info["actor"] = SYSTEM
    stated = session.query(Liability).filter_by(complaint_id=missed[1].id).one()
    stated.stated_reason, stated.stated_at = "等待客户寄回样品。", now + timedelta(days=1, hours=14)
    session.commit()
    return ["/", *map(_case_page, missed)]


def _publish_next(session: Session, version: ProcedureVersion, now: datetime) -> None:
    number = parsed(version).version
    text = version.source_text.replace(f"\nversion: {number}\n", f"\nversion: {number + 1}\n", 1)
    publish_text(session, parsed(version).model_copy(update={"version": number + 1}), text, now)


ELSEWHERE: dict[str, Elsewhere] = {
    "construction-supervision": Elsewhere(
        frozenset(
            {
                "complaint_informants.ask",
                "complaint_informants.decide",
                "complaint_informants.read",
                "complaint_intake.material_received",
                "complaint_intake.material_requested",
                "complaint_warranty.edit",
            }
        ),
        _station,
    ),
    "customer-service": Elsewhere(
        frozenset({"complaint_privacy.consent", "complaint_privacy.consent_withdrawn"}), _with_consent
    ),
    "enterprise-chapters": Elsewhere(
        frozenset(
            {
                "complaint_privacy.by_identity",
                "complaint_privacy.identity",
                "complaint_privacy.identity_number",
            }
        ),
        _with_identity,
    ),
    "general-quality": Elsewhere(
        frozenset({"complaints.change_procedure", "enquiries.create_view", "reports.take_over"}), _company
    ),
    "medical-device-aftersales": Elsewhere(frozenset({"accidents.concealment"}), _after_sales),
    "company-24h-3d-7d": Elsewhere(
        frozenset({"complaint_intake.checks", "investigations.decision"}), _reported
    ),
    "pharma-manufacturer": Elsewhere(frozenset({"complaint_informed.confirm"}), _informed),
    "product-company": Elsewhere(frozenset({"investigations.determine"}), _undetermined),
    "quality-system-admin-office": Elsewhere(
        frozenset(
            {
                "liabilities.confirm",
                "liabilities.details_view",
                "liabilities.excuse",
                "liabilities.index_view",
                "liabilities.state",
            }
        ),
        _answerable,
    ),
    "three-level": Elsewhere(frozenset({"investigations.waive"}), _third_level),
}
"""By procedure."""
