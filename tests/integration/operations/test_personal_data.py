"""Personal data: masked for whoever does not handle the case, revealed on record, and masked in what is exported."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Complaint, ComplaintEvent
from models.enums import EventKind, PartySide, RoleName
from services.access.scope import unscoped
from services.errors import Invalid, NotPermitted
from services.ledger.exporting import export_ledger
from services.listing import ListQuery
from services.operations.register import NewParty
from services.operations.reveal import reveal
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, create_house
from tests.integration.operations.looking import rows
from tests.support.workbooks import by_calamine

R = RoleName
CUSTOMER = (NewParty(PartySide.COMPLAINANT, name="王小五", phone="13812345678"),)
COLUMNS = ("number", "complainant_name", "complainant_phone")


@pytest.fixture
def company(session: Session) -> House:
    made = create_house(session, "customer-service")
    session.commit()
    return made


@pytest.fixture
def case(session: Session, company: House) -> Complaint:
    return create_complaint(session, company, "in_work", parties=CUSTOMER)


def listed(session: Session, house: House, role: RoleName, params: str = "") -> list[tuple[object, ...]]:
    actor = actor_of(session, house[role])
    session.info["actor"] = actor
    query = ListQuery.from_params(Complaint, params, actor, ZoneInfo("UTC"), columns=COLUMNS)
    return [
        (row.values["complainant_name"], row.values["complainant_phone"]) for row in query.iterate(session)
    ]


@pytest.mark.clause("R03-12")
def test_only_those_who_handle_it_read_it_plainly(session: Session, company: House, case: Complaint) -> None:
    assert listed(session, company, R.HANDLER) == [("王小五", "13812345678")]
    for role in (R.AUDITOR, R.ARCHIVIST, R.LEADER, R.FIRST_RECEIVER):
        assert listed(session, company, role) == [("王**", "138****5678")], role
        assert listed(session, company, role, "q=13812345678") == [], "and can't find out by searching"


@pytest.mark.clause("R03-12")
def test_what_is_exported_is_masked_as_on_the_screen(
    session: Session, company: House, case: Complaint, tmp_path: Path
) -> None:
    sheets = {}
    for role in (R.HANDLER, R.AUDITOR, R.LEADER):
        actor = actor_of(session, company[role])
        session.info["actor"] = actor
        query = ListQuery.from_params(Complaint, "", actor, ZoneInfo("UTC"), columns=COLUMNS)
        exported = export_ledger(session, query, tmp_path, role.value)
        sheets[role] = str(by_calamine(exported.written.path))
    assert "13812345678" in sheets[R.HANDLER]
    for role in (R.AUDITOR, R.LEADER):
        assert "138****5678" in sheets[role] and "王**" in sheets[role]
        assert "13812345678" not in sheets[role] and "王小五" not in sheets[role]


@pytest.mark.clause("R03-12")
def test_every_unmasking_is_on_record_with_its_reason(
    session: Session, company: House, case: Complaint
) -> None:
    for reason in ("", "  "):
        with UnitOfWork(session, actor_of(session, company[R.LEADER]), NOW) as work, pytest.raises(Invalid):
            reveal(work, case.public_id, reason=reason)
    for role in (R.AUDITOR, R.ARCHIVIST):
        with pytest.raises(NotPermitted), UnitOfWork(session, actor_of(session, company[role]), NOW) as work:
            reveal(work, case.public_id, reason="好奇")
    with UnitOfWork(session, actor_of(session, company[R.LEADER]), NOW) as work:
        reveal(work, case.public_id, reason="回访投诉人")
    [event] = [row for row in rows(session, ComplaintEvent, case) if row.event is EventKind.REVEALED]
    assert (event.actor_id, event.text) == (company[R.LEADER].id, "回访投诉人")
    [entry] = [row for row in rows(session, AuditEntry, case) if row.action == "complaint.reveal"]
    assert (entry.actor_id, entry.reason) == (company[R.LEADER].id, "回访投诉人")
    with unscoped(session, "a test looks at the result"):
        assert "13812345678" not in str([vars(row) for row in rows(session, AuditEntry, case)])
