"""Identity documents are sealed and found by exact number alone; data leave only with the customer's consent."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Complaint
from models.enums import EventKind, RoleName, State
from models.fields import fields_of
from models.privacy import Consent, IdentityDocument, IdentityKind
from services.access.scope import unscoped
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.ledger.exporting import export_ledger
from services.listing import ListQuery
from services.operations.record_consent import record_consent, withdraw_consent
from services.operations.record_identity import record_identity
from services.operations.show_identity import find_by_identity, show_identity
from services.sealing import unseal
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, create_house, take
from tests.integration.operations.looking import rows, values
from tests.support.workbooks import by_calamine

E = EventKind
R = RoleName
CARD = "11010519491231002X"
AUTHORITY = "市卫生健康委员会"


@pytest.fixture
def enterprise(session: Session) -> House:
    made = create_house(session, "enterprise-chapters")
    session.commit()
    return made


@pytest.fixture
def company(session: Session) -> House:
    made = create_house(session, "customer-service")
    session.commit()
    return made


def write_down(
    session: Session, house: House, case: Complaint, number: str, role: RoleName = R.HANDLER
) -> None:
    with UnitOfWork(session, actor_of(session, house[role]), NOW) as work:
        record_identity(work, case.public_id, kind=IdentityKind.ID_CARD, number=number)


@pytest.mark.clause("R07-04")
def test_the_number_is_sealed_and_stands_nowhere_in_the_open(
    session: Session, enterprise: House, tmp_path: Path
) -> None:
    case = create_complaint(session, enterprise, "in_work")
    write_down(session, enterprise, case, "110105 19491231 002x")
    [kept] = rows(session, IdentityDocument, case)
    assert unseal(kept.number_sealed) == CARD
    assert CARD not in kept.number_sealed and CARD not in kept.number_index
    assert kept.number_masked == "11**************2X"
    assert {spec.key for spec in fields_of(IdentityDocument)}.isdisjoint({"number_sealed", "number_index"})
    for entry in rows(session, AuditEntry, case):
        assert CARD not in str(vars(entry))
    actor = actor_of(session, enterprise[R.HANDLER])
    session.info["actor"] = actor
    assert not list(ListQuery.from_params(Complaint, f"q={CARD}", actor, ZoneInfo("UTC")).iterate(session))
    query = ListQuery.from_params(Complaint, "", actor, ZoneInfo("UTC"))
    assert CARD not in str(by_calamine(export_ledger(session, query, tmp_path, "台账").written.path))


@pytest.mark.clause("R07-04")
def test_who_handles_the_case_finds_it_by_the_exact_number(session: Session, enterprise: House) -> None:
    case = create_complaint(session, enterprise, "in_work")
    create_complaint(session, enterprise, "in_work")
    write_down(session, enterprise, case, CARD)

    def found(role: RoleName, number: str) -> list[str]:
        with UnitOfWork(session, actor_of(session, enterprise[role]), NOW) as work:
            return [one.number for one in find_by_identity(work, number=number, reason="核对身份")]

    number = values(session, case)["number"]
    assert found(R.HANDLER, "110105-19491231-002x") == [number]
    assert found(R.HANDLER, CARD[:-1]) == [], "a part finds nothing"
    assert found(R.LEADER, CARD) == [], "not one of the leader's own cases"
    for role in (R.AUDITOR, R.ARCHIVIST):
        with pytest.raises(NotPermitted):
            found(role, CARD)
    with unscoped(session, "a test looks at the result"):
        searches = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "identity_document.search")
        ).all()
    assert [entry.reason for entry in searches] == ["核对身份"] * 3
    assert CARD not in str([vars(entry) for entry in searches])


@pytest.mark.clause("R07-04")
def test_reading_the_whole_number_is_on_record(session: Session, enterprise: House) -> None:
    case = create_complaint(session, enterprise, "in_work")
    write_down(session, enterprise, case, CARD)
    for role, error in ((R.AUDITOR, NotPermitted), (R.ARCHIVIST, NotPermitted)):
        with pytest.raises(error), UnitOfWork(session, actor_of(session, enterprise[role]), NOW) as work:
            show_identity(work, case.public_id, reason="查看")
    assert enterprise.outsider is not None
    with (
        pytest.raises(NotFound),
        UnitOfWork(session, actor_of(session, enterprise.outsider), NOW) as work,
    ):
        show_identity(work, case.public_id, reason="查看")
    with pytest.raises(Invalid), UnitOfWork(session, actor_of(session, enterprise[R.HANDLER]), NOW) as work:
        show_identity(work, case.public_id, reason=" ")
    with UnitOfWork(session, actor_of(session, enterprise[R.HANDLER]), NOW) as work:
        assert show_identity(work, case.public_id, reason="核对身份") == CARD
    entry = rows(session, AuditEntry, case)[-1]
    assert (entry.action, entry.reason) == ("identity_document.reveal", "核对身份")


@pytest.mark.parametrize("number", ["", "123", "110105194912310021", "11010519491231002Z"])
def test_a_mistyped_number_is_refused_at_its_field(session: Session, enterprise: House, number: str) -> None:
    case = create_complaint(session, enterprise, "in_work")
    with pytest.raises(Invalid) as caught:
        write_down(session, enterprise, case, number)
    assert set(caught.value.fields) == {"number"}
    assert rows(session, IdentityDocument, case) == []


def agree(session: Session, house: House, case: Complaint, recipient: str = AUTHORITY) -> str:
    with UnitOfWork(session, actor_of(session, house[R.FIRST_RECEIVER]), NOW) as work:
        made = record_consent(
            work, case.public_id, recipient=recipient, scope="姓名、电话", how="电话录音", given_on=None
        )
        return made.public_id


@pytest.mark.clause("R03-12")
def test_nothing_goes_to_a_third_party_without_consent_on_record(session: Session, company: House) -> None:
    case = create_complaint(session, company)

    def refused() -> set[str]:
        with pytest.raises(Refused) as caught:
            take(session, company, case, E.REFER, R.FIRST_RECEIVER)
        return {reason.code for reason in caught.value.reasons}

    assert refused() == {"no_consent"}
    agree(session, company, case, "某快递公司")
    assert refused() == {"no_consent"}, "agreed to somebody else"
    address = agree(session, company, case)
    with UnitOfWork(session, actor_of(session, company[R.FIRST_RECEIVER]), NOW) as work:
        withdraw_consent(work, address)
    assert refused() == {"no_consent"}, "withdrawn"
    agree(session, company, case)
    take(session, company, case, E.REFER, R.FIRST_RECEIVER)
    assert values(session, case)["state"] is State.REFERRED
    assert [one.scope for one in rows(session, Consent, case)] == ["姓名、电话"] * 3
    actions = [entry.action for entry in rows(session, AuditEntry, case)]
    assert actions.count("consent.create") == 3 and actions.count("consent.withdraw") == 1


@pytest.mark.parametrize("field", ["recipient", "scope", "how"])
def test_a_consent_says_what_to_whom_and_how(session: Session, company: House, field: str) -> None:
    case = create_complaint(session, company)
    typed = {"recipient": AUTHORITY, "scope": "姓名", "how": "书面"} | {field: " "}
    with (
        pytest.raises(Invalid) as caught,
        UnitOfWork(session, actor_of(session, company[R.FIRST_RECEIVER]), NOW) as work,
    ):
        record_consent(work, case.public_id, **typed)
    assert set(caught.value.fields) == {field}
