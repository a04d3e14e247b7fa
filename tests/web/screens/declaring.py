"""A procedure that declares a field of every kind, and a complaint with a value in each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint
from models.enums import RoleName
from services.actor import SYSTEM
from services.procedures.published import publish_pack
from services.procedures.registry import PACKS_FOLDER, Pack, parse
from tests.factories import House, create_house
from tests.web.screens.asking import NEW, filled, newest
from tests.web.screens.conftest import SignIn

PACK = "three-level"
FIELDS = """
fields:
  - {code: model, kind: text, belongs_to: subject, names: {zh: 型号, en: Model}, assumption: &own {zh: 自定, en: Ours}}
  - {code: story, kind: long_text, names: {zh: 经过, en: Story}, assumption: *own}
  - {code: pieces, kind: number, names: {zh: 件数, en: Pieces}, assumption: *own}
  - {code: price, kind: money, names: {zh: 价款, en: Price}, assumption: *own}
  - {code: bought_on, kind: date, names: {zh: 购买日期, en: Bought}, required_when: acceptance, assumption: *own}
  - code: colour
    kind: choice
    required_when: registration
    names: {zh: 颜色, en: Colour}
    choices:
      - {code: red, names: {zh: 红色, en: Red}}
      - {code: blue, names: {zh: 蓝色, en: Blue}}
    assumption: *own
  - code: faults
    kind: multiple_choice
    names: {zh: 缺陷, en: Faults}
    choices:
      - {code: crack, names: {zh: 裂纹, en: Crack}}
      - {code: leak, names: {zh: 渗漏, en: Leak}}
    assumption: *own
  - {code: expert, kind: person, names: {zh: 专家, en: Expert}, required_when: closing, assumption: *own}
  - {code: shop, kind: department, names: {zh: 门店, en: Shop}, assumption: *own}
  - {code: receipt, kind: file, names: {zh: 购物凭证, en: Receipt}, assumption: *own}
  - code: job
    kind: text
    belongs_to: complainant
    sensitivity: personal
    names: {zh: 职业, en: Job}
    assumption: *own
  - {code: remark, kind: text, visible_to: [leader], names: {zh: 领导备注, en: Remark}, assumption: *own}
"""


def publish(session: Session, version: int, fields: str = FIELDS) -> None:
    """The pack with these fields as its next version, as the panel would publish it."""
    text = (PACKS_FOLDER / f"{PACK}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^version: .*$", f"version: {version}", text, flags=re.M) + fields
    publish_pack(session, Pack(Path(f"{PACK}.yaml"), text, parse(text)), datetime.now(UTC))
    session.commit()


def house_with_fields(session: Session) -> House:
    """A house whose procedure declares a field of every kind."""
    session.info["actor"] = SYSTEM
    made = create_house(session, PACK)
    session.commit()
    publish(session, 3)
    return made


def whole(house: House, **changed: Any) -> dict[str, Any]:
    given = {
        "own_model": "DN50",
        "own_story": "买来即漏。" * 60,
        "own_pieces": "2.5",
        "own_price": "1200.5",
        "own_bought_on": "2026-03-01",
        "own_colour": "red",
        "own_faults": ["crack", "leak"],
        "own_shop": house.laboratory.public_id,
        "own_job": "采购经理",
    }
    return filled(**(given | changed))


def registered(session: Session, sign_in: SignIn, house: House, **changed: Any) -> Complaint:
    client = sign_in(house[RoleName.FIRST_RECEIVER])
    answer = client.post(NEW, data=whole(house, **changed) | {"repeat_choice": "new"})
    assert answer.status_code == 303, answer.text
    return newest(session)
