"""The 25 columns that every export writes and the columns of every list, under the names of the table."""

from __future__ import annotations

EXPORTED = (
    "number", "state", "summary", "received_at", "channel", "form", "category", "category_code", "content", "request",
    "product", "batch", "place", "occurred_on", "complainant_name", "complainant_phone", "is_anonymous", "grade",
    "department_id", "handler_id", "due_at", "result", "reply_text", "replied_at", "closed_at",
)  # fmt: skip
LISTED = (
    "number", "state", "summary", "received_at", "category", "complainant_name",
    "department_id", "handler_id", "due_at",
)  # fmt: skip
SEARCHED = ("number", "summary", "content", "product", "batch", "result", "complainant_name")
PAGE = 50


def named(key: str) -> str:
    """The attribute behind a column: the record that a reference points at."""
    return key.removesuffix("_id") if key in ("department_id", "handler_id") else key
