"""From the text of a procedure file to data that remembers the line of every value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to write instead."""

    line: int
    where: str
    message: str
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file else f"line {self.line}"
        return f"{place}: {self.where}: {self.message}" if self.where else f"{place}: {self.message}"


class InvalidProcedure(ValueError):
    """A file that is no procedure; `faults` lists everything found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class _PlainLoader(yaml.SafeLoader):
    """YAML 1.2's plain values: `no` is a word, 08:30 a text and 2026-01-01 too; only true and false are booleans."""

    yaml_implicit_resolvers: dict[Any, Any] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?[0-9]+\.[0-9]+$", "-+0123456789"),
):
    _PlainLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


@dataclass
class Source:
    """The data of a file with the line of every key and item."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Source:
    """The data of `text`. Raises InvalidProcedure for broken YAML, repeated keys and anchors gone wild."""
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise InvalidProcedure([Fault(1, "", "the file is empty")])
        faults: list[Fault] = []
        lines: dict[Path, int] = {}
        _walk(node, (), lines, faults, frozenset())
        if faults:
            raise InvalidProcedure(faults)
        return Source(loader.construct_document(node), lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise InvalidProcedure(
            [Fault(mark.line + 1 if mark else 1, "", f"not readable as YAML: {problem}")]
        ) from None
    finally:
        loader.dispose()


def _walk(
    node: yaml.Node, path: Path, lines: dict[Path, int], faults: list[Fault], above: frozenset[int]
) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in above:
        faults.append(Fault(node.start_mark.line + 1, name(path), "an alias may not contain itself"))
        return
    above = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                faults.append(Fault(line, name(path), "a key must be a plain word"))
                continue
            if key.value in seen:
                faults.append(
                    Fault(
                        line,
                        name((*path, key.value)),
                        f"this key stands already in line {seen[key.value]}; keep one",
                    )
                )
            seen[key.value] = line
            lines[(*path, key.value)] = line
            _walk(value, (*path, key.value), lines, faults, above)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), lines, faults, above)


def name(path: Path) -> str:
    """A path as people write it: clocks[1].unit."""
    said = ""
    for part in path:
        said += f"[{part}]" if isinstance(part, int) else f".{part}" if said else part
    return said
