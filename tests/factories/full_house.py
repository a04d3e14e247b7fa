"""A desk in full use: a case in every state and every kind of record beside it, made by the real operations."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from models import (
    ArchiveRecord,
    CalendarDay,
    Complaint,
    DataRequest,
    Exemption,
    Job,
    Measure,
    Notice,
    RoleGrant,
    SavedView,
)
from models.enums import (
    AccidentGrade,
    DayKind,
    EventKind,
    FindingVerdict,
    MeasureKind,
    RoleName,
)
from models.privacy_requests import DataDecision, DataRequestKind, DataRequestStatus
from services.actor import SYSTEM
from services.attachments.store import FileStore
from services.notifications.outbox import send_pending
from services.operations.attach import Particulars, attach
from services.operations.carry_out_measure import carry_out_measure
from services.operations.link_repeat import link_repeat
from services.operations.open_investigation import open_investigation
from services.operations.record_measure import record_measure
from services.operations.report_accident import report_accident
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.analysis import use_analysis
from tests.factories.cases import PATHS, actor_of, create_complaint, fire, register_complaint, take
from tests.factories.documents import CONTENT, DIGEST
from tests.factories.house_records import keep_records
from tests.factories.organisation import House, arrange_cover, create_house, create_user
from tests.support.stage_rows import archive_rows

E = EventKind
R = RoleName
OVERLAYS = ("paused", "supervised", "co_handled", "extension_asked", "evidence", "graded")
"""Cases beside those of PATHS."""


@dataclass
class FullHouse:
    """The house, the addresses of its cases by what they show, and the number nobody else may see."""

    house: House
    users: dict[str, int]
    cases: dict[str, str] = field(default_factory=dict)
    confidential_number: str = ""
    knows: frozenset[str] = frozenset()
    """Roles whose person is named on the confidential case."""
    records: dict[str, int] = field(default_factory=dict)
    variants: dict[tuple[str, str], str] = field(default_factory=dict)
    """Records whose page offers other things than those of the same kind: screen and address → what they are."""


def png(width: int = 24, height: int = 16, colour: bytes = b"\x2a\x6f\xdb") -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\x00" + colour * width) * height
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def create_full_house(session: Session, settings: Settings) -> FullHouse:
    """Everything committed. Some days old, so that times read as they do in use."""
    now = datetime.now(UTC) - timedelta(days=2)
    house = create_house(session)
    session.commit()
    full = FullHouse(house, {role.value: user.id for role, user in house.people.items()})
    for state in PATHS:
        full.cases[state] = create_complaint(
            session, house, state, now=now, summary=f"候诊时间过长 {state}"
        ).public_id
    _with_overlays(session, full, now)
    _confidential(session, full, now)
    foreign = register_complaint(
        session, house.outsider, now=now, receiving_department_id=house.laboratory.id, summary="化验单遗失"
    )
    full.cases["foreign"] = foreign.public_id
    _evidence(session, settings, full, now)
    _quality(session, full, now)
    use_analysis(session, house, now)
    evidence = session.get_one(Complaint, _id_of(session, full.cases["evidence"]))
    full.variants |= keep_records(session, house, evidence, full.records["investigation"], now)
    _filed(session, full, now)
    _repeat(session, full, now)
    _house_records(session, full)
    full.variants |= {("complaints", address): name for name, address in full.cases.items()}
    session.info["actor"] = SYSTEM
    send_pending(session, settings, now)
    session.commit()
    return full


def _with_overlays(session: Session, full: FullHouse, now: datetime) -> None:
    house = full.house
    made = {
        name: create_complaint(session, house, "in_work", now=now, summary=f"退费纠纷 {name}")
        for name in OVERLAYS
    }
    full.cases |= {name: case.public_id for name, case in made.items()}
    take(session, house, made["paused"], E.PAUSE, R.DEPARTMENT_HEAD, now=now)
    take(session, house, made["supervised"], E.SUPERVISE, R.LEADER, now=now)
    take(session, house, made["supervised"], E.URGE, R.LEADER, now=now)
    take(session, house, made["supervised"], E.ESCALATE, R.HANDLER, now=now)
    take(session, house, made["graded"], E.GRADE, R.FIRST_RECEIVER, now=now)
    take(session, house, made["co_handled"], E.ADD_CO_HANDLER, R.FIRST_RECEIVER, now=now)
    full.cases["to_co_sign"] = _led_by_laboratory(session, house, now)
    full.cases["co_signed"] = signed = _led_by_laboratory(session, house, now)
    take(session, house, signed, E.SIGN_CO_HANDLING, R.HANDLER, now=now)
    take(session, house, made["extension_asked"], E.REQUEST_EXTENSION, R.HANDLER, now=now)
    for name, refusals in (("refused_signature", 1), ("disputed", 2)):
        refused = create_complaint(session, house, "dispatched", now=now, summary=f"无人签收 {name}")
        for _ in range(refusals):
            take(session, house, refused, E.REFUSE_SIGNATURE, R.HANDLER, now=now)
            take(session, house, refused, E.TRANSFER, R.FIRST_RECEIVER, now=now)
        full.cases[name] = refused.public_id


def _led_by_laboratory(session: Session, house: House, now: datetime) -> str:
    """A case of the laboratory that the ward is to help with: its own people are co-handlers."""
    case = register_complaint(session, house[R.FIRST_RECEIVER], now=now, summary="标本运送延误").public_id
    take(session, house, case, E.ACCEPT, R.FIRST_RECEIVER, now=now)
    receiver, leader = house[R.FIRST_RECEIVER], house[R.LEADER]
    laboratory = {"department_id": house.laboratory.id, "person_id": house.outsider.id}
    fire(session, receiver, E.TRANSFER, case, now=now, **laboratory, instruction="请核实。")
    fire(session, house.outsider, E.SIGN_FOR, case, now=now)
    ward = {"department_id": house.ward.id, "person_id": house[R.HANDLER].id}
    fire(session, leader, E.ADD_CO_HANDLER, case, now=now, **ward, instruction="请协助。")
    return case


def _confidential(session: Session, full: FullHouse, now: datetime) -> None:
    house = full.house
    case = register_complaint(
        session, house[R.FIRST_RECEIVER], now=now, summary="举报收受礼品", confidential=True,
        named_user_ids=(house[R.LEADER].id,),
    )  # fmt: skip
    full.cases["confidential"], full.confidential_number = case.public_id, case.number
    full.knows = frozenset({R.FIRST_RECEIVER.value, R.LEADER.value})


def _evidence(session: Session, settings: Settings, full: FullHouse, now: datetime) -> None:
    store = FileStore(settings)
    place = store.path(DIGEST)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(CONTENT)
    files = {
        "现场照片.png": png(),
        "情况说明.txt": "当班护士的情况说明。".encode(),
        "台账.csv": b"a,b\n1,2\n",
    }
    for name, content in files.items():
        staged = store.stage(BytesIO(content), name)
        with UnitOfWork(session, actor_of(session, full.house[R.HANDLER], now), now) as work:
            said = Particulars(is_evidence=True, description="由当事科室提供")
            attach(work, store, staged, complaint=full.cases["evidence"], particulars=said)


def _quality(session: Session, full: FullHouse, now: datetime) -> None:
    house, handler = full.house, full.house[R.HANDLER]
    case_id = _id_of(session, full.cases["evidence"])
    with UnitOfWork(session, actor_of(session, house[R.HEAD_OF_QUALITY], now), now) as work:
        investigation = open_investigation(
            work,
            case_id,
            values={
                "title": "关于候诊时间的调查",
                "leader_id": house[R.INVESTIGATOR].id,
                "plan": "调阅监控。",
            },
            members=[{"user_id": handler.id, "part": "情况收集"}],
            findings=[{"allegation": "等候三小时", "verdict": FindingVerdict.UPHELD, "facts": "监控可见。"}],
        )
        full.records["investigation"] = investigation.id
    with UnitOfWork(session, actor_of(session, handler, now), now) as work:
        planned = record_measure(work, values=_measure(full, "增设叫号屏"), complaint_id=case_id)
        carried = record_measure(work, values=_measure(full, "全员培训"), complaint_id=case_id)
        full.records |= {"measure": planned.id, "carried_out": carried.id}
    with UnitOfWork(session, actor_of(session, handler, now), now) as work:
        version = work.session.get_one(Measure, full.records["carried_out"]).version
        carry_out_measure(work, full.records["carried_out"], version, how="已培训全体护士。")
    with UnitOfWork(session, actor_of(session, handler, now), now) as work:
        values = {
            "title": "输液器漏液",
            "grade": AccidentGrade.GENERAL,
            "happened_at": now - timedelta(hours=9),
            "department_id": house.ward.id,
            "product": "一次性输液器",
            "batch": "20260105",
            "casualties": 1,
            "facts": "换液时发现接头漏液。",
            "emergency_measures": "立即更换并封存。",
        }
        full.records["accident"] = report_accident(work, values=values, complaint_id=case_id).id


def _measure(full: FullHouse, text: str) -> dict[str, Any]:
    return {
        "kind": MeasureKind.TRAINING,
        "text": text,
        "owner_id": full.house[R.HANDLER].id,
        "department_id": full.house.ward.id,
        "due_on": date.today() + timedelta(days=5),
    }


def _filed(session: Session, full: FullHouse, now: datetime) -> None:
    """Beside the archived case: a loan, a proposal to destroy it, a request about it to decide and one to carry out."""
    session.info["actor"] = SYSTEM
    case = session.get_one(Complaint, _id_of(session, full.cases["archived"]))
    record = session.query(ArchiveRecord).filter_by(complaint_id=case.id).one()
    archive_rows(session, case, record.id, full.users[R.ARCHIVIST.value], now)
    granted = DataRequest(
        number=f"GR-{case.number}-2",
        kind=DataRequestKind.COPY,
        status=DataRequestStatus.TO_DO,
        decision=DataDecision.GRANTED,
        decision_reason="本人申请，予以提供。",
        decided_at=now,
        decided_by_id=full.users[R.LEADER.value],
        applicant="李某",
        contact="13800000001",
        subject="李某",
        standing="本人",
        identity_checked="身份证",
        wish="复制本人投诉材料",
        received_at=now,
        due_on=now.date() + timedelta(days=15),
    )
    session.add(granted)
    session.flush()
    full.variants["data_requests", granted.public_id] = "granted"
    session.commit()


def _repeat(session: Session, full: FullHouse, now: datetime) -> None:
    earlier = session.get_one(Complaint, _id_of(session, full.cases["evidence"])).number
    with UnitOfWork(session, actor_of(session, full.house[R.FIRST_RECEIVER], now), now) as work:
        link_repeat(work, full.cases["graded"], number=earlier, reason="同一患者再次反映同一事项。")


def _house_records(session: Session, full: FullHouse) -> None:
    """What stands beside the cases: covers, exemptions, a day of the calendar, jobs, saved views, notices."""
    house = full.house
    session.info["actor"] = SYSTEM
    away, deputy = (create_user(session, name, department=house.office) for name in ("休假者", "代理者"))
    arrange_cover(session, away, deputy)
    session.add(CalendarDay(day=date(2026, 12, 26), kind=DayKind.WORK, reason="调休"))
    session.add(Exemption(rule="closer_is_not_handler", reason="人员不足", granted_by_id=house[R.LEADER].id))
    session.add(Job(kind="export"))
    disabled = create_user(session, "已离职者", department=house.office)
    disabled.is_active = False
    waiting = RoleGrant(user_id=deputy.id, role=R.HANDLER, granted_by_id=house[R.ADMINISTRATOR].id)
    session.add(waiting)
    session.flush()
    full.variants |= {("users", disabled.public_id): "disabled", ("grants", str(waiting.id)): "waiting"}
    for role, user in house.people.items():
        session.add(
            SavedView(
                user_id=user.id, screen="complaints", name=f"我的{role.value}", query={"params": "f.open=1"}
            )
        )
        session.add(Notice(user_id=user.id, topic="urged"))
    session.commit()


def _id_of(session: Session, public_id: str) -> int:
    session.info["actor"] = SYSTEM
    found = session.query(Complaint.id).filter_by(public_id=public_id).scalar()
    assert found is not None
    return int(found)
