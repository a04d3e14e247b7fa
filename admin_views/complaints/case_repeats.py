"""What a case repeats, what repeats it, and further reports of it, on its page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.audit_words import kept_text
from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Action, Badge, Fact
from admin_views.values import badge_of, moment_text, text_of
from models import Complaint, FurtherReport, RepeatLink
from models.fields import FieldSpec
from services.own_fields import code_of


class CaseRepeats(CaseReader):
    """Nothing is read for a case that neither repeats another nor was reported again."""

    @cached_property
    def _links(self) -> Sequence[RepeatLink]:
        """Links of this case to another and of others to it, as far as both are the reader's to see."""
        if not (self.complaint.is_repeat or self.complaint.repeat_count):
            return []
        here = self.complaint.id
        query = (
            sa.select(RepeatLink)
            .where(sa.or_(RepeatLink.complaint_id == here, RepeatLink.repeats_id == here))
            .where(RepeatLink.ended_at.is_(None))
            .order_by(RepeatLink.id)
            .options(joinedload(RepeatLink.complaint), joinedload(RepeatLink.repeats))
        )
        return self.session.scalars(query).all()

    def _repeat_step(self) -> Action:
        """Linking it, or taking a wrong link away."""
        address = self.complaint.public_id
        if any(row.complaint_id == self.complaint.id for row in self._links):
            url = url_for("complaint_repeats.unlink", address=address)
            return Action(label=_("Take the link away"), url=url, icon="close", dialog=True)
        url = url_for("complaint_repeats.link", address=address)
        return Action(label=_("Link as a repeat"), url=url, icon="refresh", dialog=True)

    def _repeats(self) -> list[RecordTable]:
        rows = [row for each in self._links if (row := self._link(each))]
        tables = []
        if rows:
            heads = [_("What it is"), _("Number"), _("Subject"), _("State"), _("Reason")]
            tables.append(RecordTable(key="repeats", title=_("Repeated complaints"), heads=heads, rows=rows))
        reports = self._reports() if self.complaint.repeat_count else []
        if reports:
            heads = [_("Received at"), _("Channel"), _("Subject"), _("Content"), _("Recorded by")]
            title = _("Further reports")
            tables.append(RecordTable(key="reports", title=title, heads=heads, rows=reports))
        return tables

    def _link(self, row: RepeatLink) -> list[Fact] | None:
        is_ours = row.complaint_id == self.complaint.id
        other: Complaint | None = row.repeats if is_ours else row.complaint
        if other is None:
            return None
        badge = Badge(
            text=_("Repeat of") if is_ours else _("Repeated by"), tone="warn" if is_ours else "info"
        )
        return [
            Fact(label="", value=badge.text, badge=badge),
            Fact(
                label="", value=other.number, href=url_for("complaints.details_view", address=other.public_id)
            ),
            Fact(label="", value=other.summary),
            Fact(label="", value=other.state.label, badge=badge_of(other.state)),
            Fact(label="", value=row.reason),
        ]

    def _reports(self) -> list[list[Fact]]:
        query = (
            sa.select(FurtherReport)
            .where(FurtherReport.complaint_id == self.complaint.id)
            .order_by(FurtherReport.id)
            .options(joinedload(FurtherReport.recorded_by))
        )
        return [self._report(row) for row in self.session.scalars(query)]

    def _report(self, row: FurtherReport) -> list[Fact]:
        words = [row.content, *self._further(row.further)]
        return [
            Fact(label="", value=moment_text(row.received_at, self.reader.zone)),
            Fact(label="", value=row.channel.label),
            Fact(label="", value=row.summary),
            Fact(label="", value="\n".join(words), wide=True),
            Fact(label="", value=row.recorded_by.name if row.recorded_by else ""),
        ]

    def _further(self, kept: dict[str, Any]) -> list[str]:
        said = []
        for key, value in kept.items():
            spec = self.words.get(key)
            if spec is None and code_of(key) is not None:
                continue  # a field that only other roles read
            said.append(f"{spec.label if spec else key}: {self._kept(spec, value)}")
        return said

    def _kept(self, spec: FieldSpec | None, value: Any) -> str:
        if spec is not None and (spec.code or spec.coded):
            return kept_text(Complaint, spec, value)
        return text_of(value, self.reader.zone)
