"""Search against a plain reading of every text: made-up complaints, queries cut out of them, and what must be found.

    python -m tests.support.search_sets --complaints 5000 --queries 10000 [--database postgresql+psycopg://…]

The database has to be empty; without one, a SQLite file in a temporary folder is used. Exit status 1 on a difference.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

import database
from grams import normalise
from models import Complaint, ComplaintVisibility, Department, ProcedureVersion
from models.enums import Channel, RoleName, State
from models.types import new_public_id
from services import schema, search
from services.access import months, scope, visibility
from services.access.masking import own_cases
from services.actor import SYSTEM, Actor
from services.listing import Count, ListQuery, orders
from services.search.keeping import OPEN, PERSONAL
from tests.factories import House, actor_of, create_house

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 1, 1, tzinfo=UTC)
CONFIDENTIAL = 23
"""Every so many complaints one is confidential."""

_PHRASES = (
    "候诊时间过长", "候诊区噪音很大", "物业噪音扰民", "血压计读数不准", "药片变色结块",
    "电动自行车电池鼓包", "送货迟延三天", "客服态度生硬", "要求退货退款", "说明书与实物不符",
    "包装破损漏液", "工程质量存在裂缝", "屋面渗水", "电梯多次停运", "挂号系统故障", "护士未及时处理",
    "收费与公示不一致", "保修期内拒绝维修", "缺少合格证", "已联系投诉人核实情况", "经调查属实",
    "同意更换新品",
)  # fmt: skip
_ODD = (
    "100%", "50％", "under_score", "O'Brien", '说"好的"', "AND OR NOT NEAR(", "a*b^c", "C:\\temp",
    "𠮷野家", "👍🏽", "１２３４５", "ＡＢＣ－９", "Pump ABC-9", "STRASSE Straße", "İstanbul", "ﬁlter",
    "㎡", "第一行\n第二行", "tab\there", "列\u3000空格", "e\u0301té", "\u200b隐\u200b形", "--; DROP",
    "(括号）", "{x}:[y]", "~`!@#$&=+|<>?/", "Ω≈ç√", "ｶﾞｽ", "가나다", "مرحبا",
)  # fmt: skip
_NAMES = ("王小明", "李雷", "韩梅梅", "欧阳娜娜", "O'Neil", "Müller", "赵 六", "候诊")


@dataclass(frozen=True)
class Reader:
    """Somebody who searches: the complaints they may see, and those whose personal texts they read."""

    actor: Actor
    visible: frozenset[int]
    own: frozenset[int]


@dataclass(frozen=True)
class Ledger:
    """Complaints as written, by id, and three people with different scopes."""

    rows: dict[int, dict[str, Any]]
    readers: tuple[Reader, ...]

    def plain(self, reader: Reader, text: str) -> set[int]:
        """What a reading of every field finds: all words, each within one field, in one spelling."""
        words = normalise(text.strip()[:100]).split()
        return {id for id in reader.visible if self._has(id, words, id in reader.own)}

    def _has(self, id: int, words: Sequence[str], personal: bool) -> bool:
        fields = self.spelt(id, personal)
        return all(word in fields for word in words)

    def spelt(self, id: int, personal: bool) -> str:
        """The fields of a complaint in one spelling, a line each; no word holds the end of a line."""
        if (id, personal) not in _SPELT:
            keys = (*OPEN, *PERSONAL) if personal else OPEN
            _SPELT[id, personal] = "\n".join(normalise(self.rows[id][key] or "") for key in keys)
        return _SPELT[id, personal]


_SPELT: dict[tuple[int, bool], str] = {}


def fill(session: Session, house: House, size: int, seed: int) -> Ledger:
    """Write `size` made-up complaints in two departments, some confidential, and take up their texts."""
    _SPELT.clear()
    chance = random.Random(seed)
    procedure = session.scalars(sa.select(ProcedureVersion.id)).one()
    people = [house[RoleName.HANDLER].id, house[RoleName.FIRST_RECEIVER].id, None]
    made = [_complaint(chance, n, procedure, house, people) for n in range(1, size + 1)]
    connection = session.connection()
    connection.execute(sa.insert(Complaint.__table__), made)  # type: ignore[arg-type]
    numbers = scope.apply(sa.select(Complaint.__table__.c.number, Complaint.__table__.c.id), SYSTEM)
    ids = {row.number: row.id for row in connection.execute(numbers)}
    seen = [
        {"complaint_id": ids[one["number"]], "audience": audience, "received_at": one["received_at"]}
        for one in made
        for audience in _audiences(one, house)
    ]
    connection.execute(sa.insert(ComplaintVisibility.__table__), seen)  # type: ignore[arg-type]
    months.recount(connection)
    orders.rebuild(connection)
    assert search.rebuild(connection) == size
    session.commit()
    rows = {ids[one["number"]]: one for one in made}
    return Ledger(rows, tuple(_reader(session, user) for user in (
        house[RoleName.LEADER], house[RoleName.HANDLER], house.outsider
    )))  # fmt: skip


def _audiences(complaint: dict[str, Any], house: House) -> list[str]:
    if complaint["is_confidential"]:
        return [f"c{house[RoleName.LEADER].id}"]
    return ["*", f"d{complaint['department_id']}"]


def _reader(session: Session, user: Any) -> Reader:
    session.info["actor"] = SYSTEM
    actor = actor_of(session, user)
    session.info["actor"] = actor
    visible = frozenset(session.scalars(sa.select(Complaint.id)))
    own = frozenset(session.scalars(sa.select(Complaint.id).where(own_cases(Complaint, actor))))
    session.info["actor"] = SYSTEM
    return Reader(actor, visible, own)


def _complaint(
    chance: random.Random, n: int, procedure: int, house: House, people: list[int | None]
) -> dict[str, Any]:
    def text(most: int, odd: float = 0.2) -> str:
        parts = [chance.choice(_PHRASES) for _ in range(chance.randint(1, most))]
        if chance.random() < odd:
            parts.insert(chance.randrange(len(parts) + 1), chance.choice(_ODD))
        return chance.choice("，；\n ").join(parts)

    department: Department = house.ward if chance.random() < 0.6 else house.laboratory
    maybe = lambda value: value if chance.random() < 0.6 else None  # noqa: E731
    return {
        "public_id": new_public_id(),
        "number": f"LS-2026-{n:06d}",
        "state": State.REGISTERED,
        "summary": text(1)[:60],
        "content": text(6),
        "product": maybe(f"{chance.choice('甲乙丙丁')}型血压计"),
        "batch": maybe(f"B{chance.randint(20240101, 20251231)}-{chance.randint(1, 40)}"),
        "source_reference": maybe(f"12345〔2026〕{chance.randint(1, 9999)}号"),
        "place": maybe(f"{chance.randint(1, 9)}号楼{chance.randint(1, 30)}层"),
        "result": maybe(text(2)),
        "reply_text": maybe(text(3)),
        "complainant_name": maybe(chance.choice(_NAMES)),
        "complainant_phone": maybe(f"138{chance.randint(0, 99_999_999):08d}"),
        "received_at": START + timedelta(minutes=chance.randrange(500_000)),
        "channel": Channel.HOTLINE,
        "procedure_version_id": procedure,
        "department_id": department.id,
        "handler_id": chance.choice(people) if department is house.ward else None,
        "is_confidential": n % CONFIDENTIAL == 0,
    }


def cut_out(ledger: Ledger, number: int, seed: int) -> Iterator[str]:
    """Pieces of one to six characters out of the texts as they were typed; a blank in one makes two words."""
    chance = random.Random(seed)
    ids = sorted(ledger.rows)
    given = 0
    while given < number:
        row = ledger.rows[chance.choice(ids)]
        field = row[chance.choice((*OPEN, "content", "content", *PERSONAL))]
        if field:
            start = chance.randrange(len(field))
            piece = field[start : start + chance.randint(1, 6)].strip()
            if piece:
                given += 1
                yield piece


def commonest_pairs(ledger: Ledger, number: int) -> list[str]:
    """The pairs of characters that stand in the most texts."""
    counted: Counter[str] = Counter()
    for id in ledger.rows:
        for field in ledger.spelt(id, True).split("\n"):
            counted.update(
                {field[at : at + 2] for at in range(len(field) - 1) if " " not in field[at : at + 2]}
            )
    return [pair for pair, _ in counted.most_common(number)]


def differences(session: Session, ledger: Ledger, queries: Sequence[str]) -> Iterator[str]:
    """Each query for each reader where the list does not hold exactly what the plain reading finds."""
    for reader in ledger.readers:
        session.info["actor"] = reader.actor
        for place, text in enumerate(queries):
            listed = ListQuery.from_params(Complaint, {"q": text}, reader.actor, ZONE)
            found, wanted = set(listed.ids(session, 1_000_000)), ledger.plain(reader, text)
            counted = listed.count(session) if place % 4 == 0 else Count(len(wanted), True)
            if found != wanted:
                yield f"{text!r} as {reader.actor.name}: {len(found)} found, {len(wanted)} there"
            elif (counted.exact and counted.number != len(wanted)) or counted.number > len(wanted):
                yield f"{text!r} as {reader.actor.name}: {counted} counted, {len(wanted)} there"
        session.rollback()
    session.info["actor"] = SYSTEM


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--complaints", type=int, default=5000)
    options.add_argument("--queries", type=int, default=10_000)
    options.add_argument("--pairs", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--database", default="")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/desk.sqlite3"
        schema.upgrade(url)
        engine = database.make_engine(url)
        scope.install(Session, engine)
        search.install(Session)
        visibility.install(Session)
        months.install(Session)
        orders.install(Session)
        with Session(engine) as session:
            session.info["actor"] = SYSTEM
            ledger = fill(session, create_house(session), asked.complaints, asked.seed)
            queries = [*cut_out(ledger, asked.queries, asked.seed), *commonest_pairs(ledger, asked.pairs)]
            begun, faults = time.monotonic(), 0
            for most in (search.MOST, 100):
                search.finding.MOST = most  # type: ignore[attr-defined]
                for fault in differences(session, ledger, queries):
                    faults += 1
                    print(f"index asked for {most}: {fault}")
            print(
                f"{len(queries)} queries × {len(ledger.readers)} readers × 2 ways over {asked.complaints} complaints "
                f"on {engine.dialect.name}: {faults} differences, {time.monotonic() - begun:.0f} s"
            )
        engine.dispose()
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
