"""Who is kept informed of each complaint and each investigation, by post."""

from __future__ import annotations

from models.enums import InformedOf
from services.procedures.parts import Ruled
from services.procedures.vocabulary import PostName


class Informed(Ruled):
    """The holders of a post are told of this; they confirm on the case that they have read it."""

    post: PostName
    of: InformedOf
