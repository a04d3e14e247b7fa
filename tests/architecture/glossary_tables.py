"""The tables of docs/glossary.md that the enumerations give. `python -m tests.architecture.glossary_tables`"""

from __future__ import annotations

from babel.messages.pofile import read_po

from models import enums
from settings import ROOT

SUBJECTS: tuple[tuple[str, type[enums.Labelled]], ...] = (
    ("States of a complaint", enums.State),
    ("What happens to it", enums.EventKind),
    ("Roles", enums.RoleName),
    ("Posts of a procedure", enums.PostName),
    ("Ways in", enums.Channel),
    ("Categories", enums.Category),
    ("Manners of closing", enums.CloseKind),
    ("Responsibility", enums.Responsibility),
    ("Reasons for a pause", enums.PauseReason),
    ("Measures", enums.MeasureKind),
    ("Grades of an accident", enums.AccidentGrade),
)


def chinese() -> dict[tuple[str, str | None], str]:
    """The Chinese catalogue by English text and context."""
    with (ROOT / "translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return {
            (message.id, message.context): message.string
            for message in read_po(file)
            if isinstance(message.id, str)
        }


def table(values: type[enums.Labelled], catalogue: dict[tuple[str, str | None], str]) -> str:
    """One enumeration: value, English, Chinese."""
    lines = ["| English | 中文 | In code |", "|---|---|---|"]
    for member in values:
        label = member.label
        english = next(str(part) for part in reversed(label._args) if isinstance(part, str))
        context = str(label._args[0]) if len(label._args) > 1 else None
        lines.append(f"| {english} | {catalogue.get((english, context), '')} | `{member.value}` |")
    return "\n".join(lines)


def tables() -> str:
    """Every table under its heading."""
    catalogue = chinese()
    return "\n\n".join(f"## {title}\n\n{table(values, catalogue)}" for title, values in SUBJECTS)


if __name__ == "__main__":
    print(tables())
