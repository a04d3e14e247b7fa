"""`flask desk import-ledger` and `export-ledger`."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName, State
from services.access.scope import unscoped
from tests.factories.complaints import create_complaint, make_confidential
from tests.factories.organisation import House
from tests.support.workbooks import HEADINGS, by_calamine, write_sheet

ROWS = [
    (7, "王小五", "噪音", "2019/4/25 9:32:09", "内容一", "已收悉", "2019/5/10 14:56:53"),
    (8, "李四光", "物业", "2019-04-26", "内容二", "", ""),
]


def desk(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["desk", *map(str, arguments)])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_sheet(tmp_path / "old.xlsx", [HEADINGS, *ROWS])


def imported(session: Session) -> list[m.Complaint]:
    session.rollback()
    with unscoped(session, "test"):
        return list(session.scalars(sa.select(m.Complaint).order_by(m.Complaint.id)))


def test_dry_run_then_import_then_again(app: Flask, session: Session, house: House, old: Path) -> None:
    dry = desk(app, "import-ledger", old, "--dry-run")
    assert dry.exit_code == 0 and "2 would be imported" in dry.output
    assert imported(session) == []
    done = desk(app, "import-ledger", old, "--as", house[RoleName.FIRST_RECEIVER].login)
    assert done.exit_code == 0 and "2 imported" in done.output
    again = desk(app, "import-ledger", old)
    assert again.exit_code == 0 and "0 imported" in again.output and "2 were imported before" in again.output
    assert len(imported(session)) == 2


def test_a_mapping_of_ones_own(app: Flask, session: Session, house: House, old: Path) -> None:
    done = desk(
        app,
        "import-ledger",
        old,
        "--map",
        "留言用户=passed_on_by",
        "--map",
        "留言编号=",
        "--answered",
        "replied",
    )
    assert done.exit_code == 0, done.output
    first = imported(session)[0]
    assert (first.passed_on_by, first.complainant_name, first.source_reference) == ("王小五", None, None)
    assert first.state is State.REPLIED


@pytest.mark.parametrize(
    "arguments",
    [
        ["--map", "没有的列=content"],
        ["--map", "留言用户=is_confidential"],
        ["--map", "留言用户=content"],
        ["--map", "留言时间="],
        ["--as", "nobody"],
        ["--sheet", "没有"],
    ],
)
def test_what_cannot_be_done_ends_with_one_line(
    app: Flask, session: Session, house: House, old: Path, arguments: list[str]
) -> None:
    if arguments[-1] == "留言用户=content":
        arguments = ["--map", "留言用户=state"]
    failed = desk(app, "import-ledger", old, *arguments)
    assert failed.exit_code == 1
    assert failed.output.strip().splitlines()[-1].startswith("Error: ")
    assert imported(session) == []


def test_faults_are_printed(app: Flask, session: Session, house: House, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "bad.xlsx", [HEADINGS, *ROWS, (9, "", "x", "昨天", "y", "", "")])
    failed = desk(app, "import-ledger", path)
    assert failed.exit_code == 1
    assert "row 4" in failed.output and "留言时间" in failed.output and "昨天" in failed.output
    assert imported(session) == []


def test_export_as_somebody(app: Flask, session: Session, house: House, old: Path, tmp_path: Path) -> None:
    desk(app, "import-ledger", old, "--as", house[RoleName.FIRST_RECEIVER].login)
    target = tmp_path / "out.xlsx"
    columns = ("--columns", "source_reference,complainant_name", "--sort", "received_at")
    for role, names in (
        (RoleName.FIRST_RECEIVER, ["王小五", "李四光"]),
        (RoleName.AUDITOR, ["王**", "李**"]),
    ):
        done = desk(app, "export-ledger", target, "--as", house[role].login, *columns, "--overwrite")
        assert done.exit_code == 0 and "2 rows" in done.output, done.output
        assert by_calamine(target)[1:] == [["7", names[0]], ["8", names[1]]]
    assert desk(app, "export-ledger", target).exit_code == 1
    one = desk(app, "export-ledger", target, "--overwrite", "--filter", "state=closed", "--search", "噪音")
    assert "1 rows" in one.output


def test_the_desk_itself_exports_plainly_and_nothing_confidential(
    app: Flask, session: Session, house: House, tmp_path: Path
) -> None:
    create_complaint(session, house, complainant_name="王小五")
    secret = create_complaint(session, house, complainant_name="李四光")
    make_confidential(session, secret, house[RoleName.HANDLER])
    session.commit()
    target = tmp_path / "out.xlsx"
    done = desk(app, "export-ledger", target, "--columns", "complainant_name")
    assert done.exit_code == 0, done.output
    assert by_calamine(target)[1:] == [["王小五"]]
    assert list(app.extensions["settings"].spool_dir.glob("export-*")) == []
