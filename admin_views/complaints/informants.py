"""Protecting an informant, asking to read who it is, and shutting out whom the letter is about."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from admin_views.complaints.privacy import NothingForm, ReasonForm, complaint_at, step_on_case
from admin_views.fields import REQUIRED
from admin_views.guard import requires
from admin_views.record_forms import posted
from extensions import db
from models import Department, InformantRequest
from models.labels import _l
from services.access.permissions import Permission
from services.errors import NotFound
from services.operations.accuse_department import accuse_department
from services.operations.ask_informant import ask_informant, decide_informant, read_informant
from services.operations.protect_informant import protect_informant

blueprint = Blueprint("complaint_informants", __name__, url_prefix="/complaints")


class DecisionForm(BaseForm):
    decision = SelectField(
        _l("Decision"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("", "—"),
            SelectChoice("yes", _l("Agreed")),
            SelectChoice("no", _l("Declined")),
        ],
    )


def _department_form() -> type[Any]:
    query = sa.select(Department).where(Department.ended_on.is_(None)).order_by(Department.name)
    found = [SelectChoice(str(one.id), one.name) for one in db.session().scalars(query)]
    field = SelectField(
        _l("Department complained about"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("", "—"), *found],
    )
    return type("AccusedForm", (BaseForm,), {"department_id": field})


def _request_of(address: str, request_id: str) -> InformantRequest:
    query = sa.select(InformantRequest).where(
        InformantRequest.public_id == request_id,
        InformantRequest.complaint_id == complaint_at(address).id,
    )
    found = db.session().scalars(query).first()
    if found is None:
        raise NotFound
    return found


@blueprint.route("/<address>/informant", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_MARK_CONFIDENTIAL)
def protect(address: str) -> ResponseReturnValue:
    """Takes name and contact out of the case."""
    return step_on_case(
        address,
        NothingForm(posted()),
        lambda work: protect_informant(work, address),
        title=_("Protect the informant"),
        explanation=_(
            "Name and contact leave the case and are kept encrypted; everybody reads an alias. "
            "The text of the complaint stays as it is: correct it where it tells who wrote it."
        ),
        submit=_("Protect"),
        icon="lock",
    )


@blueprint.route("/<address>/informant/ask", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_REVEAL)
def ask(address: str) -> ResponseReturnValue:
    """Asks to read who the informant is."""
    form = ReasonForm(posted())
    return step_on_case(
        address,
        form,
        lambda work: ask_informant(work, address, reason=form.reason.data),
        title=_("Ask to read the informant's identity"),
        explanation=_("A second person decides. The request and each reading are recorded."),
        submit=_("Ask"),
        icon="eye",
    )


@blueprint.route("/<address>/informant/<request_id>/decide", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_NAME_PERSON)
def decide(address: str, request_id: str) -> ResponseReturnValue:
    """The second person's decision on a request."""
    wanted = _request_of(address, request_id)
    form = DecisionForm(posted())
    return step_on_case(
        address,
        form,
        lambda work: decide_informant(work, request_id, granted=form.decision.data == "yes"),
        title=_("Decide on the request"),
        explanation=_("%(name)s: %(reason)s", name=wanted.asked_by.name, reason=wanted.reason),
        icon="check",
    )


@blueprint.route("/<address>/informant/<request_id>/read", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_REVEAL)
def read(address: str, request_id: str) -> ResponseReturnValue:
    """Shows the identity, once agreed to."""
    _request_of(address, request_id)
    page = url_for("complaints.details_view", address=address)

    def show(people: Any) -> ResponseReturnValue:
        lines = [" · ".join(str(value) for value in person.values() if value) for person in people]
        title = _("Read the informant's identity")
        shown = "\n".join(lines)
        return render_template("desk/by_identity.html", title=title, shown=shown, back_url=page)

    return step_on_case(
        address,
        NothingForm(posted()),
        lambda work: read_informant(work, request_id),
        title=_("Read the informant's identity"),
        explanation=_("It is shown to you once. It is recorded."),
        submit=_("Show"),
        icon="eye",
        answer=show,
    )


@blueprint.route("/<address>/accused", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_MARK_CONFIDENTIAL)
def accuse(address: str) -> ResponseReturnValue:
    """Shuts a department out of the case."""
    form = _department_form()(posted())
    return step_on_case(
        address,
        form,
        lambda work: accuse_department(
            work, address, department_id=int(form.department_id.data) if form.department_id.data else None
        ),
        title=_("Shut out the department complained about"),
        explanation=_("Nobody of it can be named on this complaint, and whoever was no longer sees it."),
        submit=_("Shut out"),
        icon="lock",
    )
