"""What each regulation demands in measures: refused without them and in another shape, on its own file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Attachment, Complaint
from models.enums import (
    Category,
    Channel,
    EventKind,
    MeasureKind,
    PartySide,
    Responsibility,
    RoleName,
    State,
)
from models.remedy_enums import Bearer
from services.actor import SYSTEM
from services.errors import Invalid, Refused
from services.operations.drop_measure import drop_measure
from services.operations.record_measure import record_measure
from services.operations.register import NewParty
from services.unit_of_work import UnitOfWork
from tests.factories import (
    NOW,
    PATHS,
    House,
    actor_of,
    create_complaint,
    create_house,
    fire,
    reread,
    take,
    valid_form,
)
from tests.factories.remedies import DAY, add_measure, measure_values
from tests.integration.operations.looking import reasons_of

E = EventKind
R = RoleName
K = MeasureKind
TYPED: dict[str, Any] = {
    "product": "水泵",
    "batch": "20260301",
    "parties": (
        NewParty(PartySide.COMPLAINANT, name="张某", phone="13800000000", address="和平路1号"),
        NewParty(PartySide.COMPLAINED_ABOUT, name="某施工单位"),
    ),
}
"""What some of the procedures want to know before they accept."""
CLOSERS = {E.SUBMIT_OPINION: R.HANDLER, E.REPLY: R.FIRST_RECEIVER, E.CLOSE: R.LEADER}


@dataclass(frozen=True)
class Case:
    """A demand: under which procedure, before what, for which complaint; what does not do, and what does."""

    procedure: str
    demand: str
    kind: MeasureKind
    before: EventKind = E.CLOSE
    typed: dict[str, Any] = field(default_factory=dict)
    responsibility: Responsibility = Responsibility.DEPARTMENT
    values: dict[str, Any] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    """Of `values`: without each of these the measure does not meet the demand."""
    spared: dict[str, Any] | None = None
    """A complaint as typed that the demand is not for."""
    settled: bool = True
    """Whether it has to be carried out (closing asks for that anyway)."""


CASES = [
    pytest.param(
        Case("construction-company", "rectification", K.RECTIFICATION, values={"due_on": DAY}),
        marks=pytest.mark.clause("R02-13"),
        id="R02-13 rectification",
    ),
    pytest.param(
        Case("construction-company", "penalty", K.PENALTY),
        marks=pytest.mark.clause("R02-13"),
        id="R02-13 penalty",
    ),
    pytest.param(
        Case("customer-service", "compensation", K.COMPENSATION),
        marks=pytest.mark.clause("R03-08"),
        id="R03-08",
    ),
    pytest.param(
        Case("customer-service", "discipline", K.DISCIPLINE, responsibility=Responsibility.STAFF),
        marks=pytest.mark.clause("R03-09"),
        id="R03-09",
    ),
    pytest.param(
        Case(
            "customer-service",
            "training",
            K.TRAINING,
            responsibility=Responsibility.STAFF,
            values={"due_on": DAY},
            lacks=("due_on",),
        ),
        marks=pytest.mark.clause("R03-10"),
        id="R03-10",
    ),
    pytest.param(
        Case(
            "general-quality",
            "agreed_improvement",
            K.IMPROVEMENT,
            typed={"category": Category.SERVICE},
            values={"agreed_with_id": "laboratory", "agreed_on": DAY},
            spared={"category": Category.PRODUCT},
        ),
        marks=pytest.mark.clause("R04-05"),
        id="R04-05",
    ),
    pytest.param(
        Case(
            "product-company",
            "replacement",
            K.REPLACEMENT,
            before=E.REPLY,
            typed={"category": Category.PRODUCT},
            values={"promised_on": DAY},
            lacks=("promised_on",),
            spared={"category": Category.SERVICE},
        ),
        marks=pytest.mark.clause("R05-13"),
        id="R05-13 replacement",
    ),
    pytest.param(
        Case(
            "product-company",
            "shipping_back",
            K.RETURN,
            before=E.REPLY,
            typed={"category": Category.PRODUCT},
            values={"help_asked_on": DAY, "freight_by": Bearer.COMPANY},
            lacks=("help_asked_on",),
        ),
        marks=pytest.mark.clause("R05-13"),
        id="R05-13 shipping back",
    ),
    pytest.param(
        Case("production", "compensation", K.COMPENSATION, spared={"channel": Channel.INTERNAL}),
        marks=pytest.mark.clause("R06-07"),
        id="R06-07",
    ),
    pytest.param(
        Case("three-level", "corrective", K.CORRECTIVE),
        marks=pytest.mark.clause("R10-07"),
        id="R10-07",
    ),
    pytest.param(
        Case(
            "complaint-analysis",
            "training",
            K.TRAINING,
            responsibility=Responsibility.STAFF,
            values={"due_on": DAY},
            lacks=("due_on",),
        ),
        marks=pytest.mark.clause("R12-06"),
        id="R12-06",
    ),
    *(
        pytest.param(
            Case(
                "factory",
                demand,
                kind,
                typed={"category_code": "defect"},
                spared={"category_code": "after_sales"},
            ),
            marks=pytest.mark.clause("R18-07"),
            id=f"R18-07 {demand}",
        )
        for demand, kind in (
            ("contact_defect", K.CONTACT),
            ("improvement_defect", K.IMPROVEMENT),
            ("progress_defect", K.PROGRESS),
        )
    ),
    *(
        pytest.param(
            Case(
                "factory",
                demand,
                kind,
                typed={"category_code": "after_sales"},
                spared={"category_code": "defect"},
            ),
            marks=pytest.mark.clause("R18-08"),
            id=f"R18-08 {demand}",
        )
        for demand, kind in (
            ("verified_service", K.VERIFICATION),
            ("contact_service", K.CONTACT),
            ("action_service", K.REPAIR),
        )
    ),
    pytest.param(
        Case(
            "factory",
            "prevention",
            K.PREVENTION,
            typed={"category_code": "nonconforming"},
            values={"cause": "来料未检。"},
            lacks=("cause",),
            spared={"category_code": "defect"},
        ),
        marks=pytest.mark.clause("R18-12"),
        id="R18-12",
    ),
    pytest.param(
        Case(
            "factory",
            "cause_and_improvement",
            K.IMPROVEMENT,
            values={"cause": "模具磨损。"},
            lacks=("cause",),
        ),
        marks=pytest.mark.clause("R18-11"),
        id="R18-11",
    ),
]


def in_work(session: Session, house: House, **typed: Any) -> Complaint:
    """In work, with the photo that R02-07 asks for."""
    complaint = create_complaint(session, house, **{**TYPED, **typed})
    session.info["actor"] = SYSTEM
    session.add(
        Attachment(
            complaint_id=complaint.id,
            filename="裂缝.jpg",
            sha256="0" * 64,
            size=1,
            mime_type="image/jpeg",
            is_evidence=True,
        )
    )
    session.commit()
    for event, role in PATHS["in_work"]:
        take(session, house, complaint, event, role)
    return complaint


def to_the_step(session: Session, house: House, case: Case, typed: dict[str, Any]) -> Complaint:
    """The complaint just before the step, without anything that the demand asks for."""
    address = in_work(session, house, **typed).public_id
    session.info["actor"] = SYSTEM
    complaint = reread(session, address)
    if case.before is E.SUBMIT_OPINION:
        return complaint
    # The way there is another procedure's business each time; what counts is the opinion's responsibility.
    complaint.responsibility = case.responsibility
    complaint.state = State.AWAITING_APPROVAL if case.before is E.REPLY else State.FOLLOWING_UP
    complaint.replied_at = NOW
    session.commit()
    return complaint


def attempt(session: Session, house: House, complaint: Complaint, event: EventKind) -> list[str]:
    """The codes of what the step was refused for; the demand's links lead to the measures."""
    with pytest.raises(Refused) as caught:
        fire(session, house[CLOSERS[event]], event, complaint, **valid_form(event, house))
    demanded = [each for each in caught.value.reasons if each.code.startswith("demanded_")]
    assert all(reason.link == "measures" for reason in demanded)
    return [reason.code for reason in caught.value.reasons]


def add(session: Session, house: House, complaint: Complaint, case: Case, **changed: Any) -> None:
    values = measure_values(house, case.kind, **(case.values | changed))
    if values.get("agreed_with_id") == "laboratory":
        values["agreed_with_id"] = house.laboratory.id
    add_measure(session, complaint, NOW, values, settle=case.before is E.CLOSE)


@pytest.mark.parametrize("case", CASES)
def test_the_step_waits_for_the_measure_demanded(session: Session, case: Case) -> None:
    house = create_house(session, case.procedure)
    session.commit()
    code = f"demanded_{case.demand}"
    complaint = to_the_step(session, house, case, case.typed)
    assert code in attempt(session, house, complaint, case.before)
    for key in case.lacks:
        add(session, house, complaint, case, **{key: None})
        assert code in attempt(session, house, complaint, case.before), key
    add(session, house, complaint, case)
    assert code not in reasons_of(session, house, complaint, case.before)
    if case.spared is not None:
        other = to_the_step(session, house, case, {**case.typed, **case.spared})
        assert code not in reasons_of(session, house, other, case.before)


@pytest.mark.clause("R02-13")
def test_a_rectification_has_a_deadline_and_is_verified(session: Session) -> None:
    house = create_house(session, "construction-company")
    session.commit()
    case = Case("construction-company", "rectification", K.RECTIFICATION)
    complaint = to_the_step(session, house, case, {})
    add_measure(session, complaint, NOW, measure_values(house, K.RECTIFICATION))
    assert "demanded_rectification" in attempt(session, house, complaint, E.CLOSE), "not verified"
    add_measure(session, complaint, NOW, measure_values(house, K.RECTIFICATION, due_on=None), settle=True)
    assert "demanded_rectification" in attempt(session, house, complaint, E.CLOSE), "no deadline"
    spared = to_the_step(
        session, house, Case("", "", K.PENALTY, responsibility=Responsibility.NONE), {"product": "桥面"}
    )
    assert not {"demanded_rectification", "demanded_penalty"} & set(
        reasons_of(session, house, spared, E.CLOSE)
    ), "not confirmed"


@pytest.mark.clause("R05-13")
def test_freight_of_the_return_is_the_companys(session: Session) -> None:
    house = create_house(session, "product-company")
    session.commit()
    case = Case("product-company", "shipping_back", K.RETURN, before=E.REPLY)
    complaint = to_the_step(session, house, case, {"category": Category.PRODUCT})
    paid_by_customer = measure_values(house, K.RETURN, help_asked_on=DAY, freight_by=Bearer.COMPLAINANT)
    add_measure(session, complaint, NOW, paid_by_customer)
    assert "demanded_shipping_back" in attempt(session, house, complaint, E.REPLY)


@pytest.mark.clause("R06-16")
def test_a_repeated_complaint_changes_design_or_process(session: Session) -> None:
    house = create_house(session, "production")
    session.commit()
    case = Case("production", "design_or_process", K.PROCESS)
    once = to_the_step(session, house, case, {})
    assert "demanded_design_or_process" not in reasons_of(session, house, once, E.CLOSE)
    again = to_the_step(session, house, case, {})
    session.info["actor"] = SYSTEM
    again.is_repeat = True
    session.commit()
    assert "demanded_design_or_process" in attempt(session, house, again, E.CLOSE)
    add(session, house, again, case)
    assert "demanded_design_or_process" not in reasons_of(session, house, again, E.CLOSE)


@pytest.mark.clause("R06-07", "R03-08")
@pytest.mark.parametrize("procedure", ["production", "customer-service"])
def test_compensation_says_amount_form_and_date_or_why_none(session: Session, procedure: str) -> None:
    house = create_house(session, procedure)
    session.commit()
    complaint = to_the_step(session, house, Case(procedure, "compensation", K.COMPENSATION), {})
    for key in ("amount", "compensation_form", "given_on"):
        with pytest.raises(Invalid) as caught:
            add_measure(session, complaint, NOW, measure_values(house, K.COMPENSATION, **{key: None}))
        assert set(caught.value.fields) == {key}
    both = measure_values(house, K.COMPENSATION, none_due_reason="未造成损失。")
    with pytest.raises(Invalid):
        add_measure(session, complaint, NOW, both)
    none = {"kind": K.COMPENSATION, "text": "不予赔偿", "none_due_reason": "未造成损失。"}
    assert add_measure(session, complaint, NOW, none).status.value == "done", "nothing to carry out"
    assert "demanded_compensation" not in reasons_of(session, house, complaint, E.CLOSE)


@pytest.mark.clause("R07-13")
def test_a_resolution_plan_has_owner_measure_and_deadline(session: Session) -> None:
    house = create_house(session, "enterprise-chapters")
    session.commit()
    complaint = in_work(session, house)
    assert "demanded_plan" in attempt(session, house, complaint, E.SUBMIT_OPINION)
    values = measure_values(house, K.IMPROVEMENT, owner_id=house[R.HANDLER].id)
    for key in ("owner_id", "due_on"):
        with (
            pytest.raises(Invalid) as caught,
            UnitOfWork(session, actor_of(session, house[R.HANDLER]), NOW) as work,
        ):
            record_measure(work, values=values | {key: None}, complaint_id=complaint.id)
        assert set(caught.value.fields) == {key}
    add_measure(session, complaint, NOW, values)
    assert "demanded_plan" not in reasons_of(session, house, complaint, E.SUBMIT_OPINION)


def test_a_dropped_measure_meets_nothing(session: Session) -> None:
    house = create_house(session, "three-level")
    session.commit()
    case = Case("three-level", "corrective", K.CORRECTIVE)
    complaint = to_the_step(session, house, case, {})
    measure = add_measure(session, complaint, NOW, measure_values(house, K.CORRECTIVE))
    with UnitOfWork(session, SYSTEM, NOW + timedelta(hours=1)) as work:
        drop_measure(work, measure.id, None, reason="改用其他办法。")
    assert "demanded_corrective" in attempt(session, house, complaint, E.CLOSE)
