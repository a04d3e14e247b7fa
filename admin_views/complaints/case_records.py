"""Investigation, measures, follow-up and linked records of the case page."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import RecordTable
from admin_views.complaints.case_remedies import CaseRemedies
from admin_views.documents.tables import document_tables
from admin_views.page_parts import Badge, Fact
from admin_views.values import badge_of, moment_text, text_of
from models import (
    Accident,
    ArchiveRecord,
    Complaint,
    FollowUp,
    Investigation,
    IssuedDocument,
    Measure,
    Opinion,
)
from models.enums import FollowUpResult
from services.workflow.levels import may_go_without, waiver_of


class CaseRecords(CaseRemedies):
    """Investigation, measures, follow-up and linked records of the case page."""

    # Investigation, measures, links

    def _handling(self) -> list[RecordTable]:
        complaint_id = self.complaint.id
        tables = []
        opinions = list(self.session.scalars(sa.select(Opinion).where(Opinion.complaint_id == complaint_id)))
        if opinions:
            tables.append(
                RecordTable(
                    key="opinion",
                    title=_("Opinions"),
                    heads=[_("Round"), _("Result"), _("Responsibility"), _("Standing")],
                    rows=[self._opinion(row) for row in opinions],
                )
            )
        found = self.session.scalars(
            sa.select(Investigation)
            .where(Investigation.complaint_id == complaint_id)
            .options(joinedload(Investigation.leader))
        )
        investigations = [
            [
                Fact(
                    label="",
                    value=row.title,
                    href=url_for("investigations.details_view", address=row.public_id),
                ),
                Fact(label="", value=row.leader.name),
                Fact(label="", value=row.status.label, badge=badge_of(row.status)),
            ]
            for row in found
        ]
        investigations += self._waiver()
        if investigations:
            tables.append(
                RecordTable(
                    key="investigations",
                    title=_("Investigations"),
                    heads=[_("Title"), _("Leader of the team"), _("Status")],
                    rows=investigations,
                )
            )
        measures = self.session.scalars(
            sa.select(Measure).where(Measure.complaint_id == complaint_id).options(joinedload(Measure.owner))
        )
        rows = [self._measure(row) for row in measures]
        if rows:
            heads = [_("Kind"), _("Measure"), _("Owner"), _("Due"), _("Status")]
            tables.append(RecordTable(key="measures", title=_("Measures"), heads=heads, rows=rows))
        tables += self._remedies()
        follow_ups = self.session.scalars(
            sa.select(FollowUp).where(FollowUp.complaint_id == complaint_id).order_by(FollowUp.id)
        )
        asked = [self._follow_up(row) for row in follow_ups]
        if asked:
            heads = [
                _("At"),
                _("Round"),
                _("Channel"),
                _("Result"),
                _("Carried out"),
                _("Complainant's words"),
            ]
            tables.append(RecordTable(key="reply", title=_("Follow-up"), heads=heads, rows=asked))
        of_case = IssuedDocument.complaint_id == complaint_id
        if not self.complaint.destroyed_at:
            tables += document_tables(
                self.session, self.actor, of_case, "complaint", self.complaint.public_id
            )
        return tables

    def _waiver(self) -> list[list[Fact]]:
        """Why it is answered without an investigation (R10-06)."""
        waiver = waiver_of(self.session, self.complaint)
        if waiver is None:
            return []
        badge = Badge(text=_("No investigation needed"), tone="info")
        who = waiver.waived_by.name if waiver.waived_by else ""
        return [
            [
                Fact(label="", value=waiver.reason),
                Fact(label="", value=who),
                Fact(label="", value=badge.text, badge=badge),
            ]
        ]

    def _may_go_without(self) -> bool:
        return may_go_without(self.session, self.complaint) and not self._waiver()

    def _opinion(self, row: Opinion) -> list[Fact]:
        standing = Badge(text=_("Awaiting approval"), tone="warn")
        if row.approved_at:
            standing = Badge(text=_("Approved: %(meaning)s", meaning=row.meaning or ""), tone="good")
        elif row.returned_at:
            standing = Badge(text=_("Returned: %(reason)s", reason=row.return_reason or ""), tone="bad")
        return [
            Fact(label="", value=row.round),
            Fact(label="", value=row.result),
            Fact(label="", value=row.responsibility.label),
            Fact(label="", value=standing.text, badge=standing),
        ]

    def _measure(self, row: Measure) -> list[Fact]:
        return [
            Fact(label="", value=row.kind.label),
            Fact(label="", value=row.text, href=url_for("measures.details_view", address=row.public_id)),
            Fact(label="", value=row.owner.name if row.owner else ""),
            Fact(label="", value=text_of(row.due_on, self.reader.zone)),
            Fact(label="", value=row.status.label, badge=badge_of(row.status)),
        ]

    def _follow_up(self, row: FollowUp) -> list[Fact]:
        tone = {FollowUpResult.SATISFIED: "good", FollowUpResult.DISSATISFIED: "bad"}.get(row.result, "warn")
        return [
            Fact(label="", value=moment_text(row.at, self.reader.zone)),
            Fact(label="", value=row.round),
            Fact(label="", value=row.channel.label),
            Fact(label="", value=row.result.label, badge=Badge(text=row.result.label, tone=tone)),  # type: ignore[arg-type]
            Fact(label="", value=row.execution or ""),
            Fact(label="", value=row.words),
        ]

    def _linked(self) -> list[RecordTable]:
        tables = []
        ids = [self.complaint.id]
        query = sa.select(Complaint).where(
            sa.or_(Complaint.master_id.in_(ids), Complaint.id == (self.complaint.master_id or 0))
        )
        merged = [
            [
                Fact(
                    label="", value=row.number, href=url_for("complaints.details_view", address=row.public_id)
                ),
                Fact(label="", value=row.summary),
                Fact(label="", value=row.state.label, badge=badge_of(row.state)),
            ]
            for row in self.session.scalars(query)
        ]
        if merged:
            tables.append(
                RecordTable(
                    title=_("Merged complaints"), heads=[_("Number"), _("Subject"), _("State")], rows=merged
                )
            )
        accidents = [
            [
                Fact(
                    label="", value=row.number, href=url_for("accidents.details_view", address=row.public_id)
                ),
                Fact(label="", value=row.title),
                Fact(label="", value=row.grade.label, badge=badge_of(row.grade)),
            ]
            for row in self.session.scalars(
                sa.select(Accident).where(Accident.complaint_id == self.complaint.id)
            )
        ]
        if accidents:
            tables.append(
                RecordTable(title=_("Accidents"), heads=[_("Number"), _("Title"), _("Grade")], rows=accidents)
            )
        records = [
            [
                Fact(
                    label="",
                    value=row.file_number,
                    href=url_for("archive.details_view", address=row.public_id),
                ),
                Fact(label="", value=row.pages),
                Fact(label="", value=text_of(row.review_on, self.reader.zone)),
            ]
            for row in self.session.scalars(
                sa.select(ArchiveRecord).where(ArchiveRecord.complaint_id == self.complaint.id)
            )
        ]
        if records:
            tables.append(
                RecordTable(
                    title=_("Archive record"),
                    heads=[_("File number"), _("Pages"), _("Review on")],
                    rows=records,
                )
            )
        return tables
