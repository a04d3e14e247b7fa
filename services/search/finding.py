"""Which complaints contain the words of a search: exact over the texts, narrowed by the index where it helps.

`contains` alone gives the set; `candidates` only says where to look, so that both ways of reading a list find the same.
A common word is met soon by reading the list in its order, and the index would return half the table: it is asked for
at most MOST complaints.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import GenericFunction

from grams import needed, normalise, sqlite_match
from models import Complaint
from services.access.masking import own_cases
from services.access.permissions import Permission
from services.access.scope import MARK
from services.actor import Actor

LONGEST = 100
"""Characters of a search text that are looked at."""
MOST = 5_000
"""Complaints up to which the index narrows a search."""

Words = tuple[str, ...]

# Not the model: a scope rule on the texts would be a second one beside that of the complaint they are joined to.
_texts = sa.table(
    "complaint_texts",
    sa.column("id", sa.Integer),
    sa.column("heading", sa.Integer),
    sa.column("open_text", sa.Text),
    sa.column("personal_text", sa.Text),
)
_MARKED = {MARK: "core"}
"""What the index answers is never shown: it narrows a statement on complaints, which carries their scope rule."""


def words_of(text: str) -> Words:
    """The words of a search in the spelling of the index; all have to be found."""
    return tuple(dict.fromkeys(normalise(text.strip()[:LONGEST]).split()))


def contains(words: Words, actor: Actor) -> ColumnElement[bool]:
    """The complaint contains every word in some field; in personal ones only where the actor handles the case."""
    return _looks_into(sa.and_(sa.true(), *(_anywhere(word, actor) for word in words)))


def heading_contains(words: Words) -> ColumnElement[bool]:
    """Number or subject of the complaint contain every word."""
    heading = sa.func.substr(_texts.c.open_text, 1, _texts.c.heading)
    return _looks_into(sa.and_(sa.true(), *(_within(heading, word) for word in words)))


def _looks_into(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    # A scalar subquery, not EXISTS: PostgreSQL would turn that into a join and read every text first.
    found = sa.select(condition).where(_texts.c.id == Complaint.id).correlate(Complaint)
    return found.scalar_subquery().is_(sa.true())


def _anywhere(word: str, actor: Actor) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _within(_texts.c.open_text, word)
    if not actor.may(Permission.COMPLAINT_REVEAL):
        return found
    return sa.or_(found, sa.and_(_within(_texts.c.personal_text, word), own_cases(Complaint, actor)))


class _Place(GenericFunction[int]):
    """At which character a text contains another one, 0 for nowhere. No pattern: every character means itself."""

    type = sa.Integer()
    inherit_cache = True
    name = "strpos"


@compiles(_Place, "sqlite")
def _on_sqlite(element: _Place, compiler: Any, **options: Any) -> str:
    return f"instr{compiler.process(element.clause_expr, **options)}"


def _within(text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return _Place(text, word) > 0


# Where to look


def candidates(session: Session, words: Words, actor: Actor) -> list[int] | None:
    """Ids of at most a few times MOST complaints among which are all that `contains` finds for this actor.

    None when there are more: then the list is better read in its order. Whether the actor may see them is not asked.
    """
    if not words:
        return None
    found = _having(session, "open", [_all_of(words)])
    if found is None or not actor.may(Permission.COMPLAINT_REVEAL):
        return found
    personal = _having(session, "personal", [needed(word) for word in words])
    if personal is None:
        personal = _own(session, actor)
    return None if personal is None else list({*found, *personal})


def heading_candidates(session: Session, words: Words) -> list[int] | None:
    """The same for `heading_contains`."""
    return _having(session, "open", [_all_of(words)]) if words else None


def _all_of(words: Words) -> list[str]:
    return [piece for word in words for piece in needed(word)]


def among(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    """The complaint is one of `ids`, which may be thousands: one parameter, one plan."""
    if session.get_bind().dialect.name == "sqlite":
        each = sa.func.json_each(json.dumps(list(ids))).table_valued("value")
        return Complaint.id.in_(sa.select(each.c.value))
    return Complaint.id == sa.any_(sa.literal(list(ids), postgresql.ARRAY(sa.Integer)))


def _having(session: Session, kind: str, ways: Sequence[list[str]]) -> list[int] | None:
    """Complaints whose texts have all the pieces of one of the `ways`; None when there are more than MOST."""
    if session.get_bind().dialect.name == "sqlite":
        table = f"complaint_{kind}_grams"
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH :asked LIMIT :most"  # noqa: S608
        asked = " OR ".join(f"({sqlite_match(pieces)})" for pieces in ways)
        found = _ids(session, sql, {"asked": asked, "most": MOST + 1})
    else:
        matches = " OR ".join(
            f'(desk_grams({kind}_text) COLLATE "C") @> CAST(:asked_{place} AS text[])'
            for place in range(len(ways))
        )
        sql = f"SELECT id FROM complaint_texts WHERE {matches}"  # noqa: S608
        values: dict[str, Any] = {f"asked_{place}": pieces for place, pieces in enumerate(ways)}
        # Here the index collects every match before it gives the first: what is known to be common is not asked for.
        if _expected(session, sql, values) > 10 * MOST:
            return None
        found = _ids(session, f"{sql} LIMIT :most", {**values, "most": MOST + 1})
    return None if len(found) > MOST else found


def _expected(session: Session, sql: str, values: dict[str, Any]) -> int:
    """How many rows PostgreSQL expects, by its statistics of the pieces."""
    asked = sa.text(f"EXPLAIN (FORMAT JSON) {sql}")
    plan: Any = session.scalar(asked, values, execution_options=_MARKED)
    return int(plan[0]["Plan"]["Plan Rows"])


def _ids(session: Session, sql: str, values: dict[str, Any]) -> list[int]:
    return list(session.scalars(sa.text(sql), values, execution_options=_MARKED))


def _own(session: Session, actor: Actor) -> list[int] | None:
    asked = sa.select(Complaint.id).where(own_cases(Complaint, actor)).limit(MOST + 1)
    found = list(session.scalars(asked))
    return None if len(found) > MOST else found
