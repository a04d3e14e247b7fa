"""Who is kept informed by post: told of each complaint and investigation, on the list, and confirming it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import Complaint, InformedPerson, PostBinding
from models.enums import FindingVerdict, InformedOf, PostName, RoleName
from services.errors import NotFound, Refused
from services.operations.confirm_informed import confirm_informed
from services.operations.open_investigation import open_investigation
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, create_complaint, create_house, register_complaint
from tests.factories.inquiries import finish
from tests.integration.operations.looking import actor_of, last_audit, rows, told

DRUGS = "pharma-manufacturer"
R = RoleName
OF = InformedOf


def listed(session: Session, complaint: Complaint) -> list[tuple[int, InformedOf, bool]]:
    found = rows(session, InformedPerson, complaint)
    return [(row.user_id, row.informed_of, row.read_at is not None) for row in found]


@pytest.mark.clause("R13-01")
def test_the_head_of_quality_is_informed_of_every_complaint_and_investigation(session: Session) -> None:
    house = create_house(session, DRUGS)
    session.commit()
    head = house[R.HEAD_OF_QUALITY].id
    complaint = create_complaint(session, house, "in_work", product="止痛片")
    assert told(session, complaint, "informed.registered") == {head}
    leader = house[R.INVESTIGATOR]
    with UnitOfWork(session, actor_of(session, leader), NOW) as work:
        investigation = open_investigation(
            work,
            complaint.id,
            values={"title": "质量调查", "leader_id": leader.id},
            members=[{"user_id": house[R.HANDLER].id, "part": None}],
            findings=[
                {"allegation": "片剂变色", "verdict": FindingVerdict.NOT_UPHELD, "facts": "留样未见变色。"}
            ],
        )
    assert told(session, complaint, "informed.investigation_opened") == {head}
    finish(session, house, investigation)
    assert told(session, complaint, "informed.investigation_finished") == {head}
    of = (OF.REGISTERED, OF.INVESTIGATION_OPENED, OF.INVESTIGATION_FINISHED)
    assert listed(session, complaint) == [(head, each, False) for each in of]

    later = NOW + timedelta(hours=2)
    with UnitOfWork(session, actor_of(session, house[R.HEAD_OF_QUALITY]), later) as work:
        confirm_informed(work, complaint.public_id)
    assert listed(session, complaint) == [(head, each, True) for each in of]
    assert last_audit(session, complaint).action == "informed_person.confirm"


def test_a_bound_person_is_told_once_and_nobody_who_did_it_themselves(session: Session) -> None:
    house = create_house(session, DRUGS)
    deputy = house[R.LEADER]
    session.add(PostBinding(post=PostName.HEAD_OF_QUALITY, user_id=deputy.id))
    session.commit()
    complaint = register_complaint(session, deputy)
    assert listed(session, complaint) == [(deputy.id, OF.REGISTERED, True)]
    assert told(session, complaint, "informed.registered") == set()


def test_a_confidential_case_is_told_only_to_those_named_on_it(session: Session) -> None:
    house = create_house(session, DRUGS)
    session.commit()
    leader, head = house[R.LEADER].id, house[R.HEAD_OF_QUALITY].id
    hidden = register_complaint(session, house[R.FIRST_RECEIVER], confidential=True, named_user_ids=(leader,))
    assert listed(session, hidden) == [] and told(session, hidden, "informed.registered") == set()
    open_to_head = register_complaint(
        session, house[R.FIRST_RECEIVER], confidential=True, named_user_ids=(leader, head)
    )
    assert listed(session, open_to_head) == [(head, OF.REGISTERED, False)]


def test_only_somebody_who_was_informed_confirms(session: Session) -> None:
    house = create_house(session, DRUGS)
    session.commit()
    complaint = register_complaint(session, house[R.FIRST_RECEIVER])
    with pytest.raises(Refused), UnitOfWork(session, actor_of(session, house[R.LEADER])) as work:
        confirm_informed(work, complaint.public_id)
    session.rollback()
    assert house.outsider is not None
    with pytest.raises(NotFound), UnitOfWork(session, actor_of(session, house.outsider)) as work:
        confirm_informed(work, complaint.public_id)
