"""The procedure in the documents is sound beside the others; the desk does not start with a faulty one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.procedures.registry import PACKS_FOLDER, packs_in
from serving.readiness import check_procedures
from settings import ROOT, SettingsFault

EXAMPLE = ROOT / "docs/examples/property-management.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The desk's own procedures and the example."""
    for path in (*PACKS_FOLDER.glob("*.yaml"), EXAMPLE):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_the_nineteenth_stands_beside_the_eighteen(folder: Path) -> None:
    packs = packs_in(folder)
    assert len(packs) == 19
    procedure = packs["property-management"].procedure
    assert procedure.declared_field("house_number") is not None
    assert {own.code for own in procedure.clauses} >= {"W01-01", "W01-10"}


def test_the_desk_starts_with_sound_files(folder: Path) -> None:
    check_procedures(folder)


def test_the_desk_does_not_start_with_a_fault_and_says_where(folder: Path) -> None:
    file = folder / EXAMPLE.name
    text = file.read_text(encoding="utf-8").replace("start_event: accepted", "start_event: accept", 1)
    file.write_text(text, encoding="utf-8")
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.endswith("start_event: accept"))
    with pytest.raises(SettingsFault) as fault:
        check_procedures(folder)
    assert f"{EXAMPLE.name}:{line}: " in str(fault.value) and "did you mean accepted?" in str(fault.value)
