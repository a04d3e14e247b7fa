"""The words of a regulation that the desk does not know: its procedure brings them along."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Setting
from pydantic import field_validator

from services.procedures.parts import Part, well_formed


class OwnClause(Part):
    """One clause in the regulation's own words, to be cited by the rules of the procedure."""

    code: str
    text: Annotated[str, Setting(min_length=1)]

    @field_validator("code")
    @classmethod
    def _code(cls, value: str) -> str:
        return well_formed((value,))[0]
