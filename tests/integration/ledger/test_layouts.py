"""Layouts: as on the screen, and the registers that the procedures lay out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from models.enums import RoleName
from services.actor import Actor
from services.documents.forms import forms_of
from services.documents.vocabulary import REGISTER
from services.errors import NotFound
from services.ledger.exporting import FileForm, export_ledger
from services.ledger.layouts import registration_tables
from services.listing import ListQuery
from services.procedures.registry import PACKS_FOLDER, load_pack
from tests.factories.complaints import create_complaint
from tests.factories.organisation import House, create_house, publish_procedure
from tests.integration.ledger.conftest import ZONE, acting
from tests.support.workbooks import by_calamine

PACKS = sorted(path.stem for path in PACKS_FOLDER.glob("*.yaml"))


def query_of(actor: Actor, params: str = "", columns: tuple[str, ...] = ("summary", "number")) -> ListQuery:
    return ListQuery.from_params(m.Complaint, params, actor, ZONE, columns=columns, locale="zh_Hans_CN")


@pytest.fixture
def three_levels(session: Session) -> House:
    """A house whose regulation has a register of its own (R10-14)."""
    made = create_house(session, "three-level")
    for number in range(3):
        create_complaint(
            session, made, summary=f"=第{number}件", complainant_name="王小五", number=f"TS-00{number}"
        )
    session.commit()
    return made


def test_the_register_of_the_regulation(
    app: Flask, session: Session, three_levels: House, tmp_path: Path
) -> None:
    """Its columns in its order, by its names; the running number counts the rows; filter and order are the screen's."""
    actor = acting(session, three_levels, RoleName.HANDLER)
    query = query_of(actor, "sort=-number&f.summary=件")
    with app.app_context():
        exported = export_ledger(session, query, tmp_path, "投诉台账", layout="complaint_register")
    heads, *rows = by_calamine(exported.written.path)
    assert heads == ["序号", "编号", "收到时间", "投诉人", "投诉级别", "渠道", "事由", "部门", "状态"]
    assert [(row[0], row[1], row[6]) for row in rows] == [
        (1, "TS-002", "=第2件"), (2, "TS-001", "=第1件"), (3, "TS-000", "=第0件"),
    ]  # fmt: skip
    assert exported.filename.startswith("投诉登记簿-")
    assert exported.record.after is not None
    assert exported.record.after["columns"][:2] == ["row", "number"]


def test_the_running_number_goes_on_from_batch_to_batch(
    session: Session, three_levels: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.listing.streaming.stream.__defaults__", (2,))
    actor = acting(session, three_levels)
    query = query_of(actor)
    exported = export_ledger(session, query, tmp_path, "x", layout="complaint_register", form=FileForm.TEXT)
    with exported.written.path.open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == ["1", "2", "3"]


def test_as_on_the_screen_is_the_screen(session: Session, three_levels: House, tmp_path: Path) -> None:
    actor = acting(session, three_levels)
    query = query_of(actor, columns=("state", "is_confidential", "summary"))
    heads, *_rows = by_calamine(export_ledger(session, query, tmp_path, "x").written.path)
    assert heads == [str(spec.label) for spec in query.specs if spec.export] and len(heads) == 2


def test_another_list_has_no_register(session: Session, three_levels: House, tmp_path: Path) -> None:
    actor = acting(session, three_levels)
    users = ListQuery.from_params(m.User, "", actor, ZONE)
    for query, layout in ((users, "complaint_register"), (query_of(actor), "no_such")):
        with pytest.raises(NotFound):
            export_ledger(session, query, tmp_path, "x", layout=layout)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_every_procedure_has_its_register_and_each_column_is_exported(
    session: Session, tmp_path: Path
) -> None:
    """A column of a register that the list could not give would be left out without a word."""
    house = create_house(session)
    create_complaint(session, house)
    session.commit()
    for code in PACKS:
        if code != house.organisation.procedure_code:
            publish_procedure(session, code)
        house.organisation.procedure_code = code
        session.add(house.organisation)
        session.commit()
        procedure = load_pack(PACKS_FOLDER / f"{code}.yaml").procedure
        actor = acting(session, house)
        tables = registration_tables(session)
        assert set(tables) >= {"complaint_register"}
        for layout in tables:
            blocks = forms_of(procedure, REGISTER)[layout].layout
            (declared,) = [block.table for block in blocks if block.table and block.table.of == "complaints"]
            exported = export_ledger(
                session, query_of(actor), tmp_path, "x", layout=layout, form=FileForm.TEXT
            )
            assert exported.record.after is not None
            assert len(exported.record.after["columns"]) == len(declared.columns), (code, layout)
