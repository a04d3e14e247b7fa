"""What each regulation asks of an investigation before it can be finished."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.enums import (
    Category,
    Existence,
    InquiryKind,
    InvestigationStatus,
    Need,
    RequestKind,
    Responsibility,
    RoleName,
)
from services.errors import Refused
from settings import Settings
from tests.factories import create_complaint
from tests.factories.inquiries import finish, investigate
from tests.integration.operations.inquiry import PROVIDE, Case, open_case
from tests.support.client import settings_for

R = RoleName


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for("sqlite:///unused", tmp_path)


def missing(case: Case) -> set[str]:
    """What still keeps the investigation from being finished."""
    with pytest.raises(Refused) as caught:
        finish(case.session, case.house, case.investigation)
    case.session.rollback()
    return {reason.code.removeprefix("missing_") for reason in caught.value.reasons}


def asked(procedure: str, parts: str, *clauses: str, team: tuple[str, ...] = ()) -> object:
    return pytest.param(procedure, parts.split(), team, marks=pytest.mark.clause(*clauses), id=clauses[0])


@pytest.mark.parametrize(
    "procedure, parts, team",
    [
        asked("construction-company", "contact evidence", "R02-10", team=("handler",)),
        asked(
            "construction-company",
            "acceptance_body standard design_document problem_found",
            "R02-11",
            team=("handler",),
        ),
        asked("general-quality", "root_cause", "R04-04"),
        asked("product-company", "production_records", "R05-05"),
        asked("product-company", "memo_decided", "R05-10"),
        asked("product-company", "photos", "R05-11"),
        asked("product-company", "hazard_analysis technical_analysis", "R05-15"),
        asked("enterprise-chapters", "standard severity impact", "R07-12"),
        asked("company-24h-3d-7d", "interview", "R11-10", team=("handler",)),
        asked("pharma-manufacturer", "root_cause preventive_measure", "R13-02", team=("handler",)),
        asked("medical-device-aftersales", "root_cause responsibility", "R14-13"),
        asked("construction-supervision", "site_visit", "R15-21"),
        asked("quality-system-admin-office", "meeting", "R16-04"),
        asked("factory", "evidence root_cause responsibility", "R18-05"),
    ],
)
def test_no_end_without_what_the_regulation_asks_for(
    session: Session, settings: Settings, procedure: str, parts: list[str], team: tuple[str, ...]
) -> None:
    case = open_case(session, settings, procedure, *team)
    assert set(parts) <= missing(case)
    for done, part in enumerate(parts):
        PROVIDE[part](case)
        left = set(parts[done + 1 :])
        if left:
            assert missing(case) & set(parts) == left, f"after {part}"
    finish_at_last(case)
    assert case.now().status is InvestigationStatus.FINISHED


def finish_at_last(case: Case) -> None:
    """Finish it, bringing what the regulation asks for beside what a test is about."""
    try:
        finish(case.session, case.house, case.investigation)
    except Refused as refused:
        case.session.rollback()
        for reason in refused.reasons:
            PROVIDE[reason.code.removeprefix("missing_")](case)
        finish(case.session, case.house, case.investigation)


@pytest.mark.parametrize(
    "procedure, parts",
    [
        pytest.param(
            "production",
            {"responsible_person", "measure"},
            marks=pytest.mark.clause("R06-04"),
        ),
        pytest.param(
            "medical-device-aftersales", {"measure", "root_cause"}, marks=pytest.mark.clause("R14-13")
        ),
        pytest.param("factory", {"evidence", "root_cause"}, marks=pytest.mark.clause("R18-05")),
    ],
)
def test_ones_own_fault_needs_more(
    session: Session, settings: Settings, procedure: str, parts: set[str]
) -> None:
    case = open_case(session, settings, procedure)
    assert "responsibility" in missing(case)
    assert "measure" not in missing(case)
    case.assess(Responsibility.DEPARTMENT, department_id=case.house.ward.id)
    assert missing(case) == parts
    for part in sorted(parts):
        PROVIDE[part](case)
    finish(session, case.house, case.investigation)


@pytest.mark.clause("R04-04")
def test_the_root_cause_is_asked_for_of_products_alone(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "general-quality", category=Category.SERVICE)
    finish(session, case.house, case.investigation)
    assert case.now().root_cause is None
    product = open_case_beside(case)
    assert missing(product) == {"root_cause"}
    finish(session, product.house, product.investigation, root_cause="温控失灵。")
    assert product.now().root_cause == "温控失灵。"


def open_case_beside(case: Case) -> Case:
    """A product complaint of the same house."""
    complaint = create_complaint(case.session, case.house, category=Category.PRODUCT)
    investigation = investigate(case.session, case.house, complaint)
    return Case(case.session, case.house, case.settings, complaint, investigation)


@pytest.mark.clause("R05-11")
def test_photos_are_asked_for_where_a_problem_was_found(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "product-company")
    case.file(name="说明.txt", content="说明".encode(), is_evidence=True)
    assert "photos" in missing(case), "a text is no photo"
    case.write(problem_found=Existence.NOT_FOUND)
    finish(session, case.house, case.investigation)


@pytest.mark.clause("R15-21")
def test_a_visit_that_is_needed_has_to_be_made(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "construction-supervision")
    case.write(site_visit=Need.NEEDED)
    assert missing(case) == {"site_visit"}
    case.record(InquiryKind.SITE_VISIT)
    finish(session, case.house, case.investigation)


@pytest.mark.clause("R07-15")
def test_a_request_to_another_department_has_to_be_answered(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "enterprise-chapters")
    outsider = case.house.outsider
    assert outsider is not None
    for part in ("standard", "severity", "impact"):
        PROVIDE[part](case)
    request = case.ask(RequestKind.ASSISTANCE, outsider)
    assert missing(case) == {"requests_answered"}
    case.answer(request, outsider)
    finish(session, case.house, case.investigation)


@pytest.mark.clause("R16-12")
def test_the_customers_own_cause_is_explained_to_them(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "quality-system-admin-office")
    case.record(InquiryKind.MEETING)
    case.assess(Responsibility.COMPLAINANT, explanation="使用电压不符，已协助更换插头。")
    assert missing(case) == {"explanation"}
    PROVIDE["explanation"](case)
    finish(session, case.house, case.investigation)
    assert case.now().responsibility_explained == "使用电压不符。"


def test_where_the_regulation_is_silent_a_finding_is_enough(session: Session, settings: Settings) -> None:
    case = open_case(session, settings, "hospital-complaint-office")
    finish(session, case.house, case.investigation)
    assert case.now().status is InvestigationStatus.FINISHED
