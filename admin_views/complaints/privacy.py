"""Identity documents and consents: dialogs on the page of a complaint, and finding cases by an exact number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.attachments import staged_files
from admin_views.fields import REQUIRED, PlainSelect, stripped
from admin_views.form_context import DialogForm
from admin_views.fragments import done
from admin_views.guard import acting, desk_zone, requires
from admin_views.record_forms import posted, put_errors
from extensions import db
from models import Complaint
from models.labels import _l
from models.privacy import Consent, IdentityKind
from services.access.permissions import Permission
from services.errors import DeskError, NotFound, NotPermitted
from services.operations.record_consent import record_consent, withdraw_consent
from services.operations.record_identity import record_identity
from services.operations.show_identity import find_by_identity, show_identity
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("complaint_privacy", __name__, url_prefix="/complaints")

_NO_HINTS = {"autocomplete": "off", "spellcheck": "false"}


def reason_field() -> Any:
    return TextAreaField(
        _l("What you need it for"), [InputRequired(REQUIRED)], render_kw={"rows": 2, "wide": True}
    )


class IdentityForm(BaseForm):
    kind = PlainSelect(_l("Identity document"), [InputRequired(REQUIRED)], members=IdentityKind)
    number = StringField(
        _l("Number of the document"),
        [InputRequired(REQUIRED), Length(max=60)],
        filters=[stripped],
        render_kw=_NO_HINTS,
        description=_l("Kept encrypted. Lists and exports never show it."),
    )


class ReasonForm(BaseForm):
    reason = reason_field()


class SearchForm(BaseForm):
    number = StringField(
        _l("Number of the document"), [InputRequired(REQUIRED), Length(max=60)], render_kw=_NO_HINTS
    )
    reason = reason_field()


class ConsentForm(BaseForm):
    recipient = StringField(_l("To whom data may go"), [InputRequired(REQUIRED), Length(max=200)])
    scope = StringField(
        _l("Which data"), [InputRequired(REQUIRED), Length(max=300)], render_kw={"wide": True}
    )
    how = StringField(_l("How the customer agreed"), [InputRequired(REQUIRED), Length(max=200)])
    given_on = DateField(_l("Agreed on"), [Optional()], description=_l("Left empty: today."))


class NothingForm(BaseForm):
    """Only the confirmation."""


def complaint_at(address: str) -> Complaint:
    found = db.session().scalars(sa.select(Complaint).where(Complaint.public_id == address)).first()
    if found is None:
        raise NotFound
    return found


def step_on_case(
    address: str,
    form: Any,
    carry_out: Callable[..., Any],
    *,
    title: str,
    explanation: str = "",
    submit: str = "",
    icon: str = "",
    anchor: str = "people",
    file: str = "",
    draft: str = "",
    answer: Callable[[Any], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """The dialog of one step on the page of a complaint, or what came of it.

    `file`: the field whose upload `carry_out` takes beside the unit of work. `draft`: keeps what was typed.
    """
    number, page = complaint_at(address).number, url_for("complaints.details_view", address=address)
    errors: list[str] = []
    if request.method == "POST" and form.validate():
        try:
            with (
                staged_files([form[file].data] if file else ()) as staged,
                UnitOfWork(db.session(), acting()) as work,
            ):
                came = carry_out(work, staged) if file else carry_out(work)
        except (NotFound, NotPermitted):
            raise
        except DeskError as error:
            errors = put_errors(form, error)
        else:
            if answer is not None:
                return answer(came)
            flash(_("Saved."), "success")
            return done(f"{page}#{anchor}")
        db.session.rollback()
    dialog = DialogForm(
        title=f"{title} · {number}",
        url=request.path,
        submit=submit or _("Save"),
        icon=icon,
        explanation=explanation,
        errors=errors,
        back_url=page,
        draft_key=f"{draft}:{address}:{acting().user_id}" if draft else "",
    )
    html = render_template("desk/dialog_form.html", dialog=dialog, form=form)
    return html, 422 if request.method == "POST" else 200


@blueprint.route("/<address>/identity", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_REVEAL)
def identity(address: str) -> ResponseReturnValue:
    """Records the document of the complainant."""
    form = IdentityForm(posted())
    return step_on_case(
        address,
        form,
        lambda work: record_identity(work, address, kind=form.kind.data, number=form.number.data),
        title=_("Identity document"),
        icon="shield",
    )


@blueprint.route("/<address>/identity/number", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_REVEAL)
def identity_number(address: str) -> ResponseReturnValue:
    """Shows the whole number once; it is recorded."""
    form = ReasonForm(posted())
    page = url_for("complaints.details_view", address=address)

    def show(number: Any) -> ResponseReturnValue:
        # Straight onto the page: a message that travels through the cookie would leave the number in the browser.
        return render_template("desk/by_identity.html", shown=number, back_url=page)

    return step_on_case(
        address,
        form,
        lambda work: show_identity(work, address, reason=form.reason.data),
        title=_("Show the number of the identity document"),
        explanation=_("It is shown to you once. It is recorded."),
        submit=_("Show"),
        icon="eye",
        answer=show,
    )


@blueprint.route("/<address>/consent", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_NOTE)
def consent(address: str) -> ResponseReturnValue:
    """Records that the customer agreed to data leaving the organisation."""
    today = datetime.now(UTC).astimezone(desk_zone()).date()
    data = posted()
    form = ConsentForm(data) if data is not None else ConsentForm(data={"given_on": today})
    return step_on_case(
        address,
        form,
        lambda work: record_consent(
            work,
            address,
            recipient=form.recipient.data,
            scope=form.scope.data,
            how=form.how.data,
            given_on=form.given_on.data,
        ),
        title=_("Consent of the customer"),
        explanation=_("Personal data go to nobody outside whom the customer did not agree to."),
        icon="check",
    )


@blueprint.route("/<address>/consent/<consent_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_NOTE)
def consent_withdrawn(address: str, consent_id: str) -> ResponseReturnValue:
    """Records that the customer no longer agrees."""
    complaint = complaint_at(address)
    belongs = sa.select(Consent.id).where(
        Consent.public_id == consent_id, Consent.complaint_id == complaint.id
    )
    if db.session().scalar(belongs) is None:
        raise NotFound
    return step_on_case(
        address,
        NothingForm(posted()),
        lambda work: withdraw_consent(work, consent_id),
        title=_("Withdraw the consent"),
        explanation=_("From now on nothing goes to this recipient. What went out before stays on record."),
        submit=_("Withdraw"),
        icon="close",
    )


@blueprint.route("/by-identity", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_REVEAL)
def by_identity() -> ResponseReturnValue:
    """The reader's own cases with exactly this number. The number stands in no address."""
    form = SearchForm(posted())
    errors: list[str] = []
    found: list[tuple[str, str, str]] | None = None
    if request.method == "POST" and form.validate():
        try:
            with UnitOfWork(db.session(), acting()) as work:
                cases = find_by_identity(work, number=form.number.data, reason=form.reason.data)
                found = [
                    (one.number, one.summary, url_for("complaints.details_view", address=one.public_id))
                    for one in cases
                ]
        except NotPermitted:
            raise
        except DeskError as error:
            errors = put_errors(form, error)
    status = 422 if request.method == "POST" and found is None else 200
    return render_template("desk/by_identity.html", form=form, errors=errors, found=found), status
