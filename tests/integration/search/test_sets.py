"""Search finds exactly what a plain reading of every text finds, whoever asks, and whichever way it takes."""

from __future__ import annotations

import random

import pytest
from sqlalchemy.orm import Session

from services.actor import SYSTEM
from services.search import finding
from tests.factories import create_house
from tests.support.search_sets import commonest_pairs, cut_out, differences, fill

SIZE = 1200
ODD = (
    "%", "_", "100%", "'", '"', "\\", "AND", "or", "not", "near(", "*", "a*", "^c", "-9", "--", ":", "{x}",
    "(", "）", "𠮷", "𠮷野", "👍", "👍🏽", "１２３", "123", "1２3", "abc-9", "ＡＢＣ", "Pump", "pUMP abc",
    "straße", "STRASSE", "i̇stanbul", "ﬁl", "filter", "m2", "㎡", "第一行 第二行", "一行第", "tab here",
    "空格", "列 空格", "été", "e\u0301t", "隐形", "隐\u200b形", "ガス", "ｶﾞｽ", "가", "مر",
    "LS-2026-000001", "000007", "2026", "王小明", "王 候诊", "13800", "欧阳", "候诊", "诊", "的确没有",
    "x" * 99, "候诊 噪音 退款", "  ", "\u3000候诊\u3000",
)  # fmt: skip


@pytest.mark.parametrize("seed", [11])
def test_sets_are_equal(session: Session, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = fill(session, create_house(session), SIZE, seed)
    leader, handler, outsider = ledger.readers
    assert len(leader.visible) == SIZE and 0 < len(outsider.visible) < len(handler.visible) < SIZE
    assert handler.own and not leader.own and not outsider.own
    queries = [*cut_out(ledger, 110, seed), *commonest_pairs(ledger, 30), *ODD]
    found = [len(ledger.plain(leader, text)) for text in queries]
    assert sum(map(bool, found)) > 150 and max(found) > 500, "the queries are worth asking"
    assert list(differences(session, ledger, queries)) == []
    # With a low mark most of them count as common and are found by reading the list in its order.
    monkeypatch.setattr(finding, "MOST", 20)
    assert list(differences(session, ledger, random.Random(seed).sample(queries, 60))) == []


def test_a_difference_is_told(session: Session) -> None:
    ledger = fill(session, create_house(session), 30, 1)
    id = next(iter(ledger.readers[0].visible))
    ledger.rows[id]["content"] = "独一无二"
    assert [text.split(":")[0] for text in differences(session, ledger, ["独一无二"])] != []


def test_the_index_says_when_a_word_is_common(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = fill(session, create_house(session), 60, 2)
    everything = finding.candidates(session, ("ls",), SYSTEM)
    assert everything is not None and set(everything) == set(ledger.rows)
    monkeypatch.setattr(finding, "MOST", 59)
    assert finding.candidates(session, ("ls",), SYSTEM) is None
    assert finding.candidates(session, ("ls", "000017"), SYSTEM) == [
        id for id, row in ledger.rows.items() if row["number"].endswith("000017")
    ]
