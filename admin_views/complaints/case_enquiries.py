"""Queries asked about a case that could not be answered at once, on its page (R14-03)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Action, Empty, Fact
from admin_views.values import badge_of, moment_text
from models import Enquiry
from models.enums import OPEN_STATES
from services.access.permissions import Permission


class CaseEnquiries(CaseReader):
    """Queries of the case page. Nothing is read where the procedure knows no such kind of record."""

    def _queries(self) -> list[RecordTable]:
        if not any(kind.of_complaint for kind in self.situation.procedure.enquiries):
            return []
        query = sa.select(Enquiry).where(Enquiry.complaint_id == self.complaint.id).order_by(Enquiry.id)
        found = self.session.scalars(query.options(joinedload(Enquiry.department))).all()
        actions = []
        if self._may_ask():
            url = url_for("enquiries.create_view", complaint=self.complaint.public_id)
            actions = [Action(label=_("Inquire"), url=url, icon="plus")]
        if not found and not actions:
            return []
        heads = [_("Number"), _("What was asked"), _("To department"), _("Status"), _("Answer")]
        return [
            RecordTable(
                key="enquiries",
                title=_("Queries"),
                heads=heads,
                rows=[self._query(enquiry) for enquiry in found],
                actions=actions,
                empty=Empty(title=_("Nothing has been inquired yet."), icon="help"),
            )
        ]

    def _may_ask(self) -> bool:
        case = self.complaint
        writes = self.actor.may(Permission.ENQUIRY_WRITE)
        return writes and case.state in OPEN_STATES and not case.is_confidential

    def _query(self, enquiry: Enquiry) -> list[Fact]:
        answered = f"{moment_text(enquiry.answered_at, self.reader.zone)} " if enquiry.answered_at else ""
        page = url_for("enquiries.details_view", address=enquiry.public_id)
        return [
            Fact(label="", value=enquiry.number, href=page),
            Fact(label="", value=f"{enquiry.title}\n{enquiry.content}"),
            Fact(label="", value=enquiry.department.name if enquiry.department else ""),
            Fact(label="", value=enquiry.status.label, badge=badge_of(enquiry.status)),
            Fact(label="", value=f"{answered}{enquiry.answer or ''}"),
        ]
