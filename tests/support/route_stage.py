"""Requests to the real application that leave nothing behind, and records of every kind to address them to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import database
from extensions import db
from models import (
    Accident,
    Appraisal,
    ArchiveRecord,
    Attachment,
    AuditEntry,
    CalendarDay,
    Complaint,
    Consent,
    Exemption,
    Finding,
    HandlingGroup,
    InformantRequest,
    InternalMemo,
    Investigation,
    InvestigationRequest,
    IssuedDocument,
    Job,
    LedgerBatch,
    Measure,
    Notice,
    Party,
    PenaltyReferral,
    PostBinding,
    ProcedureVersion,
    RoleGrant,
    SavedView,
    Solution,
)
from models.enums import (
    DayKind,
    FindingVerdict,
    MeasureKind,
    PartySide,
    PostName,
    RequestKind,
    RoleName,
)
from models.remedy_enums import AppraisalBody, Bearer, PenaltyGround
from services.actor import SYSTEM
from services.attachments.store import FileStore
from services.ledger.kept_files import KeptFiles
from tests.expectations.routes import CONFIDENTIAL, FOREIGN, LOGIN, OK, OWN, UNKNOWN
from tests.factories import (
    House,
    arrange_cover,
    create_complaint,
    create_house,
    create_user,
    register_complaint,
)
from tests.factories.analysis import of_analysis
from tests.support.client import DeskClient
from tests.support.procedure_stage import written_procedures
from tests.support.route_parts import FILLERS, RELATIONS, SCREENS_WITH_VIEWS
from tests.support.stage_rows import (
    archive_rows,
    clock_of_case,
    enquiry_row,
    finished_export,
    hold_rows,
    liability_row,
    reception_rows,
)

UNKNOWN_ADDRESS = "zzzzzzzzzzzz"
UNKNOWN_NUMBER = 987654
DIGEST = "0" * 64
LETTER = b"hello"
LETTER_DIGEST = sha256(LETTER).hexdigest()


@dataclass
class Stage:
    """The application on an open transaction, the people, and the addresses of records by kind and situation."""

    app: Flask
    connection: sa.Connection
    people: dict[str, tuple[int, int]]
    """User id and session stamp by role."""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ask(self, role: str | None, method: str, url: str, *, fragment: bool = False) -> TestResponse:
        """One request by the person of `role` (None: nobody), with a valid token; whatever it changes is undone.

        `fragment`: as a dialog asks, for the page without menu and frame, which take most of the time.
        """
        savepoint = self.connection.begin_nested()
        try:
            client = self.app.test_client()
            assert isinstance(client, DeskClient)
            if role is not None:
                user_id, stamp = self.people[role]
                with client.session_transaction() as kept:
                    kept["_user_id"] = f"{user_id}:{stamp}"
                    kept["_fresh"] = True
                    kept["seen_at"] = datetime.now(UTC).timestamp()
            data = {"files": (BytesIO(LETTER), "a.txt")} if method == "POST" and UPLOADS in url else None
            headers = {"X-Desk-Fragment": "1"} if fragment else {}
            return client.open(url, method=method, data=data, headers=headers)
        finally:
            if savepoint.is_active:
                savepoint.rollback()

    def url(self, rule: Rule, record: str | None, situation: str) -> str:
        """The rule's address with the record of this situation in it; other parts get something valid."""
        values: dict[str, Any] = {}
        if record == "view":  # a view belongs to a screen
            record = f"view of {rule.endpoint.partition('.')[0]}"
        for name in rule.arguments - set(rule.defaults or {}):
            converter = rule._converters[name]
            value = self._value(name, converter, record, situation)
            if name == "field":
                value = RELATIONS[rule.endpoint.partition(".")[0]] or "none"
            values[name] = STATIC_FILES.get(rule.endpoint, value)
        with self.app.test_request_context():
            built = self.app.url_map.bind("localhost").build(rule.endpoint, values, append_unknown=False)
        return built

    def _value(self, name: str, converter: Any, record: str | None, situation: str) -> Any:
        if hasattr(converter, "items"):  # any(a, b): the first of the words
            return sorted(converter.items)[0]
        if name in FILLERS:
            return FILLERS[name]
        if name == "notice":
            record = "hold_notice"
        if record in ("party", "consent", "informant_request") and name == "address":
            record = "complaint"
        number = type(converter).__name__ == "IntegerConverter"
        if situation == UNKNOWN or record is None:
            return UNKNOWN_NUMBER if number else UNKNOWN_ADDRESS
        return self.records[record][situation]


STATIC_FILES = {"static": "desk/mark.svg", "admin.static": "admin/js/helpers.js"}
UPLOADS = "/attachments/"
"""Here a form without a file is refused before its record is looked up, so that one is sent."""


def outcome(response: TestResponse, *, ends_session: bool = False) -> str:
    """The answer in the words of the expectation: ok means let through, whatever the form then lacked."""
    if ends_session and response.status_code == 302:
        return OK if "next=" not in response.headers["Location"] else LOGIN
    if response.status_code in (403, 404):
        return str(response.status_code)
    if response.status_code >= 500 or response.status_code == 405:
        return f"fault {response.status_code}"
    to_login = (
        response.status_code in (301, 302, 303, 307, 308) and response.headers["Location"].split("?")[0]
    )
    return LOGIN if response.status_code == 401 or to_login == "/login" else OK


@contextmanager
def staged(app: Flask, engine: sa.Engine) -> Iterator[Stage]:
    """The application with all its sessions on one connection whose transaction never ends in a commit."""
    with Session(engine) as session:
        people, records = lay_out(session)
    letter = FileStore(app.extensions["settings"]).path(LETTER_DIGEST)
    letter.parent.mkdir(parents=True, exist_ok=True)
    letter.write_bytes(LETTER)
    exports = app.extensions["settings"].exports_dir
    exports.mkdir(parents=True, exist_ok=True)
    KeptFiles(exports, 0).place(records["export"][OWN]).write_bytes(LETTER)
    with one_connection(app) as connection:
        yield Stage(app, connection, people, records)


@contextmanager
def one_connection(app: Flask) -> Iterator[sa.Connection]:
    """Every session of the application on this connection, undone at the end: commits are savepoints."""
    with app.app_context():
        engines = db.engines
        own = engines[None]
    with own.connect().execution_options(**{database.WRITING: True}) as connection:
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        factory = db.session.session_factory
        factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield connection
        finally:
            engines[None] = own
            factory.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()


def lay_out(session: Session) -> tuple[dict[str, tuple[int, int]], dict[str, dict[str, Any]]]:
    """The house, and a record of every kind: the ward's own, the laboratory's, and one of a confidential complaint."""
    house = create_house(session)
    stranger = create_user(session, "另一位分管领导", RoleName.LEADER, department=house.office)
    receiver = create_user(session, "另一位受理员", RoleName.FIRST_RECEIVER, department=house.office)
    session.commit()
    cases = {
        OWN: create_complaint(session, house, "in_work"),
        FOREIGN: register_complaint(session, house.outsider, receiving_department_id=house.laboratory.id),
        CONFIDENTIAL: register_complaint(session, receiver, confidential=True, named_user_ids=(stranger.id,)),
    }
    session.info["actor"] = SYSTEM
    records: dict[str, dict[str, Any]] = {"complaint": {k: case.public_id for k, case in cases.items()}}
    for situation, case in cases.items():
        for kind, address in _of_case(session, house, case, situation).items():
            records.setdefault(kind, {})[situation] = address
    for kind, address in _of_house(session, house).items():
        records[kind] = {OWN: address}
    people = {role.value: (user.id, user.session_stamp) for role, user in house.people.items()}
    session.commit()
    return people, records


def _of_case(session: Session, house: House, case: Complaint, situation: str) -> dict[str, Any]:
    number = [OWN, FOREIGN, CONFIDENTIAL].index(situation)
    user = house[RoleName.HANDLER]
    department = case.department_id or case.receiving_department_id or house.office.id
    now = datetime(2026, 3, 10, 1, tzinfo=UTC)
    investigation = Investigation(complaint_id=case.id, title="调查", leader_id=user.id, started_at=now)
    session.add(investigation)
    session.flush()
    # Its leader would read a foreign case for being its investigator.
    if situation != OWN:
        investigation.leader_id = house.outsider.id
    rows: dict[str, Any] = {
        "informant_request": InformantRequest(
            complaint_id=case.id, asked_by_id=house.outsider.id, asked_at=now, reason="核实"
        ),
        "consent": Consent(
            complaint_id=case.id, recipient="市卫健委", scope="姓名", how="书面", given_on=now.date()
        ),
        "party": Party(complaint_id=case.id, side=PartySide.COMPLAINANT, name="王五"),
        "attachment": Attachment(
            complaint_id=case.id, filename="信.txt", sha256=LETTER_DIGEST, size=5, mime_type="text/plain"
        ),
        "finding": Finding(
            investigation_id=investigation.id, allegation="等候过久", verdict=FindingVerdict.UPHELD
        ),
        "request": InvestigationRequest(
            complaint_id=case.id,
            investigation_id=investigation.id,
            kind=RequestKind.ASSISTANCE,
            department_id=house.ward.id,
            person_id=investigation.leader_id,
            wanted="请协助",
            asked_at=now,
        ),
        "memo": InternalMemo(
            complaint_id=case.id,
            investigation_id=investigation.id,
            manager_id=investigation.leader_id,
            facts="情况",
            opinion="意见",
            sent_at=now,
        ),
        "measure": Measure(complaint_id=case.id, kind=MeasureKind.TRAINING, text="培训"),
        "solution": Solution(
            complaint_id=case.id, kind=MeasureKind.REPAIR, text="上门维修", offered_on=now.date()
        ),
        "appraisal": Appraisal(
            complaint_id=case.id,
            subject="屋面防水",
            body_kind=AppraisalBody.EXPERTS,
            body="专家组",
            requested_on=now.date(),
            commissioned_on=now.date(),
            advanced_by=Bearer.COMPLAINANT,
        ),
        "penalty_referral": PenaltyReferral(
            complaint_id=case.id,
            party="施工单位",
            authority="市住建局",
            referred_on=now.date(),
            ground=PenaltyGround.AGAINST_RULES,
            facts="拒不整改",
        ),
        "accident": Accident(
            number=f"SG-{number}",
            complaint_id=case.id,
            title="事故",
            happened_at=now,
            reported_at=now,
            department_id=department,
            facts="经过",
        ),
        "enquiry": enquiry_row(f"ZX-{number}", department, case if situation == CONFIDENTIAL else None, now),
        "document": IssuedDocument(
            complaint_id=case.id,
            number=f"文-{number}",
            form="transfer_slip",
            name_zh="投诉转办单",
            name_en="Transfer slip",
            audience="department",
            language="zh",
            template="hospital-complaint-office/2",
            content_hash=DIGEST,
            pdf_sha256=LETTER_DIGEST,
            pdf_size=5,
            word_sha256=LETTER_DIGEST,
            word_size=5,
            issued_at=now,
        ),
        "archive": ArchiveRecord(
            complaint_id=case.id,
            file_number=f"档-{number}",
            catalogue="目录",
            pages=1,
            digest=DIGEST,
            archived_at=now,
        ),
    }
    session.add_all(rows.values())
    session.flush()
    rows |= archive_rows(session, case, rows["archive"].id, user.id, now)
    rows["investigation"] = investigation
    rows |= hold_rows(session, case, f"ZT-{number}", now)
    rows["clock"] = clock_of_case(session, case, now)
    rows["liability"] = liability_row(rows["clock"], house[RoleName.HANDLER].id)
    session.add(rows["liability"])
    session.flush()
    return {kind: getattr(row, "public_id", row.id) for kind, row in rows.items()}


def _of_house(session: Session, house: House) -> dict[str, Any]:
    user = house[RoleName.HANDLER]
    leader = house[RoleName.LEADER]
    away, deputy = (create_user(session, name, department=house.office) for name in ("休假者", "代理者"))
    cover = arrange_cover(session, away, deputy)
    batch = LedgerBatch(filename="台账.xlsx", sha256=DIGEST, header_key=DIGEST)
    day = CalendarDay(day=date(2026, 3, 14), kind=DayKind.WORK, reason="调休")
    post = PostBinding(post=PostName.HEAD_OF_QUALITY, user_id=house[RoleName.HEAD_OF_QUALITY].id)
    exemption = Exemption(rule="closer_is_not_handler", reason="人员不足", granted_by_id=leader.id)
    job = Job(kind="export", user_id=user.id, arguments={"title": "投诉台账"})
    export = finished_export(user)
    views = {
        f"view of {screen}": SavedView(user_id=user.id, screen=screen, name="我的")
        for screen in SCREENS_WITH_VIEWS
    }
    notice = Notice(user_id=user.id, topic="urged")
    group = HandlingGroup(name="质量投诉处理小组", leader_id=user.id)
    session.add_all([batch, day, exemption, post, job, export, notice, group, *views.values()])
    session.flush()
    first = {
        kind: session.scalars(sa.select(model).order_by(model.id).limit(1)).one()
        for kind, model in (("procedure", ProcedureVersion), ("audit", AuditEntry), ("grant", RoleGrant))
    }
    rows: dict[str, Any] = {
        **of_analysis(session, house),
        **first,
        "cover": cover,
        **reception_rows(session, user),
        "batch": batch,
        "day": day,
        "exemption": exemption,
        **written_procedures(session, house),
        "post": post,
        "job": job,
        "export": export,
        **views,
        "notice": notice,
        "group": group,
        "user": user,
        "department": house.ward,
    }
    return {
        kind: row.entry_hash if isinstance(row, AuditEntry) else getattr(row, "public_id", row.id)
        for kind, row in rows.items()
    }
