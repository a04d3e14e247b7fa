"""The identity document from the registration form to the page of the case, and the search by its number."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import IdentityDocument
from models.enums import RoleName
from services.access.scope import unscoped
from tests.web.screens.asking import NEW, filled, house_of, newest, note_at, section_of
from tests.web.screens.conftest import SignIn, words

CARD = "11010519491231002X"
MASKED = "11**************2X"


@pytest.mark.clause("R07-04")
def test_it_is_asked_kept_masked_and_found_by_number(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "enterprise-chapters")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    page = client.get(NEW).text
    assert section_of(page, "identity_number") == "投诉人"
    assert "R07-04" in note_at(page, "identity_number")

    answer = client.post(NEW, data=filled(identity_kind="id_card", identity_number="110105194912310021"))
    assert answer.status_code == 422
    assert re.findall(r'<div class="field has-error[^>]*data-field="(\w+)"', answer.text) == [
        "identity_number"
    ]
    with unscoped(session, "a test looks at the result"):
        assert session.scalars(sa.select(IdentityDocument)).all() == []
    session.rollback()

    answer = client.post(NEW, data=filled(identity_kind="id_card", identity_number=CARD))
    assert answer.status_code == 303, answer.text
    url, number = answer.headers["Location"], newest(session).number
    shown = client.get(url).text
    assert MASKED in shown and CARD not in shown
    for other in (f"/complaints/?q={CARD}", "/complaints/"):
        assert number not in client.get(other).text or CARD not in words(client.get(other))

    told = client.post(f"{url}identity/number", data={"reason": "核对身份"})
    assert CARD in told.text
    assert client.post(f"{url}identity/number", data={"reason": ""}).status_code == 422
    found = client.post("/complaints/by-identity", data={"number": CARD, "reason": "来电核对"})
    assert number in found.text
    nothing = client.post("/complaints/by-identity", data={"number": CARD[:-1], "reason": "来电核对"})
    assert number not in nothing.text and "没有该证件号码" in nothing.text
    auditor = sign_in(house[RoleName.AUDITOR])
    assert auditor.post("/complaints/by-identity", data={"number": CARD, "reason": "x"}).status_code == 403


@pytest.mark.clause("R03-12")
def test_consent_is_recorded_on_the_page_of_the_case(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "customer-service")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = client.post(NEW, data=filled()).headers["Location"]
    assert "不得向外提供任何信息" in words(client.get(url))
    form = {"authority": "市消费者协会", "reason": "属其职权", "complainant_told": "y", "confirmed": "1"}
    refused = client.post(f"{url}refer", data=form)
    assert refused.status_code == 422 and "R03-12" in refused.text
    typed = {"recipient": "市消费者协会", "scope": "姓名、电话", "how": "电话录音", "given_on": "2026-03-01"}
    assert client.post(f"{url}consent", data=typed | {"how": ""}).status_code == 422
    assert client.post(f"{url}consent", data=typed).status_code == 303
    assert "市消费者协会" in words(client.get(url))
    assert client.post(f"{url}refer", data=form).status_code == 303
