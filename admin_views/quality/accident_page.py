"""What the page of an accident says beyond its fields: the grade explained, reports, time limits, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import FactGroup, RecordTable
from admin_views.documents.tables import document_tables
from admin_views.guard import acting
from admin_views.page_parts import Badge, Empty, Fact
from admin_views.procedure_accidents import rule_words
from admin_views.values import Reader, badge_of, due_words, moment_text, text_of
from extensions import db
from models import Accident, AccidentReport, ClockRun, IssuedDocument, Measure
from models.enums import AccidentStatus, ClockState
from models.fields import field_of
from services.errors import Reason
from services.operations.close_accident import what_is_missing
from services.procedures.sections.accidents import AccidentFact
from services.workflow.accidents import grade_by_facts, scale_of, scheme_of

_STATES = {ClockState.MET: "good", ClockState.MISSED: "bad", ClockState.VOID: "plain"}


class AccidentPage:
    """One accident for one reader."""

    def __init__(self, accident: Accident, reader: Reader) -> None:
        self.accident = accident
        self.reader = reader
        self.session = db.session()
        self.scheme = scheme_of(self.session, accident)
        self.scale = scale_of(self.session, accident)

    # The grade

    def grade_explained(self) -> str:
        """Which grade the facts give and why, in a sentence."""
        if self.scale is None:
            return _("The procedure has no scale for accidents: a person decides.")
        verdict = grade_by_facts(self.scale, self.accident)
        if verdict.is_asked:
            if verdict.ruling is not None:
                return verdict.ruling.words.in_language(self.reader.locale)
            return _(
                "The facts known so far give no grade. Enter the loss, or decide the grade with a reason."
            )
        why = "; ".join(rule_words(rule) for rule in verdict.rules)
        said = _("By the facts: %(grade)s (%(why)s).", grade=verdict.grade.label, why=why)
        if verdict.ruling is not None:
            said += " " + verdict.ruling.words.in_language(self.reader.locale)
        return said

    def notices(self) -> list[tuple[str, Any]]:
        """What the reader must know above the page: the grade and, while open, what closing still lacks."""
        found: list[tuple[str, Any]] = []
        accident = self.accident
        if self.scale is not None:
            verdict = grade_by_facts(self.scale, accident)
            doubtful = verdict.is_asked or verdict.ruling is not None
            if accident.grade_reason is None and doubtful:
                found.append(("warn", self.grade_explained()))
            elif accident.grade_reason is not None and verdict.grade is not accident.grade:
                found.append(("warn", _("Decided otherwise than the facts.") + " " + self.grade_explained()))
            else:
                found.append(("info", self.grade_explained()))
        if accident.concealed_at is not None:
            found.append(("bad", _("This accident was not reported and counts as concealed.")))
        return found

    def badges(self) -> list[Badge]:
        found = [badge_of(self.accident.grade)]
        if self.accident.concealed_at is not None:
            found.append(Badge(text=_("Concealed"), tone="bad", icon="warning"))
        return [badge for badge in found if badge]

    def without_unasked(self, groups: Sequence[FactGroup]) -> list[FactGroup]:
        """The groups without questions that this procedure does not ask."""
        asked = (
            self.scheme.asked if self.scheme and self.scale else {AccidentFact.LOSS, AccidentFact.CASUALTIES}
        )
        labels = {str(field_of(Accident, fact.value).label) for fact in AccidentFact if fact not in asked}
        if self.scheme is None:
            labels.add(str(field_of(Accident, "scope").label))
        kept = [replace(g, facts=[f for f in g.facts if str(f.label) not in labels]) for g in groups]
        return [group for group in kept if group.facts]

    # Tables

    def missing(self) -> list[Reason]:
        """Everything that stands in the way of closing."""
        return what_is_missing(self.session, self.accident)

    def tables(self) -> list[RecordTable]:
        of_accident = IssuedDocument.accident_id == self.accident.id
        documents = document_tables(self.session, acting(), of_accident, "accident", self.accident.public_id)
        tables = [self._clocks(), self._reports(), self._measures(), *documents]
        if self.accident.status is not AccidentStatus.CLOSED:
            rows = [[Fact(label="", value=reason.message)] for reason in self.missing()]
            tables.append(
                RecordTable(
                    title=_("Still needed before it can be closed"),
                    heads=[_("Record")],
                    rows=rows,
                    empty=Empty(title=_("Nothing is missing: it can be closed."), icon="check"),
                )
            )
        return [table for table in tables if table is not None]

    def _clocks(self) -> RecordTable | None:
        runs = self.session.scalars(
            sa.select(ClockRun).where(ClockRun.accident_id == self.accident.id).order_by(ClockRun.id)
        ).all()
        if not runs:
            return None
        zone, now = self.reader.zone, datetime.now(UTC)
        rows = []
        for run in runs:
            if run.state is ClockState.RUNNING:
                due = due_words(run.due_at, now, zone)
                tone = {"overdue": "bad", "today": "warn", "soon": "warn"}.get(due.state, "info")
                state = Badge(text=due.text, tone=tone)  # type: ignore[arg-type]
            else:
                state = Badge(text=run.state.label, tone=_STATES.get(run.state, "plain"))  # type: ignore[arg-type]
            rows.append(
                [
                    Fact(label="", value=run.name_en if self.reader.locale == "en" else run.name_zh),
                    Fact(label="", value=moment_text(run.due_at, zone)),
                    Fact(label="", value=state.text, badge=state),
                    Fact(label="", value=text_of(run.stopped_at, zone)),
                    Fact(label="", value=run.clause),
                ]
            )
        heads = [_("Clock"), _("Due"), _("State"), _("Stopped at"), _("Clause")]
        return RecordTable(key="clocks", title=_("Time limits"), heads=heads, rows=rows)

    def _reports(self) -> RecordTable:
        query = (
            sa.select(AccidentReport)
            .where(AccidentReport.accident_id == self.accident.id)
            .order_by(AccidentReport.sent_at, AccidentReport.id)
            .options(joinedload(AccidentReport.by))
        )
        late = Badge(text=_("Late"), tone="bad")
        in_time = Badge(text=_("In time"), tone="good")
        rows = [
            [
                Fact(label="", value=self._report_name(row)),
                Fact(label="", value=row.recipient.label),
                Fact(label="", value=row.to_whom),
                Fact(label="", value=moment_text(row.sent_at, self.reader.zone)),
                Fact(label="", value="", badge=late if row.is_late else in_time),
                Fact(label="", value=row.by.name if row.by else ""),
            ]
            for row in self.session.scalars(query)
        ]
        heads = [
            _("What was sent"), _("Recipient"), _("Name, document number"), _("Sent at"), _("Status"), _("Recorded by"),
        ]  # fmt: skip
        return RecordTable(
            key="reports",
            title=_("Reports"),
            heads=heads,
            rows=rows,
            empty=Empty(title=_("No report recorded yet."), icon="mail"),
        )

    def _report_name(self, row: AccidentReport) -> Any:
        duty = self.scheme.report(row.kind) if self.scheme else None
        return duty.names.in_language(self.reader.locale) if duty else row.kind.label

    def _measures(self) -> RecordTable:
        measures = self.session.scalars(
            sa.select(Measure).where(Measure.accident_id == self.accident.id).order_by(Measure.id)
        )
        rows = [
            [
                Fact(
                    label="",
                    value=each.text,
                    href=url_for("measures.details_view", address=each.public_id),
                ),
                Fact(label="", badge=badge_of(each.status), value=each.status),
                Fact(label="", value=text_of(each.due_on, self.reader.zone)),
            ]
            for each in measures
        ]
        return RecordTable(
            title=_("Measures"),
            heads=[_("Measure"), _("Status"), _("Due")],
            rows=rows,
            empty=Empty(title=_("No measure yet"), icon="approve"),
        )
