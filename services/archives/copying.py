"""The copy of a person's data: a workbook of what concerns them and the letters they got, as a ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from sqlalchemy.orm import Session

from models import Complaint, DataRequest, FollowUp, IssuedDocument, Party, Reply
from models.fields import field_of
from models.labels import _l
from services.access.masking import mask_text
from services.archives.data_requests import cases_of_request
from services.attachments.store import FileStore
from services.deadlines.desk_calendar import desk_zone
from services.procedures.sections.documents import Audience

SAID = (
    "number", "received_at", "channel", "category", "summary", "content", "request", "grounds", "product", "batch",
    "place", "occurred_on", "acknowledged_at", "accepted_at", "reply_text", "replied_at", "closed_at", "archived_at",
)  # fmt: skip
"""Of the complaint: what the person told us, what we answered, and when. Nothing internal."""
OF_PARTY = ("side", "kind", "name", "phone", "email", "address")
PERSONAL = ("name", "phone", "email", "address")
MOMENT = "%Y-%m-%d %H:%M"

Line = Sequence[Any]


def copy_of(session: Session, store: FileStore, request: DataRequest) -> bytes:
    """The ZIP. Parties of another name are masked."""
    cases = [case for case in cases_of_request(session, request) if case.destroyed_at is None]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{request.number}.xlsx", _workbook(session, request, cases))
        for letter in _letters(session, cases):
            file = store.path(letter.pdf_sha256)
            archive.writestr(f"{letter.number}.pdf", file.read_bytes())
    return packed.getvalue()


def _letters(session: Session, cases: Sequence[Complaint]) -> Sequence[IssuedDocument]:
    query = sa.select(IssuedDocument).where(
        IssuedDocument.complaint_id.in_([case.id for case in cases]),
        IssuedDocument.audience == Audience.COMPLAINANT.value,
    )
    return session.scalars(query.order_by(IssuedDocument.id)).all()


def _workbook(session: Session, request: DataRequest, cases: Sequence[Complaint]) -> bytes:
    zone = desk_zone(session)

    def shown(value: Any) -> str:
        if value is None:
            return ""
        if hasattr(value, "astimezone"):
            return str(value.astimezone(zone).strftime(MOMENT))
        return str(getattr(value, "label", value))

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        for title, heads, lines in _sheets(session, request, cases):
            sheet = book.add_worksheet(str(title))
            bold, wrapped = (
                book.add_format({"bold": True}),
                book.add_format({"text_wrap": True, "valign": "top"}),
            )
            sheet.set_column(0, len(heads) - 1, 24)
            sheet.write_row(0, 0, [str(head) for head in heads], bold)
            for row, line in enumerate(lines, 1):
                for column, value in enumerate(line):
                    sheet.write_string(row, column, shown(value), wrapped)
    return made.getvalue()


def _sheets(
    session: Session, request: DataRequest, cases: Sequence[Complaint]
) -> Iterable[tuple[Any, Line, list[Line]]]:
    numbers = {case.id: case.number for case in cases}
    yield (
        _l("Complaints"),
        [field_of(Complaint, key).label for key in SAID],
        [[getattr(case, key) for key in SAID] for case in cases],
    )
    parties = session.scalars(
        sa.select(Party).where(Party.complaint_id.in_(numbers)).order_by(Party.complaint_id, Party.id)
    )
    yield (
        _l("Parties"),
        [_l("Number"), *(field_of(Party, key).label for key in OF_PARTY)],
        [[numbers[one.complaint_id], *_party(one, request.subject)] for one in parties],
    )
    replies = session.scalars(sa.select(Reply).where(Reply.complaint_id.in_(numbers)).order_by(Reply.id))
    yield (
        _l("Replies"),
        [_l("Number"), _l("Replied at"), _l("Reply")],
        [[numbers[one.complaint_id], one.sent_at, one.text] for one in replies],
    )
    calls = session.scalars(
        sa.select(FollowUp).where(FollowUp.complaint_id.in_(numbers)).order_by(FollowUp.id)
    )
    yield (
        _l("Follow-ups"),
        [_l("Number"), _l("At"), _l("Result"), _l("Words of the complainant")],
        [[numbers[one.complaint_id], one.at, one.result, one.words] for one in calls],
    )


def _party(party: Party, subject: str) -> list[Any]:
    mine = party.name == subject
    return [
        getattr(party, key)
        if mine or key not in PERSONAL or not getattr(party, key)
        else mask_text(getattr(party, key))
        for key in OF_PARTY
    ]
