"""Departments merge and are renamed: scope follows the successor, history keeps the old name."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Assignment, DepartmentSuccession
from models.enums import EventKind, RoleName, SuccessionKind
from tests.factories import (
    NOW,
    House,
    create_complaint,
    create_department,
    create_user,
    fire,
    take,
    valid_form,
)
from tests.integration.operations.looking import last_event, rows, sees

E = EventKind
R = RoleName


def test_the_successor_signs_for_what_was_sent_to_its_predecessor(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "accepted")
    fire(session, house[R.FIRST_RECEIVER], E.TRANSFER, complaint, **valid_form(E.TRANSFER, house))
    centre = create_department(session, "医学检验中心")
    head = create_user(session, "中心主任", R.DEPARTMENT_HEAD, department=centre, for_department=centre)
    session.commit()
    assert not sees(session, head, complaint)
    session.add(
        DepartmentSuccession(
            kind=SuccessionKind.MERGE,
            from_id=house.laboratory.id,
            to_id=centre.id,
            old_name="检验科",
            new_name="医学检验中心",
            effective_on=NOW.date(),
        )
    )
    house.laboratory.ended_on = NOW.date()
    session.commit()
    assert sees(session, head, complaint)
    fire(session, head, E.SIGN_FOR, complaint)
    [assignment] = rows(session, Assignment, complaint)
    assert (assignment.signed_by_id, assignment.department_name) == (head.id, "检验科")
    fire(session, head, E.NOTE, complaint, text="由中心接续办理")
    assert last_event(session, complaint).department_name == "医学检验中心"
    assert not sees(session, house[R.DEPARTMENT_HEAD], complaint)


def test_an_ended_department_is_sent_nothing_new(session: Session, house: House) -> None:
    import pytest

    from services.errors import Invalid

    house.laboratory.ended_on = NOW.date()
    session.commit()
    complaint = create_complaint(session, house, "accepted")
    with pytest.raises(Invalid) as caught:
        fire(session, house[R.FIRST_RECEIVER], E.TRANSFER, complaint, **valid_form(E.TRANSFER, house))
    assert set(caught.value.fields) == {"department_id"}
    take(session, house, complaint, E.TRANSFER, R.FIRST_RECEIVER)
