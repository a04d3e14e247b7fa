"""Intake checks and the papers of oral complaints on their screens, in the hands of whoever takes complaints in."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from models.enums import RoleName
from tests.factories import register_complaint
from tests.factories.full_house import png
from tests.web.screens.asking import NEW, filled, house_of, newest
from tests.web.screens.conftest import SignIn, words


@pytest.mark.clause("R11-04")
def test_what_is_missing_leads_to_the_checks_and_one_dialog_records_them(
    session: Session, sign_in: SignIn
) -> None:
    house = house_of(session, "company-24h-3d-7d")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = client.post(NEW, data=filled(nature="opinion")).headers["Location"]
    page = client.get(url)
    assert f"{url}checks" in page.text and words(page).count("待核查") == 3
    accept = client.get(f"{url}accept").text
    assert f"{url}#checks" in accept and "客户身份" in accept and "R11-04" in accept

    dialog = client.get(f"{url}checks").text
    assert all(f'name="outcome_{code}"' in dialog for code in ("identity", "problem", "evidence"))
    typed = {"outcome_identity": "not_possible", "outcome_problem": "passed", "note_problem": "照片可见开裂"}
    refused = client.post(f"{url}checks", data=typed)
    assert refused.status_code == 422
    assert 'id="note_identity-error" role="alert"' in refused.text and "照片可见开裂" in refused.text
    assert words(refused).count("请写明原因") == 2, "once above the form, once at the field"
    typed |= {"note_identity": "代他人投诉", "outcome_evidence": "passed"}
    assert client.post(f"{url}checks", data=typed).status_code == 303
    shown = words(client.get(url))
    assert "待核查" not in shown and "代他人投诉" in shown and "无法核查" in shown
    assert client.post(f"{url}accept", data={"confirmed": "1"}).status_code == 303

    assert client.post(f"{url}checks", data=typed | {"note_problem": "电话复核"}).status_code == 303
    again = words(client.get(url))
    assert "电话复核" in again and "照片可见开裂" in again and again.count("已被更新") == 1


def test_accepting_many_leaves_out_what_was_not_checked(session: Session, sign_in: SignIn) -> None:
    house = house_of(session, "production")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = client.post(NEW, data=filled(product="减速机")).headers["Location"]
    client.post(f"{url}checks", data={"outcome_relevance": "passed"})
    checked = newest(session)
    unchecked = register_complaint(session, house[RoleName.FIRST_RECEIVER], product="减速机")
    form = {"rowid": [checked.public_id, unchecked.public_id], "confirmed": "1", "confirmed_count": "2"}
    told = words(client.post("/complaints/selected/accept", data=form))
    assert "尚未核查：与公司产品或服务相关" in told and "R06-02" in told
    session.expire_all()
    assert (newest(session).state.value, session.merge(checked).state.value) == ("registered", "accepted")


@pytest.mark.clause("R15-16")
def test_papers_are_asked_for_taken_in_with_their_file_and_shown_until_then(
    session: Session, sign_in: SignIn
) -> None:
    house = house_of(session, "construction-supervision")
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    typed = filled(channel="hotline", form="oral", own_origin="direct")
    url = client.post(NEW, data=typed).headers["Location"]
    number = newest(session).number
    shown = words(client.get(url))
    assert "投诉人尚未提供：文字材料、材料真实性声明" in shown and "待要求提供" in shown
    assert (
        f"/document-forms/complaint/{newest(session).public_id}/declaration_of_truth" in client.get(url).text
    )
    assert "文字材料未收齐" in words(client.get("/"))
    assert number in words(client.get("/complaints/?f.material=1"))

    ask = {"codes": ["written_account", "declaration_of_truth"], "how": ""}
    assert client.post(f"{url}material/request", data=ask).status_code == 422
    assert client.post(f"{url}material/request", data=ask | {"how": "电话告知"}).status_code == 303
    came = {"codes": ["declaration_of_truth"], "supplied": "yes", "file": (BytesIO(png()), "声明.png")}
    assert client.post(f"{url}material/receipt", data=came).status_code == 303
    shown = words(client.get(url))
    assert "投诉人尚未提供：文字材料" in shown and "材料真实性声明、" not in shown and "声明.png" in shown
    never = {"codes": ["written_account"], "supplied": "no", "note": ""}
    assert client.post(f"{url}material/receipt", data=never).status_code == 422
    assert client.post(f"{url}material/receipt", data=never | {"note": "不愿书写"}).status_code == 303
    assert "投诉人尚未提供" not in words(client.get(url))
    assert number not in words(client.get("/complaints/?f.material=1"))
