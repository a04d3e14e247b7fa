"""Procedures written in the panel: copied, mended, published by a second person, adopted; running cases keep theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    ClockRun,
    Complaint,
    ComplaintEvent,
    Organisation,
    ProcedureChange,
    ProcedureDraft,
    ProcedureVersion,
    User,
)
from models.draft_enums import AdoptionStatus, DraftStatus
from models.enums import ClockState, EventKind, RoleName
from services.actor import SYSTEM
from services.errors import Invalid, NotPermitted, Refused, Stale
from services.operations.adopt_procedure import adopt_procedure
from services.operations.change_procedure import change_procedure
from services.operations.copy_procedure import copy_procedure
from services.operations.decline_procedure import decline_procedure
from services.operations.edit_procedure_draft import edit_procedure_draft
from services.operations.propose_procedure import propose_procedure
from services.operations.publish_procedure_draft import publish_procedure_draft
from services.operations.return_procedure_draft import return_procedure_draft
from services.operations.submit_procedure_draft import submit_procedure_draft
from services.operations.withdraw_procedure_draft import withdraw_procedure_draft
from services.procedures.drafting import with_version
from services.procedures.drafts import faults_among_others, steps_of
from services.procedures.impact import impact_of
from services.procedures.of_complaint import parsed
from services.procedures.published import publish_pack
from services.procedures.reading import InvalidProcedure
from services.procedures.registry import PACKS_FOLDER, Pack, parse
from services.unit_of_work import UnitOfWork
from tests.factories import House, actor_of, create_complaint, create_house, create_user, register_complaint

R = RoleName
HOSPITAL = "hospital-complaint-office"


@pytest.fixture
def house(session: Session) -> House:
    session.info["actor"] = SYSTEM
    made = create_house(session)
    session.commit()
    return made


def act(session: Session, user: User, verb: Any, *given: Any, **named: Any) -> Any:
    """One operation by this person in a transaction of its own."""
    session.info["actor"] = SYSTEM
    actor = actor_of(session, session.get_one(User, user.id))
    with UnitOfWork(session, actor) as work:
        found = verb(work, *given, **named)
        address = getattr(found, "public_id", None)
    session.info["actor"] = SYSTEM
    return address


def draft_of(session: Session, address: str) -> ProcedureDraft:
    session.expire_all()
    return session.scalars(sa.select(ProcedureDraft).where(ProcedureDraft.public_id == address)).one()


def copied(session: Session, house: House, code: str = HOSPITAL) -> str:
    return str(act(session, house[R.HEAD_OF_QUALITY], copy_procedure, code, "缩短办结时限"))


def edited(session: Session, house: House, address: str, *changes: tuple[str, str]) -> None:
    draft = draft_of(session, address)
    text = draft.text
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    act(session, house[R.HEAD_OF_QUALITY], edit_procedure_draft, address, draft.version, text)


def published(session: Session, house: House, address: str) -> ProcedureVersion:
    act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)
    act(session, house[R.LEADER], publish_procedure_draft, address, None)
    version = draft_of(session, address).published_version
    assert version is not None
    return version


def test_a_second_person_publishes_and_new_complaints_follow(session: Session, house: House) -> None:
    before = register_complaint(session, house[R.FIRST_RECEIVER])
    old_id, address = before.procedure_version_id, copied(session, house)
    edited(session, house, address, ("    amount: 15", "    amount: 10"))
    version = published(session, house, address)
    assert parsed(version).clock("close").amount == 10
    after = register_complaint(session, house[R.FIRST_RECEIVER])
    session.info["actor"] = SYSTEM
    assert after.procedure_version_id == version.id
    assert session.get_one(Complaint, before.id).procedure_version_id == old_id != version.id
    former = session.get_one(ProcedureVersion, old_id)
    assert parsed(former).clock("close").amount == 15
    assert [step.act.value for step in steps_of(session, draft_of(session, address))] == [
        "copied", "edited", "submitted", "published",
    ]  # fmt: skip
    actions = set(session.scalars(sa.select(AuditEntry.action)))
    assert {"procedure_draft.copied", "procedure_draft.edited", "procedure_draft.published"} <= actions


def test_nobody_publishes_what_they_wrote_nor_without_the_right(session: Session, house: House) -> None:
    both = create_user(session, "兼任者", R.HEAD_OF_QUALITY, R.LEADER, department=house.office)
    session.commit()
    address = str(act(session, both, copy_procedure, HOSPITAL, "修订"))
    act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)
    with pytest.raises(Refused):
        act(session, both, publish_procedure_draft, address, None)
    for role in (R.HEAD_OF_QUALITY, R.HANDLER, R.ADMINISTRATOR, R.AUDITOR):
        with pytest.raises(NotPermitted):
            act(session, house[role], publish_procedure_draft, address, None)
    for role in (R.LEADER, R.HANDLER, R.AUDITOR):
        with pytest.raises(NotPermitted):
            act(session, house[role], copy_procedure, HOSPITAL, "修订")
    assert draft_of(session, address).status is DraftStatus.SUBMITTED


def test_a_draft_is_kept_with_its_faults_but_not_submitted(session: Session, house: House) -> None:
    address = copied(session, house)
    edited(session, house, address, ("    amount: 15", "    amount: many"))
    draft = draft_of(session, address)
    assert draft.faults == 1 and "amount: many" in draft.text
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)
    act(session, house[R.HEAD_OF_QUALITY], edit_procedure_draft, address, None, "a: [1, 2")
    assert draft_of(session, address).text == "a: [1, 2"


def test_two_editors_do_not_overwrite_each_other(session: Session, house: House) -> None:
    address = copied(session, house)
    version = draft_of(session, address).version
    act(session, house[R.HEAD_OF_QUALITY], edit_procedure_draft, address, version, "code: mine\n")
    with pytest.raises(Stale):
        act(session, house[R.HEAD_OF_QUALITY], edit_procedure_draft, address, version, "code: theirs\n")
    assert draft_of(session, address).text == "code: mine\n"


def test_a_submitted_draft_is_changed_only_after_it_was_returned(session: Session, house: House) -> None:
    address = copied(session, house)
    act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], edit_procedure_draft, address, None, "code: x\n")
    with pytest.raises(Invalid):
        act(session, house[R.LEADER], return_procedure_draft, address, None, " ")
    act(session, house[R.LEADER], return_procedure_draft, address, None, "请说明理由")
    assert draft_of(session, address).status is DraftStatus.EDITING
    act(session, house[R.HEAD_OF_QUALITY], withdraw_procedure_draft, address, None, "不再需要")
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)
    assert steps_of(session, draft_of(session, address))[-1].note == "不再需要"


def test_numbers_of_two_procedures_never_collide(session: Session, house: House) -> None:
    address = copied(session, house)
    edited(session, house, address, (f"code: {HOSPITAL}", "code: clinic"))
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)


OWN = """
fields:
  - {code: model, kind: KIND, names: {zh: 型号, en: Model}, assumption: {zh: 自定, en: Ours}}
"""


def test_a_field_keeps_its_kind_under_its_code(session: Session, house: House) -> None:
    """Values of cases under the former version would no longer be read."""
    publish_pack(session, changed_pack(3, OWN.replace("KIND", "text")), datetime.now(UTC))
    session.commit()
    address = copied(session, house)
    edited(session, house, address, ("kind: text", "kind: number"))
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], submit_procedure_draft, address, None)
    text = draft_of(session, address).text
    [fault] = faults_among_others(session, parse(text), text)
    assert text.splitlines()[fault.line - 1].strip().startswith("- {code: model, kind: number")
    assert fault.where == "fields[0].kind"
    assert "write kind: text and retired: true here" in fault.message and "new code" in fault.message
    with pytest.raises(
        InvalidProcedure, match=r"changed\.yaml:\d+: fields\[0\]\.kind: model is text in version 3"
    ):
        publish_pack(session, changed_pack(4, OWN.replace("KIND", "number")), datetime.now(UTC))
    instead = OWN.replace("KIND, ", "text, retired: true, ") + OWN.strip().split("\n")[1].replace(
        "model, kind: KIND", "pieces, kind: number"
    )
    assert publish_pack(session, changed_pack(4, instead), datetime.now(UTC)).number == 4


def changed_pack(version: int, fields: str) -> Pack:
    """The hospital's file as another version, with these fields of its own."""
    text = (PACKS_FOLDER / f"{HOSPITAL}.yaml").read_text(encoding="utf-8")
    assert "\nfields:" not in text
    text = with_version(text, version) + fields
    return Pack(Path("changed.yaml"), text, parse(text))


def test_an_organisation_changes_its_procedure_by_two_people(session: Session, house: House) -> None:
    running = register_complaint(session, house[R.FIRST_RECEIVER])
    old_id = running.procedure_version_id
    address = act(session, house[R.HEAD_OF_QUALITY], propose_procedure, "product-company", "转为生产企业")
    assert session.get_one(Organisation, 1).procedure_code == HOSPITAL
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], propose_procedure, "production", "另一提议")
    with pytest.raises(NotPermitted):
        act(session, house[R.HEAD_OF_QUALITY], adopt_procedure, address, None)
    act(session, house[R.LEADER], adopt_procedure, address, None)
    session.expire_all()
    assert session.get_one(Organisation, 1).procedure_code == "product-company"
    new = register_complaint(session, house[R.FIRST_RECEIVER])
    session.info["actor"] = SYSTEM
    assert new.number.startswith("CP-")
    assert session.get_one(Complaint, running.id).procedure_version_id == old_id
    with pytest.raises(Refused):
        act(session, house[R.LEADER], decline_procedure, address, None, "太晚")
    changed = sa.select(AuditEntry).where(AuditEntry.action == "organisation.procedure_changed")
    assert session.scalars(changed).one().reason == "转为生产企业"


def test_a_declined_proposal_changes_nothing(session: Session, house: House) -> None:
    address = act(session, house[R.HEAD_OF_QUALITY], propose_procedure, "production", "试行")
    act(session, house[R.LEADER], decline_procedure, address, None, "条件不成熟")
    assert session.get_one(Organisation, 1).procedure_code == HOSPITAL
    with pytest.raises(Invalid):
        act(session, house[R.HEAD_OF_QUALITY], propose_procedure, HOSPITAL, "已在适用")
    again = act(session, house[R.HEAD_OF_QUALITY], propose_procedure, "production", "再议")
    assert again != address
    assert AdoptionStatus.DECLINED.value == "declined"


def test_publishing_shows_the_open_cases_that_would_have_differed(session: Session, house: House) -> None:
    case = create_complaint(session, house, "in_work")
    session.info["actor"] = SYSTEM
    address = copied(session, house)
    edited(session, house, address, ("    amount: 15", "    amount: 10"))
    version = published(session, house, address)
    actor = actor_of(session, house[R.LEADER])
    session.info["actor"] = actor
    found = impact_of(session, parsed(version), HOSPITAL, actor)
    session.info["actor"] = SYSTEM
    mine = [one for one in found.cases if one.complaint.id == case.id]
    assert [(one.clock.code, one.before != one.after) for one in mine[0].clocks] == [("close", True)]


def test_a_running_case_changes_its_procedure_by_a_recorded_act(session: Session, house: House) -> None:
    case = create_complaint(session, house, "in_work")
    session.info["actor"] = SYSTEM
    run = session.scalars(
        sa.select(ClockRun).where(ClockRun.complaint_id == case.id, ClockRun.code == "close")
    ).one()
    first_due, run_id, number = run.due_at, run.id, case.number
    old_id, address = case.procedure_version_id, copied(session, house)
    with pytest.raises(Refused):
        act(session, house[R.HEAD_OF_QUALITY], change_procedure, case.public_id, None, reason="按新制度")
    edited(session, house, address, ("    amount: 15", "    amount: 10"))
    version = published(session, house, address)
    with pytest.raises(NotPermitted):
        act(session, house[R.LEADER], change_procedure, case.public_id, None, reason="按新制度")
    with pytest.raises(Invalid):
        act(session, house[R.HEAD_OF_QUALITY], change_procedure, case.public_id, None, reason=" ")
    act(session, house[R.HEAD_OF_QUALITY], change_procedure, case.public_id, None, reason="按新制度")
    session.expire_all()
    moved = session.get_one(ClockRun, run_id)
    assert moved.state is ClockState.RUNNING
    assert moved.original_due_at == first_due and moved.due_at < first_due
    complaint = session.get_one(Complaint, case.id)
    assert (complaint.procedure_version_id, complaint.number) == (version.id, number)
    kept = session.scalars(sa.select(ProcedureChange)).one()
    assert (kept.from_version_id, kept.to_version_id, kept.reason) == (old_id, version.id, "按新制度")
    assert [line["code"] for line in kept.clocks] == ["close"]
    event = session.scalars(
        sa.select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == case.id)
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    ).one()
    assert (event.event, event.text) == (EventKind.PROCEDURE_CHANGED, "按新制度")


def test_clocks_that_the_new_version_lacks_end_and_those_it_adds_start(
    session: Session, house: House
) -> None:
    case = create_complaint(session, house, "in_work")
    session.info["actor"] = SYSTEM
    address = copied(session, house)
    edited(session, house, address, ("  - code: close", "  - code: finish"))
    published(session, house, address)
    act(session, house[R.HEAD_OF_QUALITY], change_procedure, case.public_id, None, reason="改名")
    session.expire_all()
    runs = {
        run.code: run for run in session.scalars(sa.select(ClockRun).where(ClockRun.complaint_id == case.id))
    }
    assert runs["close"].state is ClockState.VOID
    assert runs["finish"].state is ClockState.RUNNING
    assert runs["finish"].started_at == runs["close"].started_at
    assert datetime.now(UTC) > runs["finish"].started_at
