"""Entering what the warranty of a complaint is computed from: a dialog on its page."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from admin_views.errors import messages_of
from admin_views.fields import REQUIRED
from admin_views.form_context import DialogForm
from admin_views.fragments import done
from admin_views.guard import acting, requires
from admin_views.locale import locale
from admin_views.record_forms import form_class, posted, put_errors, values_of
from extensions import db
from models import Complaint, Warranty
from models.labels import _l
from services.access.permissions import Permission
from services.errors import DeskError, NotFound, NotPermitted, Stale
from services.operations.set_warranty import set_warranty
from services.procedures.of_complaint import procedure_of
from services.procedures.sections.warranty import Warranty as WarrantyRule
from services.unit_of_work import UnitOfWork
from services.workflow.warranty import term_text, warranty_of

blueprint = Blueprint("complaint_warranty", __name__, url_prefix="/complaints")

FIELDS = (
    "project",
    "completed_on",
    "design_life_years",
    "contract_years",
    "appeared_on",
    "visited_on",
    "visit_found",
)


def _form_class(rule: WarrantyRule | None) -> type[Any]:
    """The fields of the record, with the building parts of the procedure to choose from."""
    base = form_class(Warranty, BaseForm, FIELDS)
    parts = rule.parts if rule else ()
    choices = [
        SelectChoice(part.code, f"{part.names.in_language(locale())} · {term_text(part)}") for part in parts
    ]
    part = SelectField(
        _l("Building part"),
        [InputRequired(REQUIRED)],
        choices=[SelectChoice("", "—"), *choices],
        render_kw={"wide": True},
    )
    return type("WarrantyForm", (base,), {"part": part})


@blueprint.route("/<address>/warranty", methods=["GET", "POST"])
@requires(Permission.MEASURE_WRITE)
def edit(address: str) -> ResponseReturnValue:
    session = db.session()
    complaint = session.scalars(sa.select(Complaint).where(Complaint.public_id == address)).first()
    if complaint is None:
        raise NotFound
    rule = procedure_of(session, complaint).warranty
    record = warranty_of(session, complaint)
    number, page = complaint.number, url_for("complaints.details_view", address=address)
    form = _form_class(rule)(posted(), obj=record)
    version = _number(request.form.get("version")) or (record.version if record else None)
    errors: list[str] = []
    if request.method == "POST" and form.validate():
        try:
            with UnitOfWork(db.session(), acting()) as work:
                set_warranty(work, address, version, values={**values_of(form), "part": form.part.data})
        except (NotFound, NotPermitted):
            raise
        except Stale as stale:
            errors = [
                *messages_of(stale),
                _("Look at the page again; then repeat the step if it still fits."),
            ]
            version = stale.version
        except DeskError as error:
            errors = put_errors(form, error)
        else:
            flash(_("Saved."), "success")
            return done(f"{page}#warranty")
        db.session.rollback()
    dialog = DialogForm(
        title=f"{_('Warranty')} · {number}",
        url=request.path,
        submit=_("Save"),
        icon="shield",
        explanation=_("Whether the part is under warranty is computed from this and explained on the page."),
        hidden=[("version", str(version or ""))],
        errors=errors,
        back_url=page,
    )
    html = render_template("desk/dialog_form.html", dialog=dialog, form=form)
    return html, 422 if request.method == "POST" else 200


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
