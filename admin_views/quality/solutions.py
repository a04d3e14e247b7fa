"""Solutions offered to the customer, with date and answer (R04-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import DateField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from admin_views.base import GuardedModelView
from admin_views.fields import REQUIRED
from admin_views.guard import acting, desk_zone, requires
from admin_views.page_parts import Action, Empty
from admin_views.quality.common import asked_complaint
from admin_views.record_dialog import step_dialog
from models import Solution
from models.labels import _l
from models.remedy_enums import SolutionAnswer
from services.access.permissions import Permission
from services.listing import ListRow
from services.operations.answer_solution import answer_solution
from services.operations.offer_solution import offer_solution
from services.unit_of_work import UnitOfWork

_ANSWERS = (SolutionAnswer.ACCEPTED, SolutionAnswer.DECLINED)


class AnswerForm(BaseForm):
    answer = SelectField(
        _l("Answer"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("", "—"), *(SelectChoice(each.value, each.label) for each in _ANSWERS)],
    )
    on = DateField(_l("Answered on"), [Optional()], description=_l("Left empty: today."))
    words = TextAreaField(_l("Customer's words"), render_kw={"rows": 3, "wide": True})


class SolutionsView(GuardedModelView):
    """Solutions offered to customers."""

    model = Solution
    permission = Permission.COMPLAINT_READ
    create = Permission.MEASURE_WRITE
    title = _l("Solutions offered")
    new_title = _l("Offer a solution")
    default_sort = "-offered_on"
    extra_fields = ("answer",)
    create_fields = ("complaint_id", "kind", "text", "offered_on")
    standard_views = (
        (_l("All"), ""),
        (_l("Answer outstanding"), "f.answer=open"),
        (_l("Declined by the customer"), "f.answer=declined"),
    )
    empty = Empty(
        title=_l("No solution here"),
        text=_l("Record what was offered from the page of the complaint."),
        icon="reply",
    )

    def defaults(self) -> Mapping[str, Any]:
        today = datetime.now(UTC).astimezone(desk_zone()).date()
        return {"complaint_id": asked_complaint(), "offered_on": today}

    def name_of(self, row: ListRow) -> str:
        return str(row.values.get("text") or row.address)[:40]

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> Solution:
        return offer_solution(work, values.pop("complaint_id"), values=values)

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        return [*super().record_actions(row), *self.row_actions(row)]

    def row_actions(self, row: ListRow) -> Sequence[Action]:
        if row.values["answer"] is not SolutionAnswer.OPEN or not acting().may(Permission.MEASURE_WRITE):
            return ()
        url = url_for(f"{self.endpoint}.answer", address=row.address)
        return [Action(label=_("Record answer"), url=url, icon="reply", dialog=True)]

    @expose("/<address>/answer", methods=("GET", "POST"))
    @requires(Permission.MEASURE_WRITE)
    def answer(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            AnswerForm,
            lambda work, version, form: answer_solution(
                work,
                row.id,
                version,
                answer=SolutionAnswer(form.answer.data),
                on=form.on.data,
                words=form.words.data,
            ),
            title=_("Answer to the solution"),
            icon="reply",
        )
