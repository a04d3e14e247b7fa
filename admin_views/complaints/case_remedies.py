"""Warranty, appraisals, solutions and referrals for penalty on the case page."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Action, Badge, Empty, Fact
from admin_views.values import badge_of, text_of
from models import Appraisal, PenaltyReferral, Solution
from models.enums import OPEN_STATES
from models.labels import in_both
from services.access.permissions import Permission
from services.workflow.warranty import Computed, Standing, computed_for

_TONES = {
    Standing.IN_CONSTRUCTION: "info",
    Standing.WITHIN: "good",
    Standing.PAST: "bad",
    Standing.UNKNOWN: "warn",
}


class CaseRemedies(CaseReader):
    """Warranty with how it was computed, appraisals with who pays, solutions, referrals for penalty."""

    def _remedies(self) -> list[RecordTable]:
        found = (self._warranty(), self._appraisals(), self._solutions(), self._penalty_referrals())
        return [table for table in found if table is not None]

    @property
    def _may_write(self) -> bool:
        return self.actor.may(Permission.MEASURE_WRITE) and self.complaint.state in OPEN_STATES

    def _new(self, endpoint: str, label: str) -> list[Action]:
        if not self._may_write:
            return []
        url = url_for(f"{endpoint}.create_view", complaint=self.complaint.public_id)
        return [Action(label=label, url=url, icon="plus")]

    def _warranty(self) -> RecordTable | None:
        """Always there where the procedure knows warranties: whether it is one is the first question."""
        rule = self.situation.procedure.warranty
        if rule is None:
            return None
        found = computed_for(self.situation)
        actions = []
        if self._may_write:
            url = url_for("complaint_warranty.edit", address=self.complaint.public_id)
            label = _("Change") if found else _("Enter")
            actions = [Action(label=label, url=url, icon="edit", dialog=True)]
        if found is None:
            return RecordTable(
                key="warranty",
                title=_("Warranty"),
                heads=[],
                rows=[],
                actions=actions,
                empty=Empty(
                    title=_("Not entered yet."),
                    text=_("Project, building part and completion acceptance decide who handles it."),
                ),
            )
        record, computed = found
        part = in_both(computed.part.names.zh, computed.part.names.en)
        site = text_of(record.visited_on, None) or _("not recorded")
        rows = [
            [
                Fact(label="", value=_("Standing")),
                Fact(label="", value=computed.standing.label, badge=_badge(computed)),
            ],
            [Fact(label="", value=_("Project")), Fact(label="", value=f"{record.project} · {part}")],
            [Fact(label="", value=_("Computed")), Fact(label="", value=computed.explanation)],
            [
                Fact(label="", value=_("Investigated on site on")),
                Fact(label="", value=f"{site} · {record.visit_found}" if record.visit_found else site),
            ],
        ]
        return RecordTable(
            key="warranty", title=_("Warranty"), heads=[_("Fact"), _("Value")], rows=rows, actions=actions
        )

    def _appraisals(self) -> RecordTable | None:
        if self.situation.procedure.appraisals is None:
            return None
        query = sa.select(Appraisal).where(Appraisal.complaint_id == self.complaint.id)
        rows = [
            [
                Fact(
                    label="",
                    value=row.subject,
                    href=url_for("appraisals.details_view", address=row.public_id),
                ),
                Fact(label="", value=row.body),
                Fact(label="", value=row.result.label, badge=badge_of(row.result)),
                Fact(label="", value=row.advanced_by.label),
                Fact(label="", value=row.borne_by.label if row.borne_by else _("follows from the result")),
            ]
            for row in self.session.scalars(query.order_by(Appraisal.id))
        ]
        heads = [_("What is inspected"), _("Body"), _("Result"), _("Cost advanced by"), _("Cost borne by")]
        return RecordTable(
            key="appraisals",
            title=_("Appraisals"),
            heads=heads,
            rows=rows,
            actions=self._new("appraisals", _("Commission appraisal")),
            empty=Empty(title=_("None")),
        )

    def _solutions(self) -> RecordTable | None:
        query = sa.select(Solution).where(Solution.complaint_id == self.complaint.id)
        rows = [
            [
                Fact(label="", value=row.kind.label),
                Fact(
                    label="",
                    value=row.text,
                    href=url_for("solutions.details_view", address=row.public_id),
                ),
                Fact(label="", value=text_of(row.offered_on, None)),
                Fact(label="", value=row.answer.label, badge=badge_of(row.answer)),
                Fact(label="", value=text_of(row.answered_on, None)),
            ]
            for row in self.session.scalars(query.order_by(Solution.id))
        ]
        if not rows and self.situation.procedure.measures.solution_offered is None:
            return None
        heads = [_("Kind"), _("Solution offered"), _("Offered on"), _("Answer"), _("Answered on")]
        return RecordTable(
            key="solutions",
            title=_("Solutions offered"),
            heads=heads,
            rows=rows,
            actions=self._new("solutions", _("Offer a solution")),
            empty=Empty(title=_("None")),
        )

    def _penalty_referrals(self) -> RecordTable | None:
        query = sa.select(PenaltyReferral).where(PenaltyReferral.complaint_id == self.complaint.id)
        rows = [
            [
                Fact(
                    label="",
                    value=row.party,
                    href=url_for("penalty_referrals.details_view", address=row.public_id),
                ),
                Fact(label="", value=row.authority),
                Fact(label="", value=row.ground.label),
                Fact(label="", value=text_of(row.referred_on, None)),
                Fact(label="", value=row.outcome or _("outstanding")),
            ]
            for row in self.session.scalars(query.order_by(PenaltyReferral.id))
        ]
        if not rows and self.situation.procedure.penalty_referrals is None:
            return None
        heads = [_("Responsible party"), _("Authority"), _("Ground"), _("Put forward on"), _("Outcome")]
        return RecordTable(
            key="penalty_referrals",
            title=_("Referrals for penalty"),
            heads=heads,
            rows=rows,
            actions=self._new("penalty_referrals", _("Put forward for penalty")),
            empty=Empty(title=_("None")),
        )


def _badge(computed: Computed) -> Badge:
    return Badge(text=computed.standing.label, tone=_TONES[computed.standing])  # type: ignore[arg-type]
