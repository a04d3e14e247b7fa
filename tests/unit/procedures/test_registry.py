"""Procedure files: what is read, what is refused, and how a fault is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.enums import EventKind, PauseReason, RoleName
from services.deadlines.rules import Unit
from services.procedures.registry import (
    PACKS_FOLDER,
    InvalidProcedure,
    content_hash,
    load_packs,
    packs_in,
    parse,
)
from services.procedures.vocabulary import ClockEvent, Level, clock_event

TEXT = (PACKS_FOLDER / "hospital-complaint-office.yaml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidProcedure) as invalid:
        parse(text)
    return [str(fault) for fault in invalid.value.faults]


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


def line_of(text: str, sign: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if sign in line)


def test_the_files_are_sound_and_their_prefixes_differ() -> None:
    procedures = load_packs()
    assert len(procedures) == 18
    assert len({procedure.number_prefix for procedure in procedures.values()}) == 18


@pytest.mark.clause("R01-12", "R01-13", "R01-16")
def test_the_hospital_limits() -> None:
    hospital = load_packs()["hospital-complaint-office"]
    dispose, close = hospital.clock("dispose"), hospital.clock("close")
    assert (dispose.amount, dispose.unit, dispose.start_event) == (
        2,
        Unit.WORKING_DAY,
        (ClockEvent.ACCEPTED,),
    )
    assert (close.amount, close.unit) == (15, Unit.WORKING_DAY)
    assert set(close.start_event) == {ClockEvent.TRANSFERRED, ClockEvent.SUPERVISED}
    assert close.assumption is not None and "转办" in close.assumption.zh
    assert close.extendable is not None
    assert (close.extendable.max_amount, close.extendable.unit) == (30, "calendar_day")
    assert (close.extendable.approver, close.extendable.complainant_told) == (RoleName.LEADER, True)
    assert PauseReason.APPRAISAL in close.pausable_by
    assert dispose.pausable_by == () and dispose.extendable is None


@pytest.mark.clause("R01-14")
def test_the_hospital_needs_the_leader_and_a_written_notice() -> None:
    hospital = load_packs()["hospital-complaint-office"]
    assert (hospital.approval.required, hospital.approval.approver) == (True, RoleName.LEADER)
    assert hospital.approval.on_the_spot_exempt
    assert hospital.reply.written_required


def test_escalation_goes_up_one_rung_at_a_time() -> None:
    hospital = load_packs()["hospital-complaint-office"]
    assert hospital.next_level(None) is Level.DEPARTMENT_HEAD
    assert hospital.next_level(Level.DEPARTMENT_HEAD) is Level.LEADER
    assert hospital.next_level(Level.LEADER) is Level.GENERAL_MANAGER
    assert hospital.next_level(Level.GENERAL_MANAGER) is None


def test_clock_events_follow_the_history() -> None:
    assert clock_event(EventKind.TRANSFER) is ClockEvent.TRANSFERRED
    assert clock_event("supervised") is ClockEvent.SUPERVISED
    assert clock_event(EventKind.NOTE) is None


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("start_event: accepted", "start_event: accept", "clocks[0].start_event", "did you mean accepted?"),
        ("    amount: 15", "    amuont: 15", "clocks[1].amuont", "did you mean amount?"),
        ("    clause: R01-12", "    clause: R02-12", "clocks[0].clause", "not a clause of R01"),
        ("    clause: R01-12", "    clause: R1-12", "clocks[0].clause", "write it like R01-12"),
        ("arbiter: leader", "arbiter: boss", "handover.arbiter", "write one of"),
        ("version: 2", "version: one", "version", "integer"),
        ("escalate: false", "escalate: no", "clocks[0].at_warn.escalate", "boolean"),
        ("- code: close", "- code: dispose", "clocks[1]", "declared twice"),
        ("{fraction: 0.5}", "{fraction: 1.5}", "clocks[0].warn_points[0].fraction", "less than 1"),
        ("unit: working_day\n    amount: 2", "unit: same_day\n    amount: 2", "clocks[0]", "has no amount"),
        ("{sequence:04d}", "{serial}", "archive.file_number_pattern", "{sequence}"),
        ("level: department_head", "level: department", "escalation[0].level", "department_head"),
        ("{code: letter, clause: R01-03}", "{code: letter}", "intake.channels[1]", "name the clause"),
        ("  retention_years: 10\n", "", "archive.retention_years", "is missing"),
    ],
)
def test_a_fault_names_its_place_and_what_to_write(old: str, new: str, place: str, remedy: str) -> None:
    told = faults(changed(old, new))
    assert any(place in one and remedy in one for one in told), told


def test_a_fault_names_its_line() -> None:
    text = changed("    amount: 15", "    amuont: 15")
    assert any(one.startswith(f"line {line_of(text, 'amuont')}:") for one in faults(text))


def test_a_clock_without_a_clause_is_refused() -> None:
    assert any("a clock needs a clause" in one for one in faults(changed("    clause: R01-12\n", "")))


def test_a_key_that_stands_twice_is_refused() -> None:
    assert faults("version: 2\n" + TEXT) == [
        f"line {line_of(TEXT, 'version: 2') + 1}: version: this key stands already in line 1; keep one"
    ]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1, 2", "a: &x [*x]", "!!python/object:os.system {}"])
def test_what_is_no_procedure_is_refused_in_one_piece(text: str) -> None:
    assert len(faults(text)) == 1


def test_words_of_old_yaml_stay_words() -> None:
    assert any(
        "'yes'" in one for one in faults(changed("on_the_spot_exempt: true", "on_the_spot_exempt: yes"))
    )


def test_all_files_are_checked_and_each_fault_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "hospital-complaint-office.yaml").write_text(
        changed("version: 2", "version: 0"), encoding="utf-8"
    )
    (tmp_path / "other.yaml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(InvalidProcedure) as invalid:
        packs_in(tmp_path)
    files = {fault.file.rsplit("/", 1)[-1] for fault in invalid.value.faults}
    assert files == {"hospital-complaint-office.yaml", "other.yaml"}


def test_two_files_may_not_share_a_number_prefix(tmp_path: Path) -> None:
    (tmp_path / "hospital-complaint-office.yaml").write_text(TEXT, encoding="utf-8")
    copy = TEXT.replace("code: hospital-complaint-office", "code: second", 1)
    (tmp_path / "second.yaml").write_text(copy, encoding="utf-8")
    with pytest.raises(InvalidProcedure, match="numbers would collide"):
        packs_in(tmp_path)


def test_the_hash_sees_content_and_not_line_ends() -> None:
    assert content_hash(TEXT) == content_hash(TEXT.replace("\n", "\r\n"))
    assert content_hash(TEXT) != content_hash(changed("amount: 15", "amount: 16"))
