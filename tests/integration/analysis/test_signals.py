"""Signals: raised where the count exceeds threshold and usual, turned into a measure or dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Investigation, Measure, Signal, User
from models.analysis_enums import ReportKind, SignalStatus, SignalSubject
from models.enums import MeasureKind, MeasureStatus, RoleName
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused
from services.operations.carry_out_measure import carry_out_measure
from services.operations.dismiss_signal import dismiss_signal
from services.operations.plan_measure import plan_measure
from services.operations.raise_signals import raise_signals
from services.reports.rounds import analyse
from services.unit_of_work import UnitOfWork
from tests.factories import House, actor_of, create_house
from tests.integration.analysis.desk import LEADER, QUALITY, at, listed, page, put, received, words
from tests.integration.analysis.test_reports import missing, reports
from tests.support.client import DeskClient

PRODUCT, BATCH, CAUSE = "一次性输液器", "20260105", "接头开裂"
SUBJECTS = {
    (SignalSubject.PRODUCT, PRODUCT, 3),
    (SignalSubject.BATCH, BATCH, 2),
    (SignalSubject.CAUSE, CAUSE, 3),
}


def heap(session: Session, house: House) -> list[str]:
    """Three complaints of March about one product, two of them of one batch, all for one cause."""
    addresses = []
    for number in range(3):
        case = received(
            session, house, at(3, 3 + number), product=PRODUCT, batch=BATCH if number < 2 else f"别批{number}"
        )
        session.add(
            Investigation(
                complaint_id=case.id,
                title="调查",
                leader_id=house[RoleName.INVESTIGATOR].id,
                root_cause=f" {CAUSE}" if number else CAUSE,
                started_at=at(3, 5),
            )
        )
        session.commit()
        addresses.append(case.public_id)
    return addresses


def look(session: Session, when: datetime) -> Sequence[Signal]:
    with UnitOfWork(session, SYSTEM, when) as work:
        raise_signals(work)
    return signals(session)


def signals(session: Session) -> Sequence[Signal]:
    session.info["actor"] = SYSTEM
    query = sa.select(Signal).order_by(Signal.id).execution_options(populate_existing=True)
    return session.scalars(query).all()


def said(found: Sequence[Signal]) -> set[tuple[SignalSubject, str, int]]:
    return {(one.subject, one.value, one.count) for one in found}


def decide(session: Session, user: User, operation: Any, *arguments: Any, **form: Any) -> Any:
    with UnitOfWork(session, actor_of(session, user), at(3, 26)) as work:
        return operation(work, *arguments, **form)


@pytest.mark.clause("R04-10")
def test_more_than_usual_raises_signals_that_become_measures_or_are_dismissed(
    session: Session, client: DeskClient
) -> None:
    house = create_house(session, "general-quality")
    session.commit()
    addresses = heap(session, house)
    found = look(session, at(3, 25))
    assert said(found) == SUBJECTS
    assert said(look(session, at(3, 25, 12))) == SUBJECTS  # each once
    by_subject = {one.subject: one for one in found}

    html = page(client, house[QUALITY], "/analysis/?from=2026-03-01&to=2026-03-31")
    assert f"Product: {PRODUCT} 3 complaints, usually 0.0 a month" in words(html)
    address = by_subject[SignalSubject.CAUSE].public_id
    shown = page(client, house[QUALITY], f"/signals/{address}/")
    link = next(part for part in shown.split('"') if part.startswith("/complaints/?f.figure"))
    assert listed(client, link.replace("&amp;", "&")) == set(addresses)

    product, batch = by_subject[SignalSubject.PRODUCT], by_subject[SignalSubject.BATCH]
    values = {"kind": MeasureKind.IMPROVEMENT, "text": "更换供应商", "owner_id": house[RoleName.HANDLER].id}
    with pytest.raises(NotPermitted):
        decide(session, house[LEADER], plan_measure, Signal, product.id, None, values=values)
    measure = decide(session, house[QUALITY], plan_measure, Signal, product.id, None, values=values)
    with pytest.raises(Invalid):
        decide(session, house[QUALITY], dismiss_signal, batch.id, None, reason=" ")
    decide(session, house[QUALITY], dismiss_signal, batch.id, None, reason="同批已全部召回")
    with pytest.raises(Refused):
        decide(session, house[QUALITY], dismiss_signal, product.id, None, reason="重复")
    by_subject = {one.subject: one for one in signals(session)}
    assert by_subject[SignalSubject.PRODUCT].status is SignalStatus.MEASURE
    assert by_subject[SignalSubject.PRODUCT].measure_id == measure.id
    dismissed = by_subject[SignalSubject.BATCH]
    assert (dismissed.status, dismissed.reason) == (SignalStatus.DISMISSED, "同批已全部召回")
    # Its owner in the ward finds the measure and carries it out.
    assert "更换供应商" in page(client, house[RoleName.HANDLER], f"/measures/{measure.public_id}/")
    done = decide(session, house[RoleName.HANDLER], carry_out_measure, measure.id, None, how="已更换")
    assert done.status is MeasureStatus.DONE

    analyse(session, at(4, 1))
    assert [(each.kind, each.starts_on) for each in reports(session)] == [
        (ReportKind.MONTHLY, date(2026, 3, 1))
    ]
    assert missing(session, house[QUALITY], reports(session)[0]) == {"comparison", "causes", "improvements"}


@pytest.mark.clause("R13-04")
def test_a_drug_maker_watches_trends_and_sums_them_up(session: Session) -> None:
    house = create_house(session, "pharma-manufacturer")
    session.commit()
    heap(session, house)
    assert said(look(session, at(3, 25))) == SUBJECTS
    analyse(session, datetime(2027, 1, 1, 1, tzinfo=at(1, 1).tzinfo))
    found = reports(session)
    assert {each.kind for each in found} == {ReportKind.QUARTERLY, ReportKind.YEARLY}
    assert missing(session, house[QUALITY], found[0]) == {"comparison", "causes", "improvements"}


def test_what_is_usual_raises_nothing(session: Session) -> None:
    house = create_house(session, "general-quality")
    session.commit()
    for month in (1, 2):
        for day in range(1, 7):
            received(session, house, at(month, day), product=PRODUCT)
    for day in range(1, 5):
        received(session, house, at(3, day), product=PRODUCT)
    # Twelve in the six months before are two a month; four are not more than twice that.
    assert look(session, at(3, 25)) == []
    received(session, house, at(3, 6), product=PRODUCT)
    assert said(look(session, at(3, 25))) == {(SignalSubject.PRODUCT, PRODUCT, 5)}


def test_the_count_of_a_waiting_signal_grows_with_the_month(session: Session) -> None:
    house = create_house(session, "general-quality")
    session.commit()
    for day in (1, 2, 3):
        received(session, house, at(3, day), product=PRODUCT)
    look(session, at(3, 4))
    received(session, house, at(3, 5), product=PRODUCT)
    assert said(look(session, at(3, 6))) == {(SignalSubject.PRODUCT, PRODUCT, 4)}


def test_confidential_complaints_raise_nothing(session: Session) -> None:
    house = create_house(session, "general-quality")
    session.commit()
    for day in (1, 2, 3):
        case = received(session, house, at(3, day), product=PRODUCT)
        put(session, case, is_confidential=True)
    assert look(session, at(3, 4)) == []


def test_a_procedure_without_thresholds_raises_nothing(session: Session) -> None:
    house = create_house(session, "production")
    session.commit()
    heap(session, house)
    assert look(session, at(3, 25)) == [] and session.scalar(sa.select(sa.func.count(Measure.id))) == 0
