"""The ledger going out: what its reader may see, as they see it, and on record."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName, State
from services.access.scope import unscoped
from services.actor import Actor
from services.errors import NotPermitted
from services.ledger.exporting import Exported, export_ledger
from services.ledger.spool import working_folder
from services.listing import ListQuery
from tests.factories.complaints import create_complaint, make_confidential
from tests.factories.organisation import House
from tests.integration.ledger.conftest import ZONE, acting, ledger_at, take
from tests.support.workbooks import READERS, by_calamine, by_openpyxl

COLUMNS = ("number", "summary", "received_at", "complainant_name", "department_id", "handler_id", "state")


def export(
    session: Session, actor: Actor, folder: Path, params: str = "", columns: tuple[str, ...] = COLUMNS
) -> Exported:
    query = ListQuery.from_params(m.Complaint, params, actor, ZONE, columns=columns)
    return export_ledger(session, query, folder, "投诉台账")


def texts(exported: Exported) -> list[list[object]]:
    return by_calamine(exported.written.path)[1:]


@pytest.fixture
def cases(session: Session, house: House) -> list[m.Complaint]:
    first = create_complaint(
        session, house, summary="=1+1", complainant_name="王小五", complainant_phone="13812345678"
    )
    other = create_complaint(
        session,
        house,
        summary="检验科的",
        complainant_name="李四光",
        department_id=house.laboratory.id,
        handler_id=house.outsider.id if house.outsider else None,
        responsible_id=None,
    )
    session.commit()
    return [first, other]


@pytest.mark.parametrize("read", READERS)
def test_the_sheet_is_the_screen(
    session: Session, house: House, cases: list[m.Complaint], tmp_path: Path, read: object
) -> None:
    actor = acting(session, house)
    columns = ("state", "number", "received_at", "handler_id", "is_imported", "summary")
    exported = export(session, actor, tmp_path, "sort=-number&f.summary=检验", columns)
    rows = read(exported.written.path)  # type: ignore[operator]
    query = ListQuery.from_params(m.Complaint, "", actor, ZONE, columns=columns)
    assert rows[0] == [str(spec.label) for spec in query.specs]
    number, summary = rows[1][1], rows[1][5]
    assert (len(rows), summary) == (2, "检验科的")
    assert rows[1][2] == datetime(2026, 3, 2, 9, 30)
    assert rows[1][3] == "检验科承办人"
    assert number.startswith("TS-2026-")


def test_scope(session: Session, house: House, cases: list[m.Complaint], tmp_path: Path) -> None:
    assert len(texts(export(session, acting(session, house), tmp_path))) == 2
    ward = texts(export(session, acting(session, house, RoleName.HANDLER), tmp_path))
    assert [row[1] for row in ward] == ["=1+1"]


def test_personal_values_are_masked_by_role(
    session: Session, house: House, cases: list[m.Complaint], tmp_path: Path
) -> None:
    def names(role: RoleName) -> list[object]:
        return [
            row[3] for row in texts(export(session, acting(session, house, role), tmp_path, "f.summary=%3D1"))
        ]

    assert names(RoleName.HANDLER) == ["王小五"]
    assert names(RoleName.AUDITOR) == ["王**"]


def test_a_confidential_complaint_only_for_those_named(
    session: Session, house: House, cases: list[m.Complaint], tmp_path: Path
) -> None:
    with unscoped(session, "test"):
        make_confidential(session, session.merge(cases[0]), house[RoleName.HANDLER])
    session.commit()
    for role in RoleName:
        actor = acting(session, house, role)
        if role is RoleName.ADMINISTRATOR:
            continue
        found = [row[1] for row in texts(export(session, actor, tmp_path))]
        assert ("=1+1" in found) is (role is RoleName.HANDLER), role


def test_who_may_export(session: Session, house: House, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        export(session, acting(session, house, RoleName.ADMINISTRATOR), tmp_path)


def test_the_export_is_on_record(
    session: Session, house: House, cases: list[m.Complaint], tmp_path: Path
) -> None:
    exported = export(session, acting(session, house), tmp_path, "q=检验&sort=number")
    with unscoped(session, "test"):
        entry = session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "ledger.exported")).one()
    assert entry.actor_id == house[RoleName.FIRST_RECEIVER].id
    assert entry.after is not None
    assert entry.after["rows"] == exported.written.rows == 1
    assert entry.after["sha256"] == hashlib.sha256(exported.written.path.read_bytes()).hexdigest()
    assert entry.after["columns"] == list(COLUMNS)
    assert ["q", "检验"] in entry.after["query"]


def test_the_second_sheet_says_what_this_is(
    session: Session, house: House, cases: list[m.Complaint], tmp_path: Path
) -> None:
    exported = export(session, acting(session, house), tmp_path, "f.state=in_work&sort=-received_at")
    said = [text for row in by_openpyxl(exported.written.path, 1) for text in row]
    joined = "\n".join(said)
    for expected in (house.organisation.name, house[RoleName.FIRST_RECEIVER].name, "Asia/Shanghai", "2"):
        assert expected in joined
    assert str(State.IN_WORK.label) in joined
    assert exported.filename.startswith("投诉台账-") and exported.filename.endswith(".xlsx")


def test_rows_carry_the_colours_of_the_list(session: Session, house: House, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    create_complaint(session, house, summary="过期", due_at=now - timedelta(days=3))
    create_complaint(session, house, summary="还早", due_at=now + timedelta(days=90))
    create_complaint(session, house, summary="下限", due_at=now - timedelta(days=3), due_is_lower_bound=True)
    create_complaint(session, house, summary="暂停", due_at=now - timedelta(days=3), paused_at=now)
    session.commit()
    exported = export(session, acting(session, house), tmp_path, columns=("summary",))
    sheet = openpyxl.load_workbook(exported.written.path).active
    colours = {sheet.cell(line, 1).value: sheet.cell(line, 1).fill.fgColor.rgb for line in range(2, 6)}
    assert colours["过期"].endswith("FBE0DD")
    assert len({colours["过期"], colours["还早"], colours["暂停"]}) == 3
    assert colours["下限"] != colours["过期"]


def test_the_working_folder_is_private_and_leaves_nothing(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with pytest.raises(RuntimeError), working_folder(spool) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "half").write_text("x")
        raise RuntimeError
    assert list(spool.iterdir()) == []


_MEASURE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy.orm import Session
import database
from models import Complaint, User
from services.identity import actor_for
from services.listing import ListQuery, offered
from services.access import scope
from services.ledger.exporting import export_ledger
from tests.integration.ledger.conftest import ZONE

engine = database.make_engine(sys.argv[1])
scope.install(Session, engine)
with Session(engine) as session:
    actor = actor_for(session, session.get_one(User, int(sys.argv[2])), datetime.now(UTC))
    session.info["actor"] = actor
    columns = tuple(spec.key for spec in offered(Complaint))
    query = ListQuery.from_params(Complaint, sys.argv[3], actor, ZONE, columns=columns)
    exported = export_ledger(session, query, Path(sys.argv[4]), "x")
    print(exported.written.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(
    session: Session, house: House, tmp_path: Path, engine_url: str
) -> None:
    """From the database to the file: 2,000 rows and 20,000 of them, each in a process of its own."""
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("投诉编号,投诉日期,主题,内容\n")
        for number in range(20_000):
            word = "少" if number < 2_000 else "多"
            out.write(f"{number},2019-01-01,{word},{'夜间施工噪音扰民' * 20}\n")
    actor = acting(session, house)
    assert take(session, actor, ledger_at(path)).written == 20_000
    peaks = []
    for params, count in (("f.summary=少", 2_000), ("", 20_000)):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, engine_url, str(actor.user_id), params, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        )
        rows, peak = map(int, done.stdout.split())
        assert rows == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 16 * 1024, peaks
