"""Who is jointly liable when a time limit is broken, and who decides whether the reason for it is accepted (R16-10)."""

from __future__ import annotations

from typing import Literal

from models.enums import PostName
from services.procedures.parts import Ruled, Text


class JointLiability(Ruled):
    """Breaking the clock makes this person jointly liable, unless the reason is accepted.

    `excused_by`: the post that accepts a reason; `confirmed_by`: the post that finds them liable. Never the person
    themselves.
    """

    names: Text
    of: Literal["first_receiver"]
    excused_by: PostName
    confirmed_by: PostName
