"""Who is told when a complaint comes in, and who handles it from its registration on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Setting

from models.enums import RoleName
from services.procedures.parts import Code, Ruled, Text


class ToldAtRegistration(Ruled):
    """A group that is told of a complaint. Among the groups marked `chosen`, the registrar picks whom to tell."""

    code: Code
    names: Text
    roles: Annotated[tuple[RoleName, ...], Setting(min_length=1)]
    chosen: bool = False


class NamedHandler(Ruled):
    """Whoever receives the complaint handles it, by name, from its registration until it is passed on."""
