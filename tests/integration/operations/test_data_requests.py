"""Requests of people about their data: taken down, decided with a ground, carried out as decided."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from models import ArchiveRecord, Complaint, DataRequest
from models.enums import EventKind, PartySide, RoleName
from models.privacy_requests import DataDecision, DataRequestKind, DataRequestStatus
from services.attachments.store import FileStore
from services.errors import Invalid, NotPermitted, Refused
from services.operations.copy_data import copy_data
from services.operations.decide_data_request import carry_out_data_request, decide_data_request
from services.operations.propose_destruction import propose_destruction
from services.operations.record_data_request import record_data_request
from services.operations.register import NewParty
from services.operations.sign_destruction import sign_destruction
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, House, actor_of, create_complaint, take
from tests.factories.documents import CONTENT, DIGEST
from tests.integration.operations.looking import rows
from tests.support.client import settings_for

R = RoleName
K = DataRequestKind
LATER = NOW.replace(year=NOW.year + 11)
PARTIES = (
    NewParty(PartySide.COMPLAINANT, name="张某", phone="13800000000"),
    NewParty(PartySide.COMPLAINANT, name="李邻居", phone="13911112222"),
)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    made = FileStore(settings_for("sqlite:///unused", tmp_path))
    place = made.path(DIGEST)
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    return made


def at_work(session: Session, house: House, role: RoleName, now: Any = NOW) -> UnitOfWork:
    session.rollback()
    return UnitOfWork(session, actor_of(session, house[role], now), now)


def asked(session: Session, house: House, kind: K, *numbers: str, now: Any = NOW, **changed: Any) -> int:
    values = {
        "kind": kind,
        "applicant": "张某",
        "contact": "13800000000",
        "subject": "张某",
        "standing": "本人",
        "identity_checked": "核对身份证原件",
        "wish": "请提供我的全部个人信息。",
        "received_at": now,
    }
    with at_work(session, house, R.FIRST_RECEIVER, now) as work:
        return record_data_request(work, values | changed, numbers).id


def decided(
    session: Session, house: House, request: int, decision: DataDecision, now: Any = NOW, **how: Any
) -> None:
    with at_work(session, house, R.HEAD_OF_QUALITY, now) as work:
        decide_data_request(work, request, decision=decision, **({"reason": "身份已核实。"} | how))


def stands(session: Session, request: int) -> DataRequest:
    session.rollback()
    return session.get_one(DataRequest, request)


def test_taken_down_for_a_person_who_stands_on_the_complaint(session: Session, house: House) -> None:
    number = create_complaint(session, house, parties=PARTIES).number
    request = stands(session, asked(session, house, K.COPY, number))
    assert (request.status, request.number, request.due_on.isoformat()) == (
        DataRequestStatus.OPEN, "GR-2026-000001", "2026-04-09",
    )  # fmt: skip
    for numbers, subject, field in (
        (("TS-1999-1",), "张某", "complaints"), ((), "张某", "complaints"), ((number,), "王某", "subject"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            asked(session, house, K.COPY, *numbers, subject=subject)
        assert set(caught.value.fields) == {field}
    with pytest.raises(NotPermitted), at_work(session, house, R.HANDLER) as work:
        record_data_request(work, {}, [number])


def test_the_copy_holds_their_data_and_masks_other_people(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = create_complaint(session, house, "replied", parties=PARTIES)
    request = asked(session, house, K.COPY, complaint.number)
    with pytest.raises(Refused), at_work(session, house, R.FIRST_RECEIVER) as work:
        copy_data(work, store, request)
    with pytest.raises(NotPermitted), at_work(session, house, R.FIRST_RECEIVER) as work:
        decide_data_request(work, request, decision=DataDecision.GRANTED, reason="x")
    decided(session, house, request, DataDecision.GRANTED)
    with pytest.raises(Refused), at_work(session, house, R.FIRST_RECEIVER) as work:
        carry_out_data_request(work, request, what="已邮寄")
    with at_work(session, house, R.FIRST_RECEIVER) as work:
        content = copy_data(work, store, request)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        book = openpyxl.load_workbook(io.BytesIO(packed.read("GR-2026-000001.xlsx")))
    said = "\n".join(str(c.value) for sheet in book for line in sheet.iter_rows() for c in line)
    assert "13800000000" in said and "张某" in said and "特此答复" in said
    assert "李邻居" not in said and "13911112222" not in said and "李**" in said
    assert "情况属实，已整改。" not in said, "the internal opinion is none of the person's data"
    with at_work(session, house, R.FIRST_RECEIVER) as work:
        carry_out_data_request(work, request, what="当面交付")
    done = stands(session, request)
    assert done.status is DataRequestStatus.DONE and (done.copy_sha256 or "") in (done.done_what or "")


def test_a_correction_is_the_ordinary_one_and_referred_to(session: Session, house: House) -> None:
    complaint = create_complaint(session, house, "in_work")
    number = complaint.number
    request = asked(session, house, K.CORRECTION, number)
    decided(session, house, request, DataDecision.GRANTED)
    with pytest.raises(Refused), at_work(session, house, R.FIRST_RECEIVER) as work:
        carry_out_data_request(work, request, what="已更正")
    take(session, house, complaint, EventKind.CORRECT, R.FIRST_RECEIVER)
    with at_work(session, house, R.FIRST_RECEIVER) as work:
        carry_out_data_request(work, request, what="已更正并告知")
    assert number in (stands(session, request).done_what or "")


def test_a_refusal_names_its_ground(session: Session, house: House) -> None:
    request = asked(session, house, K.COPY, create_complaint(session, house).number)
    for decision in (DataDecision.REFUSED, DataDecision.PARTLY):
        with pytest.raises(Invalid) as caught:
            decided(session, house, request, decision)
        assert set(caught.value.fields) == {"legal_ground"}
    decided(session, house, request, DataDecision.REFUSED, legal_ground="《个人信息保护法》第四十五条第一款")
    with pytest.raises(Refused):
        decided(session, house, request, DataDecision.GRANTED)
    assert stands(session, request).status is DataRequestStatus.REFUSED


def test_erasure_waits_for_the_end_of_retention_and_then_for_destruction(
    session: Session, house: House, store: FileStore
) -> None:
    complaint = create_complaint(session, house, "archived")
    case, number = complaint.id, complaint.number
    [record] = rows(session, ArchiveRecord, complaint)
    record_id = record.id
    early = asked(session, house, K.ERASURE, number)
    with pytest.raises(Refused) as caught:
        decided(session, house, early, DataDecision.GRANTED)
    assert [reason.code for reason in caught.value.reasons] == ["retention_runs"]
    decided(session, house, early, DataDecision.REFUSED, legal_ground="保存期限未届满")
    late = asked(session, house, K.ERASURE, number, now=LATER)
    decided(session, house, late, DataDecision.GRANTED, LATER)
    with pytest.raises(Refused) as caught, at_work(session, house, R.FIRST_RECEIVER, LATER) as work:
        carry_out_data_request(work, late, what="已删除")
    assert [reason.code for reason in caught.value.reasons] == ["not_destroyed"]
    with at_work(session, house, R.ARCHIVIST, LATER) as work:
        register = propose_destruction(work, [record_id], opinion="期满，本人申请删除。").id
    with at_work(session, house, R.LEADER, LATER) as work:
        sign_destruction(work, store, register)
    with at_work(session, house, R.FIRST_RECEIVER, LATER) as work:
        carry_out_data_request(work, late, what="已删除并书面告知")
    assert stands(session, late).status is DataRequestStatus.DONE
    assert session.get_one(Complaint, case).complainant_name is None


def test_an_open_case_is_needed_for_its_handling(session: Session, house: House) -> None:
    request = asked(session, house, K.ERASURE, create_complaint(session, house, "in_work").number)
    with pytest.raises(Refused) as caught:
        decided(session, house, request, DataDecision.GRANTED)
    assert [reason.code for reason in caught.value.reasons] == ["not_archived"]
