"""Declared fields in lists, filters, saved views, exports and imports."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.enums import RoleName
from tests.factories import House
from tests.support.workbooks import write_sheet
from tests.web.ledger.conftest import fields_of, post, upload
from tests.web.screens.asking import newest
from tests.web.screens.conftest import SignIn, statements, words
from tests.web.screens.declaring import house_with_fields, registered


@pytest.fixture
def house(session: Session) -> House:
    return house_with_fields(session)


def listed(answer: Any) -> str:
    return words(answer)


FILTERS = [
    ("f.own_model=dn5", True),
    ("f.own_model=DN80", False),
    ("f.own_model=none", False),
    ("f.own_story=买来", True),
    ("f.own_pieces_from=2&f.own_pieces_to=3", True),
    ("f.own_pieces_from=3", False),
    ("f.own_price_from=1200.5&f.own_price_to=1200.5", True),
    ("f.own_bought_on_from=2026-03-01&f.own_bought_on_to=2026-03-01", True),
    ("f.own_bought_on_to=2026-02-28", False),
    ("f.own_colour=red,blue", True),
    ("f.own_colour=blue", False),
    ("f.own_colour=blue,none", False),
    ("f.own_colour=green", False),
    ("f.own_faults=leak", True),
    ("f.own_expert=none", True),
    ("f.own_job=采购", True),
    ("f.own_remark=x", False),
    ("f.own_nothing=x", False),
]


@pytest.mark.parametrize(("params", "found"), FILTERS)
def test_filters(session: Session, sign_in: SignIn, house: House, params: str, found: bool) -> None:
    made = registered(session, sign_in, house)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    assert (made.number in listed(client.get(f"/complaints/?{params}"))) is found
    shop = f"f.own_shop={house.laboratory.public_id}"
    assert made.number in listed(client.get(f"/complaints/?{shop}&{params}")) or not found


def test_columns_order_and_saved_views(session: Session, sign_in: SignIn, house: House) -> None:
    first = registered(session, sign_in, house, own_price="30", key="a" * 24)
    second = registered(session, sign_in, house, own_price="200", key="b" * 24)
    without = registered(session, sign_in, house, own_price="", key="c" * 24)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    client.post("/complaints/columns", data={"column": ["number", "own_price", "own_faults", "own_shop"]})
    for order in ("own_price", "-own_price"):
        shown = listed(client.get(f"/complaints/?sort={order}"))
        assert "30.00" in shown and "200.00" in shown and "裂纹、渗漏" in shown and "检验科" in shown
        places = [shown.index(each.number) for each in (first, second, without)]
        ends = places[:2] if order == "own_price" else places[1::-1]
        assert ends[0] < ends[1] < places[2], order  # what has no value stands last either way
    by_shop = client.get("/complaints/?sort=own_shop")
    assert by_shop.status_code == 200
    client.post(
        "/complaints/views", data={"name": "贵的", "query": "f.own_price_from=100&columns=number,own_price"}
    )
    page = client.get("/complaints/").text
    view = re.search(r'href="(/complaints/\?f\.own_price_from=100[^"]*)"', page)
    assert view is not None
    shown = listed(client.get(view.group(1).replace("&amp;", "&")))
    assert second.number in shown and first.number not in shown


def test_a_page_goes_on_from_its_place_by_such_a_field(
    session: Session, sign_in: SignIn, house: House
) -> None:
    numbers = [
        registered(session, sign_in, house, own_price=str(price), key=f"{price:024d}").number
        for price in range(1, 24)
    ]
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    page = client.get("/complaints/?sort=own_price").text
    following = re.search(
        r'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*cursor=[^"]*)"', page
    )
    assert following is not None
    url = (following.group(1) or following.group(2)).replace("&amp;", "&")
    further = listed(client.get(url))
    assert [each for each in numbers if each in further] == numbers[20:]


def test_the_number_of_statements_does_not_grow_with_the_rows(
    engine: Engine, session: Session, sign_in: SignIn, house: House
) -> None:
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    url = "/complaints/?columns=number,own_price,own_shop,own_colour,own_expert,nature&sort=own_price&f.own_colour=red"
    costs = set()
    for count in (1, 6):
        for index in range(count):
            registered(session, sign_in, house, key=f"{count}{index:023d}")
        with statements(engine) as sent:
            assert client.get(url).status_code == 200
        costs.add(len(sent))
    assert len(costs) == 1


def test_the_ledger_carries_them_out_and_in(
    session: Session, sign_in: SignIn, house: House, tmp_path: Path
) -> None:
    made = registered(session, sign_in, house)
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    own = "own_model,own_pieces,own_price,own_bought_on,own_colour,own_faults,own_shop,own_job"
    columns = f"number,received_at,summary,content,{own}"
    answer = client.post("/ledger/export", data={"query": f"columns={columns}&f.own_colour=red"})
    sheet = [list(row) for row in load_workbook(io.BytesIO(answer.data)).worksheets[0].values]
    heads, row = sheet[0], sheet[1]
    assert heads[4:] == ["型号", "件数", "价款", "购买日期", "颜色", "缺陷", "门店", "职业"]
    assert [row[4], row[5], row[6], row[8], row[9], row[10], row[11]] == [
        "DN50", 2.5, 1200.5, "红色", "裂纹、渗漏", "检验科", "采购经理",
    ]  # fmt: skip
    assert row[7] == datetime(2026, 3, 1)

    row[heads.index("事由")] = "另一件"
    path = write_sheet(tmp_path / "old.xlsx", [heads[1:], row[1:]])
    asked = fields_of(upload(client, path.read_bytes()))
    assert [asked[f"map-{index}"] for index in range(len(heads) - 1)][3:] == columns.split(",")[4:]
    tried = post(client, asked | {"answered": "closed", "unanswered": "accepted", "channel": "online"})
    assert "裂纹、渗漏" in words(tried) and "红色" in words(tried)  # the dry run shows them by name
    done = post(client, fields_of(tried))
    assert done.status_code == 200, words(done)
    copy = newest(session)
    assert copy.summary == "另一件" and copy.id != made.id
    given = {code: value for code, value in made.own_values.items() if code != "story"}
    assert copy.own_values == given
    found = client.get("/complaints/?f.own_price_from=1000&f.own_faults=leak&f.is_imported=1")
    assert copy.number in listed(found)
