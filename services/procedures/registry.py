"""The folder of procedure files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from services.procedures.checking import parse
from services.procedures.reading import Fault, InvalidProcedure
from services.procedures.schema import Procedure

__all__ = [
    "PACKS_FOLDER",
    "Fault",
    "InvalidProcedure",
    "Pack",
    "content_hash",
    "load_pack",
    "load_packs",
    "packs_in",
    "parse",
]

PACKS_FOLDER = Path(__file__).resolve().parents[2] / "procedures"


def content_hash(text: str) -> str:
    """SHA-256 of a procedure's text; line ends and trailing blanks do not matter, every other sign does."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return hashlib.sha256("\n".join(lines).strip("\n").encode()).hexdigest()


@dataclass(frozen=True)
class Pack:
    """A procedure file: where it is, its text as published, what it declares."""

    path: Path
    text: str
    procedure: Procedure

    @property
    def content_hash(self) -> str:
        return content_hash(self.text)


def load_pack(path: Path) -> Pack:
    """One file. Raises InvalidProcedure whose faults name the file."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidProcedure([Fault(1, "", "is not UTF-8; save it as UTF-8", shown)]) from None
    try:
        procedure = parse(text)
    except InvalidProcedure as invalid:
        raise InvalidProcedure([replace(fault, file=shown) for fault in invalid.faults]) from None
    if procedure.code != path.stem:
        message = f"is {procedure.code!r}, but the file is called {path.name}; make both the same"
        raise InvalidProcedure([Fault(1, "code", message, shown)])
    return Pack(path, text, procedure)


def packs_in(folder: Path = PACKS_FOLDER) -> dict[str, Pack]:
    """Every file of `folder` by procedure code. Raises InvalidProcedure with the faults of all files."""
    packs: dict[str, Pack] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            pack = load_pack(path)
        except InvalidProcedure as invalid:
            faults += invalid.faults
            continue
        shared = [
            one for one in packs.values() if one.procedure.number_prefix == pack.procedure.number_prefix
        ]
        if shared:
            message = (
                f"{pack.procedure.number_prefix} is used by {shared[0].path.name} too; numbers would collide"
            )
            faults.append(Fault(1, "number_prefix", message, f"{path.parent.name}/{path.name}"))
        packs[pack.procedure.code] = pack
    if faults:
        raise InvalidProcedure(faults)
    return packs


def load_packs(folder: Path = PACKS_FOLDER) -> dict[str, Procedure]:
    """The checked procedures of `folder` by code. Raises InvalidProcedure."""
    return {code: pack.procedure for code, pack in packs_in(folder).items()}
