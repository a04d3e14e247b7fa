"""Requests of people about data of their own: taken down, decided with reasons, carried out."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from admin_views.attachments import store
from admin_views.base import GuardedModelView
from admin_views.case_context import RecordTable
from admin_views.errors import messages_of
from admin_views.fields import REQUIRED
from admin_views.form_context import RecordPage
from admin_views.guard import acting, requires
from admin_views.page_parts import Action, Empty, Fact
from admin_views.record_dialog import step_dialog
from admin_views.sessions import now
from admin_views.values import badge_of, text_of
from extensions import db
from models import DataRequest
from models.fields import Sensitivity, fields_of
from models.labels import _l
from models.privacy_requests import DataDecision, DataRequestKind, DataRequestStatus
from services.access.permissions import Permission
from services.archives.data_requests import (
    DUTY_TO_KEEP,
    against_erasing,
    cases_of_request,
)
from services.errors import Refused
from services.listing import ListRow
from services.operations.copy_data import copy_data
from services.operations.decide_data_request import carry_out_data_request, decide_data_request
from services.operations.record_data_request import record_data_request
from services.unit_of_work import UnitOfWork

_BETWEEN = re.compile(r"[\s,;，；、]+")


class DecideForm(BaseForm):
    decision = SelectField(
        _l("Decision on the request"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("", "—"), *(SelectChoice(one.value, one.label) for one in DataDecision)],
    )
    legal_ground = StringField(
        _l("Legal ground"),
        [Optional(), Length(max=300)],
        description=_l("For what is not granted, such as the duty to keep the file."),
        render_kw={"wide": True},
    )
    reason = TextAreaField(
        _l("Reasons given"), [InputRequired(REQUIRED)], render_kw={"rows": 3, "wide": True}
    )


class DoneForm(BaseForm):
    what = TextAreaField(
        _l("What was done"),
        [InputRequired(REQUIRED)],
        description=_l("And how the person was told."),
        render_kw={"rows": 3, "wide": True, "autofocus": True},
    )


class DataRequestsView(GuardedModelView):
    """Requests about personal data."""

    model = DataRequest
    permission = Permission.DATA_REQUEST_READ
    create = Permission.DATA_REQUEST_WRITE
    title = _l("Requests about personal data")
    new_title = _l("Record request about personal data")
    default_sort = "-received_at"
    extra_fields = ("status", "kind")
    create_fields = (
        "kind", "received_at", "applicant", "contact", "subject", "standing", "identity_checked", "wish",
    )  # fmt: skip
    form_sections = (
        (_l("Who asks"), ("applicant", "contact", "standing", "identity_checked", "received_at")),
        (_l("What for"), ("kind", "subject", "complaints", "wish")),
    )
    form_note = _l(
        "A person may ask for a copy, a correction, a supplement or the erasure of their data. The request is answered"
        " with reasons within 30 days."
    )
    standard_views = (
        (_l("All"), ""),
        (_l("To be decided"), "f.status=open"),
        (_l("To be carried out"), "f.status=to_do"),
    )
    empty = Empty(
        title=_l("Nobody has asked about their data"),
        text=_l("Copies, corrections and erasures that people ask for stand here, each with its decision."),
        icon="shield",
    )

    def scaffold_form(self) -> type[Any]:
        form = super().scaffold_form()
        form.complaints = StringField(
            _l("Complaints"),
            [InputRequired(REQUIRED)],
            description=_l("Their numbers, several with a space between."),
            render_kw={"wide": True},
        )
        return form

    def defaults(self) -> Mapping[str, Any]:
        return {"received_at": now()}

    def save_new(self, work: UnitOfWork, values: dict[str, Any]) -> DataRequest:
        numbers = _BETWEEN.split(values.pop("complaints") or "")
        return record_data_request(work, values, numbers)

    def name_of(self, row: ListRow) -> str:
        return str(row.values["number"])

    def row(self, address: str) -> ListRow:
        """Whoever works on requests reads on the page whose they are; lists mask it."""
        row = super().row(address)
        actor = acting()
        if not (actor.may(Permission.DATA_REQUEST_WRITE) or actor.may(Permission.DATA_REQUEST_DECIDE)):
            return row
        request = self.get_one(address)
        keys = [s.key for s in fields_of(DataRequest) if s.sensitivity is Sensitivity.PERSONAL and s.page]
        return replace(row, values={**row.values, **{key: getattr(request, key) for key in keys}})

    def page(self, row: ListRow) -> RecordPage:
        page = super().page(row)
        is_open = row.values["status"] is DataRequestStatus.OPEN
        if not is_open or row.values["kind"] is not DataRequestKind.ERASURE:
            return page
        reasons = against_erasing(db.session(), self.get_one(row.address), now())
        return replace(page, notices=[("warn", reason.message) for reason in reasons])

    def record_actions(self, row: ListRow) -> Sequence[Action]:
        actor, status, found = acting(), row.values["status"], []
        if status is DataRequestStatus.OPEN and actor.may(Permission.DATA_REQUEST_DECIDE):
            found.append(self._dialog("decide", row, _("Decide on it"), "scale"))
        granted = status in (DataRequestStatus.TO_DO, DataRequestStatus.DONE)
        if not actor.may(Permission.DATA_REQUEST_WRITE) or not granted:
            return found
        if row.values["kind"] is DataRequestKind.COPY:
            url = self.get_url(f"{self.endpoint}.copy", address=row.address)
            found.append(Action(label=_("Make the copy"), url=url, icon="export", method="post"))
        if status is DataRequestStatus.TO_DO:
            found.append(self._dialog("done", row, _("Carried out"), "check"))
        return found

    def _dialog(self, name: str, row: ListRow, label: str, icon: str) -> Action:
        url = self.get_url(f"{self.endpoint}.{name}", address=row.address)
        return Action(label=label, url=url, icon=icon, dialog=True)

    def tables(self, row: ListRow) -> Sequence[RecordTable]:
        cases = cases_of_request(db.session(), self.get_one(row.address))
        return (
            RecordTable(
                key="cases",
                title=_("Complaints"),
                heads=[_("Number"), _("Subject"), _("State"), _("Archived at"), _("Content destroyed at")],
                rows=[
                    [
                        Fact(
                            label="",
                            value=case.number,
                            href=self.get_url("complaints.details_view", address=case.public_id),
                        ),
                        Fact(label="", value=case.summary),
                        Fact(label="", value=str(case.state.label), badge=badge_of(case.state)),
                        Fact(label="", value=text_of(case.archived_at, self.reader.zone)),
                        Fact(label="", value=text_of(case.destroyed_at, self.reader.zone)),
                    ]
                    for case in cases
                ],
            ),
        )

    @expose("/<address>/decide", methods=("GET", "POST"))
    @requires(Permission.DATA_REQUEST_DECIDE)
    def decide(self, address: str) -> ResponseReturnValue:
        row, request = self.row(address), self.get_one(address)
        reasons = (
            against_erasing(db.session(), request, now()) if request.kind is DataRequestKind.ERASURE else []
        )
        start = {"decision": DataDecision.REFUSED.value, "legal_ground": DUTY_TO_KEEP} if reasons else {}
        return step_dialog(
            self,
            row,
            DecideForm,
            lambda work, version, form: decide_data_request(
                work,
                row.id,
                version,
                decision=DataDecision(form.decision.data),
                reason=form.reason.data,
                legal_ground=form.legal_ground.data,
            ),
            title=_("Decide on a request about personal data"),
            submit=_("Decide on it"),
            icon="scale",
            start=start,
            explanation=" ".join(str(reason.message) for reason in reasons),
        )

    @expose("/<address>/done", methods=("GET", "POST"))
    @requires(Permission.DATA_REQUEST_WRITE)
    def done(self, address: str) -> ResponseReturnValue:
        row = self.row(address)
        return step_dialog(
            self,
            row,
            DoneForm,
            lambda work, version, form: carry_out_data_request(work, row.id, version, what=form.what.data),
            title=_("The request is carried out"),
            submit=_("Carried out"),
            icon="check",
        )

    @expose("/<address>/copy", methods=("POST",))
    @requires(Permission.DATA_REQUEST_WRITE)
    def copy(self, address: str) -> ResponseReturnValue:
        """The copy as a ZIP to hand out."""
        row = self.row(address)
        try:
            with UnitOfWork(db.session(), acting()) as work:
                content = copy_data(work, store(), row.id)
        except Refused as refused:
            for message in messages_of(refused):
                flash(message, "warning")
            return redirect(self.record_url(address), 303)
        name = f"{row.values['number']}.zip"
        answer = send_file(
            io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer


def screens() -> list[Any]:
    return [DataRequestsView(endpoint="data_requests", url="/data-requests")]
