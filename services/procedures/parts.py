"""What every section of a procedure file is built from: texts in both languages, and rules that name their clause.

Strict: an unknown key, a wrong type or an unknown word is a fault, never a silent default.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator, model_validator
from pydantic import Field as Setting

_CLAUSE = re.compile(r"[A-Z]{1,4}\d{2}-\d{2}")


def well_formed(clauses: tuple[str, ...]) -> tuple[str, ...]:
    """The same clauses; ValueError, with how to write one, for what is no clause."""
    for clause in clauses:
        if not _CLAUSE.fullmatch(clause):
            raise ValueError(f"{clause!r} is no clause; write it like R01-12")
    return clauses


def _local_time(value: Any) -> Any:
    return (
        time.fromisoformat(value)
        if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d(:\d\d)?", value)
        else value
    )


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Text(Part):
    """The same words in both languages."""

    zh: Annotated[str, Setting(min_length=1)]
    en: Annotated[str, Setting(min_length=1)]

    def in_language(self, locale: str) -> str:
        """The Chinese words for every zh locale, the English ones otherwise."""
        return self.zh if locale.lower().startswith("zh") else self.en


Clauses = tuple[str, ...]
Code = Annotated[str, Setting(pattern=r"^[a-z][a-z0-9_]*$")]
LocalTime = Annotated[time, BeforeValidator(_local_time)]


class Ruled(Part):
    """Something that carries a rule: `clause` says where it stands, `assumption` what the text leaves open."""

    clause: Annotated[Clauses, Setting(description="one clause or a list of them")] = ()
    assumption: Text | None = None

    @field_validator("clause")
    @classmethod
    def _clauses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return well_formed(value)

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if not self.clause and self.assumption is None:
            raise ValueError(
                "name the clause behind this rule, or say under assumption that it is our own decision"
            )
        return self


class OfficeHours(Part):
    opens: LocalTime
    closes: LocalTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("office hours must open before they close")
        return self
