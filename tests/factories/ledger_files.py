"""An export that is ready to be fetched and an old ledger that was found faulty, made as the worker makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from models import Complaint
from models.enums import RoleName
from services.access.permissions import Permission
from services.actor import SYSTEM, Actor
from services.identity import actor_for
from services.ledger.checking import Options
from services.ledger.export_jobs import carry_out_exports
from services.ledger.exporting import FileForm
from services.ledger.headings import find_heading, suggested
from services.ledger.import_jobs import carry_out_imports, kept_ledgers
from services.ledger.importing import OldLedger
from services.ledger.source import digest_of, open_sheets
from services.ledger.wishes import Wish
from services.listing import ListQuery
from services.operations.check_import import check_import
from services.operations.start_export import start_export
from services.operations.upload_ledger import upload_ledger
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.factories.organisation import House
from tests.support.workbooks import HEADINGS, write_sheet

_ROWS = (
    (
        "1",
        "张先生",
        "夜间施工噪音扰民",
        "2019-04-25 10:00",
        "凌晨两点仍在施工。",
        "已责令停工。",
        "2019-04-28 09:00",
    ),
    ("2", "李女士", "路灯不亮", "没有时间", "门口路灯坏了一周。", "", ""),
)
"""The second cannot be taken: nobody can tell when it came."""


def keep_ledger_files(session: Session, settings: Settings, house: House) -> None:
    """Both belong to the first receiver. Needs an application context, as the worker does."""
    session.commit()
    actor = actor_for(session, house[RoleName.FIRST_RECEIVER], datetime.now(UTC))
    _export(session, settings, actor)
    _faulty_ledger(session, settings, actor)
    session.info["actor"] = SYSTEM


def _export(session: Session, settings: Settings, actor: Actor) -> None:
    session.info["actor"] = actor
    query = ListQuery.from_params(
        Complaint, "sort=number", actor, settings.zone, columns=("number", "summary")
    )
    with UnitOfWork(session, actor) as work:
        start_export(work, Wish.of(query, Permission.COMPLAINT_READ, "投诉台账", FileForm.WORKBOOK))
    session.info.pop("actor")
    assert carry_out_exports(session, settings) == 1


def _faulty_ledger(session: Session, settings: Settings, actor: Actor) -> None:
    session.info["actor"] = actor
    with TemporaryDirectory() as folder:
        file = write_sheet(Path(folder) / "旧台账.xlsx", [HEADINGS, *_ROWS])
        heading = find_heading(open_sheets(file))
        ledger = OldLedger(file.name, digest_of(file), heading, suggested(heading), Options())
        with UnitOfWork(session, actor) as work:
            address = upload_ledger(work, ledger).public_id
        kept_ledgers(settings).keep(file, address)
    with UnitOfWork(session, actor) as work:
        check_import(work, address, heading, ledger.mapping, ledger.options, "zh_Hans_CN")
    session.info.pop("actor")
    assert carry_out_imports(session, settings) == 1
