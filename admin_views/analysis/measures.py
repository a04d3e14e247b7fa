"""Measures out of the analysis: the dialog that plans one, and the table of those that came out of a record."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from admin_views.case_context import RecordTable
from admin_views.fields import REQUIRED, stripped
from admin_views.guard import desk_zone
from admin_views.page_parts import Action, Empty, Fact
from admin_views.values import badge_of, text_of
from extensions import db
from models import Measure, MeasureOrigin, User
from models.enums import MeasureKind
from models.labels import _l

KINDS = (
    MeasureKind.IMPROVEMENT,
    MeasureKind.PREVENTION,
    MeasureKind.RECTIFICATION,
    MeasureKind.TRAINING,
    MeasureKind.OTHER,
)


class MeasureForm(BaseForm):
    """A measure that belongs to no single complaint."""

    kind = SelectField(_l("Kind"), choices=[(kind.value, kind.label) for kind in KINDS])
    text = TextAreaField(
        _l("Measure"), [InputRequired(REQUIRED)], filters=[stripped], render_kw={"rows": 3, "wide": True}
    )
    owner = SelectField(_l("Owner"), [InputRequired(REQUIRED)])
    due_on = DateField(_l("Due"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = db.session().execute(
            sa.select(User.public_id, User.name).where(User.is_active).order_by(User.name)
        )
        self.owner.choices = [("", "—"), *((address, name) for address, name in people)]

    def values(self) -> dict[str, Any]:
        """As the operation takes them."""
        owner = db.session().scalar(sa.select(User.id).where(User.public_id == self.owner.data))
        return {
            "kind": MeasureKind(self.kind.data),
            "text": self.text.data,
            "owner_id": owner,
            "due_on": self.due_on.data,
        }


def measures_table(condition: Any, actions: list[Action] | None = None) -> RecordTable:
    """The measures whose origin fulfils `condition`."""
    zone = desk_zone()
    rows = db.session().execute(
        sa.select(Measure.public_id, Measure.text, Measure.status, Measure.due_on, User.name)
        .join(MeasureOrigin, MeasureOrigin.measure_id == Measure.id)
        .outerjoin(User, User.id == Measure.owner_id)
        .where(condition)
        .order_by(Measure.id)
    )
    return RecordTable(
        title=_("Measures"),
        heads=[_("Measure"), _("Status"), _("Owner"), _("Due")],
        rows=[
            [
                Fact(label="", value=row.text, href=url_for("measures.details_view", address=row.public_id)),
                Fact(label="", badge=badge_of(row.status), value=row.status),
                Fact(label="", value=row.name),
                Fact(label="", value=text_of(row.due_on, zone)),
            ]
            for row in rows
        ],
        actions=actions or [],
        empty=Empty(title=_("No measure yet"), icon="approve"),
    )
