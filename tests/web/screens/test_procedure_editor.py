"""The editor of drafts over HTTP: nothing typed is lost, faults stand at their fields, two editors get along."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ProcedureDraft, User
from models.enums import RoleName
from services.actor import SYSTEM
from services.operations.copy_procedure import copy_procedure
from services.operations.edit_procedure_draft import edit_procedure_draft
from services.procedures.drafting import examine
from services.unit_of_work import UnitOfWork
from tests.factories import House, actor_of
from tests.support.client import DeskClient
from tests.web.screens.conftest import SignIn

R = RoleName


@pytest.fixture
def draft(session: Session, house: House) -> ProcedureDraft:
    actor = actor_of(session, session.get_one(User, house[R.HEAD_OF_QUALITY].id))
    with UnitOfWork(session, actor) as work:
        made = copy_procedure(work, "hospital-complaint-office", "修订")
    session.info["actor"] = SYSTEM
    return made


@pytest.fixture
def client(house: House, sign_in: SignIn) -> DeskClient:
    return sign_in(house[R.HEAD_OF_QUALITY])


def text_of(session: Session, draft: ProcedureDraft) -> str:
    session.rollback()  # on SQLite an open transaction would still see what stood before
    return session.scalars(
        sa.select(ProcedureDraft.text).where(ProcedureDraft.public_id == draft.public_id)
    ).one()


def test_a_wrong_value_is_kept_and_named_at_its_field(
    client: DeskClient, session: Session, draft: ProcedureDraft
) -> None:
    url = f"/procedure-drafts/{draft.public_id}/section/archive"
    typed = {
        "version": str(draft.version), "do": "save", "archive.here": "1",
        "archive.file_number_pattern": "{serial}", "archive.retention_years": "许多", "archive.clause": "R01-08",
    }  # fmt: skip
    assert client.post(url, data=typed).status_code == 303
    page = client.get(url).text
    assert 'value="许多"' in page and 'value="{serial}"' in page
    assert 'id="f-archive.retention_years-error"' in page
    assert 'id="f-archive.file_number_pattern-error"' in page
    assert "retention_years: 许多" in text_of(session, draft)


def test_broken_text_is_kept_with_its_line_and_the_forms_wait(
    client: DeskClient, session: Session, draft: ProcedureDraft
) -> None:
    url = f"/procedure-drafts/{draft.public_id}/text"
    assert (
        client.post(url, data={"version": str(draft.version), "text": "code: x\nnames: {zh: a"}).status_code
        == 303
    )
    assert text_of(session, draft) == "code: x\nnames: {zh: a"
    assert 'data-line="2"' in client.get(url).text
    answer = client.get(f"/procedure-drafts/{draft.public_id}/section/clocks")
    assert answer.status_code == 303 and answer.location.endswith("/text")


def test_somebody_else_saved_first(
    client: DeskClient, session: Session, house: House, draft: ProcedureDraft
) -> None:
    old, address = draft.version, draft.public_id
    actor = actor_of(session, session.get_one(User, house[R.HEAD_OF_QUALITY].id))
    with UnitOfWork(session, actor) as work:
        edit_procedure_draft(
            work, address, old, draft.text.replace("retention_years: 10", "retention_years: 20")
        )
    session.info["actor"] = SYSTEM
    typed = {
        "version": str(old), "do": "save", "handover.here": "1", "handover.max_refusals": "5",
        "handover.arbiter": "leader", "handover.clause": "R01-03", "handover.leader_instruction.shown": "1",
    }  # fmt: skip
    url = f"/procedure-drafts/{address}/section/handover"
    answer = client.post(url, data=typed)
    assert answer.status_code == 422
    assert 'name="handover.max_refusals" value="5"' in answer.text
    assert f'name="version" value="{old + 1}"' in answer.text
    assert client.post(url, data=typed | {"version": str(old + 1)}).status_code == 303
    data = examine(text_of(session, draft)).data
    assert data is not None
    assert (data["handover"]["max_refusals"], data["archive"]["retention_years"]) == (5, 20)


def test_entries_are_added_moved_and_taken_out_with_what_was_typed(
    client: DeskClient, session: Session, draft: ProcedureDraft
) -> None:
    data = examine(draft.text).data
    assert data is not None
    codes = [one["code"] for one in data["natures"]]
    typed = {"version": str(draft.version), "do": "up:natures.1", "natures.count": str(len(codes))}
    for n, one in enumerate(data["natures"]):
        clause = one.get("clause", "R01-01")
        typed |= {
            f"natures.{n}.here": "1", f"natures.{n}.code": one["code"], f"natures.{n}.names.zh": f"改{n}",
            f"natures.{n}.names.en": one["names"]["en"], f"natures.{n}.clause": clause,
        }  # fmt: skip
    answer = client.post(f"/procedure-drafts/{draft.public_id}/section/natures", data=typed)
    assert answer.status_code == 303
    after = examine(text_of(session, draft)).data
    assert after is not None
    assert [one["code"] for one in after["natures"]][:2] == [codes[1], codes[0]]
    assert after["natures"][0]["names"]["zh"] == "改1"
    bad = client.post(
        f"/procedure-drafts/{draft.public_id}/section/natures",
        data={"version": str(draft.version), "do": "remove:natures.99", "natures.count": "0"},
    )
    assert bad.status_code == 404
