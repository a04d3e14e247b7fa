"""The search index of complaints: their texts in one spelling, and an index over pieces of one to three characters.

Revision: 0022, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grams import FIELD_END, normalise

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OPEN = (
    "number",
    "summary",
    "content",
    "product",
    "batch",
    "source_reference",
    "place",
    "result",
    "reply_text",
)
_PERSONAL = ("complainant_name", "complainant_phone")
_CHUNK = 1000

_CUT = r"""
CREATE OR REPLACE FUNCTION desk_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT COST 10000 AS $$
  SELECT array_remove(
    string_to_array($1, NULL) || string_to_array(
      regexp_replace($1, '(..)', '\1' || chr(1), 'g') || chr(1) ||
      regexp_replace(substr($1, 2), '(..)', '\1' || chr(1), 'g') || chr(1) ||
      regexp_replace(latin, '(...)', '\1' || chr(1), 'g') || chr(1) ||
      regexp_replace(substr(latin, 2), '(...)', '\1' || chr(1), 'g') || chr(1) ||
      regexp_replace(substr(latin, 3), '(...)', '\1' || chr(1), 'g'),
      chr(1)),
    '')
  FROM (SELECT regexp_replace($1, '[^0-9a-z]+', chr(1), 'g') AS latin) AS runs
$$
"""
# Pairs from the first character on and from the second on are all pairs there are; likewise threes from the first
# three. The separator stands in no text (normalise takes it out). Of high cost and not
# parallel: the planner never calls it row by row, and starts no workers for a search of some milliseconds.


def upgrade() -> None:
    op.create_table(
        "complaint_texts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("open_text", sa.Text(), nullable=False),
        sa.Column("personal_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["complaints.id"], name=op.f("fk_complaint_texts_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_texts")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for kind in ("open", "personal"):
            _full_text(kind)
        _fill()
        return
    op.execute(_CUT)
    _fill()
    for kind in ("open", "personal"):
        # Pieces are compared byte by byte: the order of a language would cost most of the time.
        op.execute(
            f"CREATE INDEX ix_complaint_texts_{kind}_grams ON complaint_texts"
            f' USING gin ((desk_grams({kind}_text) COLLATE "C"))'
        )


def _full_text(kind: str) -> None:
    """An FTS5 table without content of its own, kept by triggers; `desk_grams` is registered by database.py."""
    table = f"complaint_{kind}_grams"
    op.execute(
        f"CREATE VIRTUAL TABLE {table} USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii')"
    )
    put = f"INSERT INTO {table} (rowid, grams) VALUES (new.id, desk_grams(new.{kind}_text));"
    take = (
        f"INSERT INTO {table} ({table}, rowid, grams) VALUES ('delete', old.id, desk_grams(old.{kind}_text));"
    )
    op.execute(f"CREATE TRIGGER tr_{table}_put AFTER INSERT ON complaint_texts BEGIN {put} END")
    op.execute(f"CREATE TRIGGER tr_{table}_take AFTER DELETE ON complaint_texts BEGIN {take} END")
    op.execute(
        f"CREATE TRIGGER tr_{table}_change AFTER UPDATE OF {kind}_text ON complaint_texts"
        f" WHEN old.{kind}_text <> new.{kind}_text BEGIN {take} {put} END"
    )


def _fill() -> None:
    connection = op.get_bind()
    complaints = sa.table("complaints", *(sa.column(name) for name in ("id", *_OPEN, *_PERSONAL)))
    columns = ("id", "heading", "open_text", "personal_text")
    texts = sa.table("complaint_texts", *(sa.column(name) for name in columns))
    last = 0
    while True:
        asked = sa.select(complaints).where(complaints.c.id > last).order_by(complaints.c.id).limit(_CHUNK)
        rows = connection.execute(asked).mappings().all()
        if not rows:
            return
        connection.execute(sa.insert(texts), [_texts_of(row) for row in rows])
        last = rows[-1]["id"]


def _texts_of(row: sa.RowMapping) -> dict[str, object]:
    open_text = _joined(row, _OPEN)
    heading = len(_joined(row, _OPEN[:2]))
    return {
        "id": row["id"],
        "heading": heading,
        "open_text": open_text,
        "personal_text": _joined(row, _PERSONAL),
    }


def _joined(row: sa.RowMapping, keys: tuple[str, ...]) -> str:
    return "".join(normalise(row[key] or "") + FIELD_END for key in keys)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for kind in ("open", "personal"):
            op.execute(f"DROP TABLE complaint_{kind}_grams")
    op.drop_table("complaint_texts")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION desk_grams(text)")
