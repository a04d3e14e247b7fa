"""How the engines go about a search: by the index where a word is rare, never through every text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from grams import grams, needed, normalise, sqlite_grams
from models import Complaint
from services.access.scope import MARK
from services.listing import ListQuery
from tests.factories import create_house
from tests.support.search_sets import Ledger, fill

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def ledger(session: Session) -> Ledger:
    made = fill(session, create_house(session), 400, 8)
    session.execute(sa.text("ANALYZE"))
    session.commit()
    return made


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Statements and parameters that reach the database inside."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        seen.append((sql, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(session: Session, sql: str, parameters: Any) -> str:
    sqlite = session.get_bind().dialect.name == "sqlite"
    asked = ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + sql
    told = session.connection().exec_driver_sql(asked, parameters, execution_options={MARK: "core"})
    return "\n".join(str(row[-1]) for row in told)


def test_a_rare_word_reads_neither_every_text_nor_every_complaint(
    session: Session, ledger: Ledger, engine_kind: str
) -> None:
    leader = ledger.readers[0]
    session.info["actor"] = leader.actor
    number = ledger.rows[min(ledger.rows)]["number"]
    query = ListQuery.from_params(Complaint, {"q": number}, leader.actor, ZONE, default_sort="-received_at")
    with statements(session) as seen:
        [row] = query.page(session).rows
        assert query.count(session).number == 1
    reads = [
        sql for sql, _parameters in seen if not sql.startswith("EXPLAIN")
    ]  # which asks the statistics alone
    assert row.name == number and len(reads) <= 6
    if engine_kind == "postgresql":
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # the table is small; it would not mind
    plans = [plan(session, sql, parameters) for sql, parameters in seen if sql.startswith("SELECT")]
    whole = "\n".join(plans)
    if engine_kind == "sqlite":
        assert "SCAN complaint_open_grams VIRTUAL TABLE" in plans[0]
        assert "SCAN complaint_texts" not in whole and "SCAN complaints" not in whole, whole
        assert "SEARCH complaints USING INTEGER PRIMARY KEY" in whole, whole
    else:
        assert "Bitmap Index Scan on ix_complaint_texts_open_grams" in plans[0]
        assert "Seq Scan on complaint_texts" not in whole and "Seq Scan on complaints" not in whole, whole
        assert "pk_complaints" in whole, whole


def test_a_common_word_is_met_while_reading_the_list(
    session: Session, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.search.finding.MOST", 50)
    leader = ledger.readers[0]
    session.info["actor"] = leader.actor
    query = ListQuery.from_params(Complaint, {"q": "ls"}, leader.actor, ZONE, default_sort="-received_at")
    with statements(session) as seen:
        assert len(query.page(session).rows) == 20 and query.is_common
    whole = plan(session, *seen[-1])
    assert "SCAN complaint_texts" not in whole and "Seq Scan on complaint_texts" not in whole, whole


def test_both_engines_cut_alike(session: Session, ledger: Ledger, engine_kind: str) -> None:
    """Every piece that any word of a text could ask for is among those that the engine keeps."""
    for id in sorted(ledger.rows)[:60]:
        fields = ledger.spelt(id, True).split("\n")
        text = "".join(field + "\n" for field in fields)
        wanted = grams(text)
        if engine_kind == "sqlite":
            assert len(set(sqlite_grams(text).split())) == len(wanted)
            continue
        kept = set(session.scalar(sa.text("SELECT desk_grams(:text)"), {"text": text}))
        assert wanted <= kept
        # What it keeps besides spans the end of a field, which no word does.
        assert {piece for piece in kept - wanted if "\n" not in piece} == set()


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("", []),
        ("诊", ["诊"]),
        ("候诊", ["候诊"]),
        ("候诊区", ["候诊", "诊区"]),
        ("abc", ["abc"]),
        ("b2026", ["b20", "202", "026"]),
        ("批b2", ["批b", "b2"]),
        ("批b20号", ["批b", "b20", "0号"]),
    ],
)
def test_which_pieces_a_word_needs(word: str, pieces: list[str]) -> None:
    assert needed(word) == pieces
    assert set(pieces) <= grams(word)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("１２３ ＡＢＣ", "123 abc"),
        ("  a\n\tb\u3000c ", "a b c"),
        ("隐\u200b形", "隐形"),
        ("Straße", "strasse"),
        ("a\x00b\x1fc", "a b c"),
        ("e\u0301", "é"),
        ("ｶﾞｽ", "ガス"),
    ],
)
def test_one_spelling(text: str, spelt: str) -> None:
    assert normalise(text) == spelt == normalise(spelt)
