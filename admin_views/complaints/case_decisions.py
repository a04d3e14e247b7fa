"""Gradings and evaluations of the case page."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Badge, Fact
from admin_views.values import moment_text
from models import Evaluation, GradeRecord
from models.enums import Verdict
from services.procedures.of_complaint import procedure_of
from services.procedures.schema import Grading


class CaseDecisions(CaseReader):
    """Gradings and evaluations of the case page."""

    def _decided(self) -> list[RecordTable]:
        return [table for table in (self._gradings(), self._evaluations()) if table.rows]

    def _gradings(self) -> RecordTable:
        scale = procedure_of(self.session, self.complaint).grading
        found = self.session.scalars(
            sa.select(GradeRecord)
            .where(GradeRecord.complaint_id == self.complaint.id)
            .order_by(GradeRecord.id)
            .options(joinedload(GradeRecord.by))
        )
        return RecordTable(
            key="grades",
            title=_("Gradings"),
            heads=[_("At"), _("Grade"), _("Facts"), _("Reason"), _("By")],
            rows=[self._grading(row, scale) for row in found],
        )

    def _grading(self, row: GradeRecord, scale: Grading | None) -> list[Fact]:
        grade = scale.level(row.level) if scale else None
        name = grade.names.in_language(self.reader.locale) if grade else row.level
        reason = row.reason
        if row.recognition:
            reason += "\n" + _("Recognised by the complainant: %(words)s", words=row.recognition)
        facts = self._facts_said(row, scale)
        if row.was_asked:
            facts += " · " + _("left open by the text")
        return [
            Fact(label="", value=moment_text(row.at, self.reader.zone)),
            Fact(label="", value=name, badge=Badge(text=name, tone="plain")),
            Fact(label="", value=facts),
            Fact(label="", value=reason),
            Fact(label="", value=row.by.name if row.by else ""),
        ]

    def _facts_said(self, row: GradeRecord, scale: Grading | None) -> str:
        said = []
        for fact in scale.facts if scale else ():
            value = next((one for one in fact.values if one.code == row.facts.get(fact.code)), None)
            if value is not None:
                words = (fact.names, value.names)
                said.append(": ".join(text.in_language(self.reader.locale) for text in words))
        return " · ".join(said)

    def _evaluations(self) -> RecordTable:
        found = self.session.scalars(
            sa.select(Evaluation)
            .where(Evaluation.complaint_id == self.complaint.id)
            .order_by(Evaluation.id)
            .options(joinedload(Evaluation.by))
        )
        return RecordTable(
            key="evaluations",
            title=_("Evaluations of the result"),
            heads=[_("At"), _("Round"), _("Verdict"), _("Opinion"), _("By")],
            rows=[self._evaluation(row) for row in found],
        )

    def _evaluation(self, row: Evaluation) -> list[Fact]:
        tone = "good" if row.verdict is Verdict.ACCEPTED else "bad"
        return [
            Fact(label="", value=moment_text(row.at, self.reader.zone)),
            Fact(label="", value=row.round),
            Fact(label="", value=row.verdict.label, badge=Badge(text=row.verdict.label, tone=tone)),  # type: ignore[arg-type]
            Fact(label="", value=row.opinion),
            Fact(label="", value=row.by.name if row.by else ""),
        ]
