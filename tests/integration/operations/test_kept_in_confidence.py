"""Integrity matters and letters so marked exist for the people named on them alone (R15-19)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Complaint
from models.enums import Channel, EventKind, RoleName
from services.errors import Invalid, NotFound
from services.listing import ListQuery
from tests.factories import NOW, House, actor_of, create_house, fire, register_complaint
from tests.integration.operations.looking import rows, sees

E = EventKind
R = RoleName


@pytest.fixture
def station(session: Session) -> House:
    made = create_house(session, "construction-supervision")
    session.commit()
    return made


def letter(session: Session, house: House, category: str, **typed: object) -> Complaint:
    named = {"confidential": True, "named_user_ids": (house[R.LEADER].id,)} | typed
    return register_complaint(
        session, house[R.HANDLER], channel=Channel.LETTER, category_code=category, **named
    )


@pytest.mark.clause("R15-19")
def test_an_integrity_matter_is_never_registered_openly(session: Session, station: House) -> None:
    with pytest.raises(Invalid) as caught:
        letter(session, station, "integrity", confidential=False, named_user_ids=())
    assert set(caught.value.fields) == {"confidential"}
    assert "R15-19" in str(caught.value.fields["confidential"])
    kept = letter(session, station, "integrity")
    assert kept.is_confidential
    open_one = letter(session, station, "engineering", confidential=False, named_user_ids=())
    with pytest.raises(Invalid) as caught:
        fire(
            session,
            station[R.HANDLER],
            E.CORRECT,
            open_one,
            values={"category_code": "integrity"},
            reason="x",
        )
    assert set(caught.value.fields) == {"category_code"}


@pytest.mark.clause("R15-19")
@pytest.mark.parametrize("category", ["integrity", "other"])
def test_a_letter_so_marked_is_for_the_named_alone(session: Session, station: House, category: str) -> None:
    hidden = letter(session, station, category, summary="收受礼金")
    named = {station[R.LEADER].id, station[R.HANDLER].id}
    number = hidden.number
    everybody = [*station.people.values(), station.outsider]
    for user in everybody:
        assert user is not None
        knows = user.id in named
        assert sees(session, user, hidden) is knows
        actor = actor_of(session, user)
        session.info["actor"] = actor
        found = ListQuery.from_params(Complaint, "q=收受礼金", actor, ZoneInfo("UTC"))
        assert bool(list(found.iterate(session))) is knows, "search"
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.complaint_id == hidden.id)).all()
        assert bool(entries) is knows, "log"
        if not knows:
            with pytest.raises(NotFound):
                fire(session, user, E.NOTE, hidden, now=NOW, text="x")
    assert all(
        entry.after is None and number not in str(vars(entry)) for entry in rows(session, AuditEntry, hidden)
    )
