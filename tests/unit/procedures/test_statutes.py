"""Limits of the law: a laxer procedure is flagged with both texts, an unverified law never."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.check_procedures import check_procedures
from services.deadlines.rules import Unit
from services.procedures import statutes as s
from services.procedures.registry import load_packs

LAW = """statutes:
  - code: made_up
    law: {zh: 某条例, en: Some regulation}
    article: {zh: 第九条, en: "Article 9"}
    says: {zh: 应当自受理之日起十日内办结, en: Closed within ten days of acceptance}
    from: [transferred]
    until: closed
    amount: AMOUNT
    unit: calendar_day
    procedures: [hospital-complaint-office]
    verified: VERIFIED
"""


def law(folder: Path, amount: int, verified: bool = True, more: str = "") -> tuple[s.Statute, ...]:
    file = folder / "law.yaml"
    text = LAW.replace("AMOUNT", str(amount)).replace("VERIFIED", str(verified).lower())
    file.write_text(text + more, encoding="utf-8")
    return s.read_statutes(file)


@pytest.mark.parametrize(
    ("amount", "verified", "standing"),
    [(10, True, "laxer"), (21, True, "keeps"), (20, True, "laxer"), (10, False, "unverified")],
)
def test_fifteen_working_days_beside_the_law(
    tmp_path: Path, amount: int, verified: bool, standing: str
) -> None:
    """Fifteen working days are three weeks: 21 calendar days."""
    hospital = load_packs()["hospital-complaint-office"]
    [found] = s.compared(hospital, law(tmp_path, amount, verified))
    assert (found.clock.code, found.standing) == ("close", standing)
    assert found.own_text == "转办和督办件应当在15个工作日内办结"
    assert [each.standing for each in s.laxer(hospital, law(tmp_path, amount, verified))] == (
        ["laxer"] if standing == "laxer" else []
    )


def test_an_extension_has_a_limit_of_its_own(tmp_path: Path) -> None:
    hospital = load_packs()["hospital-complaint-office"]
    known = law(tmp_path, 29, more="    extension: true\n")
    [found] = s.laxer(hospital, known)
    assert (found.amount, found.unit) == (30, "calendar_day")


def test_other_procedures_are_not_bound(tmp_path: Path) -> None:
    assert s.compared(load_packs()["factory"], law(tmp_path, 1)) == []


def test_the_check_prints_both_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s, "statutes", lambda: law(tmp_path, 10))
    said = CliRunner().invoke(check_procedures, []).output
    assert "laxer than the law: close allows 15 working_day" in said
    assert "转办和督办件应当在15个工作日内办结" in said and "应当自受理之日起十日内办结" in said


def test_a_lax_procedure_beside_the_desks_own_laws() -> None:
    """Ninety days to close where the law gives sixty: flagged once somebody has verified the law, with both texts."""
    hospital = load_packs()["hospital-complaint-office"]
    lax_clock = hospital.clock("close").model_copy(update={"unit": Unit.CALENDAR_DAY, "amount": 90})
    others = tuple(clock for clock in hospital.clocks if clock.code != "close")
    lax = hospital.model_copy(update={"clocks": (*others, lax_clock)})
    closing = {"petition_work_closing", "medical_institution_answer"}
    known = [law for law in s.statutes() if law.code in closing]
    assert {found.standing for found in s.compared(lax, known)} == {s.Standing.UNVERIFIED}
    assert s.laxer(lax, known) == [], "what nobody verified flags nothing"
    verified = [law.model_copy(update={"verified": True}) for law in known]
    flagged = {found.statute.code: found for found in s.laxer(lax, verified)}
    assert set(flagged) == closing
    found = flagged["petition_work_closing"]
    assert (found.amount, found.own_text) == (90, "转办和督办件应当在15个工作日内办结")
    assert "60日内办结" in found.statute.says.zh and "60 days" in found.statute.says.en


def test_the_desks_own_file_flags_nothing_unverified() -> None:
    assert s.statutes()
    flagged = [found for pack in load_packs().values() for found in s.laxer(pack)]
    assert all(found.statute.verified for found in flagged)
