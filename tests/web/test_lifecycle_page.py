"""The page with the picture of the lifecycle."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.enums import RoleName
from tests.factories import create_house
from tests.support.client import DeskClient


def test_everybody_signed_in_reads_it(client: DeskClient, session: Session) -> None:
    assert client.get("/lifecycle").status_code in (302, 401)
    house = create_house(session)
    session.commit()
    answer = client.sign_in(house[RoleName.AUDITOR]).get("/lifecycle")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert '<g class="lc-node lc-open" data-state="registered">' in text
    assert "待签收" in text and "Awaiting signature" in text
    assert "拒签次数未达制度上限" in text or "fewer refusals than the procedure allows" in text
