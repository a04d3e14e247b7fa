"""Who stands behind the posts that a regulation names, and who replies to complaints of which grade."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Setting

from models.enums import PostName, RoleName
from services.procedures.parts import Code, Ruled, Text


class Post(Ruled):
    """A post as the regulation calls it, and the roles that hold it unless the organisation binds it to its people."""

    post: PostName
    names: Text
    roles: Annotated[tuple[RoleName, ...], Setting(min_length=1)]


class ReplyBy(Ruled):
    """Who replies to complaints of one grade; `together_with`: whose agreement the reply carries."""

    level: Code
    by: PostName
    together_with: PostName | None = None
