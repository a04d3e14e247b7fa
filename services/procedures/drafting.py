"""The text of a procedure on its way: what it declares so far, its faults, and how data becomes text again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from services.procedures.checking import parse
from services.procedures.reading import Fault, InvalidProcedure, read
from services.procedures.schema import Procedure

_VERSION = re.compile(r"^version:.*$", re.MULTILINE)


@dataclass(frozen=True)
class Examined:
    """A draft's text as far as it can be understood. `data` is none when it can't be read as YAML at all."""

    text: str
    data: dict[str, Any] | None
    procedure: Procedure | None
    faults: tuple[Fault, ...]


def examine(text: str) -> Examined:
    """What the text declares, and every fault in it."""
    try:
        data = read(text).data
    except InvalidProcedure as invalid:
        return Examined(text, None, None, tuple(invalid.faults))
    if not isinstance(data, dict):
        return Examined(text, None, None, _faults_of(text))
    try:
        return Examined(text, data, parse(text), ())
    except InvalidProcedure as invalid:
        return Examined(text, data, None, tuple(invalid.faults))


def _faults_of(text: str) -> tuple[Fault, ...]:
    try:
        parse(text)
    except InvalidProcedure as invalid:
        return tuple(invalid.faults)
    return ()


class _Dumper(yaml.SafeDumper):
    """Lists stand a step inside their key, as in the procedure files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dumped(data: dict[str, Any], former: str) -> str:
    """`data` as the text of a procedure, in the order of the schema, under the first comment of the `former` text."""
    comment = []
    for line in former.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line)
    known = [key for key in Procedure.model_fields if key in data]
    ordered = {key: data[key] for key in [*known, *(key for key in data if key not in known)]}
    blocks: list[str] = []
    for key, value in ordered.items():
        many = isinstance(value, list | dict)
        # Leaves such as {zh: …, en: …} stand on one line, as people write them.
        part = yaml.dump(
            {key: value},
            Dumper=_Dumper,
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=None if many and value else False,
            width=110,
        )
        blocks.append(f"\n{part}" if blocks and many and part.count("\n") > 1 else part)
    return "\n".join([*comment, "".join(blocks)]) if comment else "".join(blocks)


def with_version(text: str, number: int) -> str:
    """The text under this version number."""
    line = f"version: {number}"
    return _VERSION.sub(line, text, count=1) if _VERSION.search(text) else f"{line}\n{text}"


def named(examined: Examined) -> tuple[str, str, str]:
    """Code and both names as far as the text gives them; what it lacks is empty."""
    data = examined.data or {}
    names = data.get("names")
    texts = names if isinstance(names, dict) else {}
    return (
        str(data.get("code") or "")[:80],
        str(texts.get("zh") or "")[:200],
        str(texts.get("en") or "")[:200],
    )
