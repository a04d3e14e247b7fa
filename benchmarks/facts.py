"""What the cases ask for, picked from the data themselves: departments, a month, words of each frequency."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import sqlalchemy as sa

from benchmarks.data import Desk
from benchmarks.peers.columns import PAGE

_SAMPLE = 4_000
_RARE = "垚淼焱犇鑫骉羴麤赟昶翀玥堃喆懿罡骅颢璟甯飏琰曌祎弢翊龢彧妤晢瓅旻珅翾暄烨曦熹燚炁翯芃苒荇菡蓁蕤薇藜蘅"
"""The characters that services.seeding.words keeps for words that hardly any text holds."""


@dataclass(frozen=True)
class Facts:
    """Everything that an address may name."""

    page: int
    page_from_zero: int
    last: int
    last_from_zero: int
    department: int
    department_address: str
    small: int
    small_address: str
    state: str
    now: str
    month_from: str
    month_to: str
    common: str
    percent: str
    rare: str
    long: str
    absent: str
    one: str

    def fill(self, pattern: str) -> str:
        return pattern.format(**{key: quote(str(value)) for key, value in asdict(self).items()})


def facts_of(desk: Desk) -> Facts:
    """Looked up once a run."""
    with sa.create_engine(desk.environment["BENCH_DATABASE_URL"]).connect() as connection:
        count = connection.scalar(sa.text("SELECT count(*) FROM complaints")) or 0
        owned = connection.execute(
            sa.text(
                "SELECT c.department_id, d.public_id, count(*) AS n FROM complaints c"
                " JOIN departments d ON d.id = c.department_id WHERE NOT c.is_confidential"
                " GROUP BY c.department_id, d.public_id ORDER BY n DESC"
            )
        ).all()
        highest = connection.scalar(sa.text("SELECT max(id) FROM complaints")) or 0
        chance = random.Random(1)  # noqa: S311
        ids = [chance.randint(1, highest) for _ in range(_SAMPLE)]
        texts = list(
            connection.scalars(
                sa.text("SELECT content FROM complaints WHERE id IN :ids").bindparams(
                    sa.bindparam("ids", expanding=True)
                ),
                {"ids": ids},
            )
        )
    pairs = Counter(pair for text in texts for pair in {text[i : i + 2] for i in range(len(text) - 1)})
    chinese = [(pair, n) for pair, n in pairs.most_common() if all("一" <= sign <= "鿿" for sign in pair)]
    page = min(10_000, max(2, count // PAGE - 20))
    now = datetime.now(UTC).replace(tzinfo=None)
    month = (now - timedelta(days=760)).replace(day=1)
    long = next(text for text in texts if len(text) > 120)
    return Facts(
        page=page,
        page_from_zero=page - 1,
        last=-(-count // PAGE),
        last_from_zero=-(-count // PAGE) - 1,
        department=owned[0][0],
        department_address=owned[0][1],
        small=owned[-1][0],
        small_address=owned[-1][1],
        state="archived",
        now=f"{now:%Y-%m-%d %H:%M:%S}",
        month_from=f"{month:%Y-%m-%d}",
        month_to=f"{month + timedelta(days=27):%Y-%m-%d}",
        common=chinese[0][0],
        percent=min(chinese, key=lambda one: abs(one[1] / len(texts) - 0.01))[0],
        rare=_rare(texts),
        long=next(long[i : i + 6] for i in range(40, 110) if all("一" <= s <= "鿿" for s in long[i : i + 6])),
        absent="龘靐",
        one=chinese[0][0][0],
    )


def _rare(texts: list[str]) -> str:
    """A pair of rare characters that stands in some text."""
    for text in texts:
        for index in range(len(text) - 1):
            if text[index] in _RARE and text[index + 1] in _RARE:
                return text[index : index + 2]
    return _RARE[:2]
