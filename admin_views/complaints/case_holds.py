"""The holds of a complaint on its page: what stands still, and who has not acknowledged yet."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_views.case_context import RecordTable
from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Badge, Fact
from admin_views.values import badge_of, moment_text
from models import Hold, HoldNotice
from models.fields import field_of
from models.hold_enums import NoticeKind
from services.workflow.holds import STOPPABLE


class CaseHolds(CaseReader):
    """Holds of the case page."""

    def _holds(self) -> list[RecordTable]:
        holds = self.session.scalars(
            sa.select(Hold).where(Hold.complaint_id == self.complaint.id).order_by(Hold.id)
        ).all()
        if not holds:
            return []
        waiting = self._unacknowledged([hold.id for hold in holds])
        rows = [
            [
                Fact(label="", value=hold.number, href=url_for("holds.details_view", address=hold.public_id)),
                Fact(label="", value=" ".join(filter(None, (hold.product, hold.batch)))),
                Fact(label="", value=stopped_words(hold)),
                Fact(label="", value=moment_text(hold.ordered_at, self.reader.zone)),
                Fact(label="", value=hold.status.label, badge=badge_of(hold.status)),
                _standing(waiting.get(hold.id, 0)),
            ]
            for hold in holds
        ]
        heads = [_("Number"), _("Goods"), _("Stopped"), _("Ordered at"), _("Status"), _("Acknowledgements")]
        return [RecordTable(key="holds", title=_("Holds"), heads=heads, rows=rows)]

    def _unacknowledged(self, ids: list[int]) -> dict[int, int]:
        query = (
            sa.select(HoldNotice.hold_id, sa.func.count(HoldNotice.id))
            .where(
                HoldNotice.hold_id.in_(ids),
                HoldNotice.kind == NoticeKind.STOP,
                HoldNotice.acknowledged_at.is_(None),
            )
            .group_by(HoldNotice.hold_id)
        )
        return dict(self.session.execute(query).all())


def _standing(open_ones: int) -> Fact:
    if not open_ones:
        return Fact(label="", badge=Badge(text=_("All acknowledged"), tone="good"))
    text = ngettext("%(num)d awaited", "%(num)d awaited", open_ones)
    return Fact(label="", badge=Badge(text=text, tone="warn"))


def stopped_words(hold: Hold) -> str:
    """What stands still, in words."""
    labels = [
        str(field_of(Hold, f"stops_{what}").label) for what in STOPPABLE if getattr(hold, f"stops_{what}")
    ]
    return " · ".join(labels)
