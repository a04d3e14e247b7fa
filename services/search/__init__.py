"""Complaints by the words in them, on both engines alike, without an extension of either.

words = words_of("候诊 噪音")
statement.where(contains(words, actor))                    # the set
ids = candidates(session, words, actor)                    # where to look, None: everywhere
rebuild(connection) / reindex(session, ids)                # after writing past the session
"""

from services.search.finding import (
    MOST,
    Words,
    among,
    candidates,
    contains,
    heading_candidates,
    heading_contains,
    words_of,
)
from services.search.keeping import faults, install, rebuild, reindex, take_up, texts_of

__all__ = [
    "MOST",
    "Words",
    "among",
    "candidates",
    "contains",
    "faults",
    "heading_candidates",
    "heading_contains",
    "install",
    "rebuild",
    "reindex",
    "take_up",
    "texts_of",
    "words_of",
]
