"""Who answers for a customer's missed date, on the page of the case."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Fact
from admin_views.quality.liabilities import liability_actions
from admin_views.values import badge_of, moment_text
from models import Liability


class CaseLiability(CaseReader):
    """Joint liability of the case page. Nothing is read where the procedure makes nobody liable."""

    def _liabilities(self) -> list[RecordTable]:
        if not any(clock.liability for clock in self.situation.procedure.clocks):
            return []
        query = sa.select(Liability).where(Liability.complaint_id == self.complaint.id)
        found = self.session.scalars(
            query.options(joinedload(Liability.person), joinedload(Liability.clock_run)).order_by(
                Liability.id
            )
        ).all()
        if not found:
            return []
        heads = [
            _("Time limit"),
            _("Asked first"),
            _("Reason stated"),
            _("Status"),
            _("What was decided"),
            _("Step"),
        ]
        rows = [self._liability(record) for record in found]
        return [RecordTable(key="liabilities", title=_("Joint liability"), heads=heads, rows=rows)]

    def _liability(self, record: Liability) -> list[Fact]:
        run, zone = record.clock_run, self.reader.zone
        name = run.name_zh if self.reader.locale.startswith("zh") else run.name_en
        actions = liability_actions(self.actor, record, self.complaint)
        decided = f"{moment_text(record.decided_at, zone)} " if record.decided_at else ""
        return [
            Fact(
                label="",
                value=f"{name} · {moment_text(record.breached_at, zone)}",
                href=url_for("liabilities.details_view", address=record.public_id),
            ),
            Fact(label="", value=record.person.name),
            Fact(label="", value=record.stated_reason or _("not stated yet")),
            Fact(label="", value=record.status.label, badge=badge_of(record.status)),
            Fact(label="", value=f"{decided}{record.decision_text or ''}"),
            Fact(label="", value=" ", action=actions[0] if actions else None),
        ]
